"""The latency of one case: matrix from its sites to its regions, coverage of its workloads."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.latency.coverage import coverage
from planner.latency.graph import build_graph
from planner.latency.matrix import RoundTrips, round_trips
from planner.latency.network import Network

UNREACHED_US = 10**12
"""Stands for a pair that nothing joins any more; far above any target."""


@dataclass(frozen=True)
class CaseLatency:
    """What :func:`case_latency` finds.

    ``trips`` of all sites with users; ``reach``: workload, region, least ``coverage`` over the periods,
    ``mean_ms`` and ``p95_ms`` of the last period, ``target_ms`` and ``required`` share.
    """

    trips: RoundTrips
    reach: pd.DataFrame


def case_latency(
    network: Network,
    users: pd.DataFrame,
    workloads: pd.DataFrame,
    regions: pd.DataFrame,
    without_links: Collection[str] = (),
    without_nodes: Collection[str] = (),
) -> CaseLatency:
    """Matrix and coverage of a case.

    Parameters
    ----------
    network, users, workloads, regions
        Of the case; sites without users are left out if any site has users.
    without_links, without_nodes
        What is gone, as :func:`planner.latency.graph.build_graph` takes it.
    """
    graph = build_graph(network, without_links, without_nodes)
    kind = network.kind()
    sites = sorted(set(users["site"])) or [n for n in kind if kind[n] == "site" and n in graph]
    nodes = {
        region: node
        for region, node in zip(regions["region"], regions["node"], strict=True)
        if node in graph or node not in without_nodes
    }
    trips = round_trips(graph, sites, nodes, unreached_us=UNREACHED_US)
    targets = workloads.set_index("workload")["latency_ms"]
    wanted = users[users["workload"].isin(targets.index[targets.notna()])]
    reach = coverage(wanted, trips, targets.fillna(np.inf))
    by = reach.sort_values("t").groupby(["workload", "region"], as_index=False, sort=True)
    worst = by.agg(coverage=("coverage", "min"), mean_ms=("mean_ms", "last"), p95_ms=("p95_ms", "last"))
    stated = workloads[["workload", "latency_ms", "latency_share"]]
    worst = worst.merge(stated, on="workload", how="left", validate="many_to_one")
    return CaseLatency(trips, worst.rename(columns={"latency_ms": "target_ms", "latency_share": "required"}))
