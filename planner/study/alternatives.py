"""Plans of nearly equal cost that differ most in vendor mix.

Every rule holds, and the discounted cost is at most ``1 + within`` times the least. Inside that room
the share of each set G of vendor groups is made as large as it can be. A share is a ratio,

    max Σ_{g in G} spent[g] / Σ_g spent[g],

so it is found by W. Dinkelbach's iteration (On nonlinear fractional programming, 1967): maximise
``spent[G] − λ · spent[all]`` and put λ at the ratio reached, until nothing is gained. The most that
G can have is also the least that the others can have, and the largest distance from the cheapest mix
is twice the largest gain of any G: the sum of all changes of shares is zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, ClassVar

import numpy as np

from planner.answer.measures import Meter, Shares
from planner.inputs import Case
from planner.lp.arrays import Arrays
from planner.lp.outcome import Outcome, Status
from planner.lp.problem import Problem
from planner.lp.solve import solve
from planner.lp.watch import stage
from planner.model.build import Model
from planner.model.to_arrays import to_arrays
from planner.planning import build_model
from planner.study.result import Study, head_of
from planner.tolerances import DIGIT, SUM, ZERO

CHEAPEST = "cheapest"
DIFFERENT = "most different"

_EVERY_SET = 6
"""Up to so many vendor groups every set of them is tried; beyond, each alone and each but one."""

_ROUNDS = 30


@dataclass(frozen=True)
class Alternative:
    """A plan of nearly equal cost.

    Attributes
    ----------
    name
        What was made large or small, e.g. ``most of alpha``.
    cost
        Discounted cost; of plans with these shares the least that was found.
    shares
        Shares of the market's spend over the horizon.
    distance
        Σ_g |share − share in the cheapest plan|, 0 to 2.
    """

    name: str
    cost: float
    shares: Shares
    distance: float


@dataclass(frozen=True)
class Alternatives(Study):
    """The cheapest plan, and those that differ most within the room.

    Attributes
    ----------
    plans
        The cheapest first, then most and least of each vendor group, then the most different.
    every_set
        Whether the most different plan was looked for among all sets of vendor groups.
    """

    study: ClassVar[str] = "alternatives"
    within: float
    plans: tuple[Alternative, ...]
    every_set: bool
    currency: str

    def rows(self) -> list[dict[str, Any]]:
        """One flat line a plan, for CSV and JSON."""
        base = self.plans[0].cost
        return [
            {
                "plan": p.name,
                "cost": round(p.cost, 2),
                "extra": round(p.cost - base, 2),
                "distance": round(p.distance, 9),
                "hhi": round(p.shares.hhi, 3),
                "foreign_share": round(p.shares.foreign, 9),
                **{f"share:{g}": round(v, 9) for g, v in p.shares.by_group.items()},
            }
            for p in self.plans
        ]

    def content(self) -> dict[str, Any]:
        return {"within": self.within, "every_set": self.every_set, "plans": self.rows(), "notes": []}


def alternatives(case: Case, within: float = 0.01) -> Alternatives:
    """Find plans that cost at most ``within`` more than the cheapest and differ most from it.

    Raises
    ------
    Infeasible
        If the case has no plan.
    Stopped
        If the solver gave up.
    """
    room = Room(build_model(case), within)
    groups = room.groups
    every = len(groups) <= _EVERY_SET
    reached = {chosen: room.most(chosen) for chosen in _sets(groups, every)}
    plans = [room.cheapest]
    for group in groups if len(groups) > 1 else ():
        plans.append(replace(reached[(group,)], name=f"most of {group}"))
        others = tuple(g for g in groups if g != group)
        plans.append(replace(reached[others], name=f"least of {group}"))
    if reached:
        far = max(reached.values(), key=lambda plan: round(plan.distance, 9))
        plans.append(replace(far, name=DIFFERENT))
    return Alternatives(within, tuple(plans), every, case.settings.currency, head=head_of(case))


def _sets(groups: tuple[str, ...], every: bool) -> Iterator[tuple[str, ...]]:
    """Sets of vendor groups: neither none nor all."""
    last = len(groups)
    for size in range(1, last) if every else sorted({1, last - 1}):
        yield from combinations(groups, size)


class Room:
    """The program with its cost bounded, a column for what each group earns, and a row on a share."""

    def __init__(self, model: Model, within: float) -> None:
        arrays = to_arrays(model)
        self.model, self.meter, self.groups = model, Meter(model), model.index.groups
        self.n, self.rows = len(arrays.cost), len(arrays.row_lower)
        first = solve(arrays).outcome.optimum("the case has no plan, so there is none of nearly equal cost")
        self.cheapest_x, self.cheapest = first.x, self._told(CHEAPEST, first, None)
        self.problem = Problem(_widened(arrays, self.meter.spent / model.unit))
        limit = first.objective + within * abs(first.objective)
        self._bound(self.rows, -np.inf, limit + SUM * max(1.0, abs(limit)))

    def extreme(self, cost: np.ndarray) -> float:
        """The least value of ``cost``, one a column of the program, over the plans in the room."""
        self._bound(self.rows + 1, -np.inf, np.inf)
        self.problem.set_cost(np.concatenate([cost, np.zeros(len(self.groups))]))
        return self.problem.solve().optimum().objective

    def most(self, chosen: tuple[str, ...]) -> Alternative:
        """The plan in which some groups together have the largest share; of those the cheapest found."""
        stage(f"as much as can be with {', '.join(chosen)}")
        part = np.array([g in chosen for g in self.groups], dtype="float64")
        share, best = -1.0, None
        self._bound(self.rows + 1, -np.inf, np.inf)
        for _ in range(_ROUNDS):
            self.problem.set_cost(np.concatenate([np.zeros(self.n), max(share, 0.0) - part]))
            found = self.problem.solve().optimum()
            now = self._share(found, part)
            if now <= share + SUM:
                break
            share, best = now, found
        return self._cheapest_with(part, share, best)

    def _cheapest_with(self, part: np.ndarray, share: float, best: Outcome | None) -> Alternative:
        """The cheapest plan in which the groups keep the share reached."""
        columns = np.arange(self.n, self.n + len(part))
        row = np.full(len(part), self.rows + 1)
        self.problem.set_coefficients(row, columns, part - max(share - ZERO, 0.0))
        self._bound(self.rows + 1, 0.0, np.inf)
        self.problem.set_cost(np.concatenate([self.model.objective, np.zeros(len(part))]))
        found = self.problem.solve()
        chosen = found if found.status is Status.OPTIMAL or best is None else best
        return self._told("", chosen.optimum(), self.cheapest)

    def _share(self, outcome: Outcome, part: np.ndarray) -> float:
        spent = outcome.x[self.n :]
        return float(part @ spent) / max(float(spent.sum()), DIGIT)

    def _told(self, name: str, outcome: Outcome, base: Alternative | None) -> Alternative:
        x = outcome.x[: self.n]
        shares = self.meter.read(x)
        far = 0.0
        if base is not None:
            far = sum(abs(v - base.shares.by_group[g]) for g, v in shares.by_group.items())
        return Alternative(name, float(self.model.objective @ x) * self.model.unit, shares, far)

    def _bound(self, row: int, low: float, high: float) -> None:
        self.problem.set_row_bounds(np.array([row]), np.array([low]), np.array([high]))


def _widened(arrays: Arrays, spent: np.ndarray) -> Arrays:
    """The program with rows on cost and on a share, and rows that add up what each group earns."""
    groups, n = spent.shape
    dear = np.flatnonzero(arrays.cost)
    # The row on a share has a coefficient of each group's column, to be set before it is bounded.
    index, value = [arrays.index, dear, n + np.arange(groups)], [arrays.value, arrays.cost[dear]]
    value.append(np.ones(groups))
    lengths = [len(dear), groups]
    for g in range(groups):
        earns = np.flatnonzero(spent[g])
        index += [earns, np.array([n + g])]
        value += [-spent[g, earns], np.ones(1)]
        lengths.append(len(earns) + 1)
    low, high = np.zeros(2 + groups), np.zeros(2 + groups)
    low[:2], high[:2] = -np.inf, np.inf
    return Arrays(
        cost=np.concatenate([arrays.cost, np.zeros(groups)]),
        lower=np.concatenate([arrays.lower, np.zeros(groups)]),
        upper=np.concatenate([arrays.upper, np.full(groups, np.inf)]),
        row_lower=np.concatenate([arrays.row_lower, low]),
        row_upper=np.concatenate([arrays.row_upper, high]),
        start=np.concatenate([arrays.start, arrays.start[-1] + np.cumsum(lengths)]),
        index=np.concatenate(index).astype(np.int64),
        value=np.concatenate(value),
        integer=np.concatenate([arrays.integer, np.zeros(groups, dtype=bool)]),
    )
