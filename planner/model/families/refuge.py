"""Refuge: what critical work would need in an event fits beside what is bought there."""

from __future__ import annotations

import numpy as np

from planner.case.schema import SIZED
from planner.model.block import INF, Block, make_block, numbers_of
from planner.model.context import Context
from planner.model.families.capacity import bought, capacity_loosened, capacity_of, capacity_said
from planner.model.family import Family

_KEY = ["e", "subject", "resource", "t", "l"]


def refuge(context: Context) -> Block | None:
    """Purpose: promise critical work only room that exists.

    Equation: for each event e, each region r that it spares and each limit on a resource k there:
    Σ c[s,k] · bought[s,t,l] + Σ_w d[w,k,t] extra[e,w,r,t] ≤ amount, in every slice, with the peak demand
    of the workloads that flee. A region without a limit takes all. Limits of one payer, on
    groups or SKUs do not bind an emergency.

    Units: of the resource. Keys: e, subject, resource, t, l.

    Dual: money that one more unit of capacity in the region would save through survival.
    """
    index, columns = context.index, context.columns
    if columns.extra.keys.empty:
        return None
    limits = index.capacity
    limits = limits[
        limits["resource"].isin(SIZED) & (limits["s"] < 0) & (limits["r"] >= 0) & (limits["payer"] == "")
    ]
    extra = columns.extra.numbered
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
        (numbers_of(keys, _KEY, lines), lines["col"], need),
        (numbers_of(keys, _KEY, both), both["col"], drawn),
    ]
    return make_block(keys[_KEY], entries, -INF, keys["amount"].to_numpy(dtype="float64"))


FAMILY = Family(
    "refuge",
    refuge,
    _KEY,
    role="flight",
    states="capacity",
    group=capacity_of,
    of_machines=True,
    unit="{resource}",
    subject=lambda row: str(row.names["subject"]),
    rule=lambda row: "survival",
    broken=("{rule}: {subject} without {event}", "needs {value:,.6g} {unit} against {bound:,.6g}"),
    said=capacity_said,
    loosened=capacity_loosened,
)
