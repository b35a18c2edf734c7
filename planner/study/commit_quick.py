"""Commitments for levels of demand of a large case: the best of a few candidates, with what it may miss.

The two-stage program over all levels is as large as all of them together. Here each level is solved once
by itself, which also bounds what any commitments can save; then commitments that are likely to do well
are held in each level, which takes a few steps of the simplex from its own basis, its whole numbers
staying where its own plan has them. Candidates: what each level, and the mean, would commit to, and for
each machine the newsvendor's quantile of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from planner.lp.policy import SolvePolicy
from planner.lp.problem import Problem
from planner.lp.solve import solve
from planner.model.build import Model
from planner.model.to_arrays import to_arrays
from planner.tolerances import SUM, ZERO

Held = tuple[np.ndarray, list[float]]
"""Commitments, and the cost of each level with them held."""


class LevelPlan:
    """One level of demand, solved, whose commitments of the first period can be held otherwise.

    Attributes
    ----------
    bound
        No plan of the level costs less; ``own`` is the plan found, ``units`` its commitments.
    """

    def __init__(self, model: Model, at: np.ndarray, what: str, gap: float) -> None:
        solution = solve(to_arrays(model), SolvePolicy(gap=gap))
        own = solution.outcome.optimum(f"there is no plan for {what}", f"the solver stopped on {what}")
        self.model, self.at, self.own = model, at, own
        self.problem = Problem(solution.arrays)
        self.bound = solution.bound * model.unit
        self.cost = own.objective * model.unit
        commit = model.columns.commit
        self._first = commit.numbers[(commit.keys["t0"] == 0).to_numpy()]
        self.units = own.x[at]
        others = own.x[np.setdiff1d(self._first, at)]
        self._only_shared = bool(np.abs(others).max(initial=0.0) <= ZERO)

    def has(self, units: np.ndarray) -> bool:
        """Are these the commitments of its own plan?"""
        return self._only_shared and bool(np.abs(units - self.units).max(initial=0.0) <= ZERO)

    def hold(self, units: np.ndarray) -> float | None:
        """Cost with commitments from the first period on held; None if that leaves no plan."""
        held = np.maximum(np.where(np.abs(units) < ZERO, 0.0, units), 0.0)
        self.problem.set_column_bounds(self._first, 0.0, 0.0)
        self.problem.set_column_bounds(self.at, held, held)
        outcome = self.problem.solve()
        there = outcome.feasible("the solver stopped on the commitments of another level")
        return outcome.objective * self.model.unit if there else None


def spread(
    plans: Sequence[LevelPlan], part: np.ndarray, units: np.ndarray, limit: float
) -> list[float] | None:
    """Cost of each level with the same commitments held; None where one has no plan, or past a limit."""
    costs: list[float] = [plan.cost for plan in plans]
    for k, plan in enumerate(plans):
        if not plan.has(units):
            cost = plan.hold(units)
            if cost is None:
                return None
            costs[k] = cost
        if float(part @ np.array(costs)) > limit:
            return None
    return costs


def pays_from(model: Model, shared: pd.DataFrame) -> np.ndarray:
    """Price committed over price on demand, of each commitment."""
    offers, s = model.index.offers, shared["s"].to_numpy(dtype=np.int64)
    committed = np.full(len(s), np.nan)
    for term in offers.commit:
        mine = (shared["term"] == term).to_numpy()
        committed[mine] = offers.paid(term)[s[mine], 0]
    ratio: np.ndarray = committed / offers.hourly_paid[s, 0]
    return ratio


def quantile(units: Sequence[np.ndarray], part: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """For each machine the most that is needed with a probability of at least its ratio."""
    table = np.array(units)
    order = np.argsort(-table, axis=0, kind="stable")
    most = np.take_along_axis(table, order, axis=0)
    likely = np.cumsum(part[order], axis=0)
    enough = likely >= np.nan_to_num(ratio, nan=1.0) - SUM
    found: np.ndarray = np.where(
        enough.any(axis=0), most[np.argmax(enough, axis=0), np.arange(table.shape[1])], most[-1]
    )
    return found


def best_of(
    plans: Sequence[LevelPlan], part: np.ndarray, candidates: Sequence[np.ndarray], best: Held
) -> Held:
    """The cheapest in the mean of some candidates and of one whose costs are known."""
    for units in candidates:
        limit = float(part @ np.array(best[1]))
        costs = spread(plans, part, units, limit)
        if costs is not None and float(part @ np.array(costs)) < limit:
            best = units, costs
    return best
