"""Cost lines of a workbook: which of a plan's money is units × price × hours × rate, and what is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from planner.plan.plan import Plan, weighed
from planner.report.texts import tr_noop
from planner.report.words import financial_years

KEY = ["kind", "payer", "owner", "region", "period"]
PRICE = ["sku", "term", "unit_price", "currency", "basis"]
"""What one price row is known by."""

_KINDS = {
    "compute": "compute",
    "storage": "storage",
    "commitment": "commitment",
    "commitment held": "commitment",
}
"""Terms of ``costs`` that are products of purchases, by the kind of purchase that they pay for."""

_CENT, _RELATIVE = 0.01, 1e-6
"""A product is the money of its cost lines where they differ by no more: tables round units and money."""

_WHY = {
    "egress": tr_noop("data that leave: volume × share × tier of the region"),
    "egress tiers": tr_noop("tiers of egress are priced on the sum of a month"),
    "transfer": tr_noop("data between systems"),
    "commitment upfront": tr_noop("paid when a commitment begins, taken off later: moves cash only"),
    "agreement discount": tr_noop("a discount on the spend of an agreement"),
}
_OTHER = tr_noop("no price per unit stands behind it")
_NO_PRODUCT = tr_noop("its purchases do not make up this amount")


@dataclass(frozen=True)
class CostLines:
    """Cost lines of a plan, ready to be written.

    Attributes
    ----------
    products
        One row a purchase whose money is a product: columns of ``purchases`` with ``paid_for`` (its term in
        ``costs``), ``year``, ``hours`` (hours of the slice, or months for storage), ``rate`` (to the case's
        currency), ``contract`` (amortised over list, exactly as in ``costs``), ``tax`` (on amortised).
    numbers
        Other lines of ``costs`` that are paid, with ``year`` and ``reason``.
    """

    products: pd.DataFrame
    numbers: pd.DataFrame


def cost_lines(plan: Plan) -> CostLines:
    """Each purchase with the factors of its money, where these give what ``costs`` says.

    Owners and periods whose purchases do not multiply to their cost lines stay numbers, with the reason.
    """
    costs = plan.costs.drop(weighed(plan.costs).index)
    costs = costs[costs["term"] != "commitment used"]
    costs = costs.assign(kind=costs["term"].map(_KINDS).fillna(""), owner=_owner(costs))
    costs["year"] = _years(costs, plan)
    bought = _priced(plan)
    due = costs[costs["kind"] != ""].groupby(KEY)[["list", "amortised", "tax"]].sum()
    terms = costs[costs["kind"] != ""].groupby(KEY)["term"].first()
    product = bought.groupby(KEY)["money"].sum()
    both = due.join(product, how="inner")
    equal = (both["money"] - both["list"]).abs() <= _CENT + _RELATIVE * both["list"].abs()
    both = both[equal].join(terms.rename("paid_for"))
    both["contract"] = (both["amortised"] / both["money"]).where(both["money"] != 0, 1.0)
    both["tax"] = (both["tax"] / both["amortised"]).where(both["amortised"] != 0, 0.0)
    products = bought.join(both[["paid_for", "contract", "tax"]], on=KEY, how="inner")
    is_product = pd.MultiIndex.from_frame(costs[KEY]).isin(both.index)
    numbers = costs[~is_product].copy()
    why = numbers["term"].map(_WHY).fillna(_OTHER)
    numbers["reason"] = why.where(numbers["kind"] == "", _NO_PRODUCT)
    return CostLines(products.reset_index(drop=True), numbers.reset_index(drop=True))


def months(start: object, end: object) -> int:
    """Months from one first day of a month to another."""
    first, last = str(start), str(end)
    return 12 * (int(last[:4]) - int(first[:4])) + int(last[5:7]) - int(first[5:7])


def rates(plan: Plan) -> dict[tuple[str, int], float]:
    """(currency, year) to what one unit costs in the case's currency, its buffer added."""
    return {
        (str(e["currency"]), int(e["year"])): float(e["rate"]) * (1 + float(e["buffer"]))
        for e in plan.head.get("exchange", ())
    }


def _priced(plan: Plan) -> pd.DataFrame:
    """Purchases with the factors of their money and their product, in the case's currency."""
    bought = plan.purchases.copy()
    stored = bought["unit"] == "GiB"
    committed = bought["term"].astype(str).str.startswith("commit")
    bought["kind"] = "compute"
    bought.loc[committed, "kind"] = "commitment"
    bought.loc[stored, "kind"] = "storage"
    bought["owner"] = _owner(bought)
    bought["year"] = _years(bought, plan)
    periods = plan.periods.set_index("period")
    length = {p: months(row["start"], row["end"]) for p, row in periods.iterrows()}
    slices: Mapping[str, float] = plan.case.settings.slices if plan.case is not None else {}
    part = bought["slice"].map({"all": 1.0, **slices})
    hours = bought["period"].map(periods["hours"]) * part
    bought["hours"] = hours.where(~stored, bought["period"].map(length)).astype("float64")
    rate_of = rates(plan)
    home = plan.head["currency"]
    bought["rate"] = pd.Series(
        [
            1.0 if currency == home else rate_of.get((str(currency), int(str(period)[:4])), float("nan"))
            for currency, period in zip(bought["currency"], bought["period"], strict=True)
        ],
        index=bought.index,
        dtype="float64",
    )
    # Unknown hours or rates give an unknown product, which equals no cost line.
    bought["money"] = (
        bought["units"].astype("float64") * bought["unit_price"].astype("float64")
        * bought["hours"] * bought["rate"]
    )  # fmt: skip
    return bought


def _owner(frame: pd.DataFrame) -> pd.Series:
    """The workload that pays, or the pool where a pool shares what is bought."""
    workload = frame["workload"].fillna("").astype(str)
    return workload.where(workload != "", frame["pool"].fillna("").astype(str))


def _years(frame: pd.DataFrame, plan: Plan) -> pd.Series:
    if frame.empty:
        return pd.Series(index=frame.index, dtype=object)
    return financial_years(frame["period"], plan.head)
