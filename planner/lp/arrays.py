"""A program as sparse arrays, row by row."""

from __future__ import annotations

from dataclasses import dataclass, replace

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

    @property
    def entry_row(self) -> np.ndarray:
        """The row of each entry."""
        return np.repeat(np.arange(len(self.row_lower)), np.diff(self.start))

    def relaxation(self) -> Arrays:
        """The linear relaxation: nothing must be whole."""
        return replace(self, integer=np.zeros(len(self.integer), dtype=bool))

    def bounded(self, columns: np.ndarray, lower: _Values, upper: _Values) -> Arrays:
        """Other bounds on some columns; ``None`` keeps a side as it is."""
        low, high = _changed(self.lower, columns, lower), _changed(self.upper, columns, upper)
        return replace(self, lower=low, upper=high)

    def row_bounded(self, rows: np.ndarray, lower: _Values, upper: _Values) -> Arrays:
        """Other bounds on some rows; ``None`` keeps a side as it is."""
        low, high = _changed(self.row_lower, rows, lower), _changed(self.row_upper, rows, upper)
        return replace(self, row_lower=low, row_upper=high)

    def relaxed(self, rows: np.ndarray) -> Arrays:
        """Some rows bound nothing any more."""
        return self.row_bounded(rows, -np.inf, np.inf)

    def fixed(self, x: np.ndarray) -> Arrays:
        """The linear program that is left when what must be whole stays where ``x`` has it."""
        whole = np.round(x[self.integer])
        return self.bounded(self.integer, whole, whole).relaxation()

    def with_coefficients(self, row: np.ndarray, col: np.ndarray, value: np.ndarray) -> Arrays:
        """Other coefficients at single places (row, column); what was absent is put in."""
        columns = len(self.cost)
        place = row.astype(np.int64) * columns + col
        order = np.argsort(place, kind="stable")
        place, new = place[order], np.asarray(value, dtype="float64")[order]
        near = np.flatnonzero(np.isin(self.entry_row, row))
        old = self.entry_row[near] * columns + self.index[near]
        position = np.minimum(np.searchsorted(place, old), len(place) - 1) if len(place) else near[:0]
        same = place[position] == old if len(place) else np.zeros(len(near), dtype=bool)
        values = self.value.copy()
        values[near[same]] = new[position[same]]
        absent = np.ones(len(place), dtype=bool)
        absent[position[same]] = False
        if not absent.any():
            return replace(self, value=values)
        entry_row = np.concatenate([self.entry_row, place[absent] // columns])
        index = np.concatenate([self.index, place[absent] % columns])
        values = np.concatenate([values, new[absent]])
        order = np.lexsort((index, entry_row))
        start = np.concatenate([[0], np.cumsum(np.bincount(entry_row, minlength=len(self.row_lower)))])
        return replace(self, start=start, index=index[order], value=values[order])


_Values = np.ndarray | float | None


def _changed(array: np.ndarray, places: np.ndarray, values: _Values) -> np.ndarray:
    if values is None:
        return array
    changed = array.copy()
    changed[places] = values
    return changed


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
    row = np.concatenate([arrays.entry_row, entries[0]])
    col = np.concatenate([arrays.index, entries[1]])
    value = np.concatenate([arrays.value, entries[2]])
    order = np.lexsort((col, row))
    starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(arrays.row_lower) + 1))])
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
    row = arrays.entry_row
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
