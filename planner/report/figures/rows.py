"""Rows of bars on one axis of round numbers: what the figures of several studies are made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from planner.report.figures.looks import Look
from planner.report.figures.sheet import ALARM, EDGE, GRID, INK, SMALL, SOFT, WIDTH, Sheet
from planner.report.words import nice_steps

PACE = 0.36
"""Inches from one row to the next."""
MOST = 40
"""Rows that are drawn; the table has all."""


@dataclass(frozen=True)
class Row:
    """A row: bars one after the other, or words in their place; marks on it; at most two notes beside it."""

    label: str
    parts: Sequence[tuple[float, Look]] = ()
    instead: str = ""
    marks: Sequence[tuple[float, Look]] = ()
    notes: Sequence[str] = ()
    strong: bool = False


def height(rows: Sequence[Row], marking: str, keys: int = 0) -> float:
    """Inches that a sheet needs for its rows, with as many keys."""
    lines = -(-keys // 3)
    return 1.65 + PACE * min(max(len(rows), 1), MOST) + 0.17 * lines + (0.15 if marking else 0.0)


def draw_key(
    sheet: Sheet, high: float, entries: Sequence[tuple[str, Look]], marks: Collection[str] = ()
) -> float:
    """Names of looks in lines from the left, those of ``marks`` by their marker; returns the height below."""
    x, y = EDGE, high - 0.12
    for name, look in entries:
        text = sheet.fit(name, 1.9, SMALL)
        need = 0.42 + sheet.measure(text, SMALL)
        if x + need > WIDTH - EDGE and x > EDGE:
            x, y = EDGE, y - 0.17
        if name in marks:
            sheet.marks([(x + 0.09, y + 0.035)], look.marker, 4.5, look.color)
        else:
            sheet.rectangles([(x, y - 0.02, 0.18, 0.11)], look.color, look.hatch, look.hatching)
        sheet.text(x + 0.23, y, text, size=SMALL)
        x += need
    return y - 0.1 if entries else high


def draw_rows(
    sheet: Sheet,
    low: float,
    high: float,
    rows: Sequence[Row],
    number: Callable[[float], str],
    *,
    most: float = 0.0,
    labels: float = 1.9,
    notes: float = 1.5,
) -> None:
    """Draw rows from the top down over an axis from 0.

    Parameters
    ----------
    number
        A value of the axis in words.
    most
        Where the axis ends at least; else at the longest row.
    labels, notes
        Inches for labels on the left and notes on the right.
    """
    shown = rows[:MOST]
    ends = [sum(value for value, _ in row.parts) for row in shown]
    ends += [value for row in shown for value, _ in row.marks]
    end = max([most, *ends])
    left, right, base, top = EDGE + labels, WIDTH - EDGE - notes, low + 0.3, high - 0.04
    scale = (right - left) / (end * 1.02) if end > 0 else 0.0
    for step in nice_steps(end, 4):
        x = left + step * scale
        sheet.lines([[(x, base), (x, top)]], GRID, 0.5, zorder=1)
        sheet.text(x, base - 0.14, number(step), size=SMALL, color=SOFT, ha="center")
    pace = (top - base) / max(len(shown), 1)
    for i, row in enumerate(shown):
        middle = top - (i + 0.5) * pace
        sheet.text(
            left - 0.08, middle, row.label, bold=row.strong, ha="right", va="center", room=labels - 0.1
        )
        if row.instead:
            room = right - left - 0.08
            sheet.text(left + 0.06, middle, row.instead, size=SMALL, color=ALARM, va="center", room=room)
        x = left
        for value, look in row.parts:
            box = (x, middle - pace * 0.3, value * scale, pace * 0.6)
            sheet.rectangles([box], look.color, look.hatch, look.hatching)
            x += value * scale
        for value, look in row.marks:
            sheet.marks([(left + value * scale, middle)], look.marker, 4.5, look.color)
        for place, text in enumerate(row.notes[:2]):
            y = middle - 0.04 + (0.065 - 0.13 * place if len(row.notes) > 1 else 0.0)
            color = SOFT if place else INK
            sheet.text(right + 0.1, y, text, size=SMALL, bold=not place, color=color, room=notes - 0.1)
    sheet.lines([[(left, base), (left, top)]], INK, 0.8)


def left_out(rows: Sequence[Row], file: str) -> str:
    """What the figure does not show, for its subtitle; blank where it shows all."""
    return f" {len(rows) - MOST} more in {file}." if len(rows) > MOST else ""
