"""Inventories of virtual machines as RVTools writes them: the sheet vInfo of a workbook, or its CSV.

Columns: VM, Powerstate, Template, CPUs, Memory (MiB), Total disk capacity or Provisioned (MiB; MB in older
versions), Datacenter, Cluster, Host; other columns may name systems in the mapping.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from planner.errors import BadInput, Issue
from planner.files.grid import Grid
from planner.files.read import is_text, read_bytes, read_typed
from planner.files.text import read_text
from planner.start.estate import NEEDS, SYSTEMS, Estate, checked, identifier
from planner.start.mapping import Mapping as Names

SHEET = "vInfo"
_NEEDED = ("VM", "Powerstate", "CPUs", "Memory")
_DISKS = ("Total disk capacity MiB", "Provisioned MiB", "Provisioned MB")
_PLACES = ("Cluster", "Datacenter", "VI SDK Server")
_MIB_OF_GIB = 1024.0
_LARGEST = 1e12
UNMAPPED = "unmapped.csv"


def read_inventory(files: Sequence[Path], names: Names, mapping_file: str = "mapping") -> Estate:
    """What systems need of the machines that an inventory lists.

    Machines that are switched off need no vCPU and memory, but their disks; templates need nothing and are
    listed. A region is that of the cluster, else of the data centre, in ``[regions]`` of the mapping.

    Raises
    ------
    BadInput
        With everything wrong in the files; or with systems that the mapping gives no agency or class.
    """
    problems: list[Issue] = []
    systems: list[tuple[str, str, str]] = []
    needs: list[tuple[str, str, str, float]] = []
    lost: list[dict[str, object]] = []
    for path in files:
        for line, row in _lines(path, problems):
            _add(path.name, line, row, names, (systems, needs, lost), problems)
    if problems:
        raise BadInput(problems)
    frame = pd.DataFrame(needs, columns=list(NEEDS))
    frame = frame.groupby(list(NEEDS[:3]), sort=True)["amount"].sum().reset_index()
    frame = frame[frame["amount"] > 0]
    known = pd.DataFrame(list(dict.fromkeys(systems)), columns=list(SYSTEMS))
    unmapped = pd.DataFrame(lost, columns=["file", "line", "machine", "reason"])
    notes = (f"{len(systems)} machines of {known['workload'].nunique()} systems, {len(lost)} not mapped",)
    known = known[known["workload"].isin(frame["workload"])]
    return checked(Estate(known, frame, {UNMAPPED: unmapped}, notes), mapping_file)


def _lines(path: Path, problems: list[Issue]) -> list[tuple[int, Mapping[str, str]]]:
    """The rows of vInfo by column, each with its line."""
    if is_text(path.name):
        raw, problem = read_bytes(path, path.name)
        if problem is not None:
            problems.append(problem)
            return []
        grid: Grid = read_text(raw, frozenset(_NEEDED), path.name)
    else:
        grid = read_typed(path.with_name(f"{path.name}#{SHEET}"), SHEET, path.name)
    problems += grid.problems
    mend = f"Export the sheet {SHEET} with all columns."
    missing = [name for name in _NEEDED if grid.header and name not in grid.header]
    if grid.header and not set(_DISKS) & set(grid.header):
        missing.append(" or ".join(_DISKS[:2]))
    problems += [Issue(path.name, 1, name, "", "the column is missing", mend) for name in missing]
    if missing or grid.problems:
        return []
    return [(number, dict(zip(grid.header, map(str, cells), strict=False))) for number, cells in grid.rows]


def _add(
    file: str,
    line: int,
    row: Mapping[str, str],
    names: Names,
    into: tuple[list[tuple[str, str, str]], list[tuple[str, str, str, float]], list[dict[str, object]]],
    problems: list[Issue],
) -> None:
    systems, needs, lost = into
    machine = row["VM"]

    def amount(column: str) -> float:
        text = row.get(column, "").strip().replace("\u00a0", "")
        try:
            value = float(text or "0")
        except ValueError:
            value = -1.0
        if not 0 <= value < _LARGEST:
            mend = "Write a plain number, without a separator of thousands."
            problems.append(Issue(file, line, column, text[:80], "is no number", mend))
            return 0.0
        return value

    cpus, memory = amount("CPUs"), amount("Memory")
    disk = amount(next(column for column in _DISKS if column in row))
    workload = identifier(names.workload.of(row))
    if row.get("Template", "").strip().casefold() in ("true", "1"):
        lost.append({"file": file, "line": line, "machine": machine, "reason": "a template"})
        return
    if not workload:
        reason = "no system: no source of [workload] names one"
        lost.append({"file": file, "line": line, "machine": machine, "reason": reason})
        return
    region = next((names.regions[row[p]] for p in _PLACES if row.get(p, "") in names.regions), "")
    if not region:
        place = " or ".join(row[p] for p in _PLACES if row.get(p, ""))
        mend = f'Write [regions] "{place.split(" or ")[0]}" = "…", a region or a name of your own.'
        problems.append(Issue(file, line, "Cluster", place[:80], "stands in no entry of [regions]", mend))
    systems.append((workload, identifier(names.agency.of(row)), names.classification.of(row)))
    on = row["Powerstate"].strip().casefold() == "poweredon"
    for resource, value in (
        ("vcpu", cpus * on),
        ("memory_gib", memory / _MIB_OF_GIB * on),
        ("block_gib", disk / _MIB_OF_GIB),
    ):
        needs.append((workload, region, resource, value))
