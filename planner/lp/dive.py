"""Whole numbers out of fractions: fix a few at a time and solve the linear program again.

A solver's search over thousands of machines finds nothing in minutes. Diving finds a good plan, proves
nothing, and has the same answer on every run: its limits count steps of the simplex, never seconds.
Small programs are searched to the end of a limit of nodes instead, which finds the best.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.lp.arrays import Arrays, held_at
from planner.lp.components import parts
from planner.lp.outcome import Outcome, Status
from planner.lp.policy import SolvePolicy
from planner.lp.problem import Problem
from planner.tolerances import SAME_COST, SUM, WHOLE

STEPS = 200_000
"""Steps of the simplex for all of a program, by default; each solve may take a tenth of them."""
_BATCH = 0.25
_TOGETHER = 1_000
"""Components with fewer entries are solved together."""
_SEARCHED, _HARD = 60, 400
"""Programs with so few whole numbers are searched at once, or where the dive finds nothing."""
_NODES = 500


def dive(arrays: Arrays, steps: int = STEPS, first: np.ndarray | None = None) -> np.ndarray | None:
    """Values that obey every row and are whole where ``integer`` says so; ``None`` if none was found.

    The program falls into components that share no row (periods, where nothing couples them); each is
    dived into alone. Columns ``first`` (boolean) are made whole before any other is looked at.
    """
    first = np.zeros(len(arrays.cost), dtype=bool) if first is None else first
    x, left = np.zeros(len(arrays.cost)), steps
    component = parts(arrays, _TOGETHER)
    for free in (component == number for number in range(component.max(initial=-1) + 1)):
        part, columns, _ = held_at(arrays, free, x)
        found, whole = None, int((part.integer & (part.upper > part.lower)).sum())
        if whole <= _SEARCHED:
            found = _search(part)
        if found is None:
            one = _Dive(part, left, first[columns])
            found, left = one.run(), one.left
        if found is None and _SEARCHED < whole <= _HARD:
            found = _search(part)
        if found is None:
            return None
        x[columns] = found
    return x


def _search(arrays: Arrays) -> np.ndarray | None:
    """The best values that the solver proves within a limit of nodes, if it proves any."""
    out = Problem(arrays, SolvePolicy(gap=SAME_COST, nodes=_NODES)).solve()
    return out.x if out.status is Status.OPTIMAL else None


class _Dive:
    """A dive into one program."""

    def __init__(self, arrays: Arrays, steps: int, first: np.ndarray | None = None) -> None:
        self.arrays, self.left = arrays, steps
        self.first = np.zeros(len(arrays.cost), dtype=bool) if first is None else first
        self.lower, self.upper = arrays.lower.copy(), arrays.upper.copy()
        self.problem = Problem(arrays.relaxation(), SolvePolicy(steps=STEPS // 10))
        self.out: Outcome = self.problem.solve()
        self.limits = _limits(arrays)

    def run(self) -> np.ndarray | None:
        """Fix the fractions nearest below a whole number first, a quarter of them at a time.

        Where a batch leaves no plan a smaller one is tried; where one fraction alone cannot be
        rounded up it is rounded down.
        """
        part = _BATCH
        if self.out.status is not Status.OPTIMAL:
            return None
        while len(order := self._fractions()):
            up, down = self._batch(order, max(1, int(np.ceil(len(order) * part))))
            if self._fix(up, down):
                part = min(_BATCH, 2 * part)
            elif len(up) + len(down) > 1:
                part /= 4
            elif not self._fix(down, up):
                return None
            if self.left < 0:
                return None
        return self.out.x

    def _fractions(self) -> np.ndarray:
        """Columns that should be whole and are not, the largest fraction first; of ``first`` ones, if any."""
        x = self.out.x
        part = x - np.floor(x + WHOLE)
        at = np.flatnonzero(self.arrays.integer & (part > WHOLE))
        if self.first[at].any():
            at = at[self.first[at]]
        ordered: np.ndarray = at[np.lexsort((at, -part[at]))]
        return ordered

    def _batch(self, order: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Columns to round up, and those for which no limit leaves room any more, to round down."""
        x, up, down = self.out.x, [], []
        room = self.limits.room(self.lower)
        for column in order.tolist():
            rows, coefficients = self.limits.of(column)
            need = coefficients * (np.ceil(x[column] - WHOLE) - self.lower[column])
            if (need <= room[rows] + SUM).all():
                room[rows] -= need
                up.append(column)
            else:
                down.append(column)
            # Of a batch of one only the first is fixed: what is not fixed alone could be tried for ever.
            if len(up) == size or size == 1:
                break
        return np.array(up, dtype=np.int64), np.array(down, dtype=np.int64)

    def _fix(self, up: np.ndarray, down: np.ndarray) -> bool:
        """Round, solve again and keep it if there is a plan; else leave everything as it was."""
        x, at = self.out.x, np.concatenate([up, down])
        lower, upper = self.lower.copy(), self.upper.copy()
        lower[up], upper[down] = np.ceil(x[up] - WHOLE), np.floor(x[down] + WHOLE)
        basis = self.problem.basis
        self.problem.set_column_bounds(at, lower[at], upper[at])
        out = self.problem.solve()
        self.left -= max(1, out.iterations)
        if out.status is not Status.OPTIMAL:
            self.problem.set_column_bounds(at, self.lower[at], self.upper[at])
            self.problem.set_basis(basis)
            return False
        self.lower, self.upper, self.out = lower, upper, out
        return True


@dataclass(frozen=True)
class _Limits:
    """Entries by column of rows Σ a x ≤ b with no a below zero; b of all rows."""

    row: np.ndarray
    col: np.ndarray
    value: np.ndarray
    first: np.ndarray
    bound: np.ndarray

    def of(self, column: int) -> tuple[np.ndarray, np.ndarray]:
        at = slice(self.first[column], self.first[column + 1])
        return self.row[at], self.value[at]

    def room(self, lower: np.ndarray) -> np.ndarray:
        """What the lower bounds of the columns leave of each limit."""
        used = np.bincount(self.row, weights=self.value * lower[self.col], minlength=len(self.bound))
        return np.asarray(self.bound - used)


def _limits(arrays: Arrays) -> _Limits:
    count = len(arrays.row_lower)
    row = np.repeat(np.arange(count), np.diff(arrays.start))
    negative = np.bincount(row, weights=arrays.value < 0, minlength=count) > 0
    limits = np.isfinite(arrays.row_upper) & ~negative
    kept = limits[row]
    order = np.lexsort((row[kept], arrays.index[kept]))
    col = arrays.index[kept][order]
    first = np.searchsorted(col, np.arange(len(arrays.cost) + 1))
    row, value = row[kept][order], arrays.value[kept][order]
    return _Limits(row, col, value, first, arrays.row_upper)
