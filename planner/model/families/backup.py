"""Backup: what is stored has a copy in a region that does not hold the workload."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import INF, Block, make_block
from planner.model.context import Context
from planner.model.families.demand import whole_workload, workload_loosened
from planner.model.family import Family


def backup(context: Context) -> Block | None:
    """Purpose: keep backups, and keep them apart from what they back up.

    Equation: Σ_r backup[w,r,t] = 1 for each live (w, t) whose tier asks for a backup; and
    backup[w,r,t] + place[w,r,t] ≤ 1, so that the part of w at r is backed up elsewhere.

    Units: shares of what is stored. Keys: w, t, r; r = -1 for the row that adds up to one.

    Dual: money that backing up the whole of w costs.
    """
    index, columns = context.index, context.columns
    backed = (index.tiers["backup"] > 0).to_numpy()
    if not backed.any():
        return None
    w, t = np.nonzero(index.case.alive & backed[:, None])
    whole = pd.DataFrame({"w": w, "t": t, "r": -1})
    copies = columns.backup.numbered
    place = columns.place.keys[["w", "r", "t"]].assign(place=columns.place.numbers)
    both = copies.merge(place, on=["w", "r", "t"])
    keys = pd.concat([whole, both[["w", "t", "r"]]]).sort_values(["w", "t", "r"], ignore_index=True)
    rows = keys.assign(row=np.arange(len(keys)))
    each = copies.drop(columns="r").merge(rows[rows["r"] < 0], on=["w", "t"])
    apart = both.merge(rows, on=["w", "t", "r"])
    entries = [
        (each["row"], each["col"], 1.0),
        (apart["row"], apart["col"], 1.0),
        (apart["row"], apart["place"], 1.0),
    ]
    lower = np.where(keys["r"].to_numpy() < 0, 1.0, -INF)
    return make_block(keys, entries, lower, 1.0)


FAMILY = Family(
    "backup",
    backup,
    ("w", "t", "r"),
    role="structure",
    states="workload",
    # The rows that add up to one state something; the others keep a backup apart from what it backs up.
    group=lambda row: whole_workload(row) if row.key("r") < 0 else None,
    loosened=workload_loosened,
)
