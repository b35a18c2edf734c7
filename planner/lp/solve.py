"""The cheapest solution of a program, whole numbers and all, to a gap: the same for every command.

With whole numbers HiGHS searches by branch and bound; then they are fixed where its incumbent has them, and
the linear program that is left is solved for its duals.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from planner.lp.arrays import Arrays
from planner.lp.outcome import Outcome, Status
from planner.lp.policy import PLANNING, SolvePolicy
from planner.lp.problem import Problem
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

    Without a solution within the gap the outcome is HiGHS's own: infeasible, unbounded, or stopped at a
    limit, then with the incumbent if there is one.
    """
    outcome = Problem(arrays, policy).solve()
    return with_duals(arrays, outcome, policy)


def with_duals(arrays: Arrays, outcome: Outcome, policy: SolvePolicy = PLANNING) -> Solution:
    """A solved program as a solution with duals: those of the program with its whole numbers fixed."""
    if not arrays.integer.any() or outcome.status is not Status.OPTIMAL:
        return Solution(arrays, outcome, outcome.bound)
    fixed = arrays.fixed(outcome.x)
    priced = Problem(fixed, policy).solve().optimum()
    seconds = outcome.seconds + priced.seconds
    return Solution(fixed, replace(priced, seconds=seconds), outcome.bound)
