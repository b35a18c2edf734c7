"""Reading CSV tables against a schema: one description of a table for loading, checking and docs.

A :class:`Table` states the columns of a file with type, unit, bounds and meaning. :func:`read`
turns a file into a pandas frame and a list of :class:`~planner.errors.Problem`; it never raises
for bad content and never drops or repairs a cell, so a caller can show all problems at once.

The frame has the schema's columns plus ``_row``, the line of the file, which later checks use to
say where. Rows are sorted by key, so the order of rows in a file never matters.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from planner.errors import Problem

# Text is held the same way whether or not pyarrow, which only hourly traces as Parquet need, happens to
# be installed; on tables of this size it is also a third quicker than through pyarrow.
pd.set_option("mode.string_storage", "python")

Kind = Literal["id", "text", "number", "integer", "boolean", "date", "month", "choice"]

BASES = ("published", "measured", "derived", "quota", "contract", "assumed")
"""How a figure was got; every price, capacity and link row states one of them."""

_ID = re.compile(r"[^\W_][\w .:/&()',+#-]{0,119}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_MAX_CELL = 4000


@dataclass(frozen=True)
class Column:
    """One column of a table: its type, unit, bounds and meaning.

    Parameters
    ----------
    kind
        ``id`` (safe text that may be a key), ``text``, ``number``, ``integer``, ``boolean``
        (``true``/``false``), ``date`` (YYYY-MM-DD), ``month`` (YYYY-MM), ``choice``.
    unit
        Shown in docs and messages, e.g. ``GiB``; empty for counts and shares.
    blank
        Whether a cell may be empty. A blank number is read as NaN, a blank text as ``""``.
    minimum, maximum
        Inclusive bounds of numbers; ``above`` is an exclusive lower bound.
    choices
        Allowed values of a ``choice``.
    optional
        Whether the column may be left out; then every cell is blank.
    """

    name: str
    kind: Kind
    description: str
    unit: str = ""
    blank: bool = False
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    choices: tuple[str, ...] = ()
    optional: bool = False


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


def read(path: Path, table: Table, shown_as: str | None = None) -> tuple[pd.DataFrame, list[Problem]]:
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


def _read(raw: bytes, table: Table, where: str) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
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
            values = _parse(column, cells.get(column.name, ()), numbers, where, problems)
        else:
            values = [_BLANK[column.kind]] * len(rows)
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
) -> list[Problem]:
    """Problems for cells of ``column`` that name nothing in ``allowed`` (a set of ids).

    ``what`` names the other table, e.g. ``"workloads.csv"``; ``blank`` lets an empty cell pass.
    """
    known = set(allowed)
    problems = []
    for value, row in zip(data[column], data["_row"], strict=True):
        if value not in known and not (blank and value == ""):
            near = _nearest(value, known)
            mend = f"Add it to {what} or correct the name" + (f"; did you mean {near!r}?" if near else ".")
            problems.append(Problem(where, int(row), column, value, f"not found in {what}", mend))
    return problems


def _nearest(value: str, known: set[str]) -> str:
    import difflib

    close = difflib.get_close_matches(value, sorted(known), n=1)
    return close[0] if close else ""


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


def _bytes(path: Path, where: str) -> tuple[bytes, Problem | None]:
    try:
        return path.read_bytes(), None
    except FileNotFoundError:
        problem, mend = "the file is missing", "Add it, or take its name out of the case."
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        problem, mend = f"the file cannot be read ({why})", "Check that it is a plain, readable file."
    return b"", Problem(where, 0, "", "", problem, mend)


def _decode(raw: bytes, where: str) -> tuple[str, list[Problem]]:
    def whole(problem: str, mend: str) -> tuple[str, list[Problem]]:
        return "", [Problem(where, 0, "", "", problem, mend)]

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
            Problem(where, row, "", f"0x{bad}", "the file is not UTF-8", "Save it with the encoding UTF-8.")
        ]


def _split(
    text: str, table: Table, where: str
) -> tuple[list[str], list[tuple[int, list[str]]], list[Problem]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    problems: list[Problem] = []
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
                problems.append(Problem(where, row, "", "", "the row is blank", "Take the empty line out."))
            elif len(cells) != len(header):
                problems.append(
                    Problem(
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
            Problem(where, reader.line_num, "", "", f"not valid CSV ({error})", "Check the double quotes.")
        )
    return header, rows, problems


def _check_header(header: Sequence[str], table: Table, where: str) -> list[Problem]:
    problems = []
    wanted = [c.name for c in table.columns]
    for name in (c.name for c in table.columns if not c.optional):
        if name not in header:
            mend = f"Add the column; {table.file} has the columns {', '.join(wanted)}."
            problems.append(Problem(where, 1, name, "", "the column is missing", mend))
    for name in header:
        if name not in table.names:
            near = _nearest(name, set(wanted))
            mend = f"Did you mean {near!r}?" if near else f"Take it out; allowed are {', '.join(wanted)}."
            problems.append(Problem(where, 1, name[:60], "", "the column is unknown", mend))
    for name in sorted({n for n in header if header.count(n) > 1}):
        problems.append(Problem(where, 1, name, "", "the column appears twice", "Keep one of them."))
    return problems


def _parse(
    column: Column, cells: Sequence[str], rows: list[int], where: str, problems: list[Problem]
) -> list[Any]:
    parse = _PARSERS[column.kind]
    seen: dict[str, Any] = {}
    out = []
    for cell, row in zip(cells, rows, strict=True):
        if cell not in seen:
            if cell == "" and (column.blank or column.kind == "text"):
                seen[cell] = _BLANK[column.kind] if column.blank else _Bad("is blank", "Fill it in.")
            elif cell == "":
                seen[cell] = _Bad("is blank", f"Fill it in: {column.description}")
            elif len(cell) > _MAX_CELL:
                seen[cell] = _Bad("is too long", f"Keep it under {_MAX_CELL} characters.")
            else:
                seen[cell] = parse(cell, column)
        value = seen[cell]
        if isinstance(value, _Bad):
            problems.append(Problem(where, row, column.name, cell[:80], value.problem, value.mend))
            value = _BLANK[column.kind]
        out.append(value)
    return out


@dataclass(frozen=True)
class _Bad:
    problem: str
    mend: str


_BLANK: dict[str, Any] = {
    "id": "",
    "text": "",
    "choice": "",
    "date": "",
    "month": "",
    "number": math.nan,
    "integer": math.nan,
    "boolean": False,
}


def _parse_id(cell: str, column: Column) -> Any:
    if _ID.fullmatch(cell) and cell == cell.strip():
        return cell
    return _Bad(
        "is not a safe name",
        "Begin with a letter or digit, then letters, digits, spaces and . : / & ( ) ' , + # - _, "
        "at most 120 characters.",
    )


def _parse_text(cell: str, column: Column) -> Any:
    return _Bad("holds a control character", "Take it out.") if _CONTROL.search(cell) else cell


def _parse_number(cell: str, column: Column) -> Any:
    unit = f" {column.unit}" if column.unit else ""
    try:
        # float() also takes "1_000", " 1" and "infinity", which no table should hold.
        value = float(cell) if re.fullmatch(r"[-+0-9.eE]+", cell) else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        return _Bad("is not a finite number", f"Write a plain number{unit and ' of' + unit}, e.g. 12.5.")
    if column.kind == "integer" and value != int(value):
        return _Bad("is not a whole number", "Write a whole number.")
    if column.minimum is not None and value < column.minimum:
        return _Bad(f"is below {column.minimum:g}{unit}", f"Give {column.minimum:g}{unit} or more.")
    if column.above is not None and value <= column.above:
        return _Bad(f"is not above {column.above:g}{unit}", f"Give more than {column.above:g}{unit}.")
    if column.maximum is not None and value > column.maximum:
        return _Bad(f"is above {column.maximum:g}{unit}", f"Give {column.maximum:g}{unit} or less.")
    return value


def _parse_boolean(cell: str, column: Column) -> Any:
    known = {"true": True, "false": False}
    return known.get(cell, _Bad("is neither true nor false", "Write true or false, in lower case."))


def _parse_date(cell: str, column: Column) -> Any:
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
            return date.fromisoformat(cell).isoformat()
    except ValueError:
        pass
    return _Bad("is not a date", "Write it as YYYY-MM-DD, e.g. 2027-01-31.")


def _parse_month(cell: str, column: Column) -> Any:
    return cell if _MONTH.fullmatch(cell) else _Bad("is not a month", "Write it as YYYY-MM, e.g. 2027-01.")


def _parse_choice(cell: str, column: Column) -> Any:
    if cell in column.choices:
        return cell
    near = _nearest(cell, set(column.choices))
    hint = f" Did you mean {near!r}?" if near else ""
    return _Bad("is not an allowed value", f"Use one of {', '.join(column.choices)}.{hint}")


_PARSERS: dict[str, Callable[[str, Column], Any]] = {
    "id": _parse_id,
    "text": _parse_text,
    "number": _parse_number,
    "integer": _parse_number,
    "boolean": _parse_boolean,
    "date": _parse_date,
    "month": _parse_month,
    "choice": _parse_choice,
}


def _duplicates(data: pd.DataFrame, table: Table, where: str) -> list[Problem]:
    if not table.key or data.empty:
        return []
    again = data.duplicated(list(table.key), keep="first")
    problems = []
    for _, row in data[again].iterrows():
        value = ", ".join(str(row[k]) for k in table.key)
        problems.append(
            Problem(
                where,
                int(row["_row"]),
                table.key[0],
                value,
                f"the key ({', '.join(table.key)}) appears twice",
                "Keep one of the rows, or change its key.",
            )
        )
    return problems
