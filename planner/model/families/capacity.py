"""Capacity: what is bought stays within quotas, contracts and assumptions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.schema import SIZED, STORED
from planner.model.block import INF, Block, make_block
from planner.model.columns import Columns
from planner.model.commitments import active_periods, held_periods
from planner.model.context import Context
from planner.model.family import Family, Row
from planner.model.index import Index
from planner.model.objective.storage import stored_at
from planner.model.statement import Group, Loosened


def capacity(context: Context) -> Block | None:
    """Purpose: obey each row of ``capacity.csv``.

    Equation: Σ_{q,s} c[s,k] (run[q,s,t,l] + active commitments) ≤ amount for machines, c being vCPU,
    GiB, reference cards or 1 for ``units``; Σ GiB stored ≤ amount for storage. Over one
    payer's pools where the row names a payer.

    Units: of the resource. Keys: subject, resource, payer, r, s (-1 for a region), t, l.

    Dual: money that one more unit of capacity in the period would save (negative or zero).
    """
    index, columns = context.index, context.columns
    limits = index.capacity
    if limits.empty:
        return None
    machines = limits[limits["resource"].isin((*SIZED, "units"))].merge(index.slices[["t", "l"]], on="t")
    stores = limits[limits["resource"].isin(STORED)].assign(l=0)
    keys = pd.concat([machines, stores]).sort_values(
        ["subject", "resource", "payer", "t", "l"], ignore_index=True
    )
    run = bought(index, columns)
    stored = stored_at(index, columns)
    stored["owner"] = index.case.workloads["payer"].to_numpy()[stored["w"].to_numpy()]
    stored["resource"] = np.array(STORED, dtype=object)[stored["k"].to_numpy()]
    keys_at = keys.assign(row=np.arange(len(keys)))
    by_run = (
        keys_at[keys_at["resource"].isin((*SIZED, "units"))]
        .drop(columns=["r", "s"])
        .merge(index.members, on="subject")
        .merge(run, on=["s", "t", "l"])
    )
    by_run = by_run[(by_run["payer"] == "") | (by_run["payer"] == by_run["owner"])]
    by_store = (
        keys_at[keys_at["resource"].isin(STORED)][["row", "subject", "resource", "payer", "t"]]
        .merge(index.members, on="subject")
        .merge(stored[["s", "t", "resource", "owner", "col", "gib"]], on=["s", "t", "resource"])
    )
    by_store = by_store[(by_store["payer"] == "") | (by_store["payer"] == by_store["owner"])]
    entries = [
        (by_run["row"], by_run["col"], _drawn(index, by_run)),
        (by_store["row"], by_store["col"], by_store["gib"]),
    ]
    return make_block(keys, entries, -INF, keys["amount"].to_numpy())


def bought(index: Index, columns: Columns) -> pd.DataFrame:
    """What is bought in each period and slice: s, t, l, owner, the column that buys it, and which part."""
    payer = index.pools["payer"].to_numpy()
    run = columns.run.numbered
    run["owner"] = payer[run["q"].to_numpy(dtype=np.int64)]
    commit = active_periods(index, columns)
    commit["owner"] = payer[commit["q"].to_numpy(dtype=np.int64)]
    held = held_periods(index, columns)
    parts = [part.merge(index.slices[["t", "l"]], on="t") for part in (commit, held)]
    names = ["s", "t", "l", "owner", "col", "part"]
    lines = (run.assign(part=1.0), parts[0].assign(part=1.0), parts[1])
    return pd.concat([line[names] for line in lines], ignore_index=True)


def _drawn(index: Index, lines: pd.DataFrame) -> np.ndarray:
    at = lines["resource"].map({k: i for i, k in enumerate(SIZED)}).fillna(-1).to_numpy(dtype=np.int64)
    drawn = np.where(at < 0, 1.0, index.drawn[lines["s"].to_numpy(), at])
    return np.asarray(drawn * lines["part"].to_numpy())


def _whose(row: Row) -> str:
    payer = f" for {row.names['payer']}" if row.names["payer"] else ""
    return f"{row.names['subject']}{payer}"


def capacity_of(row: Row) -> Group:
    """That something has so much of a resource, for somebody."""
    subject, payer = str(row.names["subject"]), row.names.get("payer")
    whose = f" for {payer}" if payer else ""
    return Group("capacity", f"capacity of {subject} ({row.names['resource']}){whose}", None, subject)


def capacity_said(row: Row, period: int, open_now: np.ndarray) -> str:
    """How much there is."""
    payer = f" for {row.names['payer']}" if row.names.get("payer") else ""
    amount = row.block.upper[row.number] / row.block.scale[row.number]
    return f"{row.names['subject']} has {amount:g} {row.names['resource']}{payer} in {row.period}"


def capacity_loosened(by: Loosened) -> str:
    """How much more there must be."""
    return f"raise {by.id} from {by.now:g} to {by.needed:g} {by.unit}{by.when}"


FAMILY = Family(
    "capacity",
    capacity,
    ("subject", "s", "r", "payer", "resource", "t", "amount", "l"),
    role="limit",
    states="capacity",
    group=capacity_of,
    of_machines=True,
    unit="{resource}",
    subject=_whose,
    broken=("{rule}: {subject}", "needs {value:,.6g} {unit} against {bound:,.6g}"),
    said=capacity_said,
    loosened=capacity_loosened,
)
