"""Move limit: how many workloads may move in a period; none during a freeze."""

from __future__ import annotations

import numpy as np

from planner.model.block import INF, Block, make_block, no_rows
from planner.model.columns import Columns
from planner.model.index import Index


def move_limit(index: Index, columns: Columns) -> Block:
    """Purpose: an agency can only move so much at a time, and nothing during a freeze.

    Equation: Σ_{w of the agency} Σ_r enter[w,r,t] ≤ amount for each row of ``move_limits.csv``.

    Units: whole workloads. Keys: agency, workload ("" = all), t.

    Dual: money that moving one more workload in the period would save.
    """
    if index.inputs.case.move_limits.empty:
        return no_rows("move_limit", ["agency", "workload", "t", "amount"])
    workloads = index.inputs.case.workloads
    keys = index.inputs.case.move_limits[["agency", "workload", "t", "amount"]].sort_values(
        ["agency", "workload", "t"], ignore_index=True
    )
    enter = columns.enter.keys.assign(col=columns.enter.numbers)
    w = enter["w"].to_numpy()
    enter = enter.assign(whose=workloads["agency"].to_numpy()[w], name=workloads["workload"].to_numpy()[w])
    pairs = keys.assign(row=np.arange(len(keys))).merge(enter, on="t")
    pairs = pairs[(pairs["agency"] == "") | (pairs["agency"] == pairs["whose"])]
    pairs = pairs[(pairs["workload"] == "") | (pairs["workload"] == pairs["name"])]
    entries = [(pairs["row"].to_numpy(), pairs["col"].to_numpy(), np.ones(len(pairs)))]
    return make_block("move_limit", keys, entries, -INF, keys["amount"].to_numpy(dtype="float64"))
