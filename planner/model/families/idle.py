"""Idle: a fleet costs no more than its workloads would on the dearest machine that it mixes, each alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.schema import SIZED
from planner.model.block import INF, Block, make_block, numbers_of
from planner.model.column_keys import ARCHITECTURES
from planner.model.columns import Columns
from planner.model.context import Context
from planner.model.families.fleet import FLEET_RESOURCES
from planner.model.family import Family
from planner.model.index import Index

_KEY = ["q", "r", "a", "t", "l"]


def idle(context: Context) -> Block | None:
    """Purpose: buy no idle machine of a fleet, which would only thin out somebody else's share.

    Equation: Σ_s p[s,t] (run + Σ cover)[q,s,t,l] − Σ_{w in q} max_s (p[s,t] n[w,s,t,l]) serve[w,r,a,t,l] ≤ 0,
    with p the list price of an hour on demand, or spot (or, of what is sold by commitment only, the least of
    that), and n = max(m[w], (1 + h) load[w,l] d[w,k,t] /
    a[s,k] over vCPU and memory) the machines of s that carry all of w. Of a fleet of one SKU no machine
    more runs than its workloads need one by one. A fleet in which no machine could be missed obeys it:
    some row of ``fleet`` is tight there. What workloads with different needs save by sharing machines, and
    up to the dearest of several SKUs, may still stand idle. Commitments may lie idle: they are paid
    anyway and count for nothing. In whole machines (``[units] whole``) one more of each s may run, for
    what rounding up leaves over.

    Only on the market, where spending more could pay: with a share of the spend, an exit limit or a
    spend commitment. One row a fleet and slice: one for each SKU took three times as long to solve.

    Units: money an hour at list. Keys: q, r, a, t, l.

    Dual: part of its price that an idle machine would save, by making other shares smaller.
    """
    index, columns = context.index, context.columns
    running = _running(index, columns)
    keys = running[_KEY].drop_duplicates().sort_values(_KEY, ignore_index=True)
    lines = _needed(index, columns, running)
    spare: float | np.ndarray = 0.0
    if index.case.settings.whole_units:
        each = running.drop_duplicates([*_KEY, "s"]).groupby(_KEY)["price"].sum()
        spare = each.to_numpy(dtype="float64")
    entries = [
        (numbers_of(keys, _KEY, running), running["col"], running["price"]),
        (numbers_of(keys, _KEY, lines), lines["col"], -lines["most"].to_numpy(dtype="float64")),
    ]
    return make_block(keys, entries, -INF, spare)


def idleness_pays(index: Index) -> bool:
    """Could spending more be of use: is there a share of the spend, an exit limit or a spend commitment?"""
    return any(x.basis == "spend" for x in index.scopes) or bool(index.exits) or not index.agreements.empty


def _running(index: Index, columns: Columns) -> pd.DataFrame:
    """What runs on fleets of the market, on demand and under commitments: keys, SKU, column, price."""
    parts = [f.keys[["q", "r", "s", "t", "l"]].assign(col=f.numbers) for f in (columns.run, columns.cover)]
    running: pd.DataFrame = pd.concat(parts, ignore_index=True)
    q, r, s, t = (running[c].to_numpy(dtype=np.int64) for c in ("q", "r", "s", "t"))
    architecture = index.case.catalog.skus["architecture"].map({a: i for i, a in enumerate(ARCHITECTURES)})
    running = running.assign(a=architecture.to_numpy()[s].astype(np.int64), price=index.offers.hourly[s, t])
    fleets = (index.pools["platform"] == "container").to_numpy()[q] & (index.group_of[r] >= 0)
    fleets &= idleness_pays(index)
    kept: pd.DataFrame = running[fleets]
    return kept.sort_values(_KEY, ignore_index=True)


def _needed(index: Index, columns: Columns, running: pd.DataFrame) -> pd.DataFrame:
    """What all of a workload costs an hour on the dearest machine of a fleet: keys, column, ``most``."""
    serve = columns.serve.numbered
    machines = running[[*_KEY, "s", "price"]].drop_duplicates([*_KEY, "s"])
    lines = serve.merge(machines, on=_KEY)
    w, s, t = (lines[c].to_numpy(dtype=np.int64) for c in ("w", "s", "t"))
    case = index.case
    spare = (1.0 + (case.settings.container_headroom or 0.0)) * case.load[
        w, lines["l"].to_numpy(dtype=np.int64)
    ]
    n = index.min_units[w]
    for k in FLEET_RESOURCES:
        at = SIZED.index(k)
        need = spare * index.machine_demand[w, at, t]
        n = np.maximum(n, np.divide(need, index.yields[s, at], out=np.zeros_like(need), where=need > 0))
    lines["most"] = lines["price"] * n
    return lines.groupby([*_KEY, "col"], as_index=False).agg(most=("most", "max"))


FAMILY = Family("idle", idle, _KEY)
