"""Demand: every live workload is placed whole in every period."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import Block, make_block, numbers_of
from planner.model.context import Context
from planner.model.family import Family


def demand(context: Context) -> Block | None:
    """Purpose: serve the whole of each workload.

    Equation: Σ_r place[w,r,t] = 1 for each live (w, t).

    Units: shares. Keys: w, t.

    Dual: money that one more whole placement of w in t costs at the margin.
    """
    index, columns = context.index, context.columns
    w, t = np.nonzero(index.case.alive)
    keys = pd.DataFrame({"w": w, "t": t})
    place = columns.place.keys
    entries = (numbers_of(keys, ["w", "t"], place), columns.place.numbers, 1.0)
    return make_block(keys, [entries], 1.0, 1.0)


FAMILY = Family("demand", demand, ("w", "t"), role="structure", states="workload")
