"""Blocks: the only statement of the program. Both renderings are made from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

INF = np.inf


@dataclass(frozen=True)
class Block:
    """The rows of one family.

    Attributes
    ----------
    keys
        One line a row: numbers of workload, region, period … as the family's docstring says.
    row, col, coef
        Entries: row within the block, number of the column, coefficient; sorted by row, column.
    lower, upper
        Bounds of each row.
    scale
        Power of ten by which each row was multiplied, so that a dual value of the row as it was
        stated is the solver's value times ``scale``.
    family
        Name of the family; the same in every report. Its record sets it.
    """

    keys: pd.DataFrame
    row: np.ndarray
    col: np.ndarray
    coef: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    scale: np.ndarray
    family: str = ""


Entries = tuple[Any, Any, Any]
"""Row within the block, number of the column, coefficient (or one for all): one an entry."""


def make_block(
    keys: pd.DataFrame, entries: Sequence[Entries], lower: np.ndarray | float, upper: np.ndarray | float
) -> Block:
    """Put entries together, sum repeated ones, sort and scale.

    Each row is multiplied by the power of ten that brings the geometric mean of its smallest and
    largest coefficient nearest to 1.
    """
    count = len(keys)
    row, col = (np.concatenate([np.empty(0), *(e[i] for e in entries)]).astype(np.int64) for i in range(2))
    coef = np.concatenate([np.empty(0), *(np.broadcast_to(e[2], np.shape(e[0])) for e in entries)])
    coef = coef.astype("float64")
    low = np.broadcast_to(np.asarray(lower, dtype="float64"), (count,))
    high = np.broadcast_to(np.asarray(upper, dtype="float64"), (count,))
    order = np.lexsort((col, row))
    row, col, coef = row[order], col[order], coef[order]
    if len(row):
        first = np.flatnonzero(np.r_[True, (np.diff(row) != 0) | (np.diff(col) != 0)])
        coef = np.add.reduceat(coef, first)
        row, col = row[first], col[first]
        kept = coef != 0.0
        row, col, coef = row[kept], col[kept], coef[kept]
    scale = _row_scale(row, coef, count)
    return Block(keys.reset_index(drop=True), row, col, coef * scale[row], low * scale, high * scale, scale)


def no_rows(keys: Sequence[str]) -> Block:
    """The block of a family that has nothing to say in this case."""
    return make_block(pd.DataFrame({key: np.empty(0, dtype=np.int64) for key in keys}), [], 0.0, 0.0)


def _row_scale(row: np.ndarray, coef: np.ndarray, count: int) -> np.ndarray:
    smallest, largest = np.full(count, np.inf), np.zeros(count)
    np.minimum.at(smallest, row, np.abs(coef))
    np.maximum.at(largest, row, np.abs(coef))
    filled = largest > 0
    middle = np.ones(count)
    middle[filled] = np.sqrt(smallest[filled] * largest[filled])
    return np.asarray(10.0 ** -np.round(np.log10(middle)))


def numbers_of(keys: pd.DataFrame, on: list[str], lines: pd.DataFrame) -> np.ndarray:
    """Position in ``keys`` of each line's key; every line must have one.

    Parameters
    ----------
    keys
        Frame with unique keys in the columns ``on``.
    lines
        Frame with the same columns.

    Raises
    ------
    KeyError
        If a line has no key: a block would silently lose an entry.
    """
    if lines.empty:
        return np.empty(0, dtype=np.int64)
    codes = np.zeros(len(keys) + len(lines), dtype=np.int64)
    size = 1
    for column in on:
        part = _codes(keys[column].to_numpy(), lines[column].to_numpy())
        width = int(part.max()) + 1
        if size * width > _MOST:
            codes = np.unique(codes, return_inverse=True)[1].astype(np.int64)
            size = int(codes.max()) + 1
        codes, size = codes * width + part, size * width
    known, wanted = codes[: len(keys)], codes[len(keys) :]
    order = np.argsort(known, kind="stable")
    at = np.append(order, -1)[np.searchsorted(known, wanted, sorter=order)]
    lost = int((np.append(known, -1)[at] != wanted).sum())
    if lost:
        raise KeyError(f"{lost} entries have no row")
    return at


_MOST = 2**62
"""Largest number of combinations of keys that is told apart by one integer."""


def _codes(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Numbers from 0 that are equal where the values of both arrays, one after the other, are."""
    both = np.concatenate([first, second])
    if both.dtype.kind in "iub":
        return np.asarray(both - both.min() if both.dtype.kind != "b" else both, dtype=np.int64)
    return np.asarray(pd.factorize(both, use_na_sentinel=False)[0], dtype=np.int64)
