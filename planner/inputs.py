"""A case with everything that one run reads, loaded and checked together: tables, catalogs, rules, network.

:func:`read_case` is the one door from files to data. It shows all problems of all files at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd

from planner import tables
from planner.case.load import Tables, read_tables
from planner.case.schema import USERS, WORKLOADS
from planner.case.settings import FILE, Settings, read_settings
from planner.catalog.load import folder_of
from planner.catalog.schema import REGIONS
from planner.errors import BadInput, Issue
from planner.files.read import Source, is_text
from planner.latency.coverage import coverage
from planner.latency.graph import build_graph
from planner.latency.matrix import round_trips
from planner.latency.network import Network, read_network
from planner.names import mend as mend_name
from planner.policy.load import read_packs, scheme_of
from planner.policy.rules import Rule


@dataclass(frozen=True, kw_only=True)
class Case(Tables):
    """One planning question with all that it names, ready to be planned.

    Its tables are described at :class:`~planner.case.load.Tables`; row w of ``workloads`` is workload w
    everywhere.

    Attributes
    ----------
    regions
        The catalogs' regions with their vendor's columns; row r is region r everywhere.
    reach
        workload, region, t, coverage, mean_ms, p95_ms for workloads that have users; empty without
        a network.
    rtt_us
        Mean round trip (site, region) in microseconds; ``None`` without a network.
    between_us
        Mean round trip (region, region) in microseconds; empty unless dependencies limit it.
    classes
        The scheme of classification, the most secret class first; empty where nobody states one.
    """

    rules: tuple[Rule, ...]
    network: Network | None
    regions: pd.DataFrame
    reach: pd.DataFrame
    rtt_us: pd.DataFrame | None
    between_us: pd.DataFrame
    classes: tuple[str, ...] = ()


def read_case(folder: Path | str) -> Case:
    """Read and check a case with all it names.

    Raises
    ------
    BadInput
        With every problem found in any file.
    """
    folder = Path(folder)
    settings, problems = read_settings(folder)
    if settings is None:
        raise BadInput(problems)
    case, problems = read_tables(folder)
    rules, more, rule_files = read_packs(
        settings.packs, folder, settings.rules, settings.rules_as_of, settings.decision_date,
        adopt=settings.adopt,
    )  # fmt: skip
    problems = [*problems, *more]
    classes, more = scheme_of(rule_files, settings.classes)
    problems += more
    problems += _classes(case, folder, settings, rules, classes, problems)
    network, more = _network(settings.catalogs, folder)
    problems += more
    if case is not None and not more:
        problems += _network_checks(case, network)
    elif network is not None and not more:
        problems += _sites(folder, settings, network, problems)
    if problems or case is None:
        raise BadInput(problems)
    regions = case.catalog.regions.merge(
        case.catalog.vendors[["vendor", "vendor_group", "parent_jurisdiction", "stack_group", "market"]],
        on="vendor",
        how="left",
        validate="many_to_one",
    )
    reach, rtt_us = _reach(case, network, regions)
    files = (*case.files, *rule_files, *(network.files if network else ()))
    notes = (*case.notes, *(network.notes if network else ()))
    return Case(
        **{**vars(case), "files": files, "notes": notes},
        rules=rules,
        network=network,
        regions=regions,
        reach=reach,
        rtt_us=rtt_us,
        between_us=_between(case, network, regions),
        classes=classes,
    )


def _classes(
    case: Tables | None, folder: Path, settings: Settings, rules: tuple[Rule, ...], classes: tuple[str, ...],
    known: list[Issue],
) -> list[Issue]:  # fmt: skip
    """Classes of workloads and rules that the scheme does not have; without a scheme any word may be one."""
    if not classes:
        return []
    problems = [
        Issue(rule.pack, 0, f"{rule.id}.select.workload.classification", name, "is no class of the scheme",
              mend_name(name, classes))
        for rule in rules
        for name in rule.select.get("workload", {}).get("classification", ())
        if name not in classes
    ]  # fmt: skip
    file = settings.tables.get("workloads", "workloads.csv")
    source: Source = folder / file
    if case is not None:
        # A sheet, Parquet or query is kept as the CSV of its table.
        kept_as = file if is_text(file) else WORKLOADS.file
        source = next(content for name, content in case.files if name == kept_as)
    elif any(p.file == FILE and p.column == "tables.workloads" for p in known):
        return problems
    frame, _ = tables.read(source, WORKLOADS, file)
    problems += [
        Issue(file, int(row), "classification", level, "is no class of the scheme", mend_name(level, classes))
        for level, row in zip(frame["classification"], frame["_row"], strict=True)
        if level and level not in classes
    ]
    return problems


def _network(packages: tuple[str, ...], folder: Path) -> tuple[Network | None, list[Issue]]:
    found: list[tuple[str, Path]] = []
    for name in packages:
        place = folder_of(name, folder)
        if isinstance(place, Path) and (place / "nodes.csv").is_file():
            found.append((name, place))
    if len(found) > 1:
        mend = f"Keep one of {', '.join(name for name, _ in found)}."
        return None, [Issue(FILE, 0, "catalogs", "", "names more than one network", mend)]
    if not found:
        return None, []
    return read_network(found[0][1], found[0][0].removeprefix("./"))


def _network_checks(case: Tables, network: Network | None) -> list[Issue]:
    file = case.settings.tables.get("users", "users.csv")
    if network is None:
        if case.settings.latency is not None:
            mend = 'Add "network" to catalogs, or take [latency] out of case.toml.'
            return [Issue(FILE, 0, "catalogs", "", "a worth of latency needs a network, none is named", mend)]
        if case.workloads["latency_ms"].notna().any() or case.dependencies["latency_ms"].notna().any():
            mend = 'Add "network" to catalogs, or leave latency_ms and latency_share blank.'
            return [Issue(FILE, 0, "catalogs", "", "latency targets need a network, none is named", mend)]
        return []
    nodes = set(network.nodes["node"])
    problems: list[Issue] = []
    # The case keeps no rows of files, so these are read once more to say where.
    if "users" in case.settings.tables:
        frame, _ = tables.read(case.folder / file, USERS)
        problems += tables.refers(frame, "site", nodes, file, "the network's nodes")
    for name, source in case.files:
        if PurePosixPath(name).name == REGIONS.file:
            frame, _ = tables.read(source, REGIONS, name)
            problems += tables.refers(
                frame, "node", nodes, name.removeprefix("catalogs/"), "the network's nodes"
            )
    return problems


def _sites(folder: Path, settings: Settings, network: Network, problems: list[Issue]) -> list[Issue]:
    """Sites of users that the network does not have, of the rows that could be read."""
    file = settings.tables.get("users", "")
    if not file or any(p.file == FILE and p.column == "tables.users" for p in problems):
        return []
    frame, _ = tables.read(folder / file, USERS)
    read = frame[frame["site"] != ""]
    return tables.refers(read, "site", set(network.nodes["node"]), file, "the network's nodes")


def _reach(
    case: Tables, network: Network | None, regions: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    if network is None or case.users.empty:
        nothing = {"workload": object, "region": object, "t": int, "coverage": float, "mean_ms": float}
        return pd.DataFrame({k: pd.Series(dtype=v) for k, v in {**nothing, "p95_ms": float}.items()}), None
    graph = build_graph(network)
    sites = sorted(set(case.users["site"]))
    trips = round_trips(graph, sites, dict(zip(regions["region"], regions["node"], strict=True)))
    targets = case.workloads.set_index("workload")["latency_ms"].fillna(np.inf)
    return coverage(case.users, trips, targets), trips.mean_us


def _between(case: Tables, network: Network | None, regions: pd.DataFrame) -> pd.DataFrame:
    """Mean round trip of each region to each other; empty unless a dependency limits it."""
    if network is None or not case.dependencies["latency_ms"].notna().any():
        return pd.DataFrame()
    node_of = dict(zip(regions["region"], regions["node"], strict=True))
    trips = round_trips(build_graph(network), sorted(set(node_of.values())), node_of).mean_us
    between: pd.DataFrame = trips.loc[list(node_of.values())].set_axis(list(node_of), axis="index")
    return between
