"""The cheapest solution of a program, whole numbers and all, to a gap: the same for every command.

Whole numbers are searched by HiGHS's own branch and bound; then they are fixed where the incumbent has them,
and the linear program that is left is solved for its duals.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from planner.lp.arrays import Arrays
from planner.lp.components import parts, solve_in_parts
from planner.lp.outcome import Outcome, Status
from planner.lp.policy import PLANNING, SolvePolicy
from planner.lp.problem import LARGE, Problem
from planner.tolerances import SUM


@dataclass(frozen=True)
class Solution:
    """An incumbent with its dual bound.

    Attributes
    ----------
    arrays
        The linear program of which ``outcome`` has the duals: whole numbers are fixed in it.
    outcome
        The incumbent if its status is optimal, which means: within the gap of the policy. Else what the
        solver said instead.
    bound
        No solution costs less, in the unit of the program.
    """

    arrays: Arrays
    outcome: Outcome
    bound: float

    @property
    def status(self) -> Status:
        """What was proved."""
        return self.outcome.status

    @property
    def gap(self) -> float:
        """Distance of the incumbent to the bound, as a part of its cost."""
        cost = self.outcome.objective
        return max(0.0, cost - self.bound) / max(abs(cost), SUM)


def solve(arrays: Arrays, policy: SolvePolicy = PLANNING) -> Solution:
    """Solve a program to the gap of a policy.

    Without a solution within the gap the outcome is what the search ended with: infeasible, unbounded, or
    stopped at a limit, then with the incumbent if there is one.
    """
    if policy.method == "auto" and len(arrays.index) >= LARGE and not arrays.integer.any():
        part = parts(arrays)
        if part.any():
            outcome = solve_in_parts(arrays, part, replace(policy, method="simplex"))
            return Solution(arrays, outcome, outcome.bound)
    return with_duals(arrays, Problem(arrays, policy).solve(), policy)


def with_duals(arrays: Arrays, outcome: Outcome, policy: SolvePolicy = PLANNING) -> Solution:
    """A searched program as a solution with duals: those of the program with its whole numbers fixed.

    A search that was stopped has an incumbent but, if there was no time left to work them out, no duals.
    """
    if not arrays.integer.any() or not outcome.has_solution:
        return Solution(arrays, outcome, outcome.bound)
    fixed = arrays.fixed(outcome.x)
    priced = Problem(fixed, policy).solve()
    if priced.status is not Status.OPTIMAL:
        return Solution(
            fixed, outcome if outcome.status is Status.STOPPED else priced.optimum(), outcome.bound
        )
    seconds = outcome.seconds + priced.seconds
    # That it is an optimum of what is fixed says nothing of the search.
    priced = replace(priced, status=outcome.status, word=outcome.word, seconds=seconds)
    return Solution(fixed, priced, outcome.bound)
