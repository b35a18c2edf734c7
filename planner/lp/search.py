"""Programs of whole machines: a good solution, the bound that no other beats, and why the search ended.

Of thousands of whole numbers nearly all are settled by the relaxation or by rounding up; what is left is a
packing of remainders, on which a solver's tree finds nothing in minutes. So the relaxation gives the bound, a
dive (``dive``) the first incumbent, or rounding up and repairing (``repair``) where the dive finds none; and
neighbourhoods of the incumbent are searched until the gap is closed or the effort is spent. Small programs go
to HiGHS alone. Effort counts steps of the simplex and nodes, never seconds: the same program gives the same
answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from planner.lp.arrays import Arrays
from planner.lp.dive import dive
from planner.lp.outcome import Outcome, Status
from planner.lp.policy import SolvePolicy
from planner.lp.problem import Problem
from planner.lp.repair import Parts, breach, repair
from planner.lp.watch import current
from planner.tolerances import ROW, SAME_COST, SUM

SMALL = 5_000
"""Programs with fewer entries go to HiGHS alone, which mostly finds the cheapest."""
STEPS = 200_000
"""Steps of the simplex of one unit of effort, for dives."""
NODES = 2_000
"""Nodes of HiGHS's tree of one unit of effort, for small programs."""
ROUNDS = 3
"""Rounds over all neighbourhoods of one unit of effort."""


@dataclass(frozen=True)
class Search:
    """What was found.

    Attributes
    ----------
    relaxed
        The solution of the relaxation, with its duals; not optimal where the relaxation has none.
    status
        Optimal where there is a solution within the gap, stopped where the effort was spent before,
        infeasible where it was proved that there is none.
    best
        The incumbent: the solution of the program with its whole numbers held; ``None`` if none was found.
    bound
        No solution costs less.
    nearest
        Where none was found: whole numbers that break as little as could be reached.
    seconds
        Time that the search took.
    """

    relaxed: Outcome
    status: Status
    best: Outcome | None = None
    bound: float = float("-inf")
    nearest: np.ndarray | None = None
    seconds: float = 0.0

    @property
    def gap(self) -> float:
        """Distance of the incumbent to the bound, as a part of its cost."""
        if self.best is None:
            return float("inf")
        return max(0.0, self.best.objective - self.bound) / max(abs(self.best.objective), SUM)


Preference = Callable[[float], tuple[Arrays, Parts]]
"""From the optimum of the relaxation to the program with columns that price what is not preferred."""


def search(arrays: Arrays, parts: Parts, policy: SolvePolicy, preference: Preference | None = None) -> Search:
    """Look for a solution within the gap of a policy, with its effort.

    Parameters
    ----------
    parts
        Neighbourhoods: to what each column belongs, and which rows may be broken on the way.
    preference
        Of large programs: what is looked for among solutions within the gap.
    """
    clock = time.perf_counter()
    result = _search(arrays, parts, policy, preference)
    return replace(result, seconds=time.perf_counter() - clock)


def _search(arrays: Arrays, parts: Parts, policy: SolvePolicy, preference: Preference | None) -> Search:
    relaxed = Problem(arrays.relaxation(), replace(policy, method="simplex")).solve()
    if relaxed.status is not Status.OPTIMAL:
        return Search(relaxed, relaxed.status)
    if len(arrays.index) < SMALL:
        return _small(arrays, parts, relaxed, policy)
    wanted, own = (arrays, parts) if preference is None else preference(relaxed.objective)
    count = len(arrays.cost)
    x, broken = dive(wanted, int(STEPS * policy.effort), wanted.integer & ~own.machine), False
    if x is None:
        start = np.concatenate([relaxed.x, np.zeros(len(wanted.cost) - count)])
        x, broken = _repaired(wanted, own, start, -np.inf, policy)
        if broken:
            return Search(relaxed, Status.STOPPED, None, relaxed.objective, x[:count])
    enough = relaxed.objective / (1.0 - policy.gap) if policy.gap < 1.0 else np.inf
    if arrays.cost @ x[:count] > enough:
        try:
            better, broken = _repaired(wanted, own, x, enough, policy)
            x = x if broken or wanted.cost @ better > wanted.cost @ x else better
        except KeyboardInterrupt:
            current().interrupt()
    return _judged(arrays, relaxed, x[:count], relaxed.objective, policy)


def _small(arrays: Arrays, parts: Parts, relaxed: Outcome, policy: SolvePolicy) -> Search:
    """HiGHS alone, to its own tolerance: for a small program that takes no longer than a wide gap."""
    near = replace(policy, gap=min(policy.gap, 1e-4), nodes=max(1, int(NODES * policy.effort)))
    out = Problem(arrays, near).solve()
    if out.status is Status.INFEASIBLE:
        return Search(relaxed, Status.INFEASIBLE)
    bound = max(relaxed.objective, out.bound) if np.isfinite(out.bound) else relaxed.objective
    if not np.isfinite(out.objective):
        x, _ = _repaired(arrays, parts, relaxed.x, -np.inf, policy)
        return Search(relaxed, Status.STOPPED, None, bound, x)
    return _judged(arrays, relaxed, out.x, bound, policy)


def _judged(arrays: Arrays, relaxed: Outcome, x: np.ndarray, bound: float, policy: SolvePolicy) -> Search:
    """With the continuous columns at their best beside the whole numbers of ``x``."""
    whole = np.where(arrays.integer, np.round(x), x)
    best = Problem(arrays.fixed(x), policy).solve()
    if best.status is Status.STOPPED and breach(arrays, whole).max(initial=0.0) <= ROW:
        # No time was left: the incumbent as it is, without duals of its own.
        cost, none = float(arrays.cost @ whole), float("nan")
        ended = replace(relaxed, status=Status.STOPPED, objective=cost, x=whole, dual_objective=none)
        return Search(relaxed, Status.STOPPED, ended, min(bound, cost))
    if best.status is not Status.OPTIMAL:
        return Search(relaxed, Status.STOPPED, None, bound, whole)
    found = Search(relaxed, Status.OPTIMAL, best, min(bound, best.objective))
    return found if found.gap <= policy.gap + SAME_COST else replace(found, status=Status.STOPPED)


def _repaired(
    arrays: Arrays, parts: Parts, x: np.ndarray, enough: float, policy: SolvePolicy
) -> tuple[np.ndarray, bool]:
    found = repair(arrays, parts, x, enough, max(1, round(ROUNDS * policy.effort)))
    return found.x, bool(len(found.broken))
