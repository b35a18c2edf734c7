"""Pin: placements that are given, not chosen."""

from __future__ import annotations

import numpy as np

from planner.model.block import Block, make_block, numbers_of
from planner.model.context import Context
from planner.model.family import Family


def pin(context: Context) -> Block | None:
    """Purpose: hold workloads where they are, to price doing nothing.

    Equation: place[w,r,t] = share for each given (w, r, t).

    Units: shares. Keys: w, r, t. ``pinned`` has w, r, t and share.

    Dual: money that one more whole placement of w at r would cost, were it not balanced elsewhere.
    """
    columns, pinned = context.columns, context.pinned
    if pinned is None:
        return None
    keys = pinned[["w", "r", "t"]].reset_index(drop=True)
    col = columns.place.numbers[numbers_of(columns.place.keys, ["w", "r", "t"], keys)]
    entries = (np.arange(len(keys)), col, 1.0)
    share = pinned["share"].to_numpy(dtype="float64")
    return make_block(keys, [entries], share, share)


FAMILY = Family(
    "pin",
    pin,
    ("w", "r", "t"),
    role="structure",
    applies=lambda context: context.pinned is not None,
)
