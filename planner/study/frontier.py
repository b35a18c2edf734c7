"""Cost against the cap or floor of a rule: on shares, exit, carbon or cash.

One program held by the solver: between points only the coefficients of the rule's rows change, and each
re-solve starts from the basis of the point before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from planner.answer.measures import Meter, Shares
from planner.answer.survives import Kept, Survivors
from planner.eligibility import assess
from planner.errors import Infeasible, PlannerError, UnknownName
from planner.explain.change import enforced, with_parameter
from planner.explain.explain import explain
from planner.explain.find_rule import find_rule
from planner.inputs import Case
from planner.lp.arrays import Arrays
from planner.lp.outcome import Outcome, Status
from planner.lp.problem import LARGE, Problem
from planner.lp.solve import solve
from planner.lp.watch import stage
from planner.model.build import build
from planner.model.families import family, swept_kinds
from planner.model.family import MONEY
from planner.model.lever import Lever
from planner.model.to_arrays import to_arrays
from planner.planning import build_model
from planner.policy.rules import Rule
from planner.study.result import Study, head_of
from planner.tolerances import DIGIT, SAME_COST, SUM

END_STEP = 1e-4
"""The infeasible end is told to a hundredth of a point, of other numbers to this part of them."""

_BENT = 0.05
"""A curve nearer to its chord than this part of its height has no knee worth naming."""


@dataclass(frozen=True)
class Point:
    """The cheapest plan at one value: discounted cost, shares, and what is kept of critical work.

    ``None`` where there is no plan; ``kept`` also where no work is critical.
    """

    value: float
    cost: float | None
    shares: Shares | None
    kept: Kept | None = None


@dataclass(frozen=True)
class Frontier(Study):
    """Points from the loosest to the tightest value.

    Attributes
    ----------
    end
        The tightest value, to a hundredth of a point, at which there still is a plan; ``None``
        when every point has one.
    reason
        Why there is none beyond it.
    binds_from
        The loosest value that costs anything; ``None`` when none does.
    knee
        Value where the part that costs bends most: tightening up to it is cheap, beyond it dear;
        ``None`` for a straight line. Both are those of the curve itself, to a hundredth of a point,
        wherever the sweep ends; of large programs, whole numbers, tonnes and money they are of the points.
    unit
        Of the values: empty for shares, else tonnes or the currency.
    """

    study: ClassVar[str] = "frontier"
    rule: Rule
    parameter: str
    stated: float
    points: tuple[Point, ...]
    end: float | None
    reason: str
    binds_from: float | None
    knee: float | None
    currency: str
    unit: str = ""

    def rows(self) -> list[dict[str, Any]]:
        """One flat line a point, for CSV and JSON."""
        groups = sorted({g for p in self.points if p.shares for g in p.shares.by_group})
        out = []
        for point in self.points:
            shares = point.shares
            row: dict[str, Any] = {
                self.parameter: round(point.value, 10),
                "status": "optimal" if shares else "infeasible",
                "cost": None if point.cost is None else round(point.cost, 2),
                "hhi": None if shares is None else round(shares.hhi, 3),
                "largest_share": None if shares is None else round(shares.largest, 9),
                "foreign_share": None if shares is None else round(shares.foreign, 9),
                "critical_kept": None if point.kept is None else round(point.kept.share, 9),
                "critical_kept_without": "" if point.kept is None else point.kept.without,
            }
            row |= {f"share:{g}": None if shares is None else round(shares.by_group[g], 9) for g in groups}
            out.append(row)
        return out

    def content(self) -> dict[str, Any]:
        return {
            "rule": self.rule.id,
            "source": self.rule.source_line(),
            "parameter": self.parameter,
            "unit": self.unit or "share",
            "stated": self.stated,
            "points": self.rows(),
            "end": self.end,
            "reason": self.reason,
            "binds_from": self.binds_from,
            "knee": self.knee,
        }


def frontier(case: Case, rule_name: str, values: list[float]) -> Frontier:
    """Solve a case for each value of a rule's cap or floor.

    Parameters
    ----------
    rule_name
        Id of a rule on shares, exit, carbon or cash, or its kind where the case has one rule of that kind.
        A rule that is not enforced in the case is enforced here.
    values
        Caps or floors, in any order: shares, for exit of a year's accrual, tonnes, or money.

    Raises
    ------
    UnknownName
        If no such rule exists.
    Infeasible
        If there is no plan even at the loosest value.
    Stopped
        If the solver gave up on a point.
    """
    rule = swept_rule(case, rule_name)
    case = enforced(case, rule)
    model = build(case, assess(case))
    lever = model.lever(rule)
    sweep, meter, survivors = Sweep(to_arrays(model), lever), Meter(model), Survivors(case)
    ordered = sorted(set(values), reverse=lever.loosest > 0.5)
    points: list[Point] = []
    blocked: float | None = None
    for value in ordered:
        if blocked is None:
            stage(f"{lever.parameter} {value:g}, {len(points) + 1} of {len(ordered)}")
            outcome = sweep.solve(value)
            if outcome.feasible(f"the solver stopped at {lever.parameter} {value:g}"):
                kept = survivors.of_solution(model, outcome.x)
                points.append(Point(value, outcome.objective * model.unit, meter.read(outcome.x), kept))
                continue
            blocked = value
        points.append(Point(value, None, None))  # tightening on never brings a plan back
    if blocked == ordered[0]:
        raise Infeasible([_reason(case, rule, lever, blocked)])
    stage("looking for where it begins to cost, and its end")
    end, reason = None, ""
    if blocked is not None:
        last = ordered[ordered.index(blocked) - 1]
        end = _end(sweep, lever, last, blocked)
        reason = _reason(case, rule, lever, blocked)
    bends = _exact(sweep, lever, points, end) if _can_be_exact(sweep, lever) else None
    binds_from, bent = bends or (_binds_from(points), knee(points))
    return Frontier(
        rule, lever.parameter, lever.value, tuple(points), end, reason, binds_from, bent,
        case.settings.currency, unit_of(rule, case.settings.currency), head=head_of(case),
    )  # fmt: skip


def unit_of(rule: Rule, currency: str) -> str:
    """Unit of a rule's cap or floor: empty for a share."""
    number = family(rule.kind).number
    unit = number.unit if number else ""
    return currency if unit == MONEY else unit


def swept_rule(case: Case, name: str, kinds: tuple[str, ...] = ()) -> Rule:
    """The rule whose cap or floor is moved.

    Raises
    ------
    UnknownName
        If no rule of the case answers to the name, or one of a kind that has no such number.
    """
    kinds = kinds or swept_kinds()
    try:
        return find_rule(case, name, kinds)
    except UnknownName:
        other = find_rule(case, name)  # an unknown name stays one
    raise UnknownName(
        f"cap or floor to move in a rule of kind {other.kind} (only in {', '.join(kinds)}):", name, []
    )


class Sweep:
    """The program at one value of each lever after the other.

    A linear program is solved from the basis of the value before. One with whole numbers is searched as
    ``planner plan`` does, from nothing, so that at the stated values it is the plan's.
    """

    def __init__(self, arrays: Arrays, *levers: Lever) -> None:
        self.arrays, self.levers, self.problem = arrays, levers, Problem(arrays)

    def solve(self, *values: float) -> Outcome:
        """The program with these values; afresh where a basis from far away leads the simplex astray."""
        self._move(values)
        if self.arrays.integer.any():
            stated = all(value == lever.value for lever, value in zip(self.levers, values, strict=True))
            return solve(self.arrays if stated else self.problem.arrays).outcome
        outcome = self.problem.solve()
        if outcome.status is Status.STOPPED:
            self.problem = Problem(self.arrays)
            self._move(values)
            outcome = self.problem.solve()
        return outcome

    def _move(self, values: tuple[float, ...]) -> None:
        for lever, value in zip(self.levers, values, strict=True):
            lever.move(self.problem, value)


def _end(sweep: Sweep, lever: Lever, good: float, bad: float) -> float:
    """The tightest value with a plan, between one that has one and one that has none."""
    step = END_STEP if lever.step == 0.01 else END_STEP * max(abs(good), abs(bad))
    while abs(good - bad) > step * (1 + SAME_COST):
        middle = round((good + bad) / 2, 10)
        there = sweep.solve(middle).feasible("the solver stopped while the infeasible end was looked for")
        good, bad = (middle, bad) if there else (good, middle)
    return good


def _reason(case: Case, rule: Rule, lever: Lever, value: float) -> str:
    changed = with_parameter(case, rule, lever.parameter, value)
    try:
        build_model(changed)
    except Infeasible as error:
        return error.reasons[0]
    told = explain(changed).conflicts
    if not told:
        raise PlannerError(f"no plan at {lever.parameter} {value:g}, yet nothing collides")
    return "these cannot all hold: " + "; ".join(member.id for member in told[0].members)


def _can_be_exact(sweep: Sweep, lever: Lever) -> bool:
    """Is another point cheap enough to look for the bends of the curve itself?"""
    small = len(sweep.arrays.index) < LARGE and not sweep.arrays.integer.any()
    return small and np.isfinite(lever.loosest) and lever.step == 0.01


def _exact(
    sweep: Sweep, lever: Lever, points: list[Point], end: float | None
) -> tuple[float | None, float | None]:
    """Where the curve begins to cost, and its knee, between where it is free and where no plan is left."""

    def cost(value: float) -> float:
        outcome = sweep.solve(round(value, 10))
        there = outcome.feasible("the solver stopped while the bends of the curve were looked for")
        return outcome.objective if there else np.inf

    loose, base = lever.loosest, cost(lever.loosest)
    tight = end
    if tight is None:
        last = points[-1].value
        tight = (
            lever.tightest if np.isfinite(cost(lever.tightest)) else _end(sweep, lever, last, lever.tightest)
        )
    top = cost(tight)
    free = base + SAME_COST * max(1.0, abs(base))
    if not top > free:
        return None, None
    costs, not_yet = tight, loose
    while abs(costs - not_yet) > END_STEP * (1 + SAME_COST):
        middle = round((costs + not_yet) / 2, 10)
        costs, not_yet = (middle, not_yet) if cost(middle) > free else (costs, middle)
    return costs, _knee(cost, not_yet, base, tight, top)


def _knee(
    cost: Callable[[float], float], begin: float, base: float, tight: float, top: float
) -> float | None:
    """Farthest below the chord between two ends of a convex curve, by thirds of what is left of it."""
    span = tight - begin
    if abs(span) < END_STEP or top - base <= SUM * max(1.0, abs(base)):
        return None

    def below(part: float) -> float:
        return part - (cost(begin + part * span) - base) / (top - base)

    low, high = 0.0, 1.0
    while (high - low) * abs(span) > END_STEP:
        first, second = low + (high - low) / 3, high - (high - low) / 3
        low, high = (first, high) if below(first) < below(second) else (low, second)
    at = (low + high) / 2
    return round(begin + at * span, 4) if below(at) >= _BENT else None


def _binds_from(points: list[Point]) -> float | None:
    base = points[0].cost or 0.0
    for point in points:
        if point.cost is not None and point.cost > base + SAME_COST * max(1.0, abs(base)):
            return point.value
    return None


def knee(points: list[Point]) -> float | None:
    """Where the part of the curve that costs lies farthest below the chord between its ends.

    V. Satopää, J. Albrecht, D. Irwin and B. Raghavan, Finding a "kneedle" in a haystack, 2011.
    """
    solved = [p for p in points if p.cost is not None]
    first = _binds_from(points)
    begin = 0 if first is None else max(0, [p.value for p in solved].index(first) - 1)
    solved = solved[begin:]
    if len(solved) < 3:
        return None
    x = np.array([p.value for p in solved])
    y = np.array([p.cost for p in solved], dtype="float64")
    if abs(x[-1] - x[0]) < DIGIT or y[-1] - y[0] <= SUM * max(1.0, abs(y[0])):
        return None
    below = (x - x[0]) / (x[-1] - x[0]) - (y - y[0]) / (y[-1] - y[0])
    at = int(np.argmax(below))
    return float(x[at]) if below[at] >= _BENT else None
