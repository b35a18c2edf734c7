"""Compute: machines run on demand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.carried import carried_at
from planner.model.columns import Columns
from planner.model.index import Index
from planner.model.objective.lines import make_lines, nobody


def compute(index: Index, columns: Columns) -> pd.DataFrame:
    """Cost of machines: price an hour × hours of the slice × units.

    On ``run`` where machines do not fold; on ``place`` where they do, with the n units that carry
    the whole workload in each slice, and on ``pair`` with the part of them that is kept ready.
    """
    return pd.concat([_folded(index, columns), _run(index, columns)], ignore_index=True)


def _folded(index: Index, columns: Columns) -> pd.DataFrame:
    folded = carried_at(index, columns).merge(columns.folded, on=["w", "r", "t"])
    folded = folded.merge(index.slices, on=["t", "l"], how="left")
    w, r, t, s = (folded[c].to_numpy() for c in ("w", "r", "t", "sku"))
    listed = (
        index.offers.price[s, t] * folded["hours"].to_numpy() * (folded["units"] * folded["part"]).to_numpy()
    )
    col = folded["col"].to_numpy()
    return make_lines(index, "compute", col, w, index.pool_of[w], r, s, t, listed, index.offers.assumed[s])


def _run(index: Index, columns: Columns) -> pd.DataFrame:
    run = columns.run.numbered.merge(index.slices, on=["t", "l"], how="left")
    q, r, t, s, col = (run[c].to_numpy(dtype=np.int64) for c in ("q", "r", "t", "s", "col"))
    # What is not sold on demand cannot run so (its columns are held at zero) and has no price here.
    listed = np.nan_to_num(index.offers.price[s, t]) * run["hours"].to_numpy()
    return make_lines(index, "compute", col, nobody(col), q, r, s, t, listed, index.offers.assumed[s])
