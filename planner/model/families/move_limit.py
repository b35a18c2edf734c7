"""Move limit: how many workloads may move in a period; none during a freeze."""

from __future__ import annotations

import numpy as np

from planner.model.block import INF, Block, make_block
from planner.model.context import Context
from planner.model.family import Family


def move_limit(context: Context) -> Block | None:
    """Purpose: an agency can only move so much at a time, and nothing during a freeze.

    Equation: Σ_{w of the agency} Σ_r enter[w,r,t] ≤ amount for each row of ``move_limits.csv``.

    Units: whole workloads. Keys: agency, workload ("" = all), t.

    Dual: money that moving one more workload in the period would save.
    """
    index, columns = context.index, context.columns
    if index.case.move_limits.empty:
        return None
    workloads = index.case.workloads
    keys = index.case.move_limits[["agency", "workload", "t", "amount"]].sort_values(
        ["agency", "workload", "t"], ignore_index=True
    )
    enter = columns.enter.numbered
    w = enter["w"].to_numpy()
    enter = enter.assign(whose=workloads["agency"].to_numpy()[w], name=workloads["workload"].to_numpy()[w])
    pairs = keys.assign(row=np.arange(len(keys))).merge(enter, on="t")
    pairs = pairs[(pairs["agency"] == "") | (pairs["agency"] == pairs["whose"])]
    pairs = pairs[(pairs["workload"] == "") | (pairs["workload"] == pairs["name"])]
    entries = [(pairs["row"], pairs["col"], 1.0)]
    return make_block(keys, entries, -INF, keys["amount"].to_numpy(dtype="float64"))


FAMILY = Family(
    "move_limit",
    move_limit,
    ("agency", "workload", "t", "amount"),
    role="limit",
    states="other",
    unit="workloads",
    subject=lambda row: str(row.names["workload"] or row.names["agency"] or "all"),
    per="one more move",
    binds="{per} for {subject} would save",
    broken=("{rule}: {subject}", "{value:,.6g} moves against {bound:,.6g}"),
)
