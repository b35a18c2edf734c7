"""Resilience tiers of the workloads, and the part of its machines that each keeps ready."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.sizing import CARRIED_AT
from planner.inputs import Case


def tiers_of(case: Case) -> pd.DataFrame:
    """The resilience tier of each workload, along workloads; without tiers nothing is kept ready."""
    fractions = ["vcpu", "memory_gib", "gpu", "block_gib", "object_gib", "backup"]
    own = case.workloads[["resilience"]].merge(
        case.resilience, left_on="resilience", right_on="tier", how="left"
    )
    own["standby"] = own["standby"].fillna("none")
    own[fractions] = own[fractions].fillna(0.0)
    return own[["standby", *fractions]]


def ready_of(case: Case) -> np.ndarray:
    """φ (workload,): part of its machines that a workload keeps running at its standby region.

    The largest of the tier's fractions over the resources that the workload needs: a machine's
    vCPU and memory cannot be kept apart. Requests take both.
    """
    tiers = tiers_of(case)
    needs = case.demand[:, CARRIED_AT, :].max(axis=2) > 0
    fractions = tiers[["vcpu", "memory_gib", "gpu", "gpu"]].to_numpy()
    fractions = np.column_stack([fractions, fractions[:, :2].max(axis=1)])
    kept = (tiers["standby"] != "none").to_numpy()
    return np.where(kept, np.where(needs, fractions, 0.0).max(axis=1), 0.0)
