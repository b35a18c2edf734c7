"""The ``datapackage.json`` of a catalog package: its tables described from the schema.

The descriptor follows the Data Package standard (datapackage.org, version 2). What the schema knows
(resources, fields, constraints) is written from it and never by hand; title, licence and sources are
the package's own words and are kept.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from planner.catalog.load import NETWORK_FILE, TABLES
from planner.errors import Issue
from planner.tables import Column, Table

DESCRIPTOR = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
"""What a package says it conforms to."""

_TYPES = {
    "id": "string",
    "text": "string",
    "choice": "string",
    "number": "number",
    "integer": "integer",
    "boolean": "boolean",
    "date": "date",
    "month": "yearmonth",
}


def resources(tables: Iterable[Table]) -> list[dict[str, Any]]:
    """The ``resources`` of a descriptor: one a table, with the schema's fields and constraints.

    >>> from planner.catalog.schema import RATES
    >>> resources([RATES])[0]["path"]
    'rates.csv'
    """
    return [
        {
            "name": table.name.replace("_", "-"),
            "type": "table",
            "path": table.file,
            "description": table.description,
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": {
                "fields": [_field(column) for column in table.columns],
                "primaryKey": list(table.key),
                "missingValues": [""],
            },
        }
        for table in tables
    ]


def descriptor(folder: Path) -> dict[str, Any]:
    """The descriptor that a package should have: its own words, and the schema's resources.

    Raises
    ------
    OSError, ValueError
        If ``datapackage.json`` is missing or not JSON.
    """
    own = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
    held = [_as_filed(folder, table) for table in TABLES if (folder / table.file).is_file()]
    return {**own, "$schema": PROFILE, "name": folder.name, "resources": resources(held)}


def _as_filed(folder: Path, table: Table) -> Table:
    """The table without the columns that may be left out of its file and are."""
    with (folder / table.file).open(encoding="utf-8", newline="") as stream:
        header = next(csv.reader(stream), [])
    return replace(table, columns=tuple(c for c in table.columns if not c.optional or c.name in header))


def write_descriptor(folder: Path) -> None:
    """Bring ``datapackage.json`` in line with the schema; for maintainers of a package."""
    text = json.dumps(descriptor(folder), ensure_ascii=False, indent=2) + "\n"
    (folder / DESCRIPTOR).write_text(text, encoding="utf-8")


def descriptor_problems(folders: Sequence[tuple[str, Path]]) -> list[Issue]:
    """Packages, (name, folder), whose ``datapackage.json`` says something else than the schema."""
    problems = []
    for name, folder in folders:
        path = folder / DESCRIPTOR
        if not path.is_file() or (folder / NETWORK_FILE).is_file():
            continue
        try:
            same = json.loads(path.read_text(encoding="utf-8")) == descriptor(folder)
        except (ValueError, TypeError):
            same = False
        if not same:
            problem = "does not describe the tables as they are"
            mend = "Write it again with planner.catalog.describe.write_descriptor."
            problems.append(Issue(f"{name}/{DESCRIPTOR}", 0, "", "", problem, mend))
    return problems


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES[column.kind],
        "description": column.description,
    }
    if column.unit:
        field["unit"] = column.unit
    if column.kind == "boolean":
        field |= {"trueValues": ["true"], "falseValues": ["false"]}
    constraints: dict[str, Any] = {"required": not column.blank}
    if column.choices:
        constraints["enum"] = list(column.choices)
    for name, bound in (
        ("minimum", column.minimum),
        ("maximum", column.maximum),
        ("exclusiveMinimum", column.above),
    ):
        if bound is not None:
            constraints[name] = bound
    return {**field, "constraints": constraints}
