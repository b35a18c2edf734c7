"""Pairing: what a tier keeps ready stands in another region, whole for each placement."""

from __future__ import annotations

import numpy as np

from planner.model.block import Block, make_block, numbers_of
from planner.model.context import Context
from planner.model.family import Family

_KEY = ["w", "r", "t"]


def pairing(context: Context) -> Block | None:
    """Purpose: give every share of a workload with a standby tier a region that stands ready for it.

    Equation: Σ_r2 pair[w,r,r2,t] = place[w,r,t] for each workload whose tier keeps a standby; r2 is
    another region, or one of another vendor group, as the tier says. A place without any r2
    cannot be used.

    Units: shares. Keys: w, r, t.

    Dual: money that keeping one more whole placement of w at r ready costs.
    """
    index, columns = context.index, context.columns
    place = columns.place.keys[_KEY].assign(col=columns.place.numbers)
    kept = (index.tiers["standby"] != "none").to_numpy()
    mine = place[kept[place["w"].to_numpy()]]
    keys = mine[_KEY].reset_index(drop=True)
    pair = columns.pair.keys
    entries = [
        (numbers_of(keys, _KEY, pair), columns.pair.numbers, 1.0),
        (np.arange(len(keys)), mine["col"], -1.0),
    ]
    return make_block(keys, entries, 0.0, 0.0)


FAMILY = Family("pairing", pairing, _KEY, role="structure")
