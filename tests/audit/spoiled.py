"""Spoil any cell, row or entry of a plan folder: what the test of the table of cells does to each."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

Rows = list[dict[str, str]]


def read_rows(path: Path) -> tuple[list[str], Rows]:
    """Columns and rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        return list(reader.fieldnames or ()), list(reader)


def write_rows(path: Path, columns: list[str], rows: Rows) -> None:
    """Write a CSV file as plans have it."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def spoil_cell(path: Path, column: str) -> None:
    """Change one cell of a column to another value of its sort: the first that is not blank."""
    columns, rows = read_rows(path)
    row = next((r for r in (*chosen(rows), *rows) if r[column]), rows[0])
    row[column] = _other(row[column], [r[column] for r in rows])
    write_rows(path, columns, rows)


def drop_row(path: Path) -> None:
    """Take the first row away."""
    columns, rows = read_rows(path)
    gone = chosen(rows)[0]
    write_rows(path, columns, [row for row in rows if row is not gone])


def repeat_row(path: Path) -> None:
    """State the first row twice."""
    columns, rows = read_rows(path)
    write_rows(path, columns, [chosen(rows)[0], *rows])


def add_row(path: Path) -> None:
    """Invent a row: the first one with another key."""
    columns, rows = read_rows(path)
    new = dict(chosen(rows)[0])
    new[columns[0]] = _other(new[columns[0]], [r[columns[0]] for r in rows])
    write_rows(path, columns, [*rows, new])


def spoil_entry(path: Path, entry: str) -> None:
    """Change an entry of a JSON object; a dot leads into a section."""
    record = json.loads(path.read_text(encoding="utf-8"))
    section, _, name = entry.rpartition(".")
    holder = record.setdefault(section, {}) if section else record
    holder[name] = _changed(holder[name]) if name in holder else ["invented"]
    path.write_text(json.dumps(record), encoding="utf-8")


def has_entry(record: dict[str, Any], entry: str) -> bool:
    """Does a JSON object have an entry; a dot leads into a section?"""
    section, _, name = entry.rpartition(".")
    return name in (record.get(section, {}) if section else record)


def chosen(rows: Rows) -> Rows:
    """Rows that tell most: what runs and not what stands ready, what is signed, the plan among options."""
    telling = {"role": "primary", "option": "plan", "status": "sign"}
    for column, value in telling.items():
        rows = [row for row in rows if row.get(column, value) == value] or rows
    return rows


def _other(value: str, known: list[str]) -> str:
    try:
        return repr(float(value) * 1.25 + 1)
    except ValueError:
        pass
    if value in ("True", "False"):
        return "False" if value == "True" else "True"
    return next((v for v in known if v and v != value), f"{value}x") if value else "x"


def _changed(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value * 1.25 + 1
    if isinstance(value, str):
        return f"{value}x"
    if isinstance(value, list):
        return [*value[:-1], _changed(value[-1])] if value else ["x"]
    first = next(iter(sorted(value)), None)
    return {**value, first: _changed(value[first])} if first else {"x": 1}
