"""Pin: placements that are given, not chosen."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import Block, make_block, numbers_of
from planner.model.columns import Columns


def pin(columns: Columns, pinned: pd.DataFrame) -> Block:
    """Purpose: hold workloads where they are, to price doing nothing.

    Equation: place[w,r,t] = share for each given (w, r, t).

    Units: shares. Keys: w, r, t. ``pinned`` has w, r, t and share.

    Dual: money that one more whole placement of w at r would cost, were it not balanced elsewhere.
    """
    keys = pinned[["w", "r", "t"]].reset_index(drop=True)
    col = columns.place.numbers[numbers_of(columns.place.keys, ["w", "r", "t"], keys)]
    entries = (np.arange(len(keys)), col, np.ones(len(keys)))
    share = pinned["share"].to_numpy(dtype="float64")
    return make_block("pin", keys, [entries], share, share)
