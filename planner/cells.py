"""The cells of a table: what a column may hold, and how the text of a cell becomes its value."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from planner.errors import Issue
from planner.files.numbers import Unsettled, is_plain, reading
from planner.names import mend

Kind = Literal["id", "text", "number", "integer", "boolean", "date", "month", "choice"]

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
        (``true``/``false`` in any case), ``date`` (YYYY-MM-DD), ``month`` (YYYY-MM), ``choice``.
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


def parse_column(
    column: Column, cells: Sequence[str], rows: list[int], where: str, problems: list[Issue]
) -> list[Any]:
    """The values of a column's cells, blank where a cell is bad; what is bad is added to ``problems``."""
    parse = _PARSERS[column.kind]
    seen: dict[tuple[str, type], Any] = {}
    out = []
    for cell, row in zip(cells, rows, strict=True):
        key = (cell, type(cell))
        if key not in seen:
            if cell == "" and (column.blank or column.kind == "text"):
                seen[key] = BLANK[column.kind] if column.blank else _Bad("is blank", "Fill it in.")
            elif cell == "":
                seen[key] = _Bad("is blank", f"Fill it in: {column.description}")
            elif len(cell) > _MAX_CELL:
                seen[key] = _Bad("is too long", f"Keep it under {_MAX_CELL} characters.")
            else:
                seen[key] = parse(cell, column)
        value = seen[key]
        if isinstance(value, _Bad):
            problems.append(Issue(where, row, column.name, cell[:80], value.problem, value.mend))
            value = BLANK[column.kind]
        out.append(value)
    return out


@dataclass(frozen=True)
class _Bad:
    problem: str
    mend: str


BLANK: dict[str, Any] = {
    "id": "",
    "text": "",
    "choice": "",
    "date": "",
    "month": "",
    "number": math.nan,
    "integer": math.nan,
    "boolean": False,
}


def is_name(cell: str) -> bool:
    """Is it a name that a table takes as an id?"""
    return bool(_ID.fullmatch(cell)) and cell == cell.strip()


def _parse_id(cell: str, column: Column) -> Any:
    if is_name(cell):
        return cell
    return _Bad(
        "is not a safe name",
        "Begin with a letter or digit, then letters, digits, spaces and . : / & ( ) ' , + # - _, "
        "at most 120 characters.",
    )


def _parse_text(cell: str, column: Column) -> Any:
    return _Bad("holds a control character", "Take it out.") if _CONTROL.search(cell) else cell


LARGEST = 1e15
"""No number of a table is as large: beyond it a cent is lost in floating point."""


def _parse_number(cell: str, column: Column) -> Any:
    unit = f" {column.unit}" if column.unit else ""
    # float() also takes "1_000", " 1" and "infinity", which no table should hold.
    value = float(cell) if is_plain(cell) and not isinstance(cell, Unsettled) else math.nan
    if not math.isfinite(value):
        point, comma = reading(cell, "."), reading(cell, ",")
        if point is not None and comma is not None and point != comma:
            mend = f"Write {point} or {comma}; [files] decimal in case.toml says it for all tables of a case."
            return _Bad(f"may mean {point} or {comma}", mend)
        return _Bad("is not a finite number", f"Write a plain number{unit and ' of' + unit}, e.g. 12.5.")
    if abs(value) >= LARGEST:
        return _Bad(f"is larger than any figure of a plan ({LARGEST:g})", "Correct it, or use a larger unit.")
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
    return known.get(cell, _Bad("is neither true nor false", "Write true or false."))


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
    hint = mend(cell, column.choices, "")
    return _Bad("is not an allowed value", f"Use one of {', '.join(column.choices)}. {hint}".rstrip())


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
