"""Packages by name or path, read and checked together: what the commands on catalogs begin with."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from planner.catalog.describe import descriptor_problems
from planner.catalog.load import NETWORK_FILE, Catalog, folder_of, read_folders, shipped, shipped_names
from planner.catalog.schema import ACCELERATORS
from planner.errors import BadInput, Issue
from planner.tables import refers

Folders = list[tuple[str, Path]]
"""(name to show, folder) of packages."""


def find_packages(names: Sequence[str]) -> Folders:
    """Folders of packages: names of shipped ones, or paths; all shipped ones if none is given.

    Raises
    ------
    BadInput
        For every name that is neither.
    """
    problems: list[Issue] = []
    folders: Folders = []
    for name in names or shipped_names():
        path = Path(name)
        is_path = os.sep in name or (name not in shipped_names() and path.is_dir())
        place = path if is_path else folder_of(name, shipped())
        if isinstance(place, Issue):
            problems.append(Issue(name, 0, "", "", place.problem, "Name a shipped catalog or a folder."))
        elif not place.is_dir():
            problems.append(Issue(name, 0, "", "", "is not a folder", "Create it or correct the path."))
        else:
            folders.append((place.resolve().name if is_path else name, place))
    if problems:
        raise BadInput(problems)
    return folders


def read_packages(names: Sequence[str], day: date, descriptors: bool = False) -> Catalog:
    """Packages as one catalog as of a day, checked by themselves and against each other.

    Parameters
    ----------
    names
        As :func:`find_packages` takes them.
    descriptors
        Also hold each ``datapackage.json`` to the schema, and nodes of regions to the networks among the
        packages.

    Raises
    ------
    BadInput
        With every problem found in any file.
    """
    folders = find_packages(names)
    catalog, problems = read_folders(folders, day)
    if descriptors:
        problems = [*problems, *descriptor_problems(folders), *_nodes(catalog, folders)]
    if problems:
        raise BadInput(problems)
    return catalog


def _nodes(catalog: Catalog, folders: Folders) -> list[Issue]:
    """Regions at nodes that none of the networks has; nothing where no network is among the packages."""
    networks = [folder / NETWORK_FILE for _, folder in folders if (folder / NETWORK_FILE).is_file()]
    if not networks:
        return []
    nodes: set[str] = set()
    for path in networks:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            nodes |= {row.get("node") or "" for row in csv.DictReader(stream)}
    return refers(catalog.regions.assign(_row=0), "node", nodes, "regions.csv", NETWORK_FILE)


def read_side(name: str, day: date) -> Catalog:
    """One side of a comparison: a package, or a folder of packages such as those that a plan keeps.

    Cards that it names are looked up in the shipped package if it has none itself.

    Raises
    ------
    BadInput
        With every problem found in any file.
    """
    path = Path(name)
    is_path = os.sep in name or name not in shipped_names()
    inner = sorted(path.iterdir()) if is_path and path.is_dir() and not any(path.glob("*.csv")) else []
    folders = [(p.name, p) for p in inner if any(p.glob("*.csv"))] or find_packages([name])
    if not any((folder / ACCELERATORS.file).is_file() for _, folder in folders):
        folders = [*folders, *find_packages([ACCELERATORS.name])]
    catalog, problems = read_folders(folders, day)
    if problems:
        raise BadInput(problems)
    return catalog
