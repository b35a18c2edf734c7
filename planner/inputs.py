"""A case with everything that one run reads, loaded and checked together: tables, catalogs, rules, network.

:func:`read_case` is the one door from files to data. It shows all problems of all files at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from planner import tables
from planner.case.files import Files, files_of
from planner.case.load import Tables, read_tables
from planner.case.schema import TABLES, USERS, WORKLOADS
from planner.case.settings import FILE, Settings, read_settings
from planner.case.toml import Values, leaves, with_values
from planner.catalog.load import folder_of, shipped_from
from planner.catalog.schema import REGIONS
from planner.errors import BadInput, Issue, UnknownName
from planner.files.read import is_text
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

    def table(self, name: str) -> pd.DataFrame:
        """A table of the case as its file has it: a frame to change and hand to :meth:`with_table`.

        Raises
        ------
        UnknownName
            If cases have no such table.
        """
        if name not in self.frames:
            raise UnknownName("table", name, list(self.frames))
        return self.frames[name].drop(columns="_row")

    def with_table(self, name: str, frame: pd.DataFrame) -> Case:
        """The case with another table, as if a file with these rows were named in ``case.toml``.

        Raises
        ------
        UnknownName
            If cases have no such table.
        BadInput
            With every problem of the case as it is then.
        """
        return self.changed({}, {name: frame})

    def with_parameter(self, rule: str, **parameters: Any) -> Case:
        """The case with parameters of a rule, as if ``[rules.RULE]`` of ``case.toml`` set them.

        For instance ``case.with_parameter("vendor-share", cap=0.3)``.

        Raises
        ------
        BadInput
            If no pack of the case has the rule, or it has no such parameter, or the value is none for it.
        """
        return self.changed({("rules", rule, name): value for name, value in parameters.items()})

    def with_settings(self, overrides: Mapping[str, Any], name: str = "") -> Case:
        """The case with other settings: nested sections of ``case.toml``, or keys with dots.

        For instance ``case.with_settings({"money.discount_rate": 0.06})``; ``name`` is that of the
        scenario, for problems.

        Raises
        ------
        BadInput
            If a key leads through something that is no section, or the case cannot be read then.
        """
        return self.changed(dict(leaves(overrides)), where=f"scenario.{name}." if name else "")

    def changed(
        self, values: Values, frames: Mapping[str, pd.DataFrame] | None = None, where: str = ""
    ) -> Case:
        """The case with values of ``case.toml`` and tables changed, read and checked like any other.

        Nothing is written: the files as they are changed are kept in ``origin``. What was changed in the
        arrays of this case alone, as stressors do, is not in it.
        """
        schemas = {table.name: table for table in TABLES}
        content: dict[str, bytes] = {}
        values = dict(values)
        for name, frame in (frames or {}).items():
            if name not in schemas:
                raise UnknownName("table", name, list(schemas))
            file = self.settings.tables.get(name, "")
            if not file or not is_text(file):
                file = f"{name}.csv"
                values["tables", name] = file
                if any(source.table == name for source in self.settings.sources):
                    values["source",] = [
                        {key: value for key, value in vars(source).items() if value}
                        for source in self.settings.sources
                        if source.table != name
                    ] or None
            content[file] = tables.as_csv(frame, schemas[name])
        if values:
            text = self.origin.content(FILE).decode("utf-8-sig")
            content[FILE] = with_values(text, values, where).encode("utf-8")
        return read_case(self.origin.with_content(content))


def read_case(folder: Path | str | Files) -> Case:
    """Read and check a case with all it names.

    Parameters
    ----------
    folder
        A case, or a plan folder: then the case is read from the copies that the plan keeps, of shipped
        catalogs and packs too, so that it is the same question whatever ships today.

    Raises
    ------
    BadInput
        With every problem found in any file.
    """
    origin = folder if isinstance(folder, Files) else files_of(Path(folder))
    with shipped_from(origin.kept):
        return _read_case(origin)


def _read_case(origin: Files) -> Case:
    settings, problems = read_settings(origin)
    if settings is None:
        raise BadInput(problems)
    folder = origin.folder
    case, more = read_tables(origin, settings)
    problems += more
    rules, more, rule_files = read_packs(
        settings.packs, folder, settings.rules, settings.rules_as_of, settings.decision_date,
        adopt=settings.adopt,
    )  # fmt: skip
    problems += more
    classes, more = scheme_of(rule_files, settings.classes)
    problems += more
    problems += _classes(case, origin, settings, rules, classes, problems)
    network, more = _network(settings.catalogs, folder)
    problems += more
    if case is not None and not more:
        problems += _network_checks(case, network)
    elif network is not None and not more:
        problems += _sites(origin, settings, network, problems)
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
    case: Tables | None, origin: Files, settings: Settings, rules: tuple[Rule, ...], classes: tuple[str, ...],
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
    if case is not None:
        frame = case.frames["workloads"]
    elif any(p.file == FILE and p.column == "tables.workloads" for p in known):
        return problems
    else:
        frame, _ = tables.read(origin.source(file), WORKLOADS, file)
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
    problems += tables.refers(case.frames["users"], "site", nodes, file, "the network's nodes")
    # A catalog keeps no rows of files, so these are read once more to say where.
    for name, source in case.files:
        if PurePosixPath(name).name == REGIONS.file:
            frame, _ = tables.read(source, REGIONS, name)
            problems += tables.refers(
                frame, "node", nodes, name.removeprefix("catalogs/"), "the network's nodes"
            )
    return problems


def _sites(origin: Files, settings: Settings, network: Network, problems: list[Issue]) -> list[Issue]:
    """Sites of users that the network does not have, of the rows that could be read."""
    file = settings.tables.get("users", "")
    if not file or any(p.file == FILE and p.column == "tables.users" for p in problems):
        return []
    frame, _ = tables.read(origin.source(file), USERS, file)
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
