"""All round trips from sites to regions at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd

from planner.errors import NoRoute
from planner.latency.graph import SCALE, build_graph, require_node, weight_from
from planner.latency.network import Network


@dataclass(frozen=True)
class RoundTrips:
    """Round trips of sites (rows) to regions (columns) in integer µs: mean and 95th percentile."""

    mean_us: pd.DataFrame
    p95_us: pd.DataFrame


def round_trips(
    network: Network | nx.Graph,
    sites: Sequence[str],
    nodes: Mapping[str, str] | Sequence[str],
    unreached_us: int | None = None,
) -> RoundTrips:
    """Quickest round trips, by one search from each region's node.

    Parameters
    ----------
    network
        A network, or a graph made of one (which may lack links).
    sites
        Nodes of the rows.
    nodes
        Node of each region (columns carry the regions' names), or just nodes.
    unreached_us
        Stands for a pair that nothing joins; without it such a pair is an error.

    Raises
    ------
    UnknownName
        If a site or node is not in the network.
    NoRoute
        If a pair is not joined and ``unreached_us`` is not given.
    """
    graph = build_graph(network) if isinstance(network, Network) else network
    columns = dict(nodes) if isinstance(nodes, Mapping) else {node: node for node in nodes}
    for node in (*sites, *columns.values()):
        require_node(graph, node)
    found = {
        node: nx.single_source_dijkstra_path_length(graph, node, weight=weight_from(graph, node))
        for node in set(columns.values())
    }
    mean = np.empty((len(sites), len(columns)), dtype=np.int64)
    p95 = np.empty_like(mean)
    for j, (region, node) in enumerate(columns.items()):
        lengths = found[node]
        for i, site in enumerate(sites):
            if site in lengths:
                mean[i, j], p95[i, j] = divmod(lengths[site], SCALE)
            elif unreached_us is None:
                raise NoRoute(f"nothing joins {site!r} and {region!r} in this network")
            else:
                mean[i, j] = p95[i, j] = unreached_us
    rows, heads = pd.Index(sites, name="site"), pd.Index(list(columns), name="region")
    return RoundTrips(
        pd.DataFrame(mean, index=rows, columns=heads), pd.DataFrame(p95, index=rows, columns=heads)
    )
