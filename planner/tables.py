"""Reading tables against a schema: one description of a table for loading, checking and docs.

A :class:`Table` states the columns of a file with type, unit, bounds and meaning. :func:`read`
turns a file into a pandas frame and a list of :class:`~planner.errors.Issue`; it never raises
for bad content and never drops or repairs a cell, so a caller can show all problems at once.
:func:`content` says beside that how the file was read, and gives it in the form of the reference.

The frame has the schema's columns plus ``_row``, the line of the file, which later checks use to
say where. Rows are sorted by key, so the order of rows in a file never matters.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import pandas as pd

from planner.cells import BLANK, Column, parse_column
from planner.errors import Issue
from planner.files.grid import Grid
from planner.files.read import Source, is_text, read_bytes, read_typed
from planner.files.text import read_text
from planner.names import did_you_mean
from planner.names import mend as mend_name
from planner.tidy import tidied

__all__ = ["BASES", "Column", "Content", "Table", "content", "empty", "provenance", "read", "refers"]


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


@dataclass(frozen=True)
class Content:
    """What a file holds, read against a schema.

    Attributes
    ----------
    frame
        The schema's columns in the schema's order and ``_row``; empty when the file could not be parsed.
        Cells that failed hold NaN or ``""``.
    problems
        Everything wrong with it.
    notes
        How it was read where it is not as the reference says, in words for the user.
    csv
        The table written in the form of the reference, which a plan keeps as its input; ``None`` where the
        file itself has that form.
    """

    frame: pd.DataFrame
    problems: tuple[Issue, ...]
    notes: tuple[str, ...]
    csv: bytes | None


def read(path: Source, table: Table, shown_as: str | None = None) -> tuple[pd.DataFrame, list[Issue]]:
    """Frame and problems of one file; see :func:`content`."""
    held = content(path, table, shown_as)
    return held.frame, list(held.problems)


def content(path: Source, table: Table, shown_as: str | None = None, decimal: str = "") -> Content:
    """Read one file against its schema; bad content is a problem in the result, never an exception.

    Parameters
    ----------
    path
        The file: text with a header row (UTF-8, comma, semicolon or tab), a workbook or Parquet; or the
        content of a text.
    table
        The schema.
    shown_as
        The name used in problems (defaults to the file name).
    decimal
        What parts the decimals of its numbers, ``.`` or ``,``; empty to see it from the numbers.
    """
    if isinstance(path, bytes):
        return _of_text(path, table, shown_as or table.file, decimal)
    where = shown_as or path.name
    if not is_text(path.name):
        return applied(read_typed(path, table.name, where), table, where, decimal)
    raw, problem = read_bytes(path, where)
    if problem is not None:
        return Content(empty(table), (problem,), (), None)
    held = (_remembered if len(raw) < _REMEMBERED else _of_text)(raw, table, where, decimal)
    return replace(held, frame=held.frame.copy())


def _of_text(raw: bytes, table: Table, where: str, decimal: str) -> Content:
    return applied(read_text(raw, table.names, where), table, where, decimal, raw)


def applied(grid: Grid, table: Table, where: str, decimal: str = "", raw: bytes = b"") -> Content:
    """A grid with the schema applied; ``raw`` is the text that it was read from, if it was text."""
    problems = list(grid.problems)
    if grid.header:
        problems += _check_header(grid.header, table, where)
    if problems or not grid.header:
        return Content(empty(table), tuple(problems), tuple(grid.notes), None)
    frame: dict[str, pd.Series] = {}
    numbers = [number for number, _ in grid.rows]
    columns = dict(zip(grid.header, zip(*(line for _, line in grid.rows), strict=True), strict=False))
    cells, notes = tidied(columns, table.columns, grid.separator, decimal)
    for column in table.columns:
        if column.name in grid.header:
            values = parse_column(column, cells.get(column.name, ()), numbers, where, problems)
        else:
            values = [BLANK[column.kind]] * len(numbers)
        frame[column.name] = pd.Series(values, dtype=_DTYPES[column.kind])
    frame["_row"] = pd.Series(numbers, dtype="int64")
    data = pd.DataFrame(frame)
    problems += _duplicates(data, table, where)
    if table.key:
        data = data.sort_values(list(table.key), kind="stable", ignore_index=True)
    notes = [*grid.notes, *notes]
    as_it_is = raw and not notes and cells == columns and not _FOREIGN.search(raw)
    written = None if as_it_is else _written(grid.header, cells, len(numbers))
    return Content(data, tuple(problems), tuple(f"{where}: {note}" for note in notes), written)


_FOREIGN = re.compile(rb"\A\xef\xbb\xbf|\r|, +\"")
"""What text in the form of the reference does not hold: a byte-order mark, CR, spaces before a quote."""


def _written(header: Sequence[str], cells: Mapping[str, Sequence[str]], rows: int) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([cells[name][i] for name in header] for i in range(rows))
    return stream.getvalue().encode("utf-8")


def as_csv(frame: pd.DataFrame, table: Table) -> bytes:
    """A frame of a table's rows as CSV in the form of the reference."""
    frame = frame.drop(columns="_row", errors="ignore").copy()
    for column in table.columns:
        if column.name in frame and column.kind == "integer":
            cells = [int(v) if isinstance(v, float) and v.is_integer() else v for v in frame[column.name]]
            frame[column.name] = pd.Series(cells, index=frame.index, dtype="object")
    return frame.to_csv(index=False, lineterminator="\n").encode("utf-8")


_REMEMBERED = 1_000_000
"""Files of fewer bytes are parsed once in a process: shipped catalogs are read again with every case."""
_remembered = lru_cache(maxsize=128)(_of_text)


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
    wrong = data.loc[~data[column].isin({*known, ""} if blank else known), [column, "_row"]]

    def mend(value: str) -> str:
        near = did_you_mean(value, known)
        return f"Add it to {what} or correct the name" + (f"; {near}" if near else ".")

    return first_of(wrong, column, where, f"not found in {what}", mend)


MOST_NAMED = 100
"""So many rows of a file are named that one thing is wrong with; the rest is counted."""


def first_of(
    wrong: pd.DataFrame, column: str, where: str, problem: str, mend: Callable[[str], str]
) -> list[Issue]:
    """Issues for the first rows of a file in which a cell of ``column`` is wrong; the last counts others.

    ``mend`` says how to mend a value.
    """
    named = wrong.nsmallest(MOST_NAMED, "_row", keep="first")
    issues = [
        Issue(where, int(row), column, value, problem, mend(value))
        for value, row in zip(named[column], named["_row"], strict=True)
    ]
    if more := len(wrong) - len(named):
        issues[-1] = replace(issues[-1], more=more)
    return issues


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


def _check_header(header: Sequence[str], table: Table, where: str) -> list[Issue]:
    problems = []
    wanted = [c.name for c in table.columns]
    for name in (c.name for c in table.columns if not c.optional):
        if name not in header:
            mend = f"Add the column; {table.file} has the columns {', '.join(wanted)}."
            problems.append(Issue(where, 1, name, "", "the column is missing", mend))
    for name in header:
        if name not in table.names:
            mend = mend_name(name, wanted, f"Take it out; allowed are {', '.join(wanted)}.")
            problems.append(Issue(where, 1, name[:60], "", "the column is unknown", mend))
    for name in sorted({n for n in header if header.count(n) > 1}):
        problems.append(Issue(where, 1, name, "", "the column appears twice", "Keep one of them."))
    return problems


def _duplicates(data: pd.DataFrame, table: Table, where: str) -> list[Issue]:
    if not table.key or data.empty:
        return []
    again = data.loc[data.duplicated(list(table.key), keep="first"), [*table.key, "_row"]]
    if again.empty:
        return []
    values = [
        ", ".join(map(str, cells)) for cells in again[list(table.key)].itertuples(index=False, name=None)
    ]
    problem = f"the key ({', '.join(table.key)}) appears twice"
    mend = "Keep one of the rows, or change its key."
    wrong = pd.DataFrame({table.key[0]: values, "_row": again["_row"].to_numpy()})
    return first_of(wrong, table.key[0], where, problem, lambda _: mend)
