"""Which part of a workload's users each region reaches in time, and which part rules ask for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.eligibility import binds
from planner.inputs import Case
from planner.policy.select import workloads_of


def wanted_coverage(case: Case) -> pd.DataFrame:
    """Which (w, t) have a latency row, and the share it demands: columns w, t, share, rule."""
    enforced = np.full(case.alive.shape, "", dtype=object)
    for rule in case.rules:
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


def coverage_of(case: Case) -> pd.DataFrame:
    """Coverage with numbers: columns w, r, t, coverage, mean_ms, p95_ms."""
    reach = case.reach
    w = reach["workload"].map({name: i for i, name in enumerate(case.workloads["workload"])})
    r = reach["region"].map({name: i for i, name in enumerate(case.regions["region"])})
    return reach.assign(w=w.astype("int64"), r=r.astype("int64"))[
        ["w", "r", "t", "coverage", "mean_ms", "p95_ms"]
    ]
