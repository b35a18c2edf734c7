"""Spoil any cell, row or entry of a plan: what the test of the table of cells does to each, in memory."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from planner.audit.reading import Folder, Unreadable
from planner.audit.seal.content import read_folder

Rows = list[dict[str, str]]
Spoil = Callable[[bytes], bytes]


class InMemory(Folder):
    """A plan folder of which some files are other than on the disk."""

    def __init__(self, root: Path, content: dict[str, bytes] | None = None) -> None:
        super().__init__(root)
        self.content = read_folder(root) if content is None else content

    def having(self, name: str, content: bytes) -> InMemory:
        """The same folder with another file."""
        return InMemory(self.root, {**self.content, name: content})

    def files(self) -> Iterator[str]:
        return iter(sorted(self.content))

    def has(self, name: str) -> bool:
        return name in self.content

    def bytes(self, name: str) -> bytes:
        if name not in self.content:
            raise Unreadable("is missing")
        return self.content[name]


def read_rows(content: bytes) -> tuple[list[str], Rows]:
    """Columns and rows of CSV."""
    reader = csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""))
    return list(reader.fieldnames or ()), list(reader)


def as_csv(columns: list[str], rows: Rows) -> bytes:
    """CSV as plans have it."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode("utf-8")


def spoil_cell(column: str) -> Spoil:
    """Change one cell of a column to another value of its sort: the first that is not blank."""

    def spoil(content: bytes) -> bytes:
        columns, rows = read_rows(content)
        row = next((r for r in (*chosen(rows), *rows) if r[column]), rows[0])
        row[column] = _other(row[column], [r[column] for r in rows])
        return as_csv(columns, rows)

    return spoil


def drop_row(content: bytes) -> bytes:
    """Take the first row away."""
    columns, rows = read_rows(content)
    gone = chosen(rows)[0]
    return as_csv(columns, [row for row in rows if row is not gone])


def repeat_row(content: bytes) -> bytes:
    """State the first row twice."""
    columns, rows = read_rows(content)
    return as_csv(columns, [chosen(rows)[0], *rows])


def add_row(content: bytes) -> bytes:
    """Invent a row: the first one with another key."""
    columns, rows = read_rows(content)
    new = dict(chosen(rows)[0])
    new[columns[0]] = _other(new[columns[0]], [r[columns[0]] for r in rows])
    return as_csv(columns, [*rows, new])


ROWS: dict[str, Spoil] = {"a row less": drop_row, "a row twice": repeat_row, "a row invented": add_row}


def spoil_entry(entry: str) -> Spoil:
    """Change an entry of a JSON object; a dot leads into a section."""

    def spoil(content: bytes) -> bytes:
        record = json.loads(content)
        section, _, name = entry.rpartition(".")
        holder = record.setdefault(section, {}) if section else record
        holder[name] = _changed(holder[name]) if name in holder else ["invented"]
        return json.dumps(record).encode("utf-8")

    return spoil


def has_entry(content: bytes, entry: str) -> bool:
    """Does a JSON object have an entry; a dot leads into a section?"""
    record = json.loads(content)
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
