"""What leaving a vendor costs once a plan runs, how long it takes, and where the work would go.

The plan is carried out up to the beginning of a period; then it is decided to leave. What was placed
and committed before stays as it was, everything after is planned anew, and from the first period in
which that is possible nothing is left at the vendor. Limits on moves are kept, so they say how many
periods the leaving takes. Commitments with the vendor are paid to their end, used or not.

A large program with whole numbers is planned anew to a relative gap only, and what the best exit could
save beyond the one found is told in money.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from planner.answer.extract import tidy
from planner.answer.planned import planned
from planner.answer.stakes import Stakes, stakes
from planner.errors import UnknownName
from planner.inputs import Case
from planner.lp.arrays import Arrays
from planner.lp.policy import SolvePolicy
from planner.lp.solve import Solution, solve
from planner.lp.watch import stage
from planner.model.build import Model
from planner.model.families.budget import ONE_OFF
from planner.model.objective.lines import before_tax, cash
from planner.model.to_arrays import to_arrays
from planner.planning import build_model
from planner.study.result import Study, head_of
from planner.tolerances import SHARE

GAP = 0.01
"""Relative gap to which a large program with integers is planned anew."""

_OF_MOVING = ("migration labour", "migration transfer")
_HELD = ("place", "pair", "backup", "commit", "at", "active")
"""Decisions that stay as they were before the exit; all else follows from them."""


@dataclass(frozen=True)
class Exit(Study):
    """What leaving costs.

    Attributes
    ----------
    at, gone
        Period at whose beginning it is decided to leave, and the first with nothing at the vendor;
        ``None`` if there is no such period.
    stakes
        What lies with the vendor at the beginning of each period from the second on.
    why_not
        Why leaving is impossible, in sentences.
    running
        Money a year, before tax, by which what runs costs more from the exit to the end.
    begin
        One-off cost of the new plan beyond the old: activation, placement once.
    extra
        Discounted cost of the new plan beyond the old, as the case counts it; with migration where the
        case prices it, at list price.
    unproved
        Money by which ``extra`` might be less at best: the gap of the new plan; 0 without whole numbers,
        but for the solver's tolerance.
    goes
        Where the vendor's work is in period ``gone``: workload, region, share, vcpu.
    """

    study: ClassVar[str] = "exit-cost"
    vendor: str
    at: str
    gone: str | None
    periods: int
    stakes: tuple[Stakes, ...]
    why_not: tuple[str, ...]
    running: float
    begin: float
    extra: float
    unproved: float
    goes: pd.DataFrame
    priced_moves: bool
    currency: str

    @property
    def stake(self) -> Stakes:
        """What lies with the vendor when it is decided to leave."""
        return next(s for s in self.stakes if s.period == self.at)

    def rows(self) -> list[dict[str, Any]]:
        """Where the work would go, one flat line each, for CSV and JSON."""
        return [
            {
                "workload": workload,
                "region": region,
                "share": round(float(share), 9),
                "vcpu": round(float(vcpu), 6),
            }
            for workload, region, share, vcpu in self.goes.to_numpy().tolist()
        ]

    def content(self) -> dict[str, Any]:
        return {
            "vendor": self.vendor, "at": self.at, "gone": self.gone,
            "periods_to_leave": self.periods if self.gone else None, "why_not": list(self.why_not),
            "running_extra_per_year": round(self.running, 2) if self.gone else None,
            "begin": round(self.begin, 2) if self.gone else None,
            "extra_discounted": round(self.extra, 2) if self.gone else None,
            "extra_unproved": round(self.unproved, 2) if self.gone else None,
            "moves_in_extra": self.priced_moves, "transfer_days": None,
            "stakes": [s.flat() for s in self.stakes], "goes": self.rows(), "notes": [],
        }  # fmt: skip


def exit_cost(case: Case, vendor: str, at: str | None = None, gap: float = GAP) -> Exit:
    """Leave a vendor at the beginning of a period.

    Parameters
    ----------
    vendor
        A vendor or a vendor group.
    at
        A period but the first; the second by default.
    gap
        Relative gap at which a large program with integers counts as planned anew.

    Raises
    ------
    UnknownName
        If there is no such vendor or period.
    Infeasible
        If the case has no plan to begin with.
    Stopped
        If the solver gave up.
    """
    regions = case.regions
    known = sorted({*regions["vendor"], *regions["vendor_group"]})
    if vendor not in known:
        raise UnknownName("vendor", vendor, known)
    mine = ((regions["vendor"] == vendor) | (regions["vendor_group"] == vendor)).to_numpy()
    names = [str(p) for p in case.periods["period"]]
    if len(names) < 2 or (at is not None and at not in names[1:]):
        raise UnknownName("period after the first", at or names[0], names[1:])
    first = names.index(at) if at else 1
    model = build_model(case)
    arrays = to_arrays(model)
    stage("planning as it is")
    x = planned(model, "the case has no plan, so there is nothing to leave").x
    told = stakes(model, x, mine)
    leaving = _Leaving(model, arrays, x, mine, first, gap)
    gone, found = leaving.earliest(len(names) - 1)
    now = x if found is None else tidy(found.outcome.x)
    running, begin, extra = leaving.costs(now)
    return Exit(
        vendor=vendor,
        at=names[first],
        gone=None if found is None else names[gone],
        periods=gone - first,
        stakes=told,
        why_not=() if found is not None else tuple(leaving.why_not(len(names) - 1)),
        running=running,
        begin=begin,
        extra=extra,
        unproved=0.0 if found is None else found.gap * abs(found.outcome.objective) * model.unit,
        goes=_goes(model, x, now, mine, gone),
        priced_moves=case.settings.labour is not None,
        currency=case.settings.currency,
        head=head_of(case),
    )


class _Leaving:
    """The program with what was decided before the exit held."""

    def __init__(
        self, model: Model, arrays: Arrays, x: np.ndarray, mine: np.ndarray, first: int, gap: float
    ) -> None:
        self.model, self.arrays, self.x, self.mine = model, arrays, x, mine
        self.first, self.gap = first, gap

    def earliest(self, last: int) -> tuple[int, Solution | None]:
        """The first period from which nothing need be left at the vendor, and the cheapest plan then.

        Whoever can be gone can be gone later: where the last period is too early, all are.
        """
        found = self.leave(self.first)
        if found is not None or self.first == last:
            return self.first, found
        at_last = self.leave(last)
        if at_last is None:
            return last, None
        for gone in range(self.first + 1, last):
            found = self.leave(gone)
            if found is not None:
                return gone, found
        return last, at_last

    def leave(self, gone: int, free: str = "") -> Solution | None:
        """The cheapest plan with nothing at the vendor from ``gone`` on; None if there is none.

        ``free``: a family of rows to set aside.
        """
        stage(f"leaving by {self.model.index.case.periods['period'].iloc[gone]}")
        model, arrays = self.model, self.arrays
        for numbers, t, _ in self._decisions(_HELD):
            done = numbers[t < self.first]
            value = np.where(arrays.integer[done], np.round(self.x[done]), self.x[done])
            arrays = arrays.bounded(done, value, value)
        # What is signed by then is owed: nobody takes a signature back.
        begun = model.index.agreements.loc[model.index.agreements["t"] < self.first, "agreement"]
        agreed = model.columns.agreement
        chosen = (agreed.keys["k"] == "signed").to_numpy() & agreed.keys["agreement"].isin(begun).to_numpy()
        value = np.round(self.x[agreed.numbers[chosen]])
        arrays = arrays.bounded(agreed.numbers[chosen], value, value)
        for numbers, t, r in self._decisions(("place", "pair", "backup", "extra", "commit")):
            arrays = arrays.bounded(numbers[(t >= gone) & (r >= 0) & self.mine[r]], None, 0.0)
        if free:
            arrays = arrays.relaxed(model.starts[free] + np.arange(len(model.block(free).keys)))
        solution = solve(arrays, SolvePolicy(gap=self.gap))
        return solution if solution.outcome.feasible() else None

    def _decisions(self, names: tuple[str, ...]) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Column, period and region (-1 if it has none) of families; a pair is where it stands ready."""
        for family in self.model.columns.families:
            if family.name in names and len(family.keys):
                keys = family.keys
                t = keys["t0" if "t0" in keys else "t"].to_numpy(dtype=np.int64)
                at = "r2" if "r2" in keys else "r"
                r = keys[at].to_numpy(dtype=np.int64) if at in keys else np.full(len(keys), -1)
                yield family.numbers, t, r

    def costs(self, now: np.ndarray) -> tuple[float, float, float]:
        """Running cost a year, one-off cost but for moving, and discounted cost, beyond the old plan."""
        lines = self.model.lines
        changed = (now - self.x)[lines["col"].to_numpy(dtype=np.int64)]
        late = (lines["t"] >= self.first).to_numpy()
        once = lines["term"].isin(ONE_OFF).to_numpy()
        moving = lines["term"].isin(_OF_MOVING).to_numpy()
        years = float(self.model.index.case.periods["hours"].iloc[self.first :].sum()) / 8760.0
        running = float((before_tax(lines).to_numpy() * changed)[late & ~once].sum())
        begin = float((cash(lines).to_numpy() * changed)[late & once & ~moving].sum())
        extra = float(self.model.objective @ (now - self.x)) * self.model.unit
        return running / years, begin, extra

    def why_not(self, last: int) -> list[str]:
        """What stands in the way even in the last period."""
        index = self.model.index
        case = index.case
        else_where = index.eligibility.allowed[:, ~self.mine, last].any(axis=1)
        stuck = case.workloads["workload"].to_numpy()[case.alive[:, last] & ~else_where]
        if len(stuck):
            return [f"{name} may run nowhere else" for name in stuck]
        freed = [
            f"{block.family.replace('_', ' ')} stands in the way: with it set aside there is a plan"
            for block in self.model.blocks
            if self.model.family(block).role == "limit"
            and len(block.keys)
            and self.leave(last, block.family) is not None
        ]
        return freed or [
            "no single limit stands in the way: several do together, or an affinity or a resilience tier does"
        ]


def _goes(model: Model, x: np.ndarray, now: np.ndarray, mine: np.ndarray, t: int) -> pd.DataFrame:
    """Where the vendor's work is after the exit: increases of placements of what it had."""
    index, place = model.index, model.columns.place
    keys = place.keys.assign(old=x[place.numbers], new=now[place.numbers])
    keys = keys[keys["t"] == t]
    had = set(keys.loc[mine[keys["r"].to_numpy()] & (keys["old"] > SHARE).to_numpy(), "w"])
    moved = keys[keys["w"].isin(had) & (keys["new"] - keys["old"] > SHARE)]
    w = moved["w"].to_numpy(dtype=np.int64)
    share = (moved["new"] - moved["old"]).to_numpy()
    frame = pd.DataFrame(
        {
            "workload": index.case.workloads["workload"].to_numpy()[w],
            "region": index.case.regions["region"].to_numpy()[moved["r"].to_numpy(dtype=np.int64)],
            "share": share,
            "vcpu": share * index.case.demand[w, 0, t],
        }
    )
    return frame.sort_values(["workload", "region"], ignore_index=True)
