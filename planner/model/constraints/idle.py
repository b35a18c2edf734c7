"""Idle: a fleet runs no more machines than what is placed on it needs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.schema import SIZED
from planner.model.block import INF, Block, make_block, numbers_of
from planner.model.columns import ARCHITECTURES, Columns
from planner.model.constraints.fleet import FLEET_RESOURCES
from planner.model.index import Index

_FLEET = ["q", "r", "a", "t", "l"]
_KEY = [*_FLEET, "s"]


def idle(index: Index, columns: Columns) -> Block:
    """Purpose: buy no idle machine of a fleet, which would only thin out somebody else's share.

    Equation, with n[w,s,t,l] = max(m[w], (1 + h) load[w,l] d[w,k,t] / a[s,k] over vCPU and memory) machines
    of s that carry all of w: for each s of a fleet (run + Σ_p cover)[q,s,t,l] − Σ_{w in q} n[w,s,t,l]
    serve[w,r,a,t,l] ≤ 0; and where a fleet mixes SKUs, their parts of what each could carry alone add up
    to no more than the part placed: Σ_s (run + Σ_p cover)[q,s,t,l] / N[s] − Σ_{w in q} max_s (n[w,s,t,l] /
    N[s]) serve[w,r,a,t,l] ≤ 0, with N[s] = Σ_{w in q} n[w,s,t,l]. A fleet in which no machine could be
    missed obeys both. What systems with different needs of vCPU and memory save by sharing machines may
    still stand idle. Commitments may lie idle too: they are paid anyway and count for nothing. In whole
    machines (``[units] whole``) one more of each s may run, for what rounding up leaves over.

    Only where spending more could pay: with a share of the spend, an exit limit or a spend commitment.

    Units: machines; parts of the fleet. Keys: q, r, a, t, l, s (-1 for all SKUs together).

    Dual: money that one idle machine would save, by making other shares smaller.
    """
    running, lines = _running(index, columns), _needed(index, columns)
    whole = index.inputs.case.settings.whole_units
    keys = running[_KEY].drop_duplicates()
    mixed = pd.DataFrame() if whole else keys[keys.duplicated(_FLEET, keep=False)]
    keys = pd.concat([keys, mixed[_FLEET].drop_duplicates().assign(s=-1)] if len(mixed) else [keys])
    keys = keys.sort_values(_KEY, ignore_index=True)
    entries = [
        (numbers_of(keys, _KEY, running), running["col"].to_numpy(), np.ones(len(running))),
        (numbers_of(keys, _KEY, lines), lines["col"].to_numpy(), -lines["n"].to_numpy(dtype="float64")),
    ]
    if len(mixed):
        entries += _together(keys, mixed, running, lines)
    return make_block("idle", keys, entries, -INF, 1.0 if whole else 0.0)


def _running(index: Index, columns: Columns) -> pd.DataFrame:
    """What runs on fleets, on demand and under commitments: the keys and the column."""
    parts = [f.keys[["q", "r", "s", "t", "l"]].assign(col=f.numbers) for f in (columns.run, columns.cover)]
    running: pd.DataFrame = pd.concat(parts, ignore_index=True)
    worthwhile = any(s.basis == "spend" for s in index.scopes) or index.exits or len(index.agreements)
    fleets = (index.pools["platform"] == "container").to_numpy() & bool(worthwhile)
    running = running[fleets[running["q"].to_numpy(dtype=np.int64)]]
    architecture = index.inputs.case.catalog.skus["architecture"].map(
        {a: i for i, a in enumerate(ARCHITECTURES)}
    )
    return running.assign(a=architecture.to_numpy()[running["s"].to_numpy(dtype=np.int64)].astype(np.int64))


def _needed(index: Index, columns: Columns) -> pd.DataFrame:
    """Machines n of each SKU of a fleet that carry each workload of it: the keys, w, the column and n."""
    serve = columns.serve.keys.assign(col=columns.serve.numbers)
    lines = serve.merge(_running(index, columns)[_KEY].drop_duplicates(), on=_FLEET)
    w, s, t = (lines[c].to_numpy(dtype=np.int64) for c in ("w", "s", "t"))
    spare = (1.0 + (index.inputs.case.settings.container_headroom or 0.0)) * index.inputs.case.load[
        w, lines["l"].to_numpy()
    ]
    n = index.min_units[w]
    for k in FLEET_RESOURCES:
        at = SIZED.index(k)
        need = spare * index.machine_demand[w, at, t]
        n = np.maximum(n, np.divide(need, index.yields[s, at], out=np.zeros_like(need), where=need > 0))
    return lines.assign(n=n)


def _together(
    keys: pd.DataFrame, mixed: pd.DataFrame, running: pd.DataFrame, lines: pd.DataFrame
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Entries of the rows over all SKUs of a fleet."""
    fleets = mixed[_FLEET].drop_duplicates()
    lines = lines.merge(fleets, on=_FLEET)
    alone = lines.groupby(_KEY, as_index=False).agg(alone=("n", "sum"))
    lines = lines.merge(alone, on=_KEY)
    lines["part"] = lines["n"] / lines["alone"]
    part = lines.groupby([*_FLEET, "col"], as_index=False).agg(part=("part", "max"))
    machines = running.merge(alone, on=_KEY)
    at = [numbers_of(keys, _KEY, frame.assign(s=-1)) for frame in (machines, part)]
    return [
        (at[0], machines["col"].to_numpy(), 1.0 / machines["alone"].to_numpy(dtype="float64")),
        (at[1], part["col"].to_numpy(), -part["part"].to_numpy(dtype="float64")),
    ]
