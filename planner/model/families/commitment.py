"""Commitment: what runs under commitments stays within those bought or held."""

from __future__ import annotations

import numpy as np

from planner.model.block import INF, Block, make_block, numbers_of
from planner.model.commitments import active_periods, held_periods
from planner.model.context import Context
from planner.model.family import Family

_KEY = ["q", "r", "s", "term", "h", "t", "l", "contract"]


def commitment(context: Context) -> Block | None:
    """Purpose: a commitment is bought for the whole of its term and used by its pool.

    Equation: cover[q,s,p,t,l,c] ≤ Σ_{t0 ≤ t < t0 + span(p)} commit[q,s,p,t0] over the t0 in which contract c
    holds (c = none where no contract does), as each keeps the terms under which it began; and for a
    commitment h held before the plan: Σ_q cover[q,s,p,h,t,l,c] ≤ part[h,t] held[h] over the pools of its
    payer, where part is the part of the period's hours before it ends.

    Units: machines. Keys: q, r, s, term, h, t, l, contract; q = -1 for a held one, h = -1 for one that
    the plan buys.

    Dual: money that one more committed machine would save in the slice; added up over the slices of
    a term it is what the commitment is worth.
    """
    index, columns = context.index, context.columns
    if columns.cover.keys.empty:
        return None
    cover = columns.cover.numbered
    cover["q"] = cover["q"].where(cover["h"] < 0, -1)
    keys = cover[_KEY].drop_duplicates().sort_values(_KEY, ignore_index=True)
    rows = keys.assign(row=np.arange(len(keys)))
    active = active_periods(index, columns)
    begun = index.offers.contract[active["r"].to_numpy(dtype=np.int64), active["t0"].to_numpy(dtype=np.int64)]
    same = ["q", "r", "s", "term", "t", "contract"]
    bought = rows[rows["h"] < 0].merge(active.assign(contract=begun)[[*same, "col"]], on=same)
    held = rows[rows["h"] >= 0].merge(held_periods(index, columns)[["h", "t", "part"]], on=["h", "t"])
    entries = [
        (numbers_of(keys, _KEY, cover), cover["col"], 1.0),
        (bought["row"], bought["col"], -1.0),
        (
            held["row"].to_numpy(),
            columns.held.numbers[held["h"].to_numpy(dtype=np.int64)],
            -held["part"].to_numpy(),
        ),
    ]
    return make_block(keys, entries, -INF, 0.0)


FAMILY = Family("commitment", commitment, _KEY)
