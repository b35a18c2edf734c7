"""Demand: every live workload is placed whole in every period."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import Block, make_block, numbers_of
from planner.model.columns import Columns
from planner.model.index import Index


def demand(index: Index, columns: Columns) -> Block:
    """Purpose: serve the whole of each workload.

    Equation: Σ_r place[w,r,t] = 1 for each live (w, t).

    Units: shares. Keys: w, t.

    Dual: money that one more whole placement of w in t costs at the margin.
    """
    w, t = np.nonzero(index.inputs.case.alive)
    keys = pd.DataFrame({"w": w, "t": t})
    place = columns.place.keys
    entries = (numbers_of(keys, ["w", "t"], place), columns.place.numbers, np.ones(len(place)))
    return make_block("demand", keys, [entries], 1.0, 1.0)
