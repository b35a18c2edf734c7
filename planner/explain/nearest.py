"""Ways out of large programs: few solves for each cap or floor, and whole choices in a tree.

A small program is asked again and again whether a figure leaves a plan. Of a large one each question
takes seconds, and with whole choices minutes. So the breach of the rule's rows is made least instead: its
size and its duals tell how far the figure must move, which mostly takes a handful of programs. Whole choices
are then looked for in a tree of re-solves at that figure; where it finds none, that is told.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.explain.elastic import Program
from planner.explain.lever import Lever
from planner.lp.problem import Outcome, Problem, Status
from planner.lp.tree import Tree
from planner.tolerances import DIGIT, SUM, WHOLE, ZERO

GAP = 1e-3
"""Relative gap to which plans of ways out of large programs are solved, as plans are."""

PROGRAMS = 60
"""Linear programs after which the search for whole choices of one way out ends."""

_PRICE = 1e4
"""Cost of breaching all of what is shared: at a cost of 1 the solver takes several times as long."""

_QUESTIONS = 40


class Desk:
    """The program with every statement obeyed, re-solved as figures move.

    ``moved``: figures that were settled.
    """

    def __init__(self, program: Program) -> None:
        self.program, self.whole = program, program.whole
        self.cost = program.arrays.cost
        slack = np.arange(program.columns, len(self.cost))
        shut = np.concatenate([program.at[program.forbidden.any(axis=0)], slack])
        lower, upper = program.arrays.lower.copy(), program.arrays.upper.copy()
        lower[shut], upper[shut] = 0.0, 0.0
        self.session = Problem(replace(program.arrays, lower=lower, upper=upper), interior=False)
        self.moved: list[tuple[Lever, float]] = []

    def figure(self, group: int, lever: Lever, values: list[float]) -> int | None:
        """Steps to the figure nearest to the stated one, ``values[0]``, that leaves a plan in parts.

        None if not even the last does. The program is left with that figure.
        """
        session = self.session
        mine = self.program.columns + np.flatnonzero(self.program.slack_group == group)
        session.set_column_bounds(mine, np.zeros(len(mine)), np.full(len(mine), np.inf))
        price = np.zeros(len(self.cost))
        price[mine] = _PRICE
        session.set_cost(price)
        least = self._least(lever, values)
        session.set_column_bounds(mine, np.zeros(len(mine)), np.zeros(len(mine)))
        if least is not None:
            lever.move(session, values[least])
            self.moved.append((lever, values[least]))
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
                fall = abs(lever.slope(self.program.model, out)) / self.program.model.unit
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
        lever.move(self.session, value)
        self.session.forget()
        out = self.session.solve()
        return out if out.status is Status.OPTIMAL else None

    def _needed(self, lever: Lever, values: list[float], x: np.ndarray) -> int:
        """Steps to the figure that a plan needs."""
        rows, at = np.unique(lever.row, return_inverse=True)
        stated = np.bincount(at, weights=lever.base * x[lever.col])
        shared = -np.bincount(at, weights=lever.rate * x[lever.col])
        arrays, up = self.session.arrays, lever.loosest > lever.value
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
        session = self.session = Problem(replace(self.session.arrays, cost=self.cost))
        for lever, value in self.moved:
            lever.move(session, value)
        out = session.solve()
        if out.status is not Status.OPTIMAL:
            return None
        if not self.whole.any():
            return out.objective, 0.0
        tree = Tree(session, replace(session.arrays, integer=self.whole), GAP, programs=PROGRAMS)
        tree.search(out)
        if tree.best is None:
            return (out.objective, np.inf) if tree.open else None
        cost = tree.best.objective
        return cost, max(0.0, cost - tree.bound) / max(abs(cost), SUM)
