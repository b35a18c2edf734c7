"""A sheet of paper to draw on, in inches from its lower left corner.

Every figure is laid out by hand in inches on a Matplotlib figure without axes. That keeps text from
meeting text on any input (each piece is cut to the room it has), draws several times faster than
nested axes, and gives the same bytes for the same data: one bundled font, fixed ids, no dates.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from xml.sax.saxutils import escape

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from planner.report.figures.type import advance, drawable, face, printable

WIDTH = 7.1
"""Inches: what A4 leaves between margins, so that type prints at its stated size."""

DPI = 150
INK, SOFT, GRID, PAPER = "#1a1a1a", "#4d4d4d", "#d0d0d0", "#ffffff"
ALARM = "#8a1c00"
EDGE = 0.12
"""Inches kept free around everything."""

SMALL, BODY, HEAD = 7.0, 7.5, 10.0
"""Type sizes in points at print size; nothing is smaller."""

_STYLE: dict[Any, Any] = {
    "svg.fonttype": "path",
    "svg.hashsalt": "planner",
    "hatch.linewidth": 0.6,
    "path.simplify": True,
    "path.sketch": None,
    "path.effects": [],
    "text.usetex": False,
    "text.hinting": "none",
    "text.antialiased": True,
    "patch.antialiased": True,
    "lines.antialiased": True,
}


@dataclass(frozen=True)
class Chart:
    """A finished figure. ``name`` is its file; ``title`` and ``alt`` say what it shows in words."""

    name: str
    title: str
    alt: str
    sheet: Sheet

    @cached_property
    def svg(self) -> bytes:
        """The figure as SVG, drawn once."""
        return self.sheet.bytes("svg", self.title, self.alt)


@dataclass(frozen=True)
class Skipped:
    """A figure that cannot be drawn, and why."""

    name: str
    title: str
    reason: str


class Sheet:
    """A figure of ``width`` × ``height`` inches; all lengths below are inches, type is in points."""

    def __init__(self, height: float, width: float = WIDTH) -> None:
        self.width, self.height, self.lift = width, height, 0.0
        self.figure = Figure(figsize=(width, height), dpi=DPI, facecolor=PAPER)
        FigureCanvasAgg(self.figure)

    def add(self, artist: Artist) -> None:
        artist.set_zorder(artist.get_zorder() + self.lift)
        self.figure.add_artist(artist)

    @contextmanager
    def raised(self, by: float) -> Iterator[None]:
        """What is added within lies above all that was added before, if ``by`` is more than their orders."""
        self.lift += by
        try:
            yield
        finally:
            self.lift -= by

    def measure(self, text: str, size: float = BODY, bold: bool = False) -> float:
        """Width of a line of type: the sum of its characters, a hair more for rounding to pixels."""
        return sum(advance(c, bold) for c in text) * size / 72 * 1.01

    def fit(self, text: str, room: float, size: float = BODY, bold: bool = False) -> str:
        """``text``, shortened with an ellipsis until it is no wider than ``room``."""
        text = drawable(text, bold)
        if self.measure(text, size, bold) <= room:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if self.measure(text[:middle].rstrip() + "…", size, bold) <= room:
                low = middle
            else:
                high = middle - 1
        return text[:low].rstrip() + "…"

    def wrap(self, text: str, room: float, size: float, most: int, bold: bool = False) -> list[str]:
        """``text`` on at most ``most`` lines; what does not fit ends in an ellipsis."""
        lines: list[str] = []
        # A number and its per cent sign stay on one line.
        words = drawable(text, bold).replace(" %", "\0%").split()
        words = [word.replace("\0", " ") for word in words]
        while words and len(lines) < most:
            taken = 1
            while taken < len(words) and self.measure(" ".join(words[: taken + 1]), size, bold) <= room:
                taken += 1
            if len(lines) == most - 1:
                taken = len(words)
            lines.append(self.fit(" ".join(words[:taken]), room, size, bold))
            words = words[taken:]
        return lines

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = BODY,
        bold: bool = False,
        color: str = INK,
        ha: str = "left",
        va: str = "baseline",
        room: float | None = None,
        ground: bool = False,
    ) -> None:
        """A line of type, cut to ``room``; ``ground`` puts paper behind it."""
        shown = drawable(text, bold) if room is None else self.fit(text, room, size, bold)
        box = {"facecolor": PAPER, "edgecolor": "none", "alpha": 0.75, "pad": 0.6} if ground else None
        self.add(
            Text(
                x, y, shown, color=color, fontproperties=face(bold, size), ha=ha, va=va, bbox=box,
                parse_math=False, transform=self.figure.dpi_scale_trans, zorder=6,
            )
        )  # fmt: skip

    def rectangles(
        self,
        boxes: Sequence[tuple[float, float, float, float]],
        color: str,
        hatch: str = "",
        hatching: str = PAPER,
        zorder: float = 2,
    ) -> None:
        """Filled (x, y, width, height) boxes of one look."""
        shapes = [[(x, y), (x + w, y), (x + w, y + h), (x, y + h)] for x, y, w, h in boxes if w > 0 and h > 0]
        if shapes:
            self.polygons(shapes, color, hatching, 0.4 if hatch else 0.0, hatch, zorder)

    def polygons(
        self,
        shapes: Sequence[Sequence[tuple[float, float]]] | Sequence[np.ndarray],
        color: str,
        edge: str = PAPER,
        width: float = 0.4,
        hatch: str = "",
        zorder: float = 2,
        within: tuple[float, float, float, float] | None = None,
    ) -> None:
        """Filled polygons of one look, cut at the box ``within``."""
        made = PolyCollection(
            list(shapes), facecolors=color, edgecolors=edge, linewidths=width,
            transform=self.figure.dpi_scale_trans, zorder=zorder,
        )  # fmt: skip
        if hatch:
            made.set_hatch(hatch)
        self.add(made)
        self._cut(made, within)

    def lines(
        self,
        paths: Sequence[Sequence[tuple[float, float]]] | Sequence[np.ndarray],
        color: str = INK,
        width: float | Sequence[float] = 0.8,
        style: str = "solid",
        alpha: float = 1.0,
        zorder: float = 3,
        within: tuple[float, float, float, float] | None = None,
    ) -> None:
        """Open lines of one colour; widths in points."""
        if not len(paths):
            return
        made = LineCollection(
            [np.asarray(p) for p in paths], colors=color, linewidths=width, linestyles=style, alpha=alpha,
            transform=self.figure.dpi_scale_trans, zorder=zorder, capstyle="round",
        )  # fmt: skip
        self.add(made)
        self._cut(made, within)

    def marks(
        self,
        points: Sequence[tuple[float, float]],
        marker: str,
        size: float,
        color: str,
        edge: str = INK,
        edge_width: float = 0.6,
        alpha: float = 1.0,
        zorder: float = 4,
    ) -> None:
        """Markers of one look; ``size`` is their width in points."""
        if points:
            x, y = zip(*points, strict=True)
            self.add(
                Line2D(
                    x, y, linestyle="none", marker=marker, markersize=size, markerfacecolor=color,
                    markeredgecolor=edge, markeredgewidth=edge_width, alpha=alpha,
                    transform=self.figure.dpi_scale_trans, zorder=zorder,
                )
            )  # fmt: skip

    def frame(self, marking: str, title: str, subtitle: str, footer: str) -> tuple[float, float]:
        """Marking, title, what is measured in which unit, and sources.

        Returns
        -------
        tuple
            (bottom, top) of the room that is left.
        """
        room, top = self.width - 2 * EDGE, self.height - EDGE
        if marking:
            top -= 0.12
            self.text(self.width / 2, top, marking, size=8, bold=True, color=ALARM, ha="center", room=room)
            top -= 0.06
        for line in self.wrap(title, room, HEAD, 2, bold=True):
            top -= 0.17
            self.text(EDGE, top, line, size=HEAD, bold=True)
        for line in self.wrap(subtitle, room, BODY, 2):
            top -= 0.14
            self.text(EDGE, top, line, color=SOFT)
        bottom = EDGE
        for line in reversed(self.wrap(footer, room, SMALL, 3)):
            self.text(EDGE, bottom + 0.02, line, size=SMALL, color=SOFT)
            bottom += 0.125
        return bottom + 0.06, top - 0.08

    def boxes(self) -> list[tuple[str, float, float, float, float]]:
        """Every text with left, bottom, right and top of its box, in inches: what a check needs."""
        with matplotlib.rc_context(_STYLE):
            canvas = FigureCanvasAgg(self.figure)
            canvas.draw()  # type: ignore[no-untyped-call]
            texts = [t for t in self.figure.findobj(Text) if isinstance(t, Text) and t.get_text()]
            renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
            extents = [(t.get_text(), Text.get_window_extent(t, renderer)) for t in texts]
        return [(text, b.x0 / DPI, b.y0 / DPI, b.x1 / DPI, b.y1 / DPI) for text, b in extents]

    def bytes(self, kind: str, title: str = "", description: str = "") -> bytes:
        """The sheet as ``svg`` (with title and description for screen readers) or ``png``."""
        buffer = io.BytesIO()
        with matplotlib.rc_context(_STYLE):
            if kind == "svg":
                self.figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
                head, rest = buffer.getvalue().decode().split("<svg ", 1)
                attributes, rest = rest.split(">", 1)
                name, words = escape(printable(title)), escape(printable(description))
                named = f"<title>{name}</title>\n <desc>{words}</desc>"
                return f'{head}<svg role="img" {attributes}>\n {named}{rest}'.encode()
            self.figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
            return buffer.getvalue()

    def _cut(self, artist: Artist, within: tuple[float, float, float, float] | None) -> None:
        if within is not None:
            x, y, w, h = within
            artist.set_clip_path(Rectangle((x, y), w, h, transform=self.figure.dpi_scale_trans))
