"""Egress tier: the volume that a payer sends from a region fills one tier after the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from planner.case.schema import RESOURCES
from planner.model.block import INF, Block, Entries, make_block, numbers_of
from planner.model.context import Context
from planner.model.family import Family
from planner.model.tiers import steps

_ROW = ["payer", "r", "t"]
_KEY = [*_ROW, "tier", "k"]


def egress_tier(context: Context) -> Block | None:
    """Purpose: price data that leave a region at the tier that their volume reaches.

    Equations, for payer p, region r, period t and tiers i of length L GiB a month: ``volume``:
    Σ_{w of p} gib[w,t] place[w,r,t] = Σ_i L_i used_i; ``begun``: full_i ≤ used_i; ``next``:
    used_{i+1} ≤ full_i, with full binary. So a tier is used only when the one before it is full: prices
    fall with volume, and without the order the program would begin with the cheapest.

    Units: GiB a month (``volume``), parts of a tier. Keys: payer, r, t, tier, k; tier = -1 for ``volume``.

    Dual: none, because ``full`` is whole; with it fixed, of ``volume``, money that one more GiB a month
    costs beyond the first paid tier.
    """
    index, columns = context.index, context.columns
    family = columns.tier.numbered
    table = steps(index) if len(family) else pd.DataFrame(columns=[*_ROW, "tier", "length"])
    used = family[family["k"] == "used"].merge(table[[*_ROW, "tier", "length"]], on=[*_ROW, "tier"])
    full = family[family["k"] == "full"]
    volume = used[_ROW].drop_duplicates().assign(tier=-1, k="volume")
    order = [full[[*_ROW, "tier"]].assign(k=k) for k in ("begun", "next")]
    keys = pd.concat([volume, *order]).sort_values(_KEY, ignore_index=True)
    case, place = index.case, columns.place.numbered
    w, t = place["w"].to_numpy(), place["t"].to_numpy()
    place["payer"] = case.workloads["payer"].to_numpy()[w]
    place["gib"] = case.demand[w, RESOURCES.index("egress_gib"), t]
    sent = place.merge(volume, on=_ROW)
    after = used.assign(tier=used["tier"] - 1).merge(full[[*_ROW, "tier"]], on=[*_ROW, "tier"])
    own = used.merge(full[[*_ROW, "tier"]], on=[*_ROW, "tier"])
    entries = [
        _entries(keys, sent, "volume", sent["gib"]),
        _entries(keys, used.assign(tier=-1), "volume", -used["length"]),
        _entries(keys, full, "begun", 1.0),
        _entries(keys, own, "begun", -1.0),
        _entries(keys, after, "next", 1.0),
        _entries(keys, full, "next", -1.0),
    ]
    lower = np.where(keys["k"] == "volume", 0.0, -INF)
    return make_block(keys, entries, lower, 0.0)


def _entries(keys: pd.DataFrame, lines: pd.DataFrame, k: str, value: Any) -> Entries:
    return numbers_of(keys, _KEY, lines.assign(k=k)), lines["col"], value


FAMILY = Family("egress_tier", egress_tier, _KEY, applies=lambda context: len(context.columns.tier.keys) > 0)
