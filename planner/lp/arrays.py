"""A program as sparse arrays, row by row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Arrays:
    """min cost·x subject to row_lower ≤ A x ≤ row_upper, lower ≤ x ≤ upper.

    A is stored by rows: row i has the entries ``start[i]:start[i + 1]`` of ``index`` (column) and
    ``value``. ``integer`` marks columns that must be whole.
    """

    cost: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    row_lower: np.ndarray
    row_upper: np.ndarray
    start: np.ndarray
    index: np.ndarray
    value: np.ndarray
    integer: np.ndarray


def with_slacks(
    arrays: Arrays, cost: np.ndarray, upper: np.ndarray, entries: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> Arrays:
    """Continuous columns from 0 to ``upper`` beside those of a program, and a last row that bounds nothing.

    Parameters
    ----------
    cost
        Of all columns, those of the program first.
    entries
        Row, column, value of what the program has not yet; the last row has the number of the program's rows.
    """
    lengths = np.diff(arrays.start)
    row = np.concatenate([np.repeat(np.arange(len(lengths)), lengths), entries[0]])
    col = np.concatenate([arrays.index, entries[1]])
    value = np.concatenate([arrays.value, entries[2]])
    order = np.lexsort((col, row))
    starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(lengths) + 1))])
    return Arrays(
        cost=cost,
        lower=np.concatenate([arrays.lower, np.zeros(len(upper))]),
        upper=np.concatenate([arrays.upper, upper]),
        row_lower=np.append(arrays.row_lower, -np.inf),
        row_upper=np.append(arrays.row_upper, np.inf),
        start=starts.astype(np.int64),
        index=col[order].astype(np.int64),
        value=value[order],
        integer=np.concatenate([arrays.integer, np.zeros(len(upper), dtype=bool)]),
    )


def held_at(arrays: Arrays, free: np.ndarray, x: np.ndarray) -> tuple[Arrays, np.ndarray, np.ndarray]:
    """The program of the ``free`` columns (boolean) with all others held at ``x``.

    Returns
    -------
    Arrays
        The smaller program; rows without a free column are left out of it.
    ndarray, ndarray
        Numbers of its columns and rows in ``arrays``.
    """
    count = len(arrays.row_lower)
    row = np.repeat(np.arange(count), np.diff(arrays.start))
    kept = free[arrays.index]
    held = arrays.index[~kept]
    constant = np.bincount(row[~kept], weights=arrays.value[~kept] * x[held], minlength=count)
    lengths = np.bincount(row[kept], minlength=count)
    columns, rows = np.flatnonzero(free), np.flatnonzero(lengths)
    number = np.cumsum(free) - 1
    part = Arrays(
        cost=arrays.cost[columns],
        lower=arrays.lower[columns],
        upper=arrays.upper[columns],
        row_lower=(arrays.row_lower - constant)[rows],
        row_upper=(arrays.row_upper - constant)[rows],
        start=np.concatenate([[0], np.cumsum(lengths[rows])]).astype(np.int64),
        index=number[arrays.index[kept]].astype(np.int64),
        value=arrays.value[kept],
        integer=arrays.integer[columns],
    )
    return part, columns, rows
