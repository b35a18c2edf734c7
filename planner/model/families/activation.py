"""Activation: a region or vendor that is used at all has been begun with, and paid for once."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import INF, Block, make_block
from planner.model.context import Context
from planner.model.family import Family

_KEY = ["subject", "t", "w", "role"]


def activation(context: Context) -> Block | None:
    """Purpose: charge what beginning with a region or vendor costs, once.

    Equation: Σ_{r of the subject} place[w,r,t] ≤ active[subject,t] for each workload w (tight: one row
    a workload, never a sum over workloads), and the same for its standby, Σ pair[w,·,r,t], and its
    backup; active[subject,t−1] ≤ active[subject,t], with active binary, so that it never falls.

    Units: shares. Keys: subject, t, w, role; w = -1 for the row that keeps ``active`` from falling.

    Dual: none, because ``active`` is whole; with it fixed, money that the share costs.
    """
    index, columns = context.index, context.columns
    if columns.active.keys.empty:
        return None
    active = columns.active.keys.assign(active=columns.active.numbers)
    regions = index.case.regions
    subjects = pd.concat(
        [
            pd.DataFrame({"subject": regions[column], "r": np.arange(len(regions))})
            for column in ("region", "vendor")
        ]
    )
    roles = {
        "primary": columns.place.numbered,
        "standby": columns.pair.keys.assign(col=columns.pair.numbers, r=columns.pair.keys["r2"]),
        "backup": columns.backup.numbered,
    }
    place = pd.concat([frame[["w", "r", "t", "col"]].assign(role=role) for role, frame in roles.items()])
    placed = active.merge(subjects, on="subject").merge(place, on=["r", "t"])
    keys = placed[_KEY].drop_duplicates()
    later = active[active["t"] > 0]
    keys = pd.concat([keys, later[["subject", "t"]].assign(w=-1, role="")])
    keys = keys.sort_values(_KEY, ignore_index=True)
    rows = keys.assign(row=np.arange(len(keys)))
    used = placed.merge(rows, on=_KEY)
    own = rows[rows["w"] >= 0].merge(active, on=["subject", "t"])
    falls = rows[rows["w"] < 0].merge(active, on=["subject", "t"])
    before = rows[rows["w"] < 0].merge(active.assign(t=active["t"] + 1), on=["subject", "t"])
    entries = [
        (used["row"], used["col"], 1.0),
        (own["row"], own["active"], -1.0),
        (before["row"], before["active"], 1.0),
        (falls["row"], falls["active"], -1.0),
    ]
    return make_block(keys, entries, -INF, 0.0)


FAMILY = Family("activation", activation, _KEY)
