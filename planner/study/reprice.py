"""What other prices do to a plan without solving: the same purchases at the list prices of two catalogs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from planner.catalog.load import Catalog
from planner.catalog.spot import SUFFIX, with_spot
from planner.inputs import Case
from planner.model.granted import own_discounts
from planner.model.offers import contracts_at_start
from planner.plan.plan import Plan


@dataclass(frozen=True)
class Repriced:
    """What :func:`reprice` finds.

    Attributes
    ----------
    vendors
        One row a vendor that both catalogs hold: ``vendor``, ``before`` and ``after`` (cost of what both
        price, over the horizon, undiscounted, before margin and tax, in the case's currency; at list, or
        where ``granted`` less the discounts of the case's contracts), ``difference``, and ``unpriced``
        (cost before of what the second no longer prices).
    granted
        Has the case private prices or discounts by family and term? Private prices stay as they are whatever
        becomes of the list price.
    gone
        SKUs with terms, and regions of egress, that the plan pays for and the second no longer prices.
    """

    currency: str
    vendors: pd.DataFrame
    gone: tuple[str, ...]
    granted: bool = False

    @property
    def difference(self) -> float:
        """What the plan costs more, at list price, of what both price."""
        return float(self.vendors["difference"].sum())

    def document(self) -> dict[str, Any]:
        """All of it as plain values, for JSON."""
        return {
            "currency": self.currency,
            "difference": self.difference,
            "granted": self.granted,
            "vendors": self.vendors.to_dict("records"),
            "gone": list(self.gone),
        }


def reprice(plan: Plan, case: Case, before: Catalog, after: Catalog) -> Repriced:
    """Cost of a plan's purchases and egress at the list prices of two catalogs.

    Parameters
    ----------
    plan, case
        A plan, and the case it was made from (exchange rates and slices).
    before, after
        The catalogs to compare, which may hold some of the plan's vendors only.

    Notes
    -----
    Machines are paid by the hour, storage by the month, both as bought; egress at the first paid tier, so its
    cost lines move in proportion. Nothing is placed anew: dearer vendors keep what they have.
    """
    bought = _bought(plan, case)
    lines = pd.concat(
        [
            bought.assign(before=_money(bought, before, case), after=_money(bought, after, case)),
            _egress(plan, before, after),
        ],
        ignore_index=True,
    )
    both = set(before.vendors["vendor"]) & set(after.vendors["vendor"])
    lines = lines[lines["before"].notna() & lines["vendor"].isin(both)]
    lost = lines["after"].isna()
    table = pd.DataFrame(
        {
            "before": lines["before"].where(~lost, 0.0).groupby(lines["vendor"]).sum(),
            "after": lines["after"].fillna(0.0).groupby(lines["vendor"]).sum(),
            "unpriced": lines["before"].where(lost, 0.0).groupby(lines["vendor"]).sum(),
        }
    )
    table.insert(2, "difference", table["after"] - table["before"])
    vendors = table.reset_index().rename(columns={"index": "vendor"})
    gone = tuple(sorted(set(lines.loc[lost, "what"])))
    return Repriced(str(plan.head["currency"]), vendors, gone, _grants(case))


def _grants(case: Case) -> bool:
    return not (case.private_prices.empty and case.discounts.empty)


def _bought(plan: Plan, case: Case) -> pd.DataFrame:
    """Purchases with ``sku`` and ``term`` as catalogs have them, ``year``, and units × hours or months."""
    rows = plan.purchases[
        ["vendor", "region", "sku", "term", "period", "slice", "units", "unit"]
    ].reset_index(drop=True)
    spot = rows["sku"].str.endswith(SUFFIX)
    rows["sku"] = rows["sku"].str.removesuffix(SUFFIX)
    rows["term"] = rows["term"].mask(spot, "spot")
    periods = plan.periods.set_index("period")
    part = rows["slice"].map({"all": 1.0, **case.settings.slices}).astype("float64")
    hours = rows["period"].map(periods["hours"]).astype("float64") * part
    times = np.where(rows["unit"] == "machines", hours, float(case.settings.months))
    return rows.assign(
        times=rows["units"].astype("float64") * times,
        year=rows["period"].map(periods["start"]).str[:4].astype(int),
        what=rows["sku"] + " " + rows["term"],
    )


def _money(bought: pd.DataFrame, catalog: Catalog, case: Case) -> pd.Series:
    """Cost of each purchase in the case's currency; NaN where the catalog gives no price.

    Less private prices and discounts where the case has them, under the contract that holds at the start of
    the period.
    """
    key = pd.MultiIndex.from_frame(bought[["sku", "term"]])
    listed = catalog.prices.set_index(["SkuId", "term"])[["ListUnitPrice", "PricingCurrency"]].reindex(key)
    rates = [
        case.rates.rate(currency, year) if isinstance(currency, str) else np.nan
        for currency, year in zip(listed["PricingCurrency"], bought["year"], strict=True)
    ]
    money = bought["times"].to_numpy() * listed["ListUnitPrice"].to_numpy() * rates
    return pd.Series(money * (1.0 - _off(bought, catalog, case)), index=bought.index)


def _off(bought: pd.DataFrame, catalog: Catalog, case: Case) -> np.ndarray:
    """Part that contracts take off the list price of each purchase (purchase,)."""
    off = np.zeros(len(bought))
    if not _grants(case):
        return off
    sold = with_spot(catalog, True)
    table = own_discounts(case.contracts, case.private_prices, case.discounts, sold)
    number_of = {sku: s for s, sku in enumerate(sold.skus["SkuId"])}
    number = contracts_at_start(case)
    region = {name: r for r, name in enumerate(case.regions["region"])}
    period = {name: t for t, name in enumerate(case.periods["period"])}
    keys = bought[["sku", "term", "period", "region"]].itertuples(index=False, name=None)
    for i, (sku, term, month, place) in enumerate(keys):
        spot = term == "spot"
        contract = number[region[place], period[month]]
        off[i] = table["on_demand" if spot else term][contract, number_of.get(sku + SUFFIX * spot, -1)]
    return off


def _egress(plan: Plan, before: Catalog, after: Catalog) -> pd.DataFrame:
    lines = plan.costs[plan.costs["term"] == "egress"].reset_index(drop=True)
    old, new = (lines["region"].map(_first_paid(side)).astype("float64") for side in (before, after))
    listed = lines["list"].astype("float64")
    return pd.DataFrame(
        {
            "vendor": lines["vendor"],
            "what": "egress of " + lines["region"],
            "before": listed.where(old.notna()),
            "after": (listed * (new / old)).where(old.notna()),
        }
    )


def _first_paid(catalog: Catalog) -> pd.Series:
    internet = catalog.transfer[
        (catalog.transfer["destination"] == "internet") & (catalog.transfer["ListUnitPrice"] > 0)
    ]
    return (
        internet.sort_values(["region", "from_gib"])
        .drop_duplicates("region")
        .set_index("region")["ListUnitPrice"]
    )
