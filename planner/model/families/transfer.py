"""Transfer: data between workloads stay inside a region only as far as both are there."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import INF, Block, make_block
from planner.model.context import Context
from planner.model.family import Family


def transfer(context: Context) -> Block | None:
    """Purpose: let data between workloads be free where both ends share a region.

    Equation: local[d,r,t] ≤ place[w1,r,t] and local[d,r,t] ≤ place[w2,r,t] for each dependency d from
    w1 to w2. What is not local leaves w1's region and pays its egress (objective term
    ``transfer``). This assumes affinity: parts of the two in one region serve one another.

    Units: shares of the data. Keys: d, end (1 or 2), r, t.

    Dual: money that one more whole placement of that end in the region would save in transfer.
    """
    index, columns = context.index, context.columns
    if columns.local.keys.empty:
        return None
    local = columns.local.numbered
    ends = local.merge(index.dependencies[["d", "t", "w1", "w2"]], on=["d", "t"])
    place = columns.place.keys.assign(place=columns.place.numbers)
    parts = []
    for end in (1, 2):
        rows = ends.assign(w=ends[f"w{end}"], end=end).merge(place, on=["w", "r", "t"])
        parts.append(rows[["d", "end", "r", "t", "col", "place"]])
    both = pd.concat(parts).sort_values(["d", "t", "r", "end"], ignore_index=True)
    at = np.arange(len(both))
    entries = [
        (at, both["col"], 1.0),
        (at, both["place"], -1.0),
    ]
    return make_block(both[["d", "end", "r", "t"]], entries, -INF, 0.0)


FAMILY = Family("transfer", transfer, ("d", "end", "r", "t"))
