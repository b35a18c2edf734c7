"""The round trip of any two nodes: measured, estimated, or along a path of the network.

- Two regions: as measured; if nobody measured them, an estimate from the measured pairs, provided
  that somebody measured their vendors at all. The network's path goes with it where its sum lies in
  the range of the estimate; otherwise the path is not known and only the ends are given.
- Two sites: along the network from office to office. The last mile of home users is left out at both
  ends, because between two places there is no user and no service.
- Anything else (a site and a region, a hub, a landing): along the network, with the users' last mile.

When links or nodes are taken out, regions are answered along the network too: what was measured
may have used what is gone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import networkx as nx

from planner.errors import NoRoute
from planner.latency.estimate import Estimate, Estimator
from planner.latency.graph import Route, build_graph, require_node, route
from planner.latency.network import Network, shipped_network


@dataclass(frozen=True)
class Answer:
    """Round trip of two nodes in µs, with its basis, path and provenance."""

    start: str
    end: str
    rtt_us: int
    p95_us: int
    low_us: int
    high_us: int
    basis: str
    path: tuple[str, ...]
    links: tuple[str, ...]
    how: str
    sources: tuple[str, ...]
    as_of: str

    def document(self) -> dict[str, object]:
        """The answer as JSON shows it; times in ms."""
        return {
            "from": self.start,
            "to": self.end,
            "rtt_ms": self.rtt_us / 1000,
            "p95_ms": self.p95_us / 1000,
            "low_ms": self.low_us / 1000,
            "high_ms": self.high_us / 1000,
            "basis": self.basis,
            "path": list(self.path),
            "links": list(self.links),
            "how": self.how,
            "source": "; ".join(self.sources),
            "as_of": self.as_of,
        }


def ask(
    network: Network,
    a: str,
    b: str,
    without_links: Collection[str] = (),
    without_nodes: Collection[str] = (),
    estimator: Estimator | None = None,
) -> Answer:
    """The round trip of two nodes.

    Parameters
    ----------
    network
        As read, without problems.
    a, b
        Any two nodes.
    without_links, without_nodes
        What is gone, as :func:`planner.latency.graph.build_graph` takes it.
    estimator
        Keeps its fit between questions; made anew if not given.

    Raises
    ------
    UnknownName
        If a node or link does not exist.
    NoRoute
        If nothing joins the two.
    """
    kind = network.kind()
    sites = kind.get(a) == kind.get(b) == "site"
    graph = build_graph(network, without_links, without_nodes, "offices" if sites else "users")
    require_node(graph, a)
    require_node(graph, b)
    if kind[a] == kind[b] == "region" and not without_links and not without_nodes:
        estimator = estimator or Estimator(network)
        measured = estimator.measured(a, b)
        if measured is not None:
            return _from_estimate(a, b, measured, (a, b) if a != b else (a,))
        if a != b and estimator.can(a, b):
            estimate = estimator.estimate(a, b)
            return _from_estimate(a, b, estimate, _likely_path(graph, a, b, estimate))
    found = route(graph, a, b)
    if a == b:
        how = "the same node"
    elif sites:
        how = "from office to office, without the last mile of users"
    else:
        how = "sum of the links of the quickest path"
    return _from_route(a, b, found, how)


def round_trip(
    a: str,
    b: str,
    network: Network | None = None,
    without_links: Collection[str] = (),
    without_nodes: Collection[str] = (),
) -> Answer:
    """The round trip of two nodes of a network, by default of the one that ships with the planner.

    ``case.network`` is that of a case. The other parameters, and what is raised, are as for :func:`ask`.
    """
    return ask(network or shipped_network(), a, b, without_links, without_nodes)


def _likely_path(graph: nx.Graph, a: str, b: str, estimate: Estimate) -> tuple[str, ...]:
    """The network's path if it would take about as long, else only the ends."""
    try:
        found = route(graph, a, b)
    except NoRoute:
        return (a, b)
    return found.path if estimate.low_us <= found.rtt_us <= estimate.high_us else (a, b)


def _from_estimate(a: str, b: str, e: Estimate, path: tuple[str, ...]) -> Answer:
    return Answer(a, b, e.rtt_us, e.p95_us, e.low_us, e.high_us, e.basis, path, (), e.how, e.sources, e.as_of)


def _from_route(a: str, b: str, r: Route, how: str) -> Answer:
    return Answer(
        a, b, r.rtt_us, r.p95_us, r.low_us, r.high_us, r.basis, r.path, r.links, how, r.sources, r.as_of
    )
