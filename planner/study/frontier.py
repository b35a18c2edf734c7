"""Cost against the cap or floor of a rule: on shares, exit, carbon or cash.

One program held by the solver: between points only the coefficients of the rule's rows change, and each
re-solve starts from the basis of the point before.
"""

from __future__ import annotations

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
from planner.lp.problem import Problem
from planner.lp.solve import solve
from planner.lp.watch import stage
from planner.model.build import build
from planner.model.families import family, swept_kinds
from planner.model.family import MONEY
from planner.model.lever import Lever
from planner.model.to_arrays import to_arrays
from planner.planning import build_model
from planner.policy.rules import Rule
from planner.study.band import Band, band
from planner.study.curve import bends, binds_from, knee
from planner.study.result import Study, head_of
from planner.tolerances import SAME_COST

END_STEP = 1e-4
"""The infeasible end is told to a hundredth of a point, of other numbers to this part of them."""


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
        ``None`` for a straight line.
    exact
        Are both those of the curve itself, to a hundredth of a point, wherever the sweep ends? With whole
        numbers, tonnes and money they are those of the points, and others with other points.
    band
        What approximations leave open of the cost as stated; ``None`` where that has no plan.
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
    exact: bool = False
    band: Band | None = None

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
            "exact": self.exact,
            "band": None if self.band is None else self.band.document(),
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
    sweep, meter, survivors = Sweep(to_arrays(model), lever, unit=model.unit), Meter(model), Survivors(case)
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
    solved = [(p.value, p.cost) for p in points if p.cost is not None]
    exact = not sweep.arrays.integer.any() and np.isfinite(lever.loosest) and lever.step == 0.01
    first, bent = _exact(sweep, lever, points, end) if exact else (binds_from(solved), knee(solved))
    as_stated = sweep.solve(lever.value)
    return Frontier(
        rule, lever.parameter, lever.value, tuple(points), end, reason, first, bent,
        case.settings.currency, unit_of(rule, case.settings.currency), bool(exact),
        band(model, as_stated.x) if as_stated.has_solution else None, head=head_of(case),
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

    def __init__(self, arrays: Arrays, *levers: Lever, unit: float = 1.0) -> None:
        self.arrays, self.levers, self.problem, self.unit = arrays, levers, Problem(arrays), unit

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


def _exact(
    sweep: Sweep, lever: Lever, points: list[Point], end: float | None
) -> tuple[float | None, float | None]:
    """Where the curve itself begins to cost, and its knee, wherever the sweep ends."""

    def cost(value: float) -> float:
        outcome = sweep.solve(round(value, 10))
        there = outcome.feasible("the solver stopped while the bends of the curve were looked for")
        return outcome.objective if there else np.inf

    tight = end
    if tight is None:
        tight = lever.tightest
        if not np.isfinite(cost(tight)):
            tight = _end(sweep, lever, points[-1].value, tight)
    unit = sweep.unit
    solved = [(p.value, p.cost / unit) for p in points if p.cost is not None]
    return bends(cost, solved, lever.loosest, tight)
