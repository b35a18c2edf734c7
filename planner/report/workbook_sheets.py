"""Sheets of a workbook: cells by type, heads, the marking; text from input stays text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from numbers import Real
from typing import Any

import xlsxwriter

from planner.errors import NotWritten
from planner.report.clean_text import clean
from planner.report.texts import tr, tr_noop

LONGEST = 32_767
"""Characters of one cell, as the format allows."""
SUMMARY, LINES, PRICES = tr_noop("Summary"), tr_noop("Cost lines"), tr_noop("Prices")
EXCHANGE = tr_noop("Exchange rates")
"""Sheets to which formulas point."""
HEAD = 3
"""Row (from 0) of a sheet's column heads: above it the marking, what the sheet holds, and a blank row."""
_LINE, _TALLEST = 15.0, 409.0
"""Points: of a line of text, and the most that a row may have."""
_MOST_ROWS = 1_048_576
_LIKE_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True)
class Formula:
    """A formula of our own with the value that it has when the workbook is written."""

    text: str
    value: float | str


@dataclass(frozen=True)
class Book:
    """A workbook being written, with what stands on every sheet."""

    file: xlsxwriter.Workbook
    marking: str
    formats: dict[tuple[tuple[str, Any], ...], Any] = field(default_factory=dict)

    def format(self, **properties: Any) -> Any:
        key = tuple(properties.items())
        if key not in self.formats:
            self.formats[key] = self.file.add_format(properties)
        return self.formats[key]

    def sheet(self, name: str, about: str) -> Any:
        """A new sheet with the marking above, on screen and in print."""
        sheet = self.file.add_worksheet(name)
        self.write(sheet, 0, 0, self.marking, bold=True)
        self.write(sheet, 1, 0, about, italic=True)
        printed = clean(self.marking)[:100].replace("&", "&&")
        sheet.set_header(f"&C{printed}")
        sheet.set_footer(f"&L{name}&R{tr('Page &P of &N')}")
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def table(
        self,
        name: str,
        about: str,
        heads: Sequence[str],
        rows: Iterable[Sequence[Any]],
        typed: int = -1,
        wrap: bool = False,
    ) -> Any:
        """A sheet with one table; people type in the column ``typed``; long texts may ``wrap``."""
        sheet = self.sheet(name, about)
        self.rows(sheet, HEAD, heads, rows, typed, wrap)
        sheet.freeze_panes(HEAD + 1, 0)
        sheet.repeat_rows(0, HEAD)
        return sheet

    def rows(
        self,
        sheet: Any,
        top: int,
        heads: Sequence[str],
        rows: Iterable[Sequence[Any]],
        typed: int = -1,
        wrap: bool = False,
    ) -> int:
        """Write a table with its heads at row ``top``; the first row below it."""
        table = list(rows)
        if top + 1 + len(table) > _MOST_ROWS:
            raise NotWritten(
                f"sheet {sheet.get_name()} would have {len(table):,} rows, more than a workbook holds"
            )
        for c, head in enumerate(heads):
            self.write(sheet, top, c, head, bold=True, bottom=1, text_wrap=True, valign="top")
        wrapped = {"text_wrap": True, "valign": "top"} if wrap else {}
        for r, row in enumerate(table, top + 1):
            for c, value in enumerate(row):
                self.write(sheet, r, c, value, **({"bg_color": "#FFF2CC"} if c == typed else wrapped))
        widths = []
        for c, head in enumerate(heads):
            widest = max((len(_shown(row[c])) for row in table[:200]), default=0)
            widths.append(min(max(len(head) * 0.8, widest + 2, 9), 48))
            sheet.set_column(c, c, widths[c])
        sheet.set_row(top, _height(heads, widths))
        for r, row in enumerate(table if wrap else (), top + 1):
            sheet.set_row(r, _height(row, widths))
        return top + 1 + len(table)

    def write(self, sheet: Any, row: int, column: int, value: Any, **look: Any) -> None:
        """Write a cell by its type; text is never read as a formula, a number or an address."""
        if isinstance(value, Formula):
            sheet.write_formula(
                row, column, value.text, self.format(num_format="#,##0.00", **look), value.value
            )
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value, self.format(**look))
        elif isinstance(value, Real):
            number = float(value)
            if math.isfinite(number):
                sheet.write_number(
                    row, column, number, self.format(num_format=_number_format(number), **look)
                )
            elif look:
                sheet.write_blank(row, column, None, self.format(**look))
        elif text := fitting(str(value)):
            # The quote keeps it text when somebody edits the cell.
            quote = {"quote_prefix": True} if text.startswith(_LIKE_FORMULA) else {}
            indent = {} if column == 0 else {"indent": 1}  # apart from a number to its left
            sheet.write_string(row, column, text, self.format(**look, **quote, **indent))


@lru_cache(maxsize=4096)
def fitting(text: str) -> str:
    """Text as a cell may hold it: clean, at most :data:`LONGEST` characters."""
    # The format counts in units of UTF-16.
    return clean(text).encode("utf-16-le")[: 2 * LONGEST].decode("utf-16-le", errors="ignore")


def _height(row: Sequence[Any], widths: Sequence[float]) -> float:
    """Points that a row needs whose texts go on below, each within the width of its column."""
    lines = max(math.ceil(len(_shown(v)) * 1.15 / w) for v, w in zip(row, widths, strict=True))
    return min(_LINE * max(lines, 1), _TALLEST)


def is_blank(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def _shown(value: Any) -> str:
    if isinstance(value, Formula):
        return f"{value.value:,.2f}" if isinstance(value.value, float) else value.value
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def _number_format(value: float) -> str:
    if value == round(value) and abs(value) < 1e6:
        return "#,##0"
    return "#,##0.00" if abs(value) >= 100 else "0.######"
