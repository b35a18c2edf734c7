"""Carry: machines serving a workload carry what is placed, on platform ``vm`` and ``container``."""

from __future__ import annotations

import numpy as np

from planner.model.block import Block, make_block, numbers_of
from planner.model.columns import Columns
from planner.model.index import Index

_KEY = ["w", "r", "t", "l"]


def carry(index: Index, columns: Columns) -> Block:
    """Purpose: tie the machines of a workload, or its share on fleets, to its placement.

    Equation: Σ_{s in r} use[w,s,t,l] / n[w,s,t,l] = place[w,r,t] on platform ``vm`` where machines
    do not fold; Σ_a serve[w,r,a,t,l] = place[w,r,t] on platform ``container``.

    Units: shares; n units of s carry the whole of w, vCPU and memory of one machine together. A
    placement that needs a machine and has none to choose from is held at zero, never free.
    Keys: w, r, t, l.

    Dual: money that carrying one more whole placement of w at r costs.
    """
    use, serve = columns.use.keys, columns.serve.keys
    place = columns.place.keys.assign(col=columns.place.numbers)
    needs = index.needs_machine[place["w"].to_numpy(), place["t"].to_numpy()]
    folded = np.isin(columns.place.numbers, columns.folded["col"].to_numpy())
    chosen = place[needs & ~folded].merge(index.slices[["t", "l"]], on="t")
    keys = chosen.sort_values(_KEY, ignore_index=True)
    carried = keys["col"].to_numpy(dtype=np.int64)
    keys = keys[_KEY]
    entries = [
        (numbers_of(keys, _KEY, use), columns.use.numbers, 1.0 / use["n"].to_numpy()),
        (numbers_of(keys, _KEY, serve), columns.serve.numbers, np.ones(len(serve))),
        (np.arange(len(keys)), carried, -np.ones(len(keys))),
    ]
    return make_block("carry", keys, entries, 0.0, 0.0)
