"""Proximity: workloads that depend on one another are close enough."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import INF, Block, make_block, no_rows
from planner.model.columns import Columns
from planner.model.index import Index


def proximity(index: Index, columns: Columns) -> Block:
    """Purpose: keep the round trip between dependent workloads within their limit.

    Equation: place[w1,r,t] ≤ Σ_{r' within latency_ms of r} place[w2,r',t] for each dependency with a
    limit and each region r: the part of w1 at r finds as large a part of w2 in reach.

    Units: shares. Keys: d, r, t.

    Dual: money that one more whole placement of w1 out of reach would save.
    """
    limited = index.dependencies[index.dependencies["latency_ms"].notna()]
    if limited.empty:
        return no_rows("proximity", ["d", "r", "t"])
    place = columns.place.keys.assign(col=columns.place.numbers)
    sender = limited.merge(place.rename(columns={"w": "w1"}), on=["w1", "t"])
    keys = sender[["d", "r", "t"]].reset_index(drop=True)
    entries = [(np.arange(len(keys)), sender["col"].to_numpy(), np.ones(len(keys)))]
    if len(keys):
        names = index.inputs.regions["region"].to_numpy()
        between = index.inputs.between_us
        receiver = place.rename(columns={"w": "w2", "r": "r2", "col": "other"})
        pairs = sender.assign(row=np.arange(len(sender))).merge(receiver, on=["w2", "t"])
        trip = between.to_numpy()[
            between.index.get_indexer(pd.Index(names[pairs["r"]])),
            between.columns.get_indexer(pd.Index(names[pairs["r2"]])),
        ]
        near = (trip <= pairs["latency_ms"].to_numpy() * 1000.0) | (pairs["r"] == pairs["r2"]).to_numpy()
        pairs = pairs[near]
        entries.append((pairs["row"].to_numpy(), pairs["other"].to_numpy(), -np.ones(len(pairs))))
    return make_block("proximity", keys, entries, -INF, 0.0)
