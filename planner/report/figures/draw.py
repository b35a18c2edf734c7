"""Draw every figure of a plan and write it twice: SVG for the report and print, PNG for slides."""

from __future__ import annotations

import warnings
from pathlib import Path

from planner.plan.plan import Plan
from planner.report.background import Background
from planner.report.figures import costs, latency, map, shares, signing
from planner.report.figures.context import context_of
from planner.report.figures.sheet import Chart, Skipped
from planner.report.texts import tr

FIGURES = (map, signing, shares, costs, latency)
DRAWINGS = (map.region_map, signing.signing_schedule, shares.vendor_share, costs.cost_by_period,
            latency.latency_by_state)  # fmt: skip
"""In the order of the report."""


def draw_all(plan: Plan, background: Background) -> list[Chart | Skipped]:
    """Every figure, or the reason why it cannot be drawn."""
    context = context_of(plan, background)
    return [drawing(context) for drawing in DRAWINGS]


def none_drawn(reason: str) -> list[Chart | Skipped]:
    """Every figure as one that was not drawn."""
    return [Skipped(figure.NAME, tr(figure.TITLE), reason) for figure in FIGURES]


def write_figures(charts: list[Chart | Skipped], folder: Path) -> None:
    """Write ``NAME.svg`` and ``NAME.png`` of every chart into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        # A combining character may still ask for a glyph of its own; the mark it leaves is enough.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        for chart in charts:
            if isinstance(chart, Chart):
                (folder / f"{chart.name}.svg").write_bytes(chart.svg)
                (folder / f"{chart.name}.png").write_bytes(chart.sheet.bytes("png"))
