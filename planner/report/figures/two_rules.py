"""Extra cost over the numbers of two rules as a heat map; cells without a plan are hatched."""

from __future__ import annotations

import itertools
import math

from planner.money import words
from planner.report.figures.sheet import ALARM, EDGE, INK, PAPER, SMALL, SOFT, WIDTH, Chart, Sheet
from planner.report.words import percent, scale_of
from planner.study.two_rules import Axis, Cell, Grid

NAME = "frontier"
_LIGHT, _DARK = (0xF1, 0xF5, 0xF9), (0x12, 0x35, 0x5B)
_CELL = 0.34
_HATCHED, _LINES = "#efefef", "#c4c4c4"


def two_rules_chart(grid: Grid, title: str, marking: str, footer: str) -> Chart:
    """Draw the grid: the first rule along, the second up, both tighter away from the corner."""
    rows, columns = len(grid.second.values), len(grid.first.values)
    tall = max(_CELL, min(0.55, 3.2 / rows))
    sheet = Sheet(height=1.75 + rows * tall + (0.15 if marking else 0))
    heading = f"What the {grid.first.name} and the {grid.second.name} cost together"
    subtitle = f"{title}. Discounted cost beyond {words(grid.base, grid.currency)}, at the loosest pair."
    low, high = sheet.frame(marking, heading, subtitle, footer)
    left, right, base = EDGE + 0.75, WIDTH - EDGE, low + 0.62
    wide, tall = (right - left) / columns, (high - 0.1 - base) / rows
    most = max((c.cost - grid.base for c in grid.cells if c.cost is not None), default=0.0)
    divisor, scale = scale_of(most)
    step = max(1, math.ceil(0.42 / wide))
    for j, second in enumerate(grid.second.values):
        cells = list(grid.row(second))
        for i, cell in enumerate(cells):
            _draw(sheet, cell, (left + i * wide, base + j * tall, wide, tall), _extra(cell, grid.base), most)
        texts = [_text(_extra(cell, grid.base), divisor) for cell in cells]
        for begin, end in _runs(texts):
            box = (left + begin * wide, base + j * tall, (end - begin + 1) * wide, tall)
            _figure(sheet, texts[begin], box, _depth(_extra(cells[begin], grid.base), most))
        _tick(sheet, left - 0.06, base + (j + 0.5) * tall, second, "right")
    for i, first in enumerate(grid.first.values):
        if i % step == 0:
            _tick(sheet, left + (i + 0.5) * wide, base - 0.13, first, "center")
    _stated(sheet, grid, left, base, wide, tall)
    along = f"{grid.first.name}, tighter to the right; upwards {grid.second.name}, tighter to the top"
    sheet.text((left + right) / 2, base - 0.3, along, ha="center", room=right - left)
    unit = f"{grid.currency} {scale}".strip()
    stated = f"{percent(grid.first.stated, 2)} and {percent(grid.second.stated, 2)}"
    key = f"{unit} more, once for equal neighbours; hatched: no plan; framed: nearest to the case ({stated})"
    sheet.text((left + right) / 2, base - 0.46, key, size=SMALL, color=SOFT, ha="center", room=right - left)
    return Chart(NAME, heading, _alt(grid, most), sheet)


def _extra(cell: Cell, base: float) -> float:
    """Money beyond the loosest pair; NaN without a plan."""
    return math.nan if cell.cost is None else max(cell.cost - base, 0.0)


def _depth(extra: float, most: float) -> float:
    return (extra / most) ** 0.6 if most > 0 else 0.0


def _draw(
    sheet: Sheet, cell: Cell, box: tuple[float, float, float, float], extra: float, most: float
) -> None:
    if cell.cost is None:
        sheet.rectangles([box], _HATCHED, "////", _LINES)
        return
    depth = _depth(extra, most)
    shade = [round(a + (b - a) * depth) for a, b in zip(_LIGHT, _DARK, strict=True)]
    sheet.rectangles([box], "#" + "".join(f"{v:02x}" for v in shade))


def _text(extra: float, divisor: float) -> str:
    if math.isnan(extra):
        return ""
    return f"{extra / divisor:,.3g}" if extra >= 0.005 else "0"


def _runs(texts: list[str]) -> list[tuple[int, int]]:
    """First and last positions of neighbours that read the same.

    >>> _runs(["0", "0", "5", ""])
    [(0, 1), (2, 2), (3, 3)]
    """
    found, begin = [], 0
    for _, run in itertools.groupby(texts):
        end = begin + len(list(run)) - 1
        found.append((begin, end))
        begin = end + 1
    return found


def _figure(sheet: Sheet, text: str, box: tuple[float, float, float, float], depth: float) -> None:
    """A figure once for all neighbours that share it, where it fits."""
    x, y, wide, tall = box
    if text and sheet.measure(text, SMALL) < wide - 0.04:
        ink = PAPER if depth > 0.5 else INK
        sheet.text(x + wide / 2, y + tall / 2, text, size=SMALL, color=ink, ha="center", va="center")


def _tick(sheet: Sheet, x: float, y: float, value: float, side: str) -> None:
    sheet.text(x, y, percent(value), size=SMALL, color=SOFT, ha=side, va="center")


def _stated(sheet: Sheet, grid: Grid, left: float, base: float, wide: float, tall: float) -> None:
    """A frame around the cell nearest to what the case states, if it lies within the grid."""
    i, j = _nearest(grid.first), _nearest(grid.second)
    if i is None or j is None:
        return
    x, y = left + i * wide, base + j * tall
    corners = [(x, y), (x + wide, y), (x + wide, y + tall), (x, y + tall), (x, y)]
    sheet.lines([corners], ALARM, 1.4, zorder=5)


def _nearest(axis: Axis) -> int | None:
    low, high = min(axis.values), max(axis.values)
    if not low - 1e-9 <= axis.stated <= high + 1e-9:
        return None
    return min(range(len(axis.values)), key=lambda i: (abs(axis.values[i] - axis.stated), i))


def _alt(grid: Grid, most: float) -> str:
    closed = sum(c.cost is None for c in grid.cells)
    return (
        f"Heat map of {len(grid.cells)} pairs of {grid.first.name} and {grid.second.name}: up to "
        f"{words(most, grid.currency)} more than {words(grid.base, grid.currency)}; "
        f"{closed} pairs have no plan."
    )
