"""Refuge: what critical work would need in an event fits beside what is bought there."""

from __future__ import annotations

import numpy as np

from planner.case.schema import SIZED
from planner.model.block import INF, Block, make_block, no_rows, numbers_of
from planner.model.columns import Columns
from planner.model.families.capacity import bought
from planner.model.index import Index

_KEY = ["e", "subject", "resource", "t", "l"]


def refuge(index: Index, columns: Columns) -> Block:
    """Purpose: promise critical work only room that exists.

    Equation: for each event e, each region r that it spares and each limit on a resource k there:
    Σ c[s,k] · bought[s,t,l] + Σ_w d[w,k,t] extra[e,w,r,t] ≤ amount, in every slice, with the peak demand
    of the workloads that flee. A region without a limit takes all. Limits of one payer, on
    groups or SKUs do not bind an emergency.

    Units: of the resource. Keys: e, subject, resource, t, l.

    Dual: money that one more unit of capacity in the region would save through survival.
    """
    if columns.extra.keys.empty:
        return no_rows("refuge", _KEY)
    limits = index.capacity
    limits = limits[
        limits["resource"].isin(SIZED) & (limits["s"] < 0) & (limits["r"] >= 0) & (limits["payer"] == "")
    ]
    extra = columns.extra.keys.assign(col=columns.extra.numbers)
    fleeing = extra.merge(limits[["r", "t", "subject", "resource", "amount"]], on=["r", "t"])
    keys = fleeing[["e", "subject", "resource", "t", "r", "amount"]].drop_duplicates()
    keys = keys.merge(index.slices[["t", "l"]], on="t").sort_values(_KEY, ignore_index=True)
    lines = fleeing.merge(index.slices[["t", "l"]], on="t")
    at = lines["resource"].map({k: i for i, k in enumerate(SIZED)}).to_numpy(dtype=np.int64)
    need = index.machine_demand[lines["w"].to_numpy(), at, lines["t"].to_numpy()]
    running = bought(index, columns)
    running["r"] = index.offers.sku_region[running["s"].to_numpy(dtype=np.int64)]
    both = keys.merge(running, on=["r", "t", "l"])
    drawn = (
        index.drawn[
            both["s"].to_numpy(dtype=np.int64),
            both["resource"].map({k: i for i, k in enumerate(SIZED)}).to_numpy(dtype=np.int64),
        ]
        * both["part"].to_numpy()
    )
    entries = [
        (numbers_of(keys, _KEY, lines), lines["col"].to_numpy(), need),
        (numbers_of(keys, _KEY, both), both["col"].to_numpy(), drawn),
    ]
    return make_block("refuge", keys[_KEY], entries, -INF, keys["amount"].to_numpy(dtype="float64"))
