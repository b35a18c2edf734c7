"""Cost against the numbers of two rules on shares at once, e.g. a cap by a domestic floor.

One program held by the solver, as in :mod:`planner.study.frontier`: only the coefficients of the two
rules' rows change. Tightening either number never brings a plan back, so a cell that is tighter in
both than one without a plan is known to have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from planner.answer.measures import Meter, Shares
from planner.answer.survives import Kept, Survivors
from planner.eligibility import assess
from planner.errors import Infeasible, UnknownName
from planner.explain.change import enforced
from planner.inputs import Case
from planner.lp.watch import stage
from planner.model.build import build
from planner.model.to_arrays import to_arrays
from planner.policy.kinds import SHARE_KINDS
from planner.policy.rules import Rule
from planner.study.frontier import Sweep, swept_rule
from planner.study.result import Study, head_of


@dataclass(frozen=True)
class Cell:
    """The cheapest plan at a pair of values; ``None`` where there is no plan."""

    first: float
    second: float
    cost: float | None
    shares: Shares | None
    kept: Kept | None = None


@dataclass(frozen=True)
class Axis:
    """A rule, its number, what the case states, and the values tried from the loosest on."""

    rule: Rule
    parameter: str
    stated: float
    values: tuple[float, ...]

    @property
    def name(self) -> str:
        """For heads of columns and axes."""
        return f"{self.parameter} of {self.rule.id}"


@dataclass(frozen=True)
class Grid(Study):
    """Cells by second value, then first value, each from the loosest on; ``solves``: programs solved."""

    study: ClassVar[str] = "frontier of two rules"
    first: Axis
    second: Axis
    cells: tuple[Cell, ...]
    solves: int
    currency: str

    @property
    def base(self) -> float:
        """Cost at the loosest pair."""
        return self.cells[0].cost or 0.0

    def row(self, second: float) -> list[Cell]:
        """The cells of one value of the second rule."""
        return [cell for cell in self.cells if cell.second == second]

    def rows(self) -> list[dict[str, Any]]:
        """One flat line a cell, for CSV and JSON."""
        return [
            {
                self.first.name: round(c.first, 10),
                self.second.name: round(c.second, 10),
                "status": "infeasible" if c.cost is None else "optimal",
                "cost": None if c.cost is None else round(c.cost, 2),
                "extra": None if c.cost is None else round(c.cost - self.base, 2),
                "hhi": None if c.shares is None else round(c.shares.hhi, 3),
                "largest_share": None if c.shares is None else round(c.shares.largest, 9),
                "foreign_share": None if c.shares is None else round(c.shares.foreign, 9),
                "critical_kept": None if c.kept is None else round(c.kept.share, 9),
            }
            for c in self.cells
        ]

    def content(self) -> dict[str, Any]:
        axes = [
            {"rule": a.rule.id, "source": a.rule.source_line(), "parameter": a.parameter, "stated": a.stated}
            for a in (self.first, self.second)
        ]
        return {"rules": axes, "cells": self.rows()}


def two_rules(
    case: Case, first: str, first_values: list[float], second: str, second_values: list[float]
) -> Grid:
    """Solve a case for each pair of values of two rules' caps or floors.

    Parameters
    ----------
    first, second
        Id of a rule on shares, or its kind where the case has one rule of that kind. A rule that is
        not enforced in the case is enforced here.

    Raises
    ------
    UnknownName
        If no such rule exists, or both are the same.
    Infeasible
        If there is no plan even at the loosest pair.
    Stopped
        If the solver gave up on a cell.
    """
    rules = [swept_rule(case, name, SHARE_KINDS) for name in (first, second)]
    if rules[0].id == rules[1].id:
        others = [r.id for r in case.rules if r.kind in SHARE_KINDS and r.id != rules[0].id]
        raise UnknownName("second rule", second, others)
    for rule in rules:
        case = enforced(case, rule)
    model = build(case, assess(case))
    levers = [model.lever(rule) for rule in rules]
    axes = [
        Axis(rule, lever.parameter, lever.value, tuple(sorted(set(values), reverse=lever.loosest > 0.5)))
        for rule, lever, values in zip(rules, levers, (first_values, second_values), strict=True)
    ]
    sweep, meter, survivors = Sweep(to_arrays(model), *levers), Meter(model), Survivors(case)
    cells, solves, room = [], 0, len(axes[0].values)
    for b in axes[1].values:
        reached = room
        for at, a in enumerate(axes[0].values):
            if at >= reached:
                cells.append(Cell(a, b, None, None))
                continue
            stage(f"pair {len(cells) + 1} of {len(axes[0].values) * len(axes[1].values)}")
            outcome, solves = sweep.solve(a, b), solves + 1
            if outcome.feasible(f"the solver stopped at {a:g} and {b:g}"):
                kept = survivors.of_solution(model, outcome.x)
                cells.append(Cell(a, b, outcome.objective * model.unit, meter.read(outcome.x), kept))
                continue
            reached = at
            cells.append(Cell(a, b, None, None))
        room = reached
    if cells[0].cost is None:
        loosest = " and ".join(f"{axis.name} at {axis.values[0]:g}" for axis in axes)
        raise Infeasible([f"there is no plan even with {loosest}"])
    return Grid(axes[0], axes[1], tuple(cells), solves, case.settings.currency, head=head_of(case))
