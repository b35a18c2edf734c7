"""The network as a graph, and the quickest path between two nodes, in integer microseconds.

A site or a region is where a path begins or ends, never on the way. Among paths of equal round
trip the one with the lower 95th percentile is taken, and a path is searched in one direction only,
so the answer is the same both ways.

The 95th percentile of a path is the sum of its links'. Links are rarely slow at the same moment, so
the sum is an upper bound, which is the careful side for a promise to users.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import networkx as nx

from planner.errors import NoRoute, UnknownName
from planner.latency.network import Network
from planner.latency.schema import ENDS, HIDDEN, STRENGTH

SCALE = 10**9
"""A weight is ``rtt_us * SCALE + p95_us``: one integer that orders by round trip, then by p95."""


@dataclass(frozen=True)
class Route:
    """A path and what it adds up to; times in µs.

    ``basis`` is the weakest of the links', ``links`` their names in order, ``as_of`` the oldest date.
    """

    path: tuple[str, ...]
    links: tuple[str, ...]
    rtt_us: int
    p95_us: int
    low_us: int
    high_us: int
    basis: str
    sources: tuple[str, ...]
    as_of: str


def build_graph(
    network: Network,
    without_links: Collection[str] = (),
    without_nodes: Collection[str] = (),
    at_sites: Literal["users", "offices"] = "users",
) -> nx.Graph:
    """Build the graph of a network, if wanted with parts of it gone.

    Parameters
    ----------
    network
        As read, without problems.
    without_links
        Links to leave out: a name takes out all links of that name (a whole cable), ``"A|B"`` every
        link between two nodes, ``"A|B|name"`` one.
    without_nodes
        Nodes to leave out, with their links.
    at_sites
        Who is at the sites: users behind a last mile, or offices with a line to the hub.

    Returns
    -------
    networkx.Graph
        Nodes carry ``kind``; edges ``weight``, ``rtt_us``, ``p95_us``, ``low_us``, ``high_us``, ``basis``,
        ``name``, ``kind``, ``source``, ``as_of``. Of parallel links the quickest is the edge.

    Raises
    ------
    UnknownName
        If a link or node to leave out does not exist.
    """
    links = [{str(k): v for k, v in row.items()} for row in network.links.to_dict("records")]
    gone = _gone(links, without_links)
    graph = nx.Graph()
    for row in network.nodes.to_dict("records"):
        graph.add_node(row["node"], kind=row["kind"])
    for number, link in enumerate(links):
        a, b = link["a"], link["b"]
        weight = link["rtt_us"] * SCALE + link["p95_us"]
        if link["kind"] == HIDDEN[at_sites] or number in gone:
            continue
        if not graph.has_edge(a, b) or weight < graph[a][b]["weight"]:
            kept = ("rtt_us", "p95_us", "low_us", "high_us", "basis", "name", "kind", "source", "as_of")
            graph.add_edge(a, b, weight=weight, **{k: link[k] for k in kept})
    for node in without_nodes:
        require_node(graph, node)
    graph.remove_nodes_from(list(without_nodes))
    return graph


def _gone(links: list[dict[str, Any]], names: Collection[str]) -> set[int]:
    found: dict[str, set[int]] = {}
    for number, link in enumerate(links):
        a, b, name = link["a"], link["b"], link["name"]
        for key in (name, f"{a}|{b}", f"{b}|{a}", f"{a}|{b}|{name}", f"{b}|{a}|{name}"):
            found.setdefault(key, set()).add(number)
    gone: set[int] = set()
    for name in names:
        if name not in found:
            raise UnknownName("link", name, sorted(found))
        gone |= found[name]
    return gone


def require_node(graph: nx.Graph, node: str) -> None:
    """Raise :class:`~planner.errors.UnknownName` unless the graph has the node."""
    if node not in graph:
        raise UnknownName("node", node, sorted(graph.nodes))


def weight_from(graph: nx.Graph, source: str) -> Callable[[str, str, dict[str, Any]], int | None]:
    """The weight of an edge for paths that begin at ``source``; ``None`` hides what may not be passed."""
    ends = {node for node, kind in graph.nodes(data="kind") if kind in ENDS and node != source}

    def weight(u: str, v: str, edge: dict[str, Any]) -> int | None:
        return None if u in ends else int(edge["weight"])

    return weight


def route(graph: nx.Graph, a: str, b: str) -> Route:
    """The quickest path between two nodes.

    Raises
    ------
    UnknownName
        If a node is not in the graph.
    NoRoute
        If nothing joins the two.

    Examples
    --------
    >>> graph = nx.Graph()
    >>> graph.add_node("a", kind="hub"); graph.add_node("b", kind="hub")
    >>> graph.add_edge("a", "b", weight=2000 * SCALE + 3000, rtt_us=2000, p95_us=3000, low_us=1000,
    ...                high_us=4000, basis="derived", name="x", kind="land", source="s", as_of="2026-01-01")
    >>> route(graph, "b", "a").path, route(graph, "b", "a").rtt_us
    (('b', 'a'), 2000)
    """
    require_node(graph, a)
    require_node(graph, b)
    first, last = sorted((a, b))
    try:
        _, path = nx.single_source_dijkstra(graph, first, last, weight=weight_from(graph, first))
    except nx.NetworkXNoPath as none:
        raise NoRoute(f"nothing joins {a!r} and {b!r} in this network") from none
    path = path if first == a else path[::-1]
    edges = [graph[u][v] for u, v in pairwise(path)]
    return Route(
        path=tuple(path),
        links=tuple(e["name"] for e in edges),
        rtt_us=sum(e["rtt_us"] for e in edges),
        p95_us=sum(e["p95_us"] for e in edges),
        low_us=sum(e["low_us"] for e in edges),
        high_us=sum(e["high_us"] for e in edges),
        basis=max((e["basis"] for e in edges), key=STRENGTH.index, default=STRENGTH[0]),
        sources=tuple(sorted({s for e in edges for s in e["source"].split("; ")})),
        as_of=min((e["as_of"] for e in edges), default=""),
    )
