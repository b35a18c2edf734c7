"""Extra cost against a cap or floor, and concentration below it; the infeasible end is hatched."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from planner.money import CENT, words
from planner.report.figures.sheet import ALARM, EDGE, GRID, INK, SMALL, SOFT, WIDTH, Chart, Sheet
from planner.report.words import limit, nice_steps, percent, round_numbers, scale_of
from planner.study.frontier import Frontier, Point

NAME = "frontier"
_LEFT, _RIGHT = EDGE + 0.62, WIDTH - EDGE - 1.45
_COLOURS = {"largest": "#0f6f9f", "foreign": "#b8642a", "hhi": "#12355b", "kept": "#3f7d4e"}
_OPEN = "#f6ecd8"
_NAMES = {
    "largest": "largest group", "foreign": "foreign parents", "hhi": "HHI / 10,000", "kept": "critical kept",
}  # fmt: skip
_MARKS = {"largest": "o", "foreign": "s", "hhi": "^", "kept": "D"}


def frontier_chart(frontier: Frontier, title: str, marking: str, footer: str) -> Chart:
    """Draw a frontier.

    Parameters
    ----------
    title
        Title of the case.
    footer
        Case, dates and the file with the numbers.
    """
    sheet = Sheet(height=5.1 + (0.15 if marking else 0))
    heading = _finding(frontier)
    low, high = sheet.frame(marking, heading, _subtitle(frontier, title), footer)
    base = low + 0.42
    middle = base + (high - base) * 0.4
    axis = _Axis(sheet, frontier)
    axis.infeasible(base, high - 0.1)
    _costs(axis, middle + 0.32, high - 0.22)
    _shares(axis, base, middle - 0.1)
    axis.labels(base)
    return Chart(NAME, heading, _alt(frontier), sheet)


def _finding(frontier: Frontier) -> str:
    """From where the rule costs, and how much at the tight end."""
    of = f"A {frontier.parameter} of {frontier.rule.id}"
    solved = [p for p in frontier.points if p.cost is not None]
    extra = (solved[-1].cost or 0.0) - (solved[0].cost or 0.0)
    if frontier.binds_from is None or extra <= CENT:
        return f"{of} costs nothing down to {limit(solved[-1].value, frontier.unit)}"
    last = limit(solved[-1].value, frontier.unit)
    begins = limit(frontier.binds_from, frontier.unit)
    return f"{of} begins to cost at {begins}; at {last} it costs {words(extra, frontier.currency)}"


def _subtitle(frontier: Frontier, title: str) -> str:
    cost = frontier.points[0].cost or 0.0
    kept = "" if frontier.points[0].kept is None else "; critical work kept without the worst vendor group"
    return (
        f"{title}. Above: discounted cost beyond {words(cost, frontier.currency)} at {frontier.parameter} "
        f"{limit(frontier.points[0].value, frontier.unit)}. Below: shares of the horizon's spend{kept}."
    )


class _Axis:
    """The common horizontal axis: loosest value on the left, tightest on the right."""

    def __init__(self, sheet: Sheet, frontier: Frontier) -> None:
        self.sheet, self.frontier = sheet, frontier
        self.first, self.last = frontier.points[0].value, frontier.points[-1].value
        self.solved = [p for p in frontier.points if p.cost is not None]

    def x(self, value: float) -> float:
        span = self.last - self.first
        return _LEFT + (value - self.first) / span * (_RIGHT - _LEFT) if span else (_LEFT + _RIGHT) / 2

    def infeasible(self, base: float, top: float) -> None:
        end = self.frontier.end
        if end is None:
            return
        left = self.x(end)
        self.sheet.rectangles(
            [(left, base, _RIGHT - left, top - base)], "#efefef", "////", "#c4c4c4", zorder=1
        )
        self.sheet.lines([[(left, base), (left, top)]], ALARM, 1.0, "dashed")

    def grid(self, base: float, top: float, most: float, steps: list[float], name: list[str]) -> None:
        for step, text in zip(steps, name, strict=True):
            y = base + step / most * (top - base)
            self.sheet.lines([[(_LEFT, y), (_RIGHT, y)]], GRID, 0.5, zorder=1)
            self.sheet.text(
                _LEFT - 0.05,
                y,
                text,
                size=SMALL,
                color=SOFT,
                ha="right",
                va="center",
                room=_LEFT - EDGE - 0.05,
            )
        self.sheet.lines([[(_LEFT, base), (_RIGHT, base)]], INK, 0.8, zorder=4)

    def labels(self, base: float) -> None:
        """Round numbers below the axis."""
        unit, ends = self.frontier.unit, (self.first, self.last)
        divisor, scale = scale_of(max(ends)) if unit else (1.0, "")
        for value in round_numbers(min(ends), max(ends), 8):
            self.sheet.lines([[(self.x(value), base), (self.x(value), base - 0.04)]], INK, 0.8)
            text = f"{value / divisor:,.4g}" if unit else percent(value)
            self.sheet.text(self.x(value), base - 0.15, text, size=SMALL, color=SOFT, ha="center")
        of = f" ({scale} {unit})".replace("( ", "(") if unit else ""
        text = f"{self.frontier.parameter} of rule {self.frontier.rule.id}{of}, tighter to the right"
        self.sheet.text((_LEFT + _RIGHT) / 2, base - 0.31, text, ha="center", room=_RIGHT - _LEFT)


def _costs(axis: _Axis, base: float, top: float) -> None:
    frontier, sheet = axis.frontier, axis.sheet
    start = axis.solved[0].cost or 0.0
    extra = [(p.value, max(0.0, (p.cost or 0.0) - start)) for p in axis.solved]
    most = max(max(v for _, v in extra), 1e-9) * 1.3
    divisor, scale = scale_of(most)
    steps = nice_steps(most, 4)
    axis.grid(base, top, most, steps, [f"{s / divisor:,.4g}" for s in steps])
    unit = f"+ {frontier.currency} {scale}".strip()
    sheet.text(_LEFT, top + 0.06, unit, size=SMALL, color=SOFT)
    _left_open(axis, base, top, most)
    line = [(axis.x(v), base + c / most * (top - base)) for v, c in extra]
    sheet.lines([line], INK, 1.4)
    sheet.marks(line, "o", 3.2, INK)
    taken: list[tuple[float, float, float]] = []
    for value, label in _flags(frontier):
        y = next((p[1] for p, (v, _) in zip(line, extra, strict=True) if abs(v - value) < 1e-9), None)
        if y is None:
            y = _between(line, axis.x(value))
        if y is not None:
            taken.append(_flag(sheet, axis.x(value), y, label, taken))
    if frontier.end is not None:
        room = _RIGHT - axis.x(frontier.end) - 0.08
        for i, text in enumerate(("no plan", f"beyond {limit(frontier.end, frontier.unit, 2)}")):
            if room > sheet.measure(text, SMALL, True):
                x, y = axis.x(frontier.end) + 0.06, base + 0.24 - 0.13 * i
                sheet.text(x, y, text, size=SMALL, bold=True, color=ALARM, ground=True)
    last = extra[-1][1] / start if start else 0.0
    sheet.text(_RIGHT + 0.08, line[-1][1], f"+ {percent(last, 2)}", size=SMALL, va="center", room=1.2)


def _left_open(axis: _Axis, base: float, top: float, most: float) -> None:
    """The band of extra costs that approximations alone could make."""
    band = axis.frontier.band
    if band is None or band.width <= CENT:
        return
    height = min(band.width / most, 1.0) * (top - base)
    axis.sheet.rectangles([(_LEFT, base, _RIGHT - _LEFT, height)], _OPEN, zorder=0.5)
    text = (
        f"shaded: up to {words(band.width, axis.frontier.currency)} is within what approximations leave open"
    )
    axis.sheet.text(_LEFT + 0.05, base + 0.1, text, size=SMALL, color=SOFT, room=_RIGHT - _LEFT - 0.1)


def _flag(
    sheet: Sheet, x: float, y: float, label: str, taken: Sequence[tuple[float, float, float]]
) -> tuple[float, float, float]:
    """A named point of the curve, its name above it: on the left, or the right where that is too narrow.

    Names keep clear of those already there, ``taken``: left, right, level. Its own are returned.
    """
    knee = label.startswith("knee")
    sheet.marks([(x, y)], "D", 6, ALARM if knee else "#ffffff")
    wide = sheet.measure(label, SMALL, True)
    left = wide <= x - _LEFT - 0.1
    side, at, room = ("right", x - 0.04, x - _LEFT - 0.1) if left else ("left", x + 0.04, _RIGHT - x - 0.04)
    span = (at - wide, at) if left else (at, at + wide)
    level = y + (0.12 if knee else 0.3)
    for low, high, there in sorted(taken, key=lambda box: box[2]):
        if span[0] < high and low < span[1] and abs(level - there) < 0.14:
            level = there + 0.15
    sheet.lines([[(x, y + 0.05), (x, level + 0.02)]], SOFT, 0.5)
    sheet.text(at, level, label, size=SMALL, bold=True, ha=side, room=max(room, 0.3), ground=True)
    return *span, level


def _flags(frontier: Frontier) -> list[tuple[float, str]]:
    stated = limit(frontier.stated, frontier.unit, 2)
    flags = [(frontier.stated, f"the case: {stated}")]
    if frontier.knee is not None:
        of = "" if frontier.exact else " of the points"
        flags.append((frontier.knee, f"knee{of}: {limit(frontier.knee, frontier.unit, 2)}"))
    if frontier.knee is not None and abs(frontier.knee - frontier.stated) < 1e-9:
        flags = [(frontier.knee, f"knee, and the case: {stated}")]
    return flags


def _between(line: list[tuple[float, float]], x: float) -> float | None:
    for (a, low), (b, high) in pairwise(line):
        if min(a, b) <= x <= max(a, b):
            return low + (high - low) * (x - a) / (b - a) if b != a else low
    return None


def _shares(axis: _Axis, base: float, top: float) -> None:
    sheet = axis.sheet
    steps = [0.0, 0.25, 0.5, 0.75, 1.0]
    axis.grid(base, top, 1.0, steps, [percent(s) for s in steps])
    ends = []
    for key in [key for key in _NAMES if key != "kept" or axis.solved[0].kept is not None]:
        line = [(axis.x(p.value), base + _share(p, key) * (top - base)) for p in axis.solved]
        sheet.lines([line], _COLOURS[key], 1.2)
        sheet.marks(line, _MARKS[key], 3.0, _COLOURS[key], _COLOURS[key])
        ends.append((line[-1][1], key))
    free = base - 1.0
    for y, key in sorted(ends):
        at = max(y, free + 0.13)
        free = at
        last = percent(_share(axis.solved[-1], key))
        text = f"{_NAMES[key]} {last}" if key != "hhi" else f"HHI {_share(axis.solved[-1], key) * 10000:,.0f}"
        sheet.text(_RIGHT + 0.08, at, text, size=SMALL, bold=True, color=_COLOURS[key], va="center", room=1.4)


def _share(point: Point, key: str) -> float:
    if point.shares is None:
        return 0.0
    shares, kept = point.shares, 0.0 if point.kept is None else point.kept.share
    return {
        "largest": shares.largest, "foreign": shares.foreign, "hhi": shares.hhi / 1e4, "kept": kept,
    }[key]  # fmt: skip


def _alt(frontier: Frontier) -> str:
    solved = [p for p in frontier.points if p.cost is not None]
    first, last = solved[0], solved[-1]
    ends = [limit(p.value, frontier.unit) for p in (first, last)]
    text = (
        f"Cost rises from {words(first.cost or 0.0, frontier.currency)} at {ends[0]} to "
        f"{words(last.cost or 0.0, frontier.currency)} at {ends[1]}"
    )
    if frontier.end is not None:
        text += f"; there is no plan beyond {limit(frontier.end, frontier.unit, 2)}"
    if frontier.knee is not None:
        text += f"; the knee lies at {limit(frontier.knee, frontier.unit, 2)}"
    return text + "."
