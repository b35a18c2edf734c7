"""Carry: machines serving a workload carry what is placed or kept ready there."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import Block, make_block, numbers_of
from planner.model.carried import carried_at
from planner.model.columns import Columns
from planner.model.context import Context
from planner.model.family import Family
from planner.model.index import Index

_KEY = ["w", "r", "t", "l"]
NEAR = 1e-3
"""A share is left out that asks for a machine more than its neighbour by so small a part of one."""


def carry(context: Context) -> Block | None:
    """Purpose: tie the machines of a workload, or its share on fleets, to its placement.

    Equation: Σ_{s in r} use[w,s,t,l] / n[w,s,t,l] = place[w,r,t] + φ[w] Σ_r' pair[w,r',r,t] on platform
    ``vm`` where machines do not fold; Σ_a serve[w,r,a,t,l] = the same on platform ``container``. In whole
    machines (``[units] whole``) the parts of a workload that may be split or is kept ready are rounded up:
    they may exceed what is placed by less than the part that the largest machine carries.

    Units: shares; n units of s carry the whole of w, vCPU and memory of one machine together; φ is
    the part of its machines that w keeps running at its standby region. A placement that needs a
    machine and has none to choose from is held at zero, never free. Keys: w, r, t, l.

    Dual: money that carrying one more whole placement of w at r costs.
    """
    index, columns = context.index, context.columns
    use, serve = columns.use.keys, columns.serve.keys
    sited = carried_at(index, columns)
    folded = columns.folded[["w", "r", "t"]].drop_duplicates().assign(folds=True)
    sited = sited.merge(folded, on=["w", "r", "t"], how="left")
    lines = sited[sited["folds"].isna()].merge(index.slices[["t", "l"]], on="t")
    lines = lines[index.runs[tuple(lines[c].to_numpy(dtype=np.int64) for c in "wtl")]]
    keys = lines[_KEY].drop_duplicates().sort_values(_KEY, ignore_index=True)
    entries = [
        (numbers_of(keys, _KEY, use), columns.use.numbers, 1.0 / use["n"].to_numpy()),
        (numbers_of(keys, _KEY, serve), columns.serve.numbers, 1.0),
        (numbers_of(keys, _KEY, lines), lines["col"], -lines["part"]),
    ]
    return make_block(keys, entries, 0.0, _spare(index, columns, keys))


def _spare(index: Index, columns: Columns, keys: pd.DataFrame) -> np.ndarray:
    """What rounding up to whole machines may leave over in each row, as a part of the workload.

    Less than the largest machine carries: a smaller one that could be left out is taken away afterwards.
    """
    spare = np.zeros(len(keys))
    if index.case.settings.whole_units:
        use = columns.use.keys
        largest = use.assign(part=1.0 / use["n"]).groupby(_KEY, as_index=False).agg(part=("part", "max"))
        spare[numbers_of(keys, _KEY, largest)] = (1.0 - NEAR) * largest["part"]
        w = keys["w"].to_numpy(dtype=np.int64)
        spare[~index.split[w]] = 0.0
    return spare


FAMILY = Family("carry", carry, _KEY)
