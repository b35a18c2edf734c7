"""Change: what a later period has elsewhere than the earlier plan."""

from __future__ import annotations

import numpy as np

from planner.model.block import INF, Block, make_block
from planner.model.context import Context
from planner.model.earlier import earlier_places
from planner.model.family import Family


def change(context: Context) -> Block | None:
    """Purpose: count what differs from an earlier plan, so that it can be priced and kept small.

    Equation: change[w,r,t] ≥ place[w,r,t] − the earlier plan's share, for each period that is not
    frozen and each workload that the earlier plan placed in it. Over the regions the changes add up to
    the part of the workload that is elsewhere than it was to be.

    Units: shares. Keys: w, r, t.

    Dual: money that one more share of w at r in the earlier plan would save.
    """
    index, columns = context.index, context.columns
    keys = columns.change.keys
    place = columns.place.numbered
    now = keys.merge(place, on=["w", "r", "t"], how="left")["col"].to_numpy(dtype=np.int64)
    share = keys.merge(earlier_places(index, "primary"), on=["w", "r", "t"], how="left")["share"].fillna(0.0)
    at = np.arange(len(keys))
    entries = [(at, now, 1.0), (at, columns.change.numbers, -1.0)]
    return make_block(keys, entries, -INF, share.to_numpy(dtype="float64"))


FAMILY = Family(
    "change",
    change,
    ("w", "r", "t"),
    applies=lambda context: context.index.case.settings.replan is not None,
)
