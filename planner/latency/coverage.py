"""Which share of a workload's users would see its latency target, from each region in each period."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.errors import PlannerError
from planner.latency.matrix import RoundTrips
from planner.tolerances import DIGIT

_SHARE = 0.95


def coverage(users: pd.DataFrame, trips: RoundTrips, targets: pd.Series) -> pd.DataFrame:
    r"""Share of users within the target, and their mean and 95th percentile round trip.

    .. math:: \mathrm{coverage}_{wrt} = \sum_s u_{wst}\,[\mathrm{rtt}_{sr} \le T_w] \Big/ \sum_s u_{wst}

    Parameters
    ----------
    users
        Columns workload, site, t, users (persons, weights); a pair that is absent has none.
    trips
        Round trips of every site of ``users`` to the regions. Means are compared with the target.
    targets
        Target of each workload of ``users`` in ms; ``inf`` where it has none.

    Returns
    -------
    DataFrame
        workload, region, t, coverage (0–1), mean_ms (weighted by users), p95_ms (the least round
        trip that 95 % of the users do not exceed). A period without users covers all of them (1)
        and has no mean (NaN).

    Raises
    ------
    PlannerError
        If a site or workload of ``users`` is missing from the other two.
    """
    workloads = sorted(set(users["workload"]))
    periods = sorted(set(users["t"]))
    sites, regions = list(trips.mean_us.index), list(trips.mean_us.columns)
    missing = sorted(set(users["site"]) - set(sites)) + sorted(set(workloads) - set(targets.index))
    if missing:
        raise PlannerError(f"no round trip or target for {', '.join(missing)}")
    weights = np.zeros((len(workloads), len(periods), len(sites)))
    at = [
        users[column].map({value: i for i, value in enumerate(order)}).to_numpy(dtype="int64")
        for column, order in (("workload", workloads), ("t", periods), ("site", sites))
    ]
    np.add.at(weights, tuple(at), users["users"].to_numpy())
    rtt_ms = trips.mean_us.to_numpy() / 1000.0
    limit = targets.reindex(workloads).to_numpy(dtype=float)
    total = weights.sum(axis=2)[:, None, :]
    peopled = total > 0
    divisor = np.where(peopled, total, 1.0)
    within = (rtt_ms.T[None] <= limit[:, None, None]).astype(float)
    by_site = weights.transpose(0, 2, 1)
    share = np.where(peopled, np.minimum(within @ by_site / divisor, 1.0), 1.0)
    mean = np.where(peopled, rtt_ms.T[None] @ by_site / divisor, np.nan)
    p95 = np.where(peopled, _quantile(weights, rtt_ms), np.nan)
    index = pd.MultiIndex.from_product([workloads, regions, periods], names=["workload", "region", "t"])
    values = {"coverage": share.ravel(), "mean_ms": mean.ravel(), "p95_ms": p95.ravel()}
    return pd.DataFrame(values, index=index).reset_index()


def _quantile(weights: np.ndarray, rtt_ms: np.ndarray) -> np.ndarray:
    """Weighted 95th percentile; (workload, t, site), (site, region) → (workload, region, t)."""
    out = np.empty((weights.shape[0], rtt_ms.shape[1], weights.shape[1]))
    for r in range(rtt_ms.shape[1]):
        order = np.argsort(rtt_ms[:, r], kind="stable")
        below = weights[:, :, order].cumsum(axis=2)
        reached = below >= _SHARE * below[:, :, -1:] * (1 - DIGIT)
        out[:, r, :] = rtt_ms[order[reached.argmax(axis=2)], r]
    return out
