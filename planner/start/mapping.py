r"""How what a bill or an inventory calls things becomes what a case calls them: a TOML file of the user's.

::

    [workload]
    from = ["tag:application", "SubAccountName"]   # the first that is not blank
    pattern = "^prod-(\\w+)"                       # optional: its first group is the name
    [workload.names]
    "QuickNavigatorDrive" = "navigator"            # rename, or join several under one name
    [agency]
    from = ["tag:business_unit"]
    default = "our-agency"
    [classification]
    from = ["tag:class"]
    default = ""                                   # blank: a system without one is told, never guessed
    [regions]
    "dc-east" = "mygovcloud:pdsa"
    [machines]
    "custom-4" = { vcpu = 4, memory_gib = 16 }
    [commitments."reservation-7"]                  # by its id or name: what no bill says of it
    term = "commit_1y"
    start = "2026-03"
    [[resource]]                                   # the first that fits says what a line of a bill consumes
    resource = "object_gib"
    unit = "GB-Months"
    contains = "standard storage"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planner.case.reader import Reader
from planner.case.resources import RESOURCES
from planner.catalog.schema import COMMITMENTS
from planner.errors import BadInput, Issue
from planner.files.read import opened_plain
from planner.names import mend

TAG = "tag:"
"""Begins a source that is a tag and no column."""


@dataclass(frozen=True)
class Naming:
    """Where a name is found: sources in order, a pattern, other names for some, and one for the rest."""

    sources: tuple[str, ...] = ()
    pattern: str = ""
    names: MappingABC[str, str] = field(default_factory=dict)
    default: str = ""

    def of(self, values: MappingABC[str, str]) -> str:
        """The name for the values of a line, by source; blank if there is none."""
        raw = next((text for source in self.sources if (text := values.get(source, "").strip())), "")
        if raw and self.pattern:
            match = re.search(self.pattern, raw)
            raw = match.group(1).strip() if match else ""
        return self.names.get(raw, raw) or self.default


@dataclass(frozen=True)
class ResourceRule:
    """Lines of a bill that consume a resource: unit, service and words all fit; blank fits all."""

    resource: str
    unit: str = ""
    service: str = ""
    contains: str = ""

    def fits(self, unit: str, service: str, words: str) -> bool:
        return (
            self.unit.casefold() in ("", unit.casefold())
            and self.service.casefold() in ("", service.casefold())
            and self.contains.casefold() in words.casefold()
        )


@dataclass(frozen=True)
class Bought:
    """What a bill does not say of a commitment; ``units`` 0: as many as ran, ``payer`` blank: who used it."""

    term: str
    start: str
    units: int = 0
    payer: str = ""


@dataclass(frozen=True)
class Mapping:
    """The user's mapping; see the module."""

    workload: Naming
    agency: Naming
    classification: Naming
    regions: MappingABC[str, str]
    machines: MappingABC[str, tuple[float, float]]
    resources: tuple[ResourceRule, ...]
    commitments: MappingABC[str, Bought] = field(default_factory=dict)

    @property
    def sources(self) -> frozenset[str]:
        """All sources of names."""
        return frozenset((*self.workload.sources, *self.agency.sources, *self.classification.sources))


def read_mapping(path: Path) -> Mapping:
    """Read a mapping.

    Raises
    ------
    BadInput
        With everything wrong in it.
    """
    try:
        text = opened_plain(path).decode("utf-8-sig")
        tree = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput(
            [Issue(path.name, 0, "", "", f"cannot be read ({str(error)[:200]})", "Mend it.")]
        ) from None
    problems: list[Issue] = []
    mapping = _mapping(tree, Reader(text, problems))
    if problems:
        raise BadInput([Issue(path.name, p.row, p.column, p.value, p.problem, p.mend) for p in problems])
    return mapping


def _mapping(tree: dict[str, Any], reader: Reader) -> Mapping:
    naming = {
        name: _naming(reader, reader.table(tree, name, required=name != "classification"), f"{name}.")
        for name in ("workload", "agency", "classification")
    }
    machines = {}
    for name, shape in reader.table(tree, "machines", required=False).items():
        if not isinstance(shape, dict):
            reader.bad(f"machines.{name}", shape, "is no shape", "Write { vcpu = 4, memory_gib = 16 }.")
            continue
        path = f"machines.{name}."
        machines[name] = (
            reader.number(shape, "vcpu", path, 0.0, 1e6),
            reader.number(shape, "memory_gib", path, 0.0, 1e6),
        )
        reader.left(shape, path)
    rules = []
    for row in reader.rows(tree, "resource"):
        rule = ResourceRule(
            reader.words(row, "resource", "resource."),
            *(reader.take(row, key, str, "resource.", "") for key in ("unit", "service", "contains")),
        )
        if rule.resource not in RESOURCES:
            reader.bad("resource.resource", rule.resource, "is no resource", mend(rule.resource, RESOURCES))
        reader.left(row, "resource.")
        rules.append(rule)
    regions = _names(reader, reader.table(tree, "regions", required=False), "regions")
    commitments = _commitments(reader, reader.table(tree, "commitments", required=False))
    reader.left(tree, "")
    return Mapping(
        naming["workload"], naming["agency"], naming["classification"], regions, machines, tuple(rules),
        commitments,
    )  # fmt: skip


def _commitments(reader: Reader, table: dict[str, Any]) -> dict[str, Bought]:
    bought = {}
    for name, row in table.items():
        path = f"commitments.{name}."
        if not isinstance(row, dict):
            reader.bad(path[:-1], row, "is no section", f'Write it as [commitments."{name}"].')
            continue
        term, start = (reader.take(row, key, str, path) for key in ("term", "start"))
        if term not in COMMITMENTS:
            reader.bad(f"{path}term", term, "is no term of a commitment", mend(term, COMMITMENTS))
        if not re.fullmatch(r"(19|20|21)\d{2}-(0[1-9]|1[0-2])", start):
            reader.bad(f"{path}start", start, "is not a month", 'Write it as "YYYY-MM".')
        units = reader.take(row, "units", int, path, 0)
        if not 0 <= units < 1e9:
            reader.bad(f"{path}units", units, "is no number of machines", "Write how many were bought.")
        bought[name] = Bought(term, start, units, reader.take(row, "payer", str, path, ""))
        reader.left(row, path)
    return bought


def _naming(reader: Reader, table: dict[str, Any], path: str) -> Naming:
    pattern = reader.take(table, "pattern", str, path, "")
    try:
        if pattern and re.compile(pattern).groups < 1:
            reader.bad(f"{path}pattern", pattern, "has no group", "Put the name in parentheses.")
    except (re.error, OverflowError, RecursionError) as error:
        reader.bad(f"{path}pattern", pattern, f"is no regular expression ({error})", "Correct it.")
        pattern = ""
    sources = tuple(reader.take(table, "from", list, path, []))
    for source in sources:
        if not isinstance(source, str):
            reader.bad(f"{path}from", source, "is no text", 'Write e.g. ["tag:application"].')
    names = _names(reader, table.pop("names", {}), f"{path}names")
    naming = Naming(
        tuple(str(source) for source in sources), pattern, names, reader.take(table, "default", str, path, "")
    )
    reader.left(table, path)
    return naming


def _names(reader: Reader, table: Any, path: str) -> dict[str, str]:
    if not isinstance(table, dict):
        reader.bad(path, table, "is no section", f"Write it as [{path}].")
        return {}
    names = {}
    for raw, name in table.items():
        if isinstance(name, str):
            names[raw] = name
        else:
            reader.bad(f"{path}.{raw}", name, "is no text", 'Write "old" = "new".')
    return names
