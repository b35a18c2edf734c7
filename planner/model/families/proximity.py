"""Proximity: workloads that depend on one another are close enough."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import INF, Block, Entries, make_block
from planner.model.context import Context
from planner.model.family import Family


def proximity(context: Context) -> Block | None:
    """Purpose: keep the round trip between dependent workloads within their limit.

    Equation: place[w1,r,t] ≤ Σ_{r' within latency_ms of r} place[w2,r',t] for each dependency with a
    limit and each region r: the part of w1 at r finds as large a part of w2 in reach.

    Units: shares. Keys: d, r, t.

    Dual: money that one more whole placement of w1 out of reach would save.
    """
    index, columns = context.index, context.columns
    limited = index.dependencies[index.dependencies["latency_ms"].notna()]
    if limited.empty:
        return None
    place = columns.place.numbered
    sender = limited.merge(place.rename(columns={"w": "w1"}), on=["w1", "t"])
    keys = sender[["d", "r", "t"]].reset_index(drop=True)
    entries: list[Entries] = [(np.arange(len(keys)), sender["col"], 1.0)]
    if len(keys):
        names = index.case.regions["region"].to_numpy()
        between = index.case.between_us
        receiver = place.rename(columns={"w": "w2", "r": "r2", "col": "other"})
        pairs = sender.assign(row=np.arange(len(sender))).merge(receiver, on=["w2", "t"])
        trip = between.to_numpy()[
            between.index.get_indexer(pd.Index(names[pairs["r"]])),
            between.columns.get_indexer(pd.Index(names[pairs["r2"]])),
        ]
        near = (trip <= pairs["latency_ms"].to_numpy() * 1000.0) | (pairs["r"] == pairs["r2"]).to_numpy()
        pairs = pairs[near]
        entries.append((pairs["row"], pairs["other"], -1.0))
    return make_block(keys, entries, -INF, 0.0)


FAMILY = Family("proximity", proximity, ("d", "r", "t"), role="structure")
