"""A table as it stands in a file: a header and numbered rows of text, before any schema is applied."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from planner.errors import Issue


@dataclass(frozen=True)
class Grid:
    """Text of the cells of one table.

    Attributes
    ----------
    header
        Names of the columns.
    rows
        Line or row of the file, as an editor or a spreadsheet counts it, and one cell a column.
    notes
        How the file was read where that is not as the reference says, in words for the user.
    separator
        What stood between the cells; empty for sources whose cells have types.
    """

    header: Sequence[str] = ()
    rows: Sequence[tuple[int, Sequence[str]]] = ()
    problems: Sequence[Issue] = ()
    notes: Sequence[str] = ()
    separator: str = ""


class Exact(str):
    """Text of a cell that was a number, date or truth value in its source: it means one thing only."""

    __slots__ = ()


def refused(where: str, problem: str, mend: str, row: int = 0, column: str = "", value: str = "") -> Grid:
    """A grid that could not be read, with the one problem."""
    return Grid(problems=(Issue(where, row, column, value, problem, mend),))


@dataclass
class Gathering:
    """Rows on their way into a grid: blank rows and columns are left out, and said so."""

    where: str
    header: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    problems: list[Issue] = field(default_factory=list)
    blank_rows: int = 0

    def add(self, number: int, cells: Sequence[str]) -> None:
        """Take one line of the file; the first that is not blank is the header."""
        if not any(cell.strip() for cell in cells):
            self.blank_rows += 1
        elif not self.header:
            self.header = [cell.strip() for cell in cells]
            while self.header and not self.header[-1]:
                self.header.pop()
        else:
            self.rows.append((number, self._fitted(number, list(cells))))

    def _fitted(self, number: int, cells: list[str]) -> list[str]:
        width = len(self.header)
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if len(cells) != width:
            problem = f"the row has {len(cells)} cells, the header {width}"
            mend = "Give every row one cell a column; put text with a comma in double quotes."
            self.problems.append(Issue(self.where, number, "", ",".join(cells)[:60], problem, mend))
        return cells

    def grid(self, notes: Iterable[str] = (), separator: str = "") -> Grid:
        """What was gathered."""
        said = list(notes)
        if self.blank_rows:
            said.append(f"{self.blank_rows} blank row{'s' if self.blank_rows > 1 else ''} left out")
        return Grid(self.header, self.rows, self.problems, said, separator)


def text_of(value: Any) -> str:
    """A typed cell as text in the form that tables have.

    >>> [text_of(v) for v in (None, True, 4000.0, 0.5, date(2027, 1, 31), "x ")]
    ['', 'true', '4000', '0.5', '2027-01-31', 'x ']
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return Exact("true" if value else "false")
    if isinstance(value, float):
        return Exact(int(value)) if value.is_integer() and abs(value) < 1e15 else Exact(repr(value))
    if isinstance(value, Decimal):
        return Exact(format(value.normalize(), "f"))
    if isinstance(value, datetime):
        return Exact(value.date() if value.time() == time() else value.isoformat())
    return Exact(value)
