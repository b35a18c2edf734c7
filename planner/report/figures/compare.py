"""Plans side by side: one bar a plan, its discounted cost by vendor group, and what each means besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planner.report.figures.looks import Look
from planner.report.figures.sheet import ALARM, EDGE, GRID, INK, SMALL, SOFT, WIDTH, Chart, Sheet
from planner.report.words import amount, nice_steps, percent, scale_of
from planner.study.compare import Row

NAME, TITLE = "compare", "Plans side by side"
_LABEL, _NOTES, _ROW = 1.55, 1.75, 0.5


def compare_chart(
    rows: Sequence[Row],
    drawn: Mapping[str, Look],
    currency: str,
    marking: str,
    footer: str,
    names: Mapping[str, str],
    warning: str = "",
) -> Chart:
    """Draw a comparison; ``drawn`` has a look for every vendor group, ``names`` what people call them."""
    groups = sorted({g for row in rows for g, _ in row.paid})
    sheet = Sheet(height=1.75 + _ROW * len(rows) + (0.15 if marking else 0))
    most = max((sum(max(v, 0.0) for _, v in row.paid) for row in rows), default=0.0)
    divisor, unit = scale_of(most)
    money = f"{currency} {unit}".strip()
    subtitle = f"{warning}{money}, discounted, with tax, by vendor group: what a plan makes least."
    if any(row.kept is not None for row in rows):
        subtitle += " keeps: critical work left without the vendor group that hurts most."
    low, high = sheet.frame(marking, TITLE, subtitle, footer)
    x, y = EDGE, high - 0.12
    for group in groups:
        name = sheet.fit(names.get(group, group), 1.6, SMALL)
        need = 0.42 + sheet.measure(name, SMALL)
        if x + need > WIDTH - EDGE and x > EDGE:
            x, y = EDGE, y - 0.17
        look = drawn[group]
        sheet.rectangles([(x, y - 0.02, 0.18, 0.11)], look.color, look.hatch, look.hatching)
        sheet.text(x + 0.23, y, name, size=SMALL)
        x += need
    left, right = EDGE + _LABEL, WIDTH - EDGE - _NOTES
    top, base = y - 0.12, low + 0.3
    scale = (right - left) / (most * 1.02) if most > 0 else 0.0
    for step in nice_steps(most / divisor, 4):
        at = left + step * divisor * scale
        sheet.lines([[(at, base), (at, top)]], GRID, 0.5, zorder=1)
        sheet.text(at, base - 0.14, f"{step:,.4g}", size=SMALL, color=SOFT, ha="center")
    pace = (top - base) / max(1, len(rows))
    for i, row in enumerate(rows):
        middle = top - (i + 0.5) * pace
        sheet.text(left - 0.08, middle, row.name, bold=i == 0, ha="right", va="center", room=_LABEL - 0.1)
        if not row.paid:
            sheet.text(left + 0.06, middle, "no plan", bold=True, color=ALARM, va="center")
            continue
        at = left
        for group, value in row.paid:
            if value <= 0.0:  # a credit: said in the cost beside
                continue
            look = drawn[group]
            box = (at, middle - pace * 0.3, value * scale, pace * 0.6)
            sheet.rectangles([box], look.color, look.hatch, look.hatching)
            at += value * scale
        for place, text in enumerate(_notes(row, currency)):
            color, y = SOFT if place else INK, middle + 0.15 - 0.13 * place
            sheet.text(right + 0.1, y, text, size=SMALL, bold=not place, color=color, room=_NOTES - 0.1)
    alt = "; ".join(f"{r.name}: {'no plan' if r.cost is None else amount(r.cost, currency)}" for r in rows)
    return Chart(NAME, TITLE, alt + ".", sheet)


def _notes(row: Row, currency: str) -> list[str]:
    """What stands beside a bar: cost; concentration; the rest, as far as it is known."""
    shares = f"HHI {row.hhi or 0.0:,.0f}"
    shares += f", foreign {percent(row.foreign)}" if row.foreign is not None else ""
    rest = [] if row.carbon is None else [f"{row.carbon:,.0f} t CO2e"]
    rest += [] if row.kept is None else [f"keeps {percent(row.kept.share)}"]
    service = [] if row.mean_ms is None else [f"{row.mean_ms:.1f} ms"]
    service += [f"{row.systems_moved or 0} move", f"{row.breaks or 0} broken"]
    lines = [f"cost {amount(row.cost or 0.0, currency)}", shares, ", ".join(service)]
    return [*lines, ", ".join(rest)] if rest else lines
