"""Affinity: who must or must not run where, or beside whom."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from planner.model.block import INF, Block, Entries, make_block
from planner.model.columns import Columns
from planner.model.context import Context
from planner.model.family import Family
from planner.model.index import Index

_Part = tuple[pd.DataFrame, list[tuple[np.ndarray, float]], float, float]


def affinity(context: Context) -> Block | None:
    """Purpose: obey each row of ``affinity.csv``.

    Equations, for each period in which all named workloads are alive and each region r:
    together: place[w,r,t] − place[v,r,t] = 0. apart: at[w,r,t] + at[v,r,t] ≤ 1. pin:
    place[w,r,t] ≥ value. forbid: place[w,r,t] ≤ 0. For workloads kept apart or with a least share
    also place[w,r,t] ≤ at[w,r,t], at binary, and for a least share place[w,r,t] ≥ value · at[w,r,t].

    Units: shares. Keys: kind, w, other (workload, -1 if none), r, t.

    Dual: money that loosening the row by one whole workload would save; none where ``at`` is whole.
    """
    index, columns = context.index, context.columns
    parts = list(_parts(index, columns))
    empty = pd.DataFrame({c: pd.Series(dtype="int64") for c in ("kind", "w", "other", "r", "t")})
    keys = pd.concat([empty, *(keys for keys, _, _, _ in parts)], ignore_index=True)
    entries: list[Entries] = []
    lower: list[np.ndarray] = []
    upper: list[np.ndarray] = []
    offset = 0
    for part, cells, low, high in parts:
        at = np.arange(offset, offset + len(part))
        for col, value in cells:
            there = col >= 0
            entries.append((at[there], col[there], np.full(int(there.sum()), value)))
        lower.append(np.full(len(part), low))
        upper.append(np.full(len(part), high))
        offset += len(part)
    bounds = (np.concatenate([[], *lower]), np.concatenate([[], *upper]))
    return make_block(keys, entries, *bounds)


def _parts(index: Index, columns: Columns) -> Iterator[_Part]:
    """Each set of rows of one kind: keys, entries (column or -1, coefficient), bounds."""
    case = index.case
    workload = {name: w for w, name in enumerate(case.workloads["workload"])}
    region = {name: r for r, name in enumerate(index.case.regions["region"])}
    place = _positions(index, columns.place.keys, columns.place.start)
    at = _positions(index, columns.at.keys, columns.at.start)
    for line in case.affinity.to_dict("records"):
        w, kind = workload[line["workload"]], line["kind"]
        v = workload.get(line["other"], -1)
        alive = case.alive[w] & (case.alive[v] if v >= 0 else True)
        grid = [(r, t) for t in np.flatnonzero(alive).tolist() for r in range(place.shape[1])]
        if line["region"]:
            grid = [(r, t) for r, t in grid if r == region[line["region"]]]
        r, t = np.array(grid, dtype=np.int64).reshape(-1, 2).T
        keys = pd.DataFrame({"kind": kind, "w": w, "other": v, "r": r, "t": t})
        own = place[w, r, t]
        if kind == "pin":
            value = 1.0 if np.isnan(line["value"]) else float(line["value"])
            # A pinned place that no rule leaves open gives an empty row with a positive bound: no plan.
            yield keys, [(own, 1.0)], value, INF
        elif kind == "forbid":
            yield keys, [(own, 1.0)], -INF, 0.0
        elif kind == "together":
            yield keys, [(own, 1.0), (place[v, r, t], -1.0)], 0.0, 0.0
        elif kind == "apart":
            yield keys, [(at[w, r, t], 1.0), (at[v, r, t], 1.0)], -INF, 1.0
        else:
            value = float(line["value"])
            yield keys, [(own, 1.0), (at[w, r, t], -value)], 0.0, INF
    used = columns.at.keys
    if len(used):
        keys = used.assign(kind="used", other=-1)[["kind", "w", "other", "r", "t"]]
        where = tuple(used[c].to_numpy() for c in "wrt")
        yield keys, [(place[where], 1.0), (at[where], -1.0)], -INF, 0.0


def _positions(index: Index, keys: pd.DataFrame, start: int) -> np.ndarray:
    """Column number by (workload, region, period), -1 where there is none."""
    shape = (*index.case.alive.shape[:1], len(index.case.regions), index.case.alive.shape[1])
    table = np.full(shape, -1, dtype=np.int64)
    table[keys["w"], keys["r"], keys["t"]] = start + np.arange(len(keys))
    return table


FAMILY = Family("affinity", affinity, ("kind", "w", "other", "r", "t"), role="structure")
