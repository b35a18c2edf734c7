"""What other prices do to a plan without solving: the same purchases at the list prices of two catalogs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from planner.catalog.load import Catalog
from planner.catalog.spot import SUFFIX
from planner.inputs import Case
from planner.plan.plan import Plan


@dataclass(frozen=True)
class Repriced:
    """What :func:`reprice` finds.

    Attributes
    ----------
    vendors
        One row a vendor that both catalogs hold: ``vendor``, ``before`` and ``after`` (list cost of what both
        price, over the horizon, undiscounted, before contracts and tax, in the case's currency),
        ``difference``, and ``unpriced`` (cost before of what the second no longer prices).
    gone
        SKUs with terms, and regions of egress, that the plan pays for and the second no longer prices.
    """

    currency: str
    vendors: pd.DataFrame
    gone: tuple[str, ...]

    @property
    def difference(self) -> float:
        """What the plan costs more, at list price, of what both price."""
        return float(self.vendors["difference"].sum())

    def document(self) -> dict[str, Any]:
        """All of it as plain values, for JSON."""
        return {
            "currency": self.currency,
            "difference": self.difference,
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
    return Repriced(str(plan.head["currency"]), vendors, tuple(sorted(set(lines.loc[lost, "what"]))))


def _bought(plan: Plan, case: Case) -> pd.DataFrame:
    """Purchases with ``sku`` and ``term`` as catalogs have them, ``year``, and units × hours or months."""
    rows = plan.purchases[["vendor", "sku", "term", "period", "slice", "units", "unit"]].reset_index(
        drop=True
    )
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
    """Cost of each purchase in the case's currency; NaN where the catalog gives no price."""
    key = pd.MultiIndex.from_frame(bought[["sku", "term"]])
    listed = catalog.prices.set_index(["SkuId", "term"])[["ListUnitPrice", "PricingCurrency"]].reindex(key)
    rates = [
        case.rates.rate(currency, year) if isinstance(currency, str) else np.nan
        for currency, year in zip(listed["PricingCurrency"], bought["year"], strict=True)
    ]
    return pd.Series(
        bought["times"].to_numpy() * listed["ListUnitPrice"].to_numpy() * rates, index=bought.index
    )


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
