"""Reading a network package: nodes, links, measured round trips, checked against each other.

How a user's round trip is split. Published last-mile figures run from a user to the nearest test
server, so they already hold the path to it. A site therefore joins the network by one access link
that carries the whole figure and ends at the hub where such a server is supposed; no path inside
the state is added to it (the high end of its range does). What lies beyond the hub is added by
the links that follow: land fibre and cables by their length (``0.0098 ms`` a kilometre both ways),
foreign backbones by what was measured between regions, and a short peering link to the region.
Where a town's figure visibly holds a long path (it lies above the capital's by a sea crossing), the
difference was taken out of its access link, because the cable's link carries it. A satellite link
carries the last mile and the way to a gateway at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from planner.catalog.load import shipped_place
from planner.errors import BadInput, Issue
from planner.files.read import Source
from planner.latency.schema import LINKS, MEASURED, NETWORK_TABLES, NODES, SOURCES
from planner.tables import content, empty, refers

_FIXES = {
    "low_us": "Give a low end of at most rtt_us.",
    "high_us": "Give a high end of at least rtt_us.",
    "p95_us": "Give a 95th percentile of at least rtt_us.",
}


@dataclass(frozen=True)
class Network:
    """A network package as read: frames of the tables and the files they came from.

    Attributes
    ----------
    nodes, links, measured, sources
        Frames with the columns of :mod:`planner.latency.schema` and ``_row``; times in integer µs.
    files
        Name (``package/table.csv``) of every file, with its path or its content, for hashing and copying.
    """

    nodes: pd.DataFrame
    links: pd.DataFrame
    measured: pd.DataFrame
    sources: pd.DataFrame
    files: tuple[tuple[str, Source], ...]
    notes: tuple[str, ...] = ()

    def kind(self) -> dict[str, str]:
        """Kind of every node, by its key."""
        return dict(zip(self.nodes["node"], self.nodes["kind"], strict=True))


def read_network(folder: Path, shown: str) -> tuple[Network, list[Issue]]:
    """Read a network package and check it.

    Parameters
    ----------
    folder
        Holds ``nodes.csv``, ``links.csv``, ``measured.csv`` and, if it likes, ``sources.csv``; where
        that is, the sources of the other tables must be in it.
    shown
        Name of the package in problems and in ``files``.

    Returns
    -------
    (network, problems)
        Never raises for bad content; the network is fit for use only when there is no problem.
    """
    frames: dict[str, pd.DataFrame] = {}
    problems: list[Issue] = []
    files: list[tuple[str, Source]] = []
    notes: list[str] = []
    tables = [t for t in NETWORK_TABLES if t.required or (folder / t.file).exists()]
    frames[SOURCES.name] = empty(SOURCES)
    for table in tables:
        held = content(folder / table.file, table, f"{shown}/{table.file}")
        frames[table.name] = held.frame
        problems += held.problems
        notes += held.notes
        files.append((f"{shown}/{table.file}", held.csv or folder / table.file))
    if not problems:
        problems = _check(frames, {table.name: f"{shown}/{table.file}" for table in tables})
    if not problems:
        for name, columns in _WHOLE.items():
            frames[name] = frames[name].astype(dict.fromkeys(columns, "int64"))
    named = {table.name: frames[table.name] for table in NETWORK_TABLES}
    return Network(**named, files=tuple(files), notes=tuple(notes)), problems


def shipped_network() -> Network:
    """The network that ships with the planner.

    Raises
    ------
    BadInput
        If the installation has spoilt it.
    """
    network, problems = read_network(shipped_place("network"), "network")
    if problems:
        raise BadInput(problems)
    return network


_WHOLE = {
    table.name: [c.name for c in table.columns if c.kind == "integer" and not c.blank]
    for table in (LINKS, MEASURED)
}


def _check(frames: dict[str, pd.DataFrame], file: dict[str, str]) -> list[Issue]:
    nodes, links, measured = frames["nodes"], frames["links"], frames["measured"]
    known = list(nodes["node"])
    problems: list[Issue] = []
    for frame, where, ends in (
        (links, file["links"], ("a", "b")),
        (measured, file["measured"], ("from", "to")),
    ):
        for column in ends:
            problems += refers(frame, column, known, where, NODES.file)
    if SOURCES.name in file:
        problems += _check_sources(frames, file)
    problems += _check_links(links, file["links"])
    joined = set(links.loc[links["kind"].isin(["access", "satellite"]), ["a", "b"]].to_numpy().ravel())
    for name, kind, row in nodes[["node", "kind", "_row"]].itertuples(index=False):
        if kind == "site" and name not in joined:
            mend = f"Add a link of kind access or satellite from it to {LINKS.file}."
            problems.append(Issue(file["nodes"], row, "node", name, "the site has no access link", mend))
    kinds = dict(zip(nodes["node"], nodes["kind"], strict=True))
    for a, b, row in measured[["from", "to", "_row"]].itertuples(index=False):
        for column, name in (("from", a), ("to", b)):
            if kinds.get(name, "region") != "region":
                mend = "Measured pairs join regions; put other figures into links.csv."
                problems.append(Issue(file["measured"], row, column, name, "is not a region", mend))
    return problems


def _check_links(links: pd.DataFrame, where: str) -> list[Issue]:
    problems = []
    seen: dict[tuple[str, str, str], int] = {}
    for link in links.sort_values("_row").to_dict("records"):
        row, ends = int(link["_row"]), sorted((link["a"], link["b"]))
        if ends[0] == ends[1]:
            problems.append(
                Issue(where, row, "b", link["b"], "the link joins a node to itself", "Name another end.")
            )
        key = (ends[0], ends[1], link["name"])
        if key in seen and link["a"] != link["b"]:
            mend = "Keep one of the rows; links carry both ways. Parallel links need names of their own."
            value = f"{link['a']}, {link['b']}, {link['name']}"
            problems.append(
                Issue(where, row, "a", value, f"is the same link as row {seen[key]}, turned round", mend)
            )
        seen.setdefault(key, row)
        middle = link["rtt_us"]
        for column, wrong in (
            ("low_us", link["low_us"] > middle),
            ("high_us", link["high_us"] < middle),
            ("p95_us", link["p95_us"] < middle),
        ):
            if wrong:
                side = "above" if column == "low_us" else "below"
                text = f"is {side} rtt_us ({middle:.0f} µs)"
                problems.append(Issue(where, row, column, f"{link[column]:.0f}", text, _FIXES[column]))
    return problems


def _check_sources(frames: dict[str, pd.DataFrame], file: dict[str, str]) -> list[Issue]:
    known = set(frames["sources"]["source"])
    problems = []
    for name in ("nodes", "links", "measured"):
        frame = frames[name]
        for cell, row in zip(frame["source"], frame["_row"], strict=True):
            for source in (name for name in cell.split("; ") if name not in known):
                mend = f"Add it to {SOURCES.file}; several sources are parted by a semicolon and a space."
                problems.append(Issue(file[name], int(row), "source", source, "is no known source", mend))
    return problems
