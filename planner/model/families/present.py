"""Present: in whole machines nothing runs where nothing of its pool is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import INF, Block, Entries, make_block, numbers_of
from planner.model.carried import carried_at
from planner.model.columns import Columns
from planner.model.context import Context
from planner.model.families.idle import idleness_pays
from planner.model.family import Family
from planner.model.index import Index

_KEY = ["w", "q", "r", "s", "t", "l"]
LEAST = 1e-3
"""Part of a workload below which nothing can run for it: far below what anybody would split off."""


def present(context: Context) -> Block | None:
    """Purpose: leave no machine without work where ``carry`` and ``idle`` let one be spare for rounding up.

    Equation: use[w,s,t,l] ≤ (1 / LEAST) n[w,s,t,l] (place[w,r,t] + φ[w] Σ_r' pair[w,r',r,t]) on platform
    ``vm`` for workloads of which parts may be placed; run[q,s,t,l] ≤ (1 / LEAST) Σ_{w in q} ⌈(1 + h)
    n[w,s,t,l]⌉ (the same) for fleets. In cases in whole machines (``[units] whole``), on the market and
    where spending more could pay (as for ``idle``): a machine for nothing would only make the spend with a
    vendor larger.

    Units: machines. Keys: w (-1 for a fleet), q, r, s, t, l.

    Dual: none, because machines are whole; with them fixed, money that an idle machine would save.
    """
    index, columns = context.index, context.columns
    if not index.case.settings.whole_units or not idleness_pays(index):
        return None
    use, run = columns.use.numbered, columns.run.numbered
    use = use[index.split[use["w"].to_numpy(dtype=np.int64)]]
    run = run[(index.pools["platform"] == "container").to_numpy()[run["q"].to_numpy(dtype=np.int64)]]
    machines = pd.concat([use, run.assign(w=-1)], ignore_index=True)
    machines = machines[index.group_of[machines["r"].to_numpy(dtype=np.int64)] >= 0]
    if machines.empty:
        return None
    keys = machines[_KEY].astype("int64").sort_values(_KEY, ignore_index=True)
    most = pd.concat([_own(index, columns, use), _fleets(index, columns, run)], ignore_index=True)
    most = most.merge(keys, on=_KEY)
    entries: list[Entries] = [
        (numbers_of(keys, _KEY, machines), machines["col"], 1.0),
        (numbers_of(keys, _KEY, most), most["col"], -most["most"].to_numpy(dtype="float64") / LEAST),
    ]
    return make_block(keys, entries, -INF, 0.0)


def _own(index: Index, columns: Columns, use: pd.DataFrame) -> pd.DataFrame:
    """What all of a workload may run on each of its own machines: keys, column, ``most``."""
    sited = carried_at(index, columns).merge(use.drop(columns="col"), on=["w", "r", "t"])
    return sited.assign(most=sited["n"] * sited["part"])[[*_KEY, "col", "most"]]


def _fleets(index: Index, columns: Columns, run: pd.DataFrame) -> pd.DataFrame:
    """The same of the machines of its fleet."""
    sited = carried_at(index, columns)
    sited = sited.assign(q=index.pool_of[sited["w"].to_numpy(dtype=np.int64)])
    pairs = sited.merge(run.drop(columns="col"), on=["q", "r", "t"])
    if pairs.empty:
        return pd.DataFrame(columns=[*_KEY, "col", "most"])
    w, s, t, part_of = (pairs[c].to_numpy(dtype=np.int64) for c in ("w", "s", "t", "l"))
    who, skus = np.unique(w), np.unique(s)
    n = index.units(who, skus)[np.searchsorted(who, w), np.searchsorted(skus, s), t, part_of]
    spare = 1.0 + (index.case.settings.container_headroom or 0.0)
    n = np.where(np.isfinite(n) & index.eligibility.admitted[w, s], n, 0.0)
    return pairs.assign(w=-1, most=np.ceil(n * spare) * pairs["part"].to_numpy())[[*_KEY, "col", "most"]]


FAMILY = Family(
    "present",
    present,
    _KEY,
    applies=lambda context: bool(context.index.case.settings.whole_units),
)
