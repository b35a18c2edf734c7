"""List prices in the case's currency, by SKU, region, term and period, and what a contract makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from planner.case.schema import STORED
from planner.catalog.schema import COMMITMENTS, UPFRONT
from planner.inputs import Case
from planner.model.granted import own_discounts


@dataclass(frozen=True)
class Offers:
    """What can be bought, in the case's currency.

    Attributes
    ----------
    price
        On-demand list price (SKU, period): money an hour for machines, money a GiB-month for
        storage. NaN where it is not sold so: then nothing of it runs on demand.
    assumed
        Boolean (SKU,): does the on-demand price rest on an assumption?
    commit
        List price an hour (SKU, period) of each term of commitment that the case offers.
    committed, committed_assumed, upfront
        The same of every term, offered or not, because one may be held; whether it is assumed; and the
        part of the price that is paid when it begins (SKU,).
    sku_region
        Region of each SKU (SKU,), as a row of ``inputs.regions``.
    storage, storage_at_list
        Cheapest storage SKU (region, resource of ``STORED``), less discounts and at list price; -1 where none
        is priced.
    egress, egress_assumed
        Price of a GiB to the internet (region, period) at the first paid tier, NaN where unknown,
        and whether it is assumed (region,).
    discount, margin, tax
        Of the contract that holds at the start of a period (region, period); zero without one.
    contract
        Number of that contract (region, period); -1 without one.
    off
        By term the part off the list price under each contract (contract, SKU), -1 for none of either; empty
        where no contract grants SKUs or families terms of their own.
    """

    price: np.ndarray
    assumed: np.ndarray
    commit: Mapping[str, np.ndarray]
    committed: Mapping[str, np.ndarray]
    committed_assumed: Mapping[str, np.ndarray]
    upfront: Mapping[str, np.ndarray]
    sku_region: np.ndarray
    storage: np.ndarray
    storage_at_list: np.ndarray
    egress: np.ndarray
    egress_assumed: np.ndarray
    discount: np.ndarray
    margin: np.ndarray
    tax: np.ndarray
    contract: np.ndarray
    off: Mapping[str, np.ndarray]

    @property
    def hourly(self) -> np.ndarray:
        """What an hour of a machine counts at list (SKU, period): its price on demand, or where it is not
        sold so the least of its prices under commitments.
        """
        return _hourly(self.price, self.committed.values())

    @property
    def hourly_paid(self) -> np.ndarray:
        """As :attr:`hourly`, at what machines of a region are compared at: see :meth:`paid`."""
        return _hourly(self.paid("on_demand"), [self.paid(term) for term in self.committed])

    def paid(self, term: str) -> np.ndarray:
        """What SKUs of a region are compared at on a term (SKU, period).

        The list price, less the discount of the contract that holds where it is not the same for all SKUs.
        """
        listed = self.price if term == "on_demand" else self.committed[term]
        if not self.off:
            return listed
        return np.asarray(listed * (1.0 - self._off(term)))

    def begun(self, term: str, skus: np.ndarray) -> list[np.ndarray]:
        """What SKUs of one region are compared at under a commitment (SKU, period), whenever it began.

        A commitment keeps the contract of its start, so one array for each contract that may hold then.
        """
        listed = self.committed[term][skus]
        if not self.off or not len(skus):
            return [listed]
        numbers = np.unique(self.contract[self.sku_region[skus[0]]])
        return [listed * (1.0 - self.off[term][number, skus])[:, None] for number in numbers]

    def _off(self, term: str) -> np.ndarray:
        number = self.contract[self.sku_region]
        return np.asarray(self.off[term][number, np.arange(len(self.sku_region))[:, None]])


def read_offers(case: Case) -> Offers:
    """Convert the catalog's prices at the rates of the case (rate and buffer of each year)."""
    skus = case.catalog.skus
    region_at = {region: r for r, region in enumerate(case.regions["region"])}
    sku_region = skus["region"].map(region_at).to_numpy(dtype=np.int64)
    price, assumed = _by_term(case, "on_demand")
    committed = {term: _by_term(case, term) for term in COMMITMENTS}
    egress, egress_assumed = _first_paid_tier(case, region_at)
    contract = contracts_at_start(case)
    at_list = _cheapest_storage(case, sku_region, price)
    offers = Offers(
        price,
        assumed,
        {term: money for term, (money, _) in committed.items() if term in case.settings.terms},
        {term: money for term, (money, _) in committed.items()},
        {term: rests for term, (_, rests) in committed.items()},
        {term: _upfront(case, term) for term in committed},
        sku_region,
        at_list,
        at_list,
        egress,
        egress_assumed,
        _of_contract(case, contract, "discount"),
        _of_contract(case, contract, "margin"),
        _of_contract(case, contract, "tax"),
        contract,
        own_discounts(case.contracts, case.private_prices, case.discounts, case.catalog),
    )
    return replace(offers, storage=_cheapest_storage(case, sku_region, offers.paid("on_demand")))


def _hourly(on_demand: np.ndarray, committed: Iterable[np.ndarray]) -> np.ndarray:
    prices = np.stack([on_demand * np.nan, *committed])
    least = np.where(np.isnan(prices), np.inf, prices).min(axis=0)
    return np.where(np.isnan(on_demand), np.where(np.isinf(least), np.nan, least), on_demand)


def _cheapest_storage(case: Case, sku_region: np.ndarray, price: np.ndarray) -> np.ndarray:
    """Storage SKU (region, resource of ``STORED``) that is the cheapest in the first period."""
    storage = np.full((len(case.regions), len(STORED)), -1, dtype=np.int64)
    for k, resource in enumerate(STORED):
        # SKUs are sorted by id, so of two equal prices the first id is taken.
        resources = (case.catalog.skus["resource"] == resource).to_numpy()
        for s in np.flatnonzero(resources & ~np.isnan(price[:, 0])):
            best = storage[sku_region[s], k]
            if best < 0 or price[s, 0] < price[best, 0]:
                storage[sku_region[s], k] = s
    return storage


def _by_term(case: Case, term: str) -> tuple[np.ndarray, np.ndarray]:
    prices = case.catalog.prices
    rows = np.flatnonzero((prices["term"] == term).to_numpy())
    row_of = dict(zip(prices["SkuId"].to_numpy()[rows], rows.tolist(), strict=True))
    at = np.array([row_of.get(sku, -1) for sku in case.catalog.skus["SkuId"]], dtype=np.int64)
    amount = np.append(prices["ListUnitPrice"].to_numpy(dtype="float64"), np.nan)[at]
    currency = np.append(prices["PricingCurrency"].to_numpy(dtype=object), "")[at]
    basis = np.append(prices["basis"].to_numpy(dtype=object), "")[at]
    return exchange(case, amount, pd.Series(currency)), np.asarray(basis == "assumed", dtype=bool)


def _upfront(case: Case, term: str) -> np.ndarray:
    """Part of the price of a term that is paid when it begins (SKU,); zero where it is not sold."""
    prices = case.catalog.prices
    rows = prices[prices["term"] == term]
    stated = rows["upfront"].fillna(1.0 if term.endswith(UPFRONT) else 0.0)
    part = pd.Series(stated.to_numpy(dtype="float64"), index=rows["SkuId"].to_numpy(dtype=object))
    return np.asarray(part.reindex(case.catalog.skus["SkuId"].to_numpy(dtype=object)).fillna(0.0))


def _first_paid_tier(case: Case, region_at: dict[str, int]) -> tuple[np.ndarray, np.ndarray]:
    transfer = case.catalog.transfer
    internet = transfer[transfer["destination"] == "internet"].sort_values(["region", "from_gib"])
    paid = internet[internet["ListUnitPrice"] > 0].drop_duplicates("region")
    free = internet[~internet["region"].isin(paid["region"])].drop_duplicates("region")
    first = pd.concat([paid, free])
    at = first["region"].map(region_at).to_numpy(dtype=np.int64)
    amount = np.full(len(region_at), np.nan)
    amount[at] = first["ListUnitPrice"]
    currency = np.full(len(region_at), "", dtype=object)
    currency[at] = first["PricingCurrency"]
    assumed = np.zeros(len(region_at), dtype=bool)
    assumed[at] = (first["basis"] == "assumed").to_numpy()
    return exchange(case, amount, pd.Series(currency)), assumed


def exchange(case: Case, amount: np.ndarray, currency: pd.Series) -> np.ndarray:
    """Amounts (item,) in their currencies to (item, period) in the case's."""
    years = case.periods["year"]
    rates = {
        c: [case.rates.rate(c, int(year)) for year in years]
        for c in sorted({c for c in currency.dropna() if c})
    }
    unknown = [np.nan] * len(years)
    factor = np.array([rates.get(c, unknown) for c in currency])
    return np.asarray(amount[:, None] * factor)


def contracts_at_start(case: Case) -> np.ndarray:
    """Contract that holds for each region at the start of each period: (region, period)."""
    table = np.full((len(case.regions), len(case.periods)), -1, dtype=np.int64)
    vendor = case.regions["vendor"].to_numpy()
    starts = [start.isoformat() for start in case.periods["start"]]
    for number, line in enumerate(case.contracts.to_dict("records")):
        holds = [line["valid_from"] <= s and (s < line["valid_to"] or not line["valid_to"]) for s in starts]
        table[np.ix_(vendor == line["vendor"], holds)] = number
    return table


def _of_contract(case: Case, contract: np.ndarray, column: str) -> np.ndarray:
    values = np.append(case.contracts[column].to_numpy(dtype="float64"), 0.0)
    return np.asarray(values[contract])
