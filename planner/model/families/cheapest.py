"""Cheapest: nobody runs a dearer machine on demand, which would only widen a share."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import INF, Block, make_block, numbers_of
from planner.model.context import Context
from planner.model.families.idle import idleness_pays
from planner.model.family import Family
from planner.model.index import Index
from planner.tolerances import DIGIT

_KEY = ["q", "r", "s", "t", "l"]


def cheapest(context: Context) -> Block | None:
    """Purpose: on platform ``vm`` buy no dearer machine to look diversified, as ``idle`` does for fleets.

    Equation: run[q,s,t,l] ≤ Σ use[w,s,t,l] over the w in q for which s is not dearer, so that a machine runs
    on demand only for those whose choice it may be where nothing is to be widened. s is dearer for w where
    another machine of the region carries all of w for less money an hour, less what the contract takes
    off each, and draws no more on any limit; of a workload that may be split, in whole machines, one against
    one besides. Commitments may carry anybody: they are paid anyway.

    Only on the market, where spending more could pay: with a share of the spend, an exit limit or a spend
    commitment. Rows only where somebody's dearer machine would otherwise run.

    Units: machines. Keys: q, r, s, t, l.

    Dual: money that one more dearer machine would save by making other shares smaller.
    """
    index, columns = context.index, context.columns
    use = columns.use.numbered
    if use.empty or not idleness_pays(index):
        return None
    use = use[index.group_of[use["r"].to_numpy(dtype=np.int64)] >= 0]
    dearer = use.assign(dearer=_dearer(index, use))
    keys = dearer.loc[dearer["dearer"], _KEY].drop_duplicates().sort_values(_KEY, ignore_index=True)
    run = columns.run.numbered.merge(keys, on=_KEY)
    apt = dearer[~dearer["dearer"]].merge(keys, on=_KEY)
    entries = [
        (numbers_of(keys, _KEY, run), run["col"], 1.0),
        (numbers_of(keys, _KEY, apt), apt["col"], -1.0),
    ]
    return make_block(keys, entries, -INF, 0.0)


def _dearer(index: Index, use: pd.DataFrame) -> np.ndarray:
    """Boolean along ``use``: does another machine carry the workload for less and draw no more?"""
    out = np.zeros(len(use), dtype=bool)
    when = use["t"].to_numpy(dtype=np.int64) * index.case.load.shape[1] + use["l"].to_numpy(dtype=np.int64)
    sku, units = use["s"].to_numpy(dtype=np.int64), use["n"].to_numpy(dtype="float64")
    price = np.nan_to_num(index.offers.paid("on_demand")[sku, use["t"].to_numpy(dtype=np.int64)], nan=np.inf)
    for rows in use.groupby(["w", "r"], sort=False).indices.values():
        machines, i = np.unique(sku[rows], return_inverse=True)
        _, j = np.unique(when[rows], return_inverse=True)
        # By machine, and period and slice: infinite where it may not be used.
        n, each = np.full((2, len(machines), j.max() + 1), np.inf)
        n[i, j], each[i, j] = units[rows], price[rows]
        draws = [draw[:, None] for draw in index.draws[:, machines] if draw.any()]
        measures = [draw * n for draw in draws]
        if index.split[use["w"].iloc[rows[0]]] and index.case.settings.whole_units:
            measures += [each, n, *(np.broadcast_to(draw, n.shape) for draw in draws)]
        cost = np.where(np.isinf(n), np.inf, n * each)
        better: np.ndarray = cost[:, None] < cost[None, :] * (1.0 - DIGIT)
        for measure in measures:
            better &= measure[:, None] <= measure[None, :] * (1.0 + DIGIT)
        out[rows] = np.any(better, axis=0)[i, j]
    return out


FAMILY = Family("cheapest", cheapest, _KEY)
