"""Cost against one number of a rule on shares: what each point of cap or floor costs.

One program, one session: between points only the coefficients of the rule's rows change, and each
re-solve starts from the basis of the point before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.eligibility import assess
from planner.errors import Infeasible, PlannerError, Stopped
from planner.explain.change import enforced, with_parameter
from planner.explain.explain import explain
from planner.explain.lever import Lever, find_rule, share_lever
from planner.inputs import Inputs
from planner.model.build import build
from planner.model.render_arrays import render_arrays
from planner.model.scopes import SHARE_KINDS
from planner.policy.rules import Rule
from planner.solve.solve import build_model
from planner.solve.solve_arrays import Session, Status
from planner.study.measures import Meter, Shares

END_STEP = 1e-4
"""The infeasible end is told to a hundredth of a point."""

_BENT = 0.05
"""A curve nearer to its chord than this part of its height has no knee worth naming."""


@dataclass(frozen=True)
class Point:
    """The cheapest plan at one value: discounted cost and shares; ``None`` where there is no plan."""

    value: float
    cost: float | None
    shares: Shares | None


@dataclass(frozen=True)
class Frontier:
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
    """

    rule: Rule
    parameter: str
    stated: float
    points: tuple[Point, ...]
    end: float | None
    reason: str
    binds_from: float | None
    knee: float | None
    currency: str

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
            }
            row |= {f"share:{g}": None if shares is None else round(shares.by_group[g], 9) for g in groups}
            out.append(row)
        return out


def frontier(inputs: Inputs, rule_name: str, values: list[float]) -> Frontier:
    """Solve a case for each value of a rule's cap or floor.

    Parameters
    ----------
    rule_name
        Id of a rule on shares, or its kind where the case has one rule of that kind. A rule that is
        not enforced in the case is enforced here.
    values
        Caps or floors, in any order.

    Raises
    ------
    UnknownName
        If no such rule exists.
    Infeasible
        If there is no plan even at the loosest value.
    Stopped
        If the solver gave up on a point.
    """
    rule = find_rule(inputs, rule_name, SHARE_KINDS)
    inputs = enforced(inputs, rule)
    model = build(inputs, assess(inputs))
    lever = share_lever(model, rule.id)
    session, meter = Session(render_arrays(model)), Meter(model)
    ordered = sorted(set(values), reverse=lever.loosest > 0.5)
    points: list[Point] = []
    blocked: float | None = None
    for value in ordered:
        if blocked is None:
            lever.move(session, value)
            outcome = session.solve()
            if outcome.status is Status.OPTIMAL:
                points.append(Point(value, outcome.objective * model.unit, meter.read(outcome.x)))
                continue
            if outcome.status is not Status.INFEASIBLE:
                raise Stopped(f"the solver stopped at {lever.parameter} {value:g} ({outcome.word})")
            blocked = value
        points.append(Point(value, None, None))  # tightening on never brings a plan back
    if blocked == ordered[0]:
        raise Infeasible([_reason(inputs, rule, lever, blocked)])
    end, reason = None, ""
    if blocked is not None:
        last = ordered[ordered.index(blocked) - 1]
        end = _end(session, lever, last, blocked)
        reason = _reason(inputs, rule, lever, blocked)
    return Frontier(
        rule, lever.parameter, lever.value, tuple(points), end, reason, _binds_from(points), knee(points),
        inputs.case.settings.currency,
    )  # fmt: skip


def _end(session: Session, lever: Lever, good: float, bad: float) -> float:
    """The tightest value with a plan, between one that has one and one that has none."""
    while abs(good - bad) > END_STEP * (1 + 1e-6):
        middle = round((good + bad) / 2, 10)
        lever.move(session, middle)
        status = session.solve().status
        if status is Status.STOPPED:
            raise Stopped("the solver stopped while the infeasible end was looked for")
        good, bad = (middle, bad) if status is Status.OPTIMAL else (good, middle)
    return good


def _reason(inputs: Inputs, rule: Rule, lever: Lever, value: float) -> str:
    changed = with_parameter(inputs, rule, lever.parameter, value)
    try:
        build_model(changed)
    except Infeasible as error:
        return error.reasons[0]
    told = explain(changed).conflicts
    if not told:
        raise PlannerError(f"no plan at {lever.parameter} {value:g}, yet nothing collides")
    return "these cannot all hold: " + "; ".join(member.id for member in told[0].members)


def _binds_from(points: list[Point]) -> float | None:
    base = points[0].cost or 0.0
    for point in points:
        if point.cost is not None and point.cost > base + 1e-6 * max(1.0, abs(base)):
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
    if abs(x[-1] - x[0]) < 1e-12 or y[-1] - y[0] <= 1e-9 * max(1.0, abs(y[0])):
        return None
    below = (x - x[0]) / (x[-1] - x[0]) - (y - y[0]) / (y[-1] - y[0])
    at = int(np.argmax(below))
    return float(x[at]) if below[at] >= _BENT else None
