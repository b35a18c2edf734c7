"""A linear program that falls into components which share no row: each is solved alone.

The time of the simplex grows faster than a program, so parts cost less than the whole. A component takes over
the basis of the one before it if it has the same shape (the next period of a case whose periods nothing
couples); a basis that misleads is dropped after a limit of steps, and the component solved afresh.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.lp.arrays import Arrays, held_at
from planner.lp.outcome import Outcome, Status
from planner.lp.policy import FROM_BASIS, SolvePolicy
from planner.lp.problem import Problem

_TOGETHER = 20_000
"""Components are put together until they have so many entries: each solve has a price of its own."""
_STEPS_PER_ROW = 2
"""Steps for each row after which a basis that was taken over counts as one that misleads."""


def parts(arrays: Arrays, together: int = _TOGETHER) -> np.ndarray:
    """The number of the part of each column; parts share no row."""
    label = _components(arrays)
    size = np.bincount(label[arrays.index], minlength=len(arrays.cost))
    _, part = np.unique((np.cumsum(size) // together)[label], return_inverse=True)
    return np.asarray(part)


def count_components(arrays: Arrays, rows: np.ndarray | None = None) -> tuple[int, float]:
    """How many components a program has, and the share of all columns in the largest.

    Parameters
    ----------
    rows
        Boolean, a row each: only these count; all by default. Columns that none of them uses do not count.
    """
    stays = np.ones(len(arrays.index), dtype=bool) if rows is None else rows[arrays.entry_row]
    row, column = arrays.entry_row[stays], arrays.index[stays]
    if not len(column):
        return 0, 0.0
    used, column = np.unique(column, return_inverse=True)
    label = _labels(row, column, len(arrays.row_lower), len(used))
    size = np.unique(label, return_counts=True)[1]
    return len(size), float(size.max() / len(arrays.cost))


def solve_in_parts(arrays: Arrays, part: np.ndarray, policy: SolvePolicy = FROM_BASIS) -> Outcome:
    """Solve a linear program part by part: an optimum of the whole, its duals too.

    The outcome of the first part without an optimum is that of the whole.
    """
    empty = np.diff(arrays.start) == 0
    if ((arrays.row_lower[empty] > 0) | (arrays.row_upper[empty] < 0)).any():
        return Problem(
            arrays, policy
        ).solve()  # a row without columns belongs to no part: HiGHS says what it is
    x, reduced = np.zeros((2, len(arrays.cost)))
    row_value, dual = np.zeros((2, len(arrays.row_lower)))
    solved: list[Outcome] = []
    before: Problem | None = None
    for number in range(part.max(initial=-1) + 1):
        program, columns, rows = held_at(arrays, part == number, x)
        before, outcome = _after(before, program, policy)
        if outcome.status is not Status.OPTIMAL:
            return replace(outcome, seconds=outcome.seconds + sum(o.seconds for o in solved))
        x[columns], reduced[columns] = outcome.x, outcome.reduced_cost
        row_value[rows], dual[rows] = outcome.row_value, outcome.dual
        solved.append(outcome)
    objective = sum(o.objective for o in solved)
    return Outcome(
        status=Status.OPTIMAL,
        word="Optimal",
        objective=objective,
        x=x,
        reduced_cost=reduced,
        row_value=row_value,
        dual=dual,
        residual=max(o.residual for o in solved),
        dual_objective=sum(o.dual_objective for o in solved),
        seconds=sum(o.seconds for o in solved),
        iterations=sum(o.iterations for o in solved),
        bound=objective,
    )


def _after(before: Problem | None, program: Arrays, policy: SolvePolicy) -> tuple[Problem, Outcome]:
    """Solve a part from the basis of the one before, or afresh where that has another shape or misleads."""
    problem = Problem(program, policy)
    alike = before is not None and len(before.arrays.cost) == len(program.cost)
    if before is not None and alike and len(before.arrays.row_lower) == len(program.row_lower):
        problem.set_basis(before.basis)
        outcome = problem.solve(_STEPS_PER_ROW * len(program.row_lower))
        if outcome.status is Status.OPTIMAL:
            return problem, outcome
        problem = Problem(program, policy)
    return problem, problem.solve()


def _components(arrays: Arrays) -> np.ndarray:
    """The least column of the component of each column."""
    return _labels(arrays.entry_row, arrays.index, len(arrays.row_lower), len(arrays.cost))


def _labels(row: np.ndarray, column: np.ndarray, rows: int, columns: int) -> np.ndarray:
    label = np.arange(columns)
    while True:
        least = np.full(rows, columns)
        np.minimum.at(least, row, label[column])
        smaller = label.copy()
        np.minimum.at(smaller, column, least[row])
        smaller = smaller[smaller]
        if np.array_equal(smaller, label):
            return label
        label = smaller
