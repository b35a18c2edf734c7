"""Latency: enough of a workload's users see a round trip within its target."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.eligibility import binds
from planner.model.block import INF, Block, make_block, no_rows, numbers_of
from planner.model.columns import Columns
from planner.model.index import Index
from planner.policy.select import workloads_of


def latency(index: Index, columns: Columns) -> Block:
    """Purpose: keep services quick for the users they have, rural ones included.

    Equation: Σ_r coverage[w,r,t] place[w,r,t] ≥ latency_share[w] for each live (w, t) with a target
    and users, where a hard rule of kind ``latency`` selects w and binds t. coverage is the share of
    w's users whose round trip to r is within latency_ms[w].

    Units: shares of users. Keys: w, t.

    Dual: money that one more share of users within the target costs.
    """
    wanted = wanted_coverage(index)
    if wanted.empty:
        return no_rows("latency", ["w", "t"])
    keys = pd.DataFrame({"w": wanted["w"], "t": wanted["t"]})
    place = columns.place.keys.assign(col=columns.place.numbers)
    cover = coverage_of(index)
    pairs = keys.merge(place, on=["w", "t"]).merge(cover, on=["w", "r", "t"], how="inner")
    entries = [(numbers_of(keys, ["w", "t"], pairs), pairs["col"].to_numpy(), pairs["coverage"].to_numpy())]
    return make_block("latency", keys, entries, wanted["share"].to_numpy(), INF)


def wanted_coverage(index: Index) -> pd.DataFrame:
    """Which (w, t) have a latency row, and the share it demands: columns w, t, share, rule."""
    case = index.inputs.case
    enforced = np.full(case.alive.shape, "", dtype=object)
    for rule in index.inputs.rules:
        if rule.kind == "latency" and rule.severity == "hard":
            chosen = (
                workloads_of(rule, case.workloads, case.agencies)[:, None]
                & binds(rule, case.periods)[None, :]
            )
            enforced[chosen & (enforced == "")] = rule.id
    has_target = case.workloads["latency_ms"].notna().to_numpy()[:, None]
    users = np.zeros(case.alive.shape, dtype=bool)
    position = {name: w for w, name in enumerate(case.workloads["workload"])}
    seen = case.users[case.users["users"] > 0]
    users[seen["workload"].map(position).to_numpy(dtype=np.int64), seen["t"].to_numpy(dtype=np.int64)] = True
    w, t = np.nonzero((enforced != "") & has_target & users & case.alive)
    share = case.workloads["latency_share"].to_numpy()[w]
    return pd.DataFrame({"w": w, "t": t, "share": share, "rule": enforced[w, t]})


def coverage_of(index: Index) -> pd.DataFrame:
    """Coverage with numbers: columns w, r, t, coverage, mean_ms, p95_ms."""
    reach = index.inputs.reach
    w = reach["workload"].map({name: i for i, name in enumerate(index.inputs.case.workloads["workload"])})
    r = reach["region"].map({name: i for i, name in enumerate(index.inputs.regions["region"])})
    return reach.assign(w=w.astype("int64"), r=r.astype("int64"))[
        ["w", "r", "t", "coverage", "mean_ms", "p95_ms"]
    ]
