"""Move: what enters a region or leaves it is the change of placement between periods."""

from __future__ import annotations

import numpy as np

from planner.model.block import Block, make_block
from planner.model.context import Context
from planner.model.family import Family

_KEY = ["w", "r", "t"]


def move(context: Context) -> Block | None:
    """Purpose: count moves, so that they can be priced and limited.

    Equation: place[w,r,t] − place[w,r,t−1] = enter[w,r,t] − leave[w,r,t]; in the first period
    place[w,r,t−1] is the share of ``current.csv``, and a workload that it does not name is new and
    moves nowhere. Only where the case prices or limits moving.

    Units: shares. Keys: w, r, t; r = -1 is a site outside the catalogs, which can only be left.

    Dual: money that having one more share of w at r in t−1 would save.
    """
    index, columns = context.index, context.columns
    keys = columns.enter.keys
    if keys.empty:
        return None
    place = columns.place.numbered
    rows = keys.assign(row=np.arange(len(keys)))
    now = rows.merge(place, on=_KEY)
    before = rows.merge(place.assign(t=place["t"] + 1), on=_KEY)
    today = rows.merge(index.today.groupby(["w", "r"], as_index=False)["share"].sum(), on=["w", "r"])
    today = today[today["t"] == 0]
    share = np.zeros(len(keys))
    share[today["row"].to_numpy(dtype=np.int64)] = today["share"]
    at = np.arange(len(keys))
    entries = [
        (now["row"], now["col"], 1.0),
        (before["row"], before["col"], -1.0),
        (at, columns.enter.numbers, -1.0),
        (at, columns.leave.numbers, 1.0),
    ]
    return make_block(keys, entries, share, share)


FAMILY = Family("move", move, _KEY)
