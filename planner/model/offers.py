"""List prices in the case's currency, by SKU, region and period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.case.schema import STORED
from planner.inputs import Inputs


@dataclass(frozen=True)
class Offers:
    """What can be bought, at list, in the case's currency.

    Attributes
    ----------
    price
        On-demand price (SKU, period): money an hour for machines, money a GiB-month for storage.
        NaN where no price is known.
    assumed
        Boolean (SKU,): does the price rest on an assumption?
    sku_region
        Region of each SKU (SKU,), as a row of ``inputs.regions``.
    storage
        Cheapest storage SKU (region, resource of ``STORED``); -1 where none is priced.
    egress, egress_assumed
        Price of a GiB to the internet (region, period) at the first paid tier, NaN where unknown,
        and whether it is assumed (region,).
    """

    price: np.ndarray
    assumed: np.ndarray
    sku_region: np.ndarray
    storage: np.ndarray
    egress: np.ndarray
    egress_assumed: np.ndarray


def read_offers(inputs: Inputs) -> Offers:
    """Convert the catalog's prices at the rates of the case (rate and buffer of each year)."""
    case, skus = inputs.case, inputs.case.catalog.skus
    region_at = {region: r for r, region in enumerate(inputs.regions["region"])}
    sku_region = skus["region"].map(region_at).to_numpy(dtype=np.int64)
    prices = case.catalog.prices
    on_demand = prices[prices["term"] == "on_demand"].set_index("SkuId")
    price = _exchange(
        inputs,
        skus["SkuId"].map(on_demand["ListUnitPrice"]).to_numpy(dtype="float64"),
        skus["SkuId"].map(on_demand["PricingCurrency"]),
    )
    assumed = (skus["SkuId"].map(on_demand["basis"]) == "assumed").to_numpy()
    storage = np.full((len(inputs.regions), len(STORED)), -1, dtype=np.int64)
    for k, resource in enumerate(STORED):
        # SKUs are sorted by id, so of two equal prices the first id is taken.
        for s in np.flatnonzero((skus["resource"] == resource).to_numpy() & ~np.isnan(price[:, 0])):
            best = storage[sku_region[s], k]
            if best < 0 or price[s, 0] < price[best, 0]:
                storage[sku_region[s], k] = s
    egress, egress_assumed = _first_paid_tier(inputs, region_at)
    return Offers(price, assumed, sku_region, storage, egress, egress_assumed)


def _first_paid_tier(inputs: Inputs, region_at: dict[str, int]) -> tuple[np.ndarray, np.ndarray]:
    transfer = inputs.case.catalog.transfer
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
    return _exchange(inputs, amount, pd.Series(currency)), assumed


def _exchange(inputs: Inputs, amount: np.ndarray, currency: pd.Series) -> np.ndarray:
    """Amounts (item,) in their currencies to (item, period) in the case's."""
    years = inputs.case.periods["year"]
    rates = {
        c: [inputs.case.rates.rate(c, int(year)) for year in years]
        for c in sorted({c for c in currency.dropna() if c})
    }
    unknown = [np.nan] * len(years)
    factor = np.array([rates.get(c, unknown) for c in currency])
    return np.asarray(amount[:, None] * factor)
