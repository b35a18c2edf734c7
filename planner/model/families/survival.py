"""Survival: what must survive finds a place whatever vendor group or region is gone."""

from __future__ import annotations

import numpy as np

from planner.model.block import INF, Block, make_block, numbers_of
from planner.model.context import Context
from planner.model.copies import lost_places
from planner.model.family import Family, Row
from planner.model.statement import Group
from planner.policy.rules import Rule

_KEY = ["e", "w", "t"]


def survival(context: Context) -> Block | None:
    """Purpose: whatever one event takes away of what must survive it has somewhere to go.

    Equation: Σ_{r not in e} extra[e,w,r,t] + φ[w] Σ_{r in e, r' not in e} pair[w,r,r',t]
    ≥ Σ_{r in e} place[w,r,t] for each event e (the loss of a vendor group, or of a region) and each workload
    and period of which ``[survival]`` (critical work) or a rule of kind ``survival`` asks it. What a
    tier keeps running elsewhere counts first; ``extra`` must find room (family ``refuge``), and is bought
    only when the event happens.

    Units: shares. Keys: e, w, t.

    Dual: money that having to save one more whole workload costs.
    """
    index, columns = context.index, context.columns
    place = columns.place.numbered
    if not index.events:
        return make_block(columns.extra.keys[_KEY], [], 0.0, INF)
    lost = lost_places(index, place)
    keys = lost[_KEY].drop_duplicates().sort_values(_KEY, ignore_index=True)
    extra = columns.extra.keys
    pair = columns.pair.keys.assign(pair=columns.pair.numbers)
    ready = lost.merge(pair, on=["w", "r", "t"])
    ready = ready[~index.hit[ready["e"].to_numpy(), ready["r2"].to_numpy(dtype=np.int64)]]
    part = index.ready[ready["w"].to_numpy()]
    entries = [
        (numbers_of(keys, _KEY, extra), columns.extra.numbers, 1.0),
        (numbers_of(keys, _KEY, ready), ready["pair"], part),
        (numbers_of(keys, _KEY, lost), lost["col"], -1.0),
    ]
    return make_block(keys, entries, 0.0, INF)


def _rule(row: Row) -> Rule | None:
    return row.context.index.losses.rule(*row.block.keys[_KEY].iloc[row.number].tolist())


def _group(row: Row) -> Group | None:
    """What a rule asks could give; what ``[survival]`` of the case asks is the question itself."""
    rule = _rule(row)
    return None if rule is None else Group("other", rule.id, rule)


FAMILY = Family(
    "survival",
    survival,
    _KEY,
    role="flight",
    states="other",
    group=_group,
    subject=lambda row: str(row.names["workload"]),
    rule=lambda row: rule.id if (rule := _rule(row)) else "survival",
    broken=("{rule}: {subject} without {event}", "has no place for {by:.1%}"),
    loosened=lambda by: f"let {by.needed:.2%} of {by.subject} have no place{by.when}, against {by.id}",
    slack=lambda context, block: np.ones(len(block.keys)),
    missed=("{workload} without {event}", "share of the workload that may be lost"),
)
