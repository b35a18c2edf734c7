"""Vendor use: a vendor is used from the period of its first use to that of its last."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import INF, Block, Entries, make_block
from planner.model.context import Context
from planner.model.family import Family
from planner.model.vendor_costs import engagements, part_of

_KEY = ["k", "t", "what", "w", "role"]


def vendor_use(context: Context) -> Block | None:
    """Purpose: say in which periods a vendor is paid for being used (``vendor_costs.csv``).

    Equations, for engagement k (a vendor, a payer or all, a region or all of the vendor's): ``in``:
    Σ_{r of k} place[w,r,t] ≤ used[k,t] for each workload w of k (tight: a row a workload), and the same for
    its standby, Σ pair[w,·,r,t], and its backup. ``between``: used[k,t−1] − used[k,t] ≤ ended[k,t];
    ``after``: ended[k,t−1] ≤ ended[k,t]; ``over``: used[k,t] + ended[k,t] ≤ 1. So whoever is left is not
    used again, and what lies between first and last use is paid.

    Units: shares. Keys: k (vendor, payer, region), t, what, w, role; w = -1 but for ``in``.

    Dual: none, because ``used`` is whole; with it fixed, money that the share costs.
    """
    columns = context.columns
    if columns.engaged.keys.empty:
        return None
    engaged = columns.engaged.numbered
    used, ended = (engaged[engaged["what"] == what][["k", "t", "col"]] for what in ("used", "ended"))
    placed = _placed(context)
    inside = placed[["k", "t", "w", "role"]].drop_duplicates().assign(what="in")
    later = used.loc[used["t"] > 0, ["k", "t"]]
    chains = [later.assign(what=what) for what in ("between", "after")] + [
        used[["k", "t"]].assign(what="over")
    ]
    keys = pd.concat([inside, *(chain.assign(w=-1, role="") for chain in chains)])
    keys = keys[_KEY].sort_values(_KEY, ignore_index=True)
    rows = keys.assign(row=np.arange(len(keys)))

    def entries(what: str, columns_of: pd.DataFrame, factor: float, shift: int = 0) -> Entries:
        mine = rows.loc[rows["what"] == what, ["k", "t", "row"]]
        found = mine.merge(columns_of.assign(t=columns_of["t"] + shift), on=["k", "t"])
        return found["row"], found["col"], factor

    at = placed.merge(rows[rows["what"] == "in"], on=["k", "t", "w", "role"])
    return make_block(
        keys,
        [
            (at["row"], at["col"], 1.0),
            entries("in", used, -1.0),
            entries("between", used, 1.0, shift=1),
            entries("between", used, -1.0),
            entries("between", ended, -1.0),
            entries("after", ended, 1.0, shift=1),
            entries("after", ended, -1.0),
            entries("over", used, 1.0),
            entries("over", ended, 1.0),
        ],
        -INF,
        np.where(keys["what"] == "over", 1.0, 0.0),
    )


def _placed(context: Context) -> pd.DataFrame:
    """Columns that use an engagement: k, t, w, role, col."""
    index, columns = context.index, context.columns
    roles = {
        "primary": columns.place.numbered,
        "standby": columns.pair.keys.assign(col=columns.pair.numbers, r=columns.pair.keys["r2"]),
        "backup": columns.backup.numbered,
    }
    place = pd.concat([frame[["w", "r", "t", "col"]].assign(role=role) for role, frame in roles.items()])
    parts = []
    for engagement in engagements(index).to_dict("records"):
        who, where = part_of(index, pd.Series(engagement))
        mine = who[place["w"].to_numpy(dtype=np.int64)] & where[place["r"].to_numpy(dtype=np.int64)]
        parts.append(place[mine].assign(k=engagement["k"]))
    placed: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return placed


FAMILY = Family("vendor_use", vendor_use, _KEY, applies=lambda context: len(context.columns.engaged.keys) > 0)
