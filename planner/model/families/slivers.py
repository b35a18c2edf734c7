"""Slivers: no divided workload is spread thinner, or over more regions, than its owner wants."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import INF, Block, Entries, make_block, numbers_of
from planner.model.context import Context
from planner.model.family import Family
from planner.model.placing import least_share, most_regions

_KEY = ["w", "r", "t"]


def slivers(context: Context) -> Block | None:
    """Purpose: leave no sliver of a divisible workload anywhere (``[placing]``, or its own columns).

    Equations: place[w,r,t] ≥ least_share[w] · at[w,r,t]; Σ_r at[w,r,t] ≤ most_regions[w]. ``at`` is 1 where
    it has any part (family ``affinity``), so a share is nothing or at least the least.

    Units: shares; regions. Keys: w, r (-1 for the number of regions), t.

    Dual: none, because ``at`` is whole; with it fixed, money that one more share or region would save.
    """
    index, columns = context.index, context.columns
    at = columns.at.numbered
    w = at["w"].to_numpy(dtype=np.int64)
    least, most = least_share(index.case)[w], most_regions(index.case)[w]
    thin, wide = at[least > 0], at[most > 0]
    if thin.empty and wide.empty:
        return None
    count = wide.assign(r=-1, most=most[most > 0])
    keys = pd.concat([thin[_KEY], count[_KEY].drop_duplicates()], ignore_index=True)
    keys = keys.sort_values(["w", "t", "r"], ignore_index=True)
    place = thin[_KEY].merge(columns.place.numbered, on=_KEY, how="left")["col"].to_numpy(dtype=np.int64)
    row = numbers_of(keys, _KEY, thin)
    entries: list[Entries] = [
        (row, place, 1.0),
        (row, thin["col"], -least[least > 0]),
        (numbers_of(keys, _KEY, count), count["col"], 1.0),
    ]
    number = (keys["r"] == -1).to_numpy()
    limit = most_regions(index.case)[keys["w"].to_numpy(dtype=np.int64)]
    return make_block(keys, entries, np.where(number, -INF, 0.0), np.where(number, limit, INF))


FAMILY = Family("slivers", slivers, _KEY, role="structure", applies=lambda context: context.pinned is None)
