"""Rows as the text of a table of the case, in the columns of its schema."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from planner.tables import Table


def table_text(table: Table, rows: Iterable[Mapping[str, object]]) -> bytes:
    """The CSV of a table: its columns in the schema's order, booleans as ``true`` and ``false``.

    Optional columns that no row fills are left out; other columns that a row lacks stay blank.
    """
    rows = list(rows)
    columns = [
        column.name
        for column in table.columns
        if not column.optional or any(row.get(column.name, "") != "" for row in rows)
    ]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(name, "")) for name in columns] for row in rows)
    return stream.getvalue().encode("utf-8")


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value)
    return str(value)
