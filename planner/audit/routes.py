"""Round trips from the copied network, by a search of our own in whole microseconds."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from decimal import Decimal

from planner.audit.case import INPUTS, Case
from planner.audit.reading import Folder, Row, Unreadable, number

ENDS = ("site", "region")
OFFICE = "line"
_P95 = 10**9


def network_of(folder: Folder) -> str:
    """The folder of the network's copy; empty if there is none."""
    found = [n for n in folder.files() if n.startswith(f"{INPUTS}/") and n.endswith("/nodes.csv")]
    return found[0].removesuffix("nodes.csv") if len(found) == 1 else ""


def round_trips(folder: Folder, case: Case) -> dict[str, dict[str, int]] | None:
    """Site to round trip in µs, by region; ``None`` without a network.

    Between two nodes the quickest link counts, of equal ones that with the lower 95th percentile; a
    site or region is where a path begins or ends, never on the way; office lines carry no users.
    """
    place = network_of(folder)
    nodes = folder.table(f"{place}nodes.csv", ("node", "kind")) if place else None
    links = folder.table(f"{place}links.csv", ("a", "b", "kind", "rtt_us", "p95_us")) if place else None
    if nodes is None or links is None:
        return None
    kinds = {row["node"]: row["kind"] for row in nodes}
    graph: dict[str, dict[str, int]] = {}
    for row in links:
        if row["kind"] != OFFICE:
            weight = _weight(row)
            for a, b in ((row["a"], row["b"]), (row["b"], row["a"])):
                known = graph.setdefault(a, {}).get(b)
                graph[a][b] = weight if known is None else min(known, weight)
    found: dict[str, dict[str, int]] = {}
    for region, row in case.regions.items():
        node = row["node"]
        if node not in found:
            found[node] = {n: w // _P95 for n, w in _search(graph, kinds, node).items()}
        found[region] = found[node]
    return {region: found[region] for region in case.regions}


def _weight(row: Row) -> int:
    rtt, p95 = number(row, "rtt_us"), number(row, "p95_us")
    if rtt < 0 or p95 < 0 or rtt != int(rtt) or p95 != int(p95) or p95 >= _P95:
        raise Unreadable("a link has an impossible round trip")
    return int(rtt) * _P95 + int(p95)


def _search(graph: Mapping[str, Mapping[str, int]], kinds: Mapping[str, str], start: str) -> dict[str, int]:
    best: dict[str, int] = {}
    waiting = [(0, start)]
    while waiting:
        weight, node = heapq.heappop(waiting)
        if node in best:
            continue
        best[node] = weight
        if node == start or kinds.get(node) not in ENDS:
            for other, step in graph.get(node, {}).items():
                if other not in best:
                    heapq.heappush(waiting, (weight + step, other))
    return best


def covered(users: Mapping[str, Decimal], trips: Mapping[str, int], target_ms: Decimal) -> Decimal:
    """Share of users whose mean round trip is within the target; a site that is not joined sees none."""
    total = sum(users.values(), Decimal(0))
    if total == 0:
        return Decimal(1)
    near = sum((n for s, n in users.items() if s in trips and trips[s] <= target_ms * 1000), Decimal(0))
    return near / total
