"""Compute: machines run on demand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.columns import Columns
from planner.model.index import Index
from planner.model.objective.lines import make_lines


def compute(index: Index, columns: Columns) -> pd.DataFrame:
    """Cost of machines: price an hour × hours of the slice × units.

    On ``run`` where machines do not fold; on ``place`` where they do, with the n units that carry
    the whole workload for all hours of the period.
    """
    return pd.concat([_folded(index, columns), _run(index, columns)], ignore_index=True)


def _folded(index: Index, columns: Columns) -> pd.DataFrame:
    place = columns.place.keys.assign(col=columns.place.numbers)
    place = place[place["sku"] >= 0]
    w, r, t, s = (place[c].to_numpy() for c in ("w", "r", "t", "sku"))
    hours = index.inputs.case.periods["hours"].to_numpy()[t]
    listed = index.offers.price[s, t] * hours * place["units"].to_numpy()
    return make_lines(
        "compute", place["col"].to_numpy(), w, index.pool_of[w], r, s, t, listed, index.offers.assumed[s]
    )


def _run(index: Index, columns: Columns) -> pd.DataFrame:
    run = columns.run.keys.assign(col=columns.run.numbers).merge(index.slices, on=["t", "l"], how="left")
    q, r, t, s = (run[c].to_numpy() for c in ("q", "r", "t", "s"))
    listed = index.offers.price[s, t] * run["hours"].to_numpy()
    nobody = np.full(len(run), -1, dtype=np.int64)
    return make_lines("compute", run["col"].to_numpy(), nobody, q, r, s, t, listed, index.offers.assumed[s])
