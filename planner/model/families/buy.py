"""Buy: what serves workloads on platform ``vm`` is bought, and nothing idle is bought on demand."""

from __future__ import annotations

import numpy as np

from planner.model.block import Block, make_block, numbers_of
from planner.model.context import Context
from planner.model.family import Family

_KEY = ["q", "r", "s", "t", "l"]


def buy(context: Context) -> Block | None:
    """Purpose: let the workloads of a pool share what the pool buys.

    Equation: Σ_{w in q} use[w,s,t,l] = run[q,s,t,l] + Σ_p cover[q,s,p,t,l]. ``cover`` is the used
    part of commitments, so what runs on demand is never idle, and idle commitments never count. In whole
    machines ``use`` is whole: commitments are pooled, each machine serving one workload at a time.

    Units: machines. Keys: q, r, s, t, l.

    Dual: money that one more unit of s costs the pool.
    """
    index, columns = context.index, context.columns
    use = columns.use.keys
    keys = use[_KEY].drop_duplicates().sort_values(_KEY, ignore_index=True)
    run = columns.run.numbered
    bought = keys.merge(run, on=_KEY, how="left")["col"].to_numpy(dtype=np.int64)
    cover = columns.cover.numbered
    cover = cover[(index.pools["platform"] == "vm").to_numpy()[cover["q"].to_numpy(dtype=np.int64)]]
    covered = numbers_of(keys, _KEY, cover)
    entries = [
        (numbers_of(keys, _KEY, use), columns.use.numbers, 1.0),
        (np.arange(len(keys)), bought, -1.0),
        (covered, cover["col"], -1.0),
    ]
    return make_block(keys, entries, 0.0, 0.0)


FAMILY = Family("buy", buy, _KEY)
