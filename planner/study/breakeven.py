"""At which discount a vendor enters, and the share it would win at each.

A discount lowers every price of the vendor alike, beyond what contracts grant already. Reference
spend stays at list price: a discount is no reason to count the load of others as smaller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from planner.eligibility import Eligibility, assess
from planner.errors import UnknownName
from planner.inputs import Case
from planner.lp.outcome import Outcome
from planner.lp.problem import Problem
from planner.lp.solve import solve
from planner.lp.watch import stage
from planner.model.build import Model, build
from planner.model.to_arrays import to_arrays
from planner.study.result import Study, head_of
from planner.study.stressors import with_prices
from planner.tolerances import SHARE

_HALVINGS = 14
_TENTH = 1e-3
"""A tenth of a point, to which the discount is told that wins a share."""

SHARES = (0.01, 0.05, 0.1)
"""Shares of the market that are asked for unless others are: to enter may be a sliver."""


@dataclass(frozen=True)
class Offer:
    """One discount: share of all market spend, accrual money to the vendor, cost of the plan."""

    discount: float
    share: float
    spend: float
    cost: float


@dataclass(frozen=True)
class Breakeven(Study):
    """Offers from none to the deepest discount.

    Attributes
    ----------
    entry
        The least discount at which the vendor is in the plan, to within a hundredth of a point;
        ``None`` if none of those tried brings it in.
    wins
        For each share asked for the least discount found at which the vendor has it, to a tenth of a point;
        ``None`` if none of those tried gives it as much.
    why_not
        Rules and facts that close the vendor to every workload, if that is why.
    """

    study: ClassVar[str] = "breakeven"
    vendor: str
    offers: tuple[Offer, ...]
    entry: float | None
    wins: tuple[tuple[float, float | None], ...]
    why_not: str
    currency: str

    @property
    def called(self) -> str:
        """The vendor or vendor group by name."""
        return str(self.head.get("names", {}).get(self.vendor, self.vendor))

    def rows(self) -> list[dict[str, Any]]:
        """One flat line an offer, for CSV and JSON."""
        return [
            {
                "discount": round(o.discount, 9),
                "share": round(o.share, 9),
                "spend": round(o.spend, 2),
                "cost": round(o.cost, 2),
            }
            for o in self.offers
        ]

    def content(self) -> dict[str, Any]:
        return {
            "vendor": self.vendor, "entry": self.entry, "why_not": self.why_not, "offers": self.rows(),
            "wins": [{"share": share, "discount": discount} for share, discount in self.wins],
        }  # fmt: skip


def breakeven(
    case: Case, vendor: str, deepest: float = 0.6, steps: int = 13, shares: Sequence[float] = SHARES
) -> Breakeven:
    """Offer discounts of a vendor from none to ``deepest``.

    Parameters
    ----------
    vendor
        A vendor or a vendor group of the market.
    shares
        Shares of all market spend whose discounts are told.

    Raises
    ------
    UnknownName
        If the market has no such vendor.
    Infeasible
        If the case has no plan.
    Stopped
        If the solver gave up.
    """
    regions = case.regions[case.regions["market"]]
    known = sorted({*regions["vendor"], *regions["vendor_group"]})
    if vendor not in known:
        raise UnknownName("vendor of the market", vendor, known)
    mine = regions.loc[(regions["vendor"] == vendor) | (regions["vendor_group"] == vendor), "region"]
    offers = _Offers(case, set(mine))
    tried = [offers.offer(round(deepest * i / (steps - 1), 9)) for i in range(steps)]
    every = list(tried)
    entered = [i for i, offer in enumerate(tried) if offer.share > SHARE]
    entry = None
    if entered:
        first = entered[0]
        entry = tried[first].discount
        if first > 0:
            low, high = tried[first - 1].discount, entry
            for _ in range(_HALVINGS):
                middle = (low + high) / 2
                between = offers.offer(middle)
                every.append(between)
                low, high = (low, middle) if between.share > SHARE else (middle, high)
            entry = high
    why_not = "" if entered else offers.closed()
    wins = tuple((share, _wins(offers, every, share)) for share in sorted(set(shares)))
    return Breakeven(vendor, tuple(tried), entry, wins, why_not, case.settings.currency, head=head_of(case))


def _wins(offers: _Offers, every: list[Offer], share: float) -> float | None:
    """The least discount with a share, from the offers made so far, which it adds to."""
    enough = [offer.discount for offer in every if offer.share >= share - SHARE]
    if not enough:
        return None
    high = min(enough)
    low = max((offer.discount for offer in every if offer.discount < high), default=high)
    while high - low > _TENTH:
        between = offers.offer((low + high) / 2)
        every.append(between)
        low, high = (low, between.discount) if between.share >= share - SHARE else (between.discount, high)
    return high


class _Offers:
    """Solves the case at any discount, each from the basis of the one before."""

    def __init__(self, case: Case, regions: set[str]) -> None:
        self.case, self.regions = case, regions
        self.eligibility: Eligibility = assess(case)
        self.reference = build(case, self.eligibility).reference
        self.problem: Problem | None = None

    def offer(self, discount: float) -> Offer:
        stage(f"planning at a discount of {discount:.2%}")
        changed = with_prices(self.case, self.regions, 1.0 - discount)
        model = build(changed, self.eligibility, reference=self.reference)
        outcome = self._solve(model)
        lines = model.lines
        spent = lines["counted"].to_numpy() * outcome.x[lines["col"].to_numpy(dtype=np.int64)]
        r = lines["r"].to_numpy(dtype=np.int64)
        names = self.case.regions["region"].isin(self.regions).to_numpy()
        own = float(spent[names[r] & (r >= 0)].sum())
        market = float(spent[(model.index.group_of[r] >= 0) & (r >= 0)].sum())
        return Offer(discount, own / market if market > 0 else 0.0, own, outcome.objective * model.unit)

    def _solve(self, model: Model) -> Outcome:
        arrays, no_plan = to_arrays(model), "the case has no plan, so no discount has a break-even"
        if arrays.integer.any():
            return solve(arrays).outcome.optimum(no_plan)
        if self.problem is None:
            self.problem = Problem(arrays)
        else:
            self.problem.restate(arrays)
        return self.problem.solve().optimum(no_plan)

    def closed(self) -> str:
        """What closes the vendor's regions, if they are closed to every workload."""
        r = np.flatnonzero(self.case.regions["region"].isin(self.regions).to_numpy())
        if self.eligibility.allowed[:, r, :].any():
            return ""
        excuses = self.eligibility.excuses
        rules = excuses.loc[excuses["region"].isin(self.regions), "rule"].value_counts()
        return ", ".join(str(rule) for rule in rules.index[:5])
