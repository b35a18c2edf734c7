"""Where work of placements that are held could flee in each loss, as far as there is room."""

from __future__ import annotations

import numpy as np

from planner.lp.arrays import Arrays
from planner.lp.problem import Problem
from planner.lp.watch import watched
from planner.model.block import Block
from planner.model.build import Model


def with_refuges(model: Model, x: np.ndarray) -> np.ndarray:
    """The values of the columns with those of ``extra`` that save as much as can be saved.

    Held placements leave survival and its room out of the program (``aside``), so that the program never
    says where work would flee. With all else as it is: least Σ short, Σ extra + short = what is lost and
    not ready elsewhere, for each event, workload and period, and room as in the family ``refuge``; a
    limit that is broken already leaves no room.
    """
    extra = model.columns.extra.numbers
    asked, room = (next((b for b in model.aside if b.family == f), None) for f in ("survival", "refuge"))
    if asked is None or room is None or not len(extra):
        return x
    short = len(asked.keys)
    least = _left(asked, asked.lower, x, extra)
    most = np.maximum(0.0, _left(room, room.upper, x, extra))
    parts = [_entries(asked, extra, 0), _entries(room, extra, short)]
    row, col, coef = (np.concatenate([p[i] for p in parts]) for i in range(3))
    row, col = np.concatenate([row, np.arange(short)]), np.concatenate([col, len(extra) + np.arange(short)])
    coef = np.concatenate([coef, asked.scale])
    order = np.lexsort((col, row))
    count = short + len(room.keys)
    columns = len(extra) + short
    program = Arrays(
        cost=np.concatenate([np.zeros(len(extra)), np.ones(short)]),
        lower=np.zeros(columns),
        upper=np.full(columns, np.inf),
        row_lower=np.concatenate([least, np.full(len(room.keys), -np.inf)]),
        row_upper=np.concatenate([np.maximum(least, 0.0), most]),
        start=np.concatenate([[0], np.cumsum(np.bincount(row, minlength=count))]).astype(np.int64),
        index=col[order].astype(np.int64),
        value=coef[order],
        integer=np.zeros(columns, dtype=bool),
    )
    # What is asked here belongs to the plan, however little time is left.
    with watched():
        outcome = Problem(program).solve().optimum()
    filled = x.copy()
    filled[extra] = outcome.x[: len(extra)]
    return filled


def _left(block: Block, bound: np.ndarray, x: np.ndarray, extra: np.ndarray) -> np.ndarray:
    """Bounds of the rows less what the other columns come to."""
    other = ~np.isin(block.col, extra)
    value = np.bincount(block.row[other], block.coef[other] * x[block.col[other]], minlength=len(block.keys))
    return np.asarray(bound - value)


def _entries(block: Block, extra: np.ndarray, first: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    mine = np.isin(block.col, extra)
    return block.row[mine] + first, block.col[mine] - (extra[0] if len(extra) else 0), block.coef[mine]
