"""Present: in whole machines nothing runs where nothing of its pool is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import INF, Block, Entries, make_block, numbers_of
from planner.model.carried import carried_at
from planner.model.context import Context
from planner.model.families.idle import idleness_pays
from planner.model.family import Family

_KEY = ["q", "r", "s", "t", "l"]
LEAST = 1e-3
"""Part of a workload below which nothing can run for it: far below what anybody would split off."""


def present(context: Context) -> Block | None:
    """Purpose: leave no machine without work where ``buy`` and ``idle`` let one be spare for rounding up.

    Equation: run[q,s,t,l] ≤ (1 / LEAST) Σ_{w in q} ⌈n[w,s,t,l]⌉ (place[w,r,t] + φ[w] Σ_r' pair[w,r',r,t]) in
    cases in whole machines (``[units] whole``), over the workloads that s may serve, on the market and
    where spending more could pay (as for ``idle``): a machine for nothing would only make the spend with
    a vendor larger.

    Units: machines. Keys: q, r, s, t, l.

    Dual: none, because machines are whole; with them fixed, money that an idle machine would save.
    """
    index, columns = context.index, context.columns
    run = columns.run.keys
    run = run[index.group_of[run["r"].to_numpy(dtype=np.int64)] >= 0]
    if not index.case.settings.whole_units or run.empty or not idleness_pays(index):
        return None
    keys, numbers = run[_KEY].reset_index(drop=True), columns.run.numbers[run.index]
    sited = carried_at(index, columns)
    sited = sited.assign(q=index.pool_of[sited["w"].to_numpy(dtype=np.int64)])
    pairs = sited.merge(keys, on=["q", "r", "t"])
    w, s, t, part_of = (pairs[c].to_numpy(dtype=np.int64) for c in ("w", "s", "t", "l"))
    who, skus = np.unique(w), np.unique(s)
    n = index.units(who, skus)[np.searchsorted(who, w), np.searchsorted(skus, s), t, part_of]
    spare = 1.0 + (index.case.settings.container_headroom or 0.0)
    n = np.where(np.isfinite(n) & index.eligibility.admitted[w, s], n, 0.0)
    most = np.ceil(n * spare) * pairs["part"].to_numpy() / LEAST
    entries: list[Entries] = [
        (np.arange(len(keys)), numbers, 1.0),
        (numbers_of(keys, _KEY, pd.DataFrame(pairs[_KEY])), pairs["col"], -most),
    ]
    return make_block(keys, entries, -INF, 0.0)


FAMILY = Family(
    "present",
    present,
    _KEY,
    applies=lambda context: context.index.case.settings.whole_units and not context.machines_given,
)
