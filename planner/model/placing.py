"""How thin a system may be spread: the least share and the most regions of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from planner.inputs import Case


def least_share(case: Case) -> np.ndarray:
    """The least share of a divisible workload in a region (workload,); 0 where any will do.

    Its own column of ``workloads.csv``, else ``[placing] least_share``.
    """
    own = case.workloads["least_share"].to_numpy(dtype="float64")
    least = np.where(np.isnan(own), case.settings.least_share or 0.0, own)
    return np.where(case.workloads["divisible"].to_numpy(dtype=bool), least, 0.0)


def most_regions(case: Case) -> np.ndarray:
    """In how many regions at a time a divisible workload may be (workload,); 0 where in any number.

    Its own column of ``workloads.csv``, else ``[placing] most_regions``.
    """
    own = case.workloads["most_regions"].to_numpy(dtype="float64")
    most = np.where(np.isnan(own), float(case.settings.most_regions or 0), own)
    return np.where(case.workloads["divisible"].to_numpy(dtype=bool), most, 0.0).astype(np.int64)


def advice(case: Case) -> list[str]:
    """Divisible workloads that store data: split over regions, each needs a copy or a part of it."""
    stores = (case.demand[:, _stored(), :] > 0).any(axis=(1, 2))
    divisible = case.workloads["divisible"].to_numpy(dtype=bool)
    return sorted(case.workloads["workload"].to_numpy()[stores & divisible].tolist())


def _stored() -> list[int]:
    from planner.case.resources import RESOURCES
    from planner.case.schema import STORED

    return [RESOURCES.index(k) for k in STORED]
