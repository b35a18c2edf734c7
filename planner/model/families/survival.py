"""Survival: what must survive finds a place whatever vendor group or region is gone."""

from __future__ import annotations

import numpy as np

from planner.model.block import INF, Block, make_block, numbers_of
from planner.model.columns import Columns
from planner.model.copies import lost_places
from planner.model.index import Index

_KEY = ["e", "w", "t"]


def survival(index: Index, columns: Columns) -> Block:
    """Purpose: whatever one event takes away of what must survive it has somewhere to go.

    Equation: Σ_{r not in e} extra[e,w,r,t] + φ[w] Σ_{r in e, r' not in e} pair[w,r,r',t]
    ≥ Σ_{r in e} place[w,r,t] for each event e (the loss of a vendor group, or of a region) and each workload
    and period of which ``[survival]`` (critical work) or a rule of kind ``survival`` asks it. What a
    tier keeps running elsewhere counts first; ``extra`` must find room (family ``refuge``), and is bought
    only when the event happens.

    Units: shares. Keys: e, w, t.

    Dual: money that having to save one more whole workload costs.
    """
    place = columns.place.keys.assign(col=columns.place.numbers)
    if not index.events:
        return make_block("survival", columns.extra.keys[_KEY], [], 0.0, INF)
    lost = lost_places(index, place)
    keys = lost[_KEY].drop_duplicates().sort_values(_KEY, ignore_index=True)
    extra = columns.extra.keys
    pair = columns.pair.keys.assign(pair=columns.pair.numbers)
    ready = lost.merge(pair, on=["w", "r", "t"])
    ready = ready[~index.hit[ready["e"].to_numpy(), ready["r2"].to_numpy(dtype=np.int64)]]
    part = index.ready[ready["w"].to_numpy()]
    entries = [
        (numbers_of(keys, _KEY, extra), columns.extra.numbers, np.ones(len(extra))),
        (numbers_of(keys, _KEY, ready), ready["pair"].to_numpy(), part),
        (numbers_of(keys, _KEY, lost), lost["col"].to_numpy(), -np.ones(len(lost))),
    ]
    return make_block("survival", keys, entries, 0.0, INF)
