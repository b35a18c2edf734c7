"""Reading CSV tables against a schema: one description of a table for loading, checking and docs.

A :class:`Table` states the columns of a file with type, unit, bounds and meaning. :func:`read`
turns a file into a pandas frame and a list of :class:`~planner.errors.Issue`; it never raises
for bad content and never drops or repairs a cell, so a caller can show all problems at once.

The frame has the schema's columns plus ``_row``, the line of the file, which later checks use to
say where. Rows are sorted by key, so the order of rows in a file never matters.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pandas as pd

from planner.cells import BLANK, Column, nearest, parse_column
from planner.errors import Issue

__all__ = ["BASES", "Column", "Table", "empty", "provenance", "read", "refers"]


BASES = ("published", "measured", "derived", "quota", "contract", "assumed")
"""How a figure was got; every price, capacity and link row states one of them."""


@dataclass(frozen=True)
class Table:
    """One table: its file name, key, columns and meaning. ``required``: must the file exist."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    description: str
    required: bool = True
    names: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", frozenset(c.name for c in self.columns))

    @property
    def file(self) -> str:
        return f"{self.name}.csv"


def provenance() -> tuple[Column, ...]:
    """The three columns that every price, capacity and link row carries."""
    return (
        Column("basis", "choice", "How the figure was got.", choices=BASES),
        Column("source", "text", "Where the figure comes from, or how it was assumed."),
        Column("as_of", "date", "Day for which the figure was stated."),
    )


def read(path: Path, table: Table, shown_as: str | None = None) -> tuple[pd.DataFrame, list[Issue]]:
    """Read one CSV file against its schema.

    Parameters
    ----------
    path
        The file. Must be UTF-8 without byte-order mark, comma-separated, with a header row.
    table
        The schema.
    shown_as
        The name used in problems (defaults to the file name).

    Returns
    -------
    (frame, problems)
        The frame has the schema's columns in the schema's order and ``_row``; it is empty when
        the file could not be parsed. Cells that failed hold NaN or ``""``.
    """
    where = shown_as or path.name
    raw, problem = _bytes(path, where)
    if problem is not None:
        return empty(table), [problem]
    data, problems = (_remembered if len(raw) < _REMEMBERED else _read)(raw, table, where)
    return data.copy(), list(problems)


def _read(raw: bytes, table: Table, where: str) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
    text, problems = _decode(raw, where)
    if problems:
        return empty(table), tuple(problems)
    header, rows, problems = _split(text, table, where)
    if not header:
        return empty(table), tuple(problems)
    frame: dict[str, pd.Series] = {}
    numbers = [number for number, _ in rows]
    cells = dict(zip(header, zip(*(line for _, line in rows), strict=True), strict=False))
    for column in table.columns:
        if column.name in header:
            values = parse_column(column, cells.get(column.name, ()), numbers, where, problems)
        else:
            values = [BLANK[column.kind]] * len(rows)
        frame[column.name] = pd.Series(values, dtype=_DTYPES[column.kind])
    frame["_row"] = pd.Series(numbers, dtype="int64")
    data = pd.DataFrame(frame)
    problems += _duplicates(data, table, where)
    if table.key:
        data = data.sort_values(list(table.key), kind="stable", ignore_index=True)
    return data, tuple(problems)


_REMEMBERED = 1_000_000
"""Files of fewer bytes are parsed once in a process: shipped catalogs are read again with every case."""
_remembered = lru_cache(maxsize=128)(_read)


def empty(table: Table) -> pd.DataFrame:
    """A frame of the table's columns without rows, for an optional table that is absent."""
    return _empty(table).copy()


@lru_cache(maxsize=128)
def _empty(table: Table) -> pd.DataFrame:
    data = pd.DataFrame({c.name: pd.Series(dtype=_DTYPES[c.kind]) for c in table.columns})
    data["_row"] = pd.Series(dtype="int64")
    return data


def refers(
    data: pd.DataFrame, column: str, allowed: Iterable[str], where: str, what: str, blank: bool = False
) -> list[Issue]:
    """Problems for cells of ``column`` that name nothing in ``allowed`` (a set of ids).

    ``what`` names the other table, e.g. ``"workloads.csv"``; ``blank`` lets an empty cell pass.
    """
    known = set(allowed)
    problems = []
    for value, row in zip(data[column], data["_row"], strict=True):
        if value not in known and not (blank and value == ""):
            near = nearest(value, known)
            mend = f"Add it to {what} or correct the name" + (f"; did you mean {near!r}?" if near else ".")
            problems.append(Issue(where, int(row), column, value, f"not found in {what}", mend))
    return problems


_DTYPES: dict[str, str] = {
    "id": "object",
    "text": "object",
    "choice": "object",
    "date": "object",
    "month": "object",
    "number": "float64",
    "integer": "float64",
    "boolean": "bool",
}


def _bytes(path: Path, where: str) -> tuple[bytes, Issue | None]:
    try:
        return path.read_bytes(), None
    except FileNotFoundError:
        problem, mend = "the file is missing", "Add it, or take its name out of the case."
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        problem, mend = f"the file cannot be read ({why})", "Check that it is a plain, readable file."
    return b"", Issue(where, 0, "", "", problem, mend)


def _decode(raw: bytes, where: str) -> tuple[str, list[Issue]]:
    def whole(problem: str, mend: str) -> tuple[str, list[Issue]]:
        return "", [Issue(where, 0, "", "", problem, mend)]

    if raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return whole("the file starts with a byte-order mark", "Save it as UTF-8 without BOM.")
    if b"\x00" in raw:
        return whole("the file is binary, not text", "Save the table as CSV, UTF-8.")
    if not raw.strip():
        return whole("the file is empty", "Write at least the header row.")
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        bad = raw[error.start : error.start + 1].hex()
        return "", [
            Issue(where, row, "", f"0x{bad}", "the file is not UTF-8", "Save it with the encoding UTF-8.")
        ]


def _split(text: str, table: Table, where: str) -> tuple[list[str], list[tuple[int, list[str]]], list[Issue]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    problems: list[Issue] = []
    rows: list[tuple[int, list[str]]] = []
    header: list[str] = []
    start = 1
    try:
        for cells in reader:
            row, start = start, reader.line_num + 1
            if not header:
                header = cells
                problems += _check_header(header, table, where)
                if problems:
                    return [], [], problems
            elif not cells:
                problems.append(Issue(where, row, "", "", "the row is blank", "Take the empty line out."))
            elif len(cells) != len(header):
                problems.append(
                    Issue(
                        where,
                        row,
                        "",
                        ",".join(cells)[:60],
                        f"the row has {len(cells)} cells, the header {len(header)}",
                        "Give every row one cell a column; put text with a comma in double quotes.",
                    )
                )
            else:
                rows.append((row, cells))
    except csv.Error as error:
        problems.append(
            Issue(where, reader.line_num, "", "", f"not valid CSV ({error})", "Check the double quotes.")
        )
    return header, rows, problems


def _check_header(header: Sequence[str], table: Table, where: str) -> list[Issue]:
    problems = []
    wanted = [c.name for c in table.columns]
    for name in (c.name for c in table.columns if not c.optional):
        if name not in header:
            mend = f"Add the column; {table.file} has the columns {', '.join(wanted)}."
            problems.append(Issue(where, 1, name, "", "the column is missing", mend))
    for name in header:
        if name not in table.names:
            near = nearest(name, set(wanted))
            mend = f"Did you mean {near!r}?" if near else f"Take it out; allowed are {', '.join(wanted)}."
            problems.append(Issue(where, 1, name[:60], "", "the column is unknown", mend))
    for name in sorted({n for n in header if header.count(n) > 1}):
        problems.append(Issue(where, 1, name, "", "the column appears twice", "Keep one of them."))
    return problems


def _duplicates(data: pd.DataFrame, table: Table, where: str) -> list[Issue]:
    if not table.key or data.empty:
        return []
    again = data.duplicated(list(table.key), keep="first")
    problems = []
    for _, row in data[again].iterrows():
        value = ", ".join(str(row[k]) for k in table.key)
        problems.append(
            Issue(
                where,
                int(row["_row"]),
                table.key[0],
                value,
                f"the key ({', '.join(table.key)}) appears twice",
                "Keep one of the rows, or change its key.",
            )
        )
    return problems
