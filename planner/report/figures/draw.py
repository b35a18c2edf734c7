"""Draw every figure of a plan and write it twice: SVG for the report and print, PNG for slides."""

from __future__ import annotations

import warnings
from pathlib import Path

from planner.plan.plan import Plan
from planner.report.background import Background
from planner.report.figures.context import context_of
from planner.report.figures.costs import cost_by_period
from planner.report.figures.latency import latency_by_state
from planner.report.figures.map import region_map
from planner.report.figures.shares import vendor_share
from planner.report.figures.sheet import Chart, Skipped

DRAWINGS = (vendor_share, cost_by_period, latency_by_state, region_map)
"""In the order of the report."""


def draw_all(plan: Plan, background: Background) -> list[Chart | Skipped]:
    """Every figure, or the reason why it cannot be drawn."""
    context = context_of(plan, background)
    return [drawing(context) for drawing in DRAWINGS]


def write_figures(charts: list[Chart | Skipped], folder: Path) -> None:
    """Write ``NAME.svg`` and ``NAME.png`` of every chart into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        # A combining character may still ask for a glyph of its own; the mark it leaves is enough.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        for chart in charts:
            if isinstance(chart, Chart):
                for kind in ("svg", "png"):
                    data = chart.sheet.bytes(kind, chart.title, chart.alt)
                    (folder / f"{chart.name}.{kind}").write_bytes(data)
