"""Ways out of large programs: few solves for each cap or floor, and whole choices at the end.

A small program is asked again and again whether a figure leaves a plan. Of a large one each question
takes seconds, and with whole choices minutes. So the breach of the rule's rows is made least instead: its
size and its duals tell how far the figure must move, which mostly takes a handful of programs. Whole choices
are then looked for at that figure in a few nodes of branch and bound; where none are found, that is told.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.explain.elastic import Program, obeyed
from planner.lp.outcome import Outcome, Status
from planner.lp.policy import FROM_BASIS, SolvePolicy
from planner.lp.problem import Problem
from planner.lp.solve import solve
from planner.model.lever import Lever
from planner.tolerances import DIGIT, SUM, WHOLE, ZERO

NODES = 20
"""Nodes after which the search for whole choices of one way out ends."""

_PRICE = 1e4
"""Cost of breaching all of what is shared: at a cost of 1 the solver takes several times as long."""

_QUESTIONS = 40


class Nearest:
    """The program with every statement obeyed, re-solved as figures move."""

    def __init__(self, program: Program) -> None:
        self.program, self.whole = program, program.whole
        self.cost = program.arrays.cost
        self.problem = Problem(obeyed(program, np.zeros_like(program.whole)), FROM_BASIS)

    def figure(self, group: int, lever: Lever, values: list[float]) -> int | None:
        """Steps to the figure nearest to the stated one, ``values[0]``, that leaves a plan in parts.

        None if not even the last does. The program is left with that figure.
        """
        problem = self.problem
        mine = self.program.columns + np.flatnonzero(self.program.slack_group == group)
        problem.set_column_bounds(mine, 0.0, np.inf)
        price = np.zeros(len(self.cost))
        price[mine] = _PRICE
        problem.set_cost(price)
        least = self._least(lever, values)
        problem.set_column_bounds(mine, 0.0, 0.0)
        if least is not None:
            lever.move(problem, values[least])
        return least

    def _least(self, lever: Lever, values: list[float]) -> int | None:
        """Steps to the first figure without a breach in the continuous part, by Newton's way on the breach.

        A breach tells by its duals how fast it falls with the figure. Where that leads a little too far, an
        eighth of the way back is looked at.
        """
        low, high, k = -1, len(values) - 1, 0
        for _ in range(_QUESTIONS):
            out = self._ask(lever, values[k])
            if out is None:
                return None
            if out.objective > ZERO * _PRICE:
                low = k
                if low == len(values) - 1:
                    return None
                fall = abs(lever.slope(out, 1.0))
                ahead = out.objective / fall if fall > 0.0 else np.inf
                steps = ahead / max(abs(values[1] - values[0]), DIGIT)
                k = low + max(1, int(min(np.ceil(steps - WHOLE), len(values))))
            else:
                high = min(k, max(low + 1, self._needed(lever, values, out.x)))
                k = high - max(1, (high - low) // 8)
            if high - low <= 1:
                return high
            if not low < k < high:
                k = (low + high) // 2
        return high

    def _ask(self, lever: Lever, value: float) -> Outcome | None:
        # A moved figure makes the last basis a bad one; reduced and afresh it is quicker.
        lever.move(self.problem, value)
        self.problem.forget()
        out = self.problem.solve()
        return out if out.status is Status.OPTIMAL else None

    def _needed(self, lever: Lever, values: list[float], x: np.ndarray) -> int:
        """Steps to the figure that a plan needs."""
        rows, at = np.unique(lever.row, return_inverse=True)
        stated = np.bincount(at, weights=lever.base * x[lever.col])
        shared = -np.bincount(at, weights=lever.rate * x[lever.col])
        arrays, up = self.problem.arrays, lever.loosest > lever.value
        bound = (arrays.row_upper if up else arrays.row_lower)[rows]
        there = shared > SUM
        if not there.any():
            return 0
        figures, told = (stated[there] - bound[there]) / shared[there], np.array(values)
        ahead = told >= figures.max() - ZERO if up else told <= figures.min() + ZERO
        return int(np.argmax(ahead)) if ahead.any() else len(values) - 1

    def cheapest(self) -> tuple[float, float] | None:
        """Cost of the cheapest plan found, and its relative gap; None if there is no plan.

        The gap is infinite, and the cost that of choices in part, where no plan with whole choices was
        found and none ruled out.
        """
        arrays = replace(self.problem.arrays, cost=self.cost, integer=self.whole)
        solution = solve(arrays, SolvePolicy(nodes=NODES))
        if np.isfinite(solution.outcome.objective):
            return solution.outcome.objective, solution.gap if self.whole.any() else 0.0
        if solution.status is not Status.STOPPED:
            return None
        in_part = solve(arrays.relaxation())
        return (in_part.outcome.objective, np.inf) if in_part.status is Status.OPTIMAL else None
