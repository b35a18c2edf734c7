"""Cells as people write them, made into the form of the reference where that leaves no doubt."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from planner.cells import Column
from planner.files.grid import Exact
from planner.files.numbers import Mark, Unsettled, evidence, is_plain, reading

_EXCEL_MONTH = re.compile(r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-(\d\d)")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_NUMBERS = ("number", "integer")
_MARKS: dict[Mark, str] = {".": "point", ",": "comma"}


def tidied(
    cells: Mapping[str, Sequence[str]], columns: Sequence[Column], separator: str, decimal: str
) -> tuple[dict[str, Sequence[str]], list[str]]:
    """The cells of a file's columns without spaces around, numbers plain, truth values in lower case.

    What cannot be read without a guess stays as it is, for the schema to refuse.

    Parameters
    ----------
    cells
        Cells by column, as the file has them.
    separator
        What separates the cells of the file; empty if it is no text.
    decimal
        What parts the decimals of its numbers; empty to see it from the numbers.

    Returns
    -------
    (cells, notes)
        Notes say what was understood otherwise than the reference says.
    """
    kinds = {column.name: column.kind for column in columns}
    tidy = {n: [c if isinstance(c, Exact) else c.strip() for c in column] for n, column in cells.items()}
    numeric = [name for name in tidy if kinds[name] in _NUMBERS]
    said = {cell for name in numeric for cell in tidy[name] if cell and not isinstance(cell, Exact)}
    notes = []
    if decimal or separator != "," or not all(is_plain(cell) for cell in said):
        marks: set[Mark] = evidence(said)
        if decimal in _MARKS:
            marks = {mark for mark in _MARKS if mark == decimal}
        plain = {cell: _plain(cell, marks, separator) for cell in said}
        for name in numeric:
            tidy[name] = [c if isinstance(c, Exact) else plain.get(c, c) for c in tidy[name]]
        if any(plain[cell] != cell for cell in said):
            mark = next(iter(marks)) if len(marks) == 1 else "."
            notes.append(f"numbers read with a decimal {_MARKS[mark]}, separators of thousands taken out")
    for name, column in tidy.items():
        if kinds[name] == "boolean":
            tidy[name] = [c.lower() if c.lower() in ("true", "false") else c for c in column]
        elif kinds[name] == "month":
            tidy[name] = [_month(c) for c in column]
            changed = [(a, b) for a, b in zip(column, tidy[name], strict=True) if a != b]
            if changed and not isinstance(changed[0][0], Exact):
                notes.append(f"{changed[0][0]} in column {name} read as {changed[0][1]}")
    return {name: tuple(column) for name, column in tidy.items()}, notes


def _plain(cell: str, marks: set[Mark], separator: str) -> str:
    """The number as the reference writes it; unsettled where it can be read in no way or in more than one."""
    point, comma = reading(cell, "."), reading(cell, ",")
    if len(marks) == 1:
        plain = point if "." in marks else comma
    elif marks:
        # Some numbers of the file have a point alone, others a comma alone: only the first are as they
        # should be.
        plain = point if comma in (None, point) else None
    else:
        plain = point if point == comma or (is_plain(cell) and separator == ",") else None
    return Unsettled(cell) if plain is None else plain


def _month(cell: str) -> str:
    """A month out of a date of a workbook, or out of what Excel makes of 2027-01 in CSV: Jan-27."""
    if isinstance(cell, Exact) and re.fullmatch(r"\d{4}-\d{2}-01", cell):
        return cell[:7]
    shown = _EXCEL_MONTH.fullmatch(cell)
    return f"20{shown[2]}-{_MONTHS.index(shown[1]) + 1:02d}" if shown else cell
