"""Freeze: the first periods of an earlier plan are kept."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import Block, make_block
from planner.model.commitments import active_periods, held_periods
from planner.model.context import Context
from planner.model.earlier import earlier_commitments, earlier_places
from planner.model.family import Family

_KEY = ["what", "w", "q", "r", "s", "term", "t"]


def freeze(context: Context) -> Block | None:
    """Purpose: plan again without undoing what is already under way.

    Equation, for each period t < ``freeze``: place[w,r,t] = the earlier plan's share, for each
    workload that it placed in t; the same for its standby, Σ_r pair[w,r,r2,t], and its backup[w,r,t];
    and Σ_{t0 active in t} commit[q,s,p,t0] + part[h,t] held[h] booked to q = the machines that it has
    under commitments.

    Units: shares, machines. Keys: what (primary, standby, backup, commit), w, q, r, s, term, t.

    Dual: money that keeping one more share, or one more committed machine, in that period costs.
    """
    index, columns = context.index, context.columns
    replan = index.case.settings.replan
    periods = replan.freeze if replan else 0
    pair = columns.pair.numbered
    shares = {
        "primary": columns.place.numbered,
        "standby": pair.drop(columns="r").rename(columns={"r2": "r"}),
        "backup": columns.backup.numbered,
    }
    parts = []
    for role, frame in shares.items():
        earlier = earlier_places(index, role)
        kept = frame.merge(earlier[["w", "t"]].drop_duplicates(), on=["w", "t"])
        kept = kept.merge(earlier, on=["w", "r", "t"], how="left")
        parts.append(kept.assign(what=role, q=-1, s=-1, term="", due=kept["share"].fillna(0.0)))
    active = active_periods(index, columns)
    held = held_periods(index, columns)
    held["q"] = held["owner"].map(index.first_pool)
    names = ["q", "s", "term", "t", "col", "part"]
    booked = pd.concat([active.assign(part=1.0)[names], held[names]])
    booked = booked.merge(earlier_commitments(index), on=["q", "s", "term", "t"], how="left")
    parts.append(booked.assign(what="commit", w=-1, r=-1, due=booked["units"].fillna(0.0)))
    parts = [part if "part" in part else part.assign(part=1.0) for part in parts]
    lines = pd.concat([part[[*_KEY, "col", "due", "part"]] for part in parts], ignore_index=True)
    lines = lines[lines["t"] < periods]
    keys = lines[[*_KEY, "due"]].drop_duplicates().sort_values(_KEY, ignore_index=True)
    rows = lines.merge(keys[_KEY].assign(row=np.arange(len(keys))), on=_KEY)
    entries = [(rows["row"], rows["col"], rows["part"])]
    due = keys["due"].to_numpy(dtype="float64")
    return make_block(keys[_KEY], entries, due, due)


FAMILY = Family(
    "freeze",
    freeze,
    _KEY,
    role="structure",
    applies=lambda context: context.index.case.settings.replan is not None,
)
