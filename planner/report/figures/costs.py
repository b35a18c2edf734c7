"""Cost of each period, stacked by vendor group; the market and what is outside it apart."""

from __future__ import annotations

import numpy as np

from planner.report.figures.context import Context
from planner.report.figures.shares import WIDEST_BAR, year_labels
from planner.report.figures.sheet import EDGE, GRID, SMALL, SOFT, WIDTH, Chart, Sheet, Skipped
from planner.report.texts import tr, tr_noop
from planner.report.words import amount, nice_steps, percent, scale_of

NAME, TITLE = "cost_by_period", tr_noop("Cost of each period by vendor group")


def cost_by_period(context: Context) -> Chart | Skipped:
    """Draw amortised cost before tax; both panels share one scale of money."""
    table = _table(context)
    if not table:
        return Skipped(NAME, tr(TITLE), tr("the plan holds no cost lines"))
    split = [[g for g in table if g in context.market], [g for g in table if g not in context.market]]
    named = ((tr("Market"), split[0]), (tr("Outside the market (own data centres)"), split[1]))
    parts = [(label, groups) for label, groups in named if groups]
    divisor, unit = scale_of(float(np.sum(list(table.values()), axis=0).max()))
    sheet = Sheet(height=4.6)
    money = f"{context.currency} {unit}".strip()
    subtitle = tr(
        "{money} a period, amortised, before tax, undiscounted; totals above the bars.", money=money
    )
    title = _finding(context, table)
    low, high = sheet.frame(context.marking, title, subtitle, context.footer("costs.csv"))
    high = _legend(sheet, context, list(table), high)
    tops = [max(float(np.sum([table[g] for g in groups], axis=0).max()), 1e-9) for _, groups in parts]
    room = high - low - 0.62 * len(parts)
    # One scale for both panels; a panel that would be too low to read keeps a tenth of the height.
    heights = [max(0.1, top / sum(tops)) for top in tops]
    heights = [room * h / sum(heights) for h in heights]
    rise = min(h / top for h, top in zip(heights, tops, strict=True))
    y = high
    for (label, groups), height in zip(parts, heights, strict=True):
        y -= height + 0.62
        _panel(sheet, context, {g: table[g] for g in groups}, label, (y + 0.2, height), rise, divisor)
    alt = "; ".join(
        tr(
            "{vendor} {money} over the horizon",
            vendor=context.name(g), money=amount(float(table[g].sum()), context.currency),
        )
        for g in table
    )  # fmt: skip
    return Chart(NAME, title, alt + ".", sheet)


def _finding(context: Context, table: dict[str, np.ndarray]) -> str:
    """What the figure shows: who is paid most, and how the cost goes on."""
    total, first = np.sum(list(table.values()), axis=0), next(iter(table))
    part = float(table[first].sum()) / max(float(total.sum()), 1e-9)
    return tr(
        "{vendor} is paid most, {part}; a period costs {first} first and {last} last",
        vendor=context.name(first),
        part=percent(part),
        first=amount(float(total[0]), context.currency),
        last=amount(float(total[-1]), context.currency),
    )


def _table(context: Context) -> dict[str, np.ndarray]:
    """Amortised cost of each vendor group by period, largest group first."""
    costs = context.plan.costs[["vendor_group", "period", "amortised"]]
    at = {p: i for i, p in enumerate(context.periods)}
    table: dict[str, np.ndarray] = {}
    for group, period, money in costs.itertuples(index=False, name=None):
        table.setdefault(str(group), np.zeros(len(at)))[at[period]] += money
    some = [g for g, money in table.items() if money.any()]
    return {g: table[g] for g in sorted(some, key=lambda g: (-round(float(table[g].sum()), 2), g))}


def _legend(sheet: Sheet, context: Context, groups: list[str], top: float) -> float:
    """Named swatches in as many lines as they need; returns where the room below begins."""
    x, y = EDGE, top - 0.1
    for group in groups:
        name = sheet.fit(context.name(group), 2.2, SMALL)
        need = 0.24 + sheet.measure(name, SMALL) + 0.18
        if x + need > WIDTH - EDGE and x > EDGE:
            x, y = EDGE, y - 0.17
        look = context.looks[group]
        sheet.rectangles([(x, y - 0.02, 0.18, 0.11)], look.color, look.hatch, look.hatching)
        sheet.text(x + 0.23, y, name, size=SMALL)
        x += need
    return y - 0.06


def _panel(
    sheet: Sheet,
    context: Context,
    table: dict[str, np.ndarray],
    label: str,
    place: tuple[float, float],
    rise: float,
    divisor: float,
) -> None:
    base, height = place
    left, right = EDGE + 0.5, WIDTH - EDGE
    sheet.text(EDGE, base + height + 0.2, label, bold=True)
    most = max(1, min(5, int(height / 0.22)))
    steps = nice_steps(height / rise / divisor, most)
    heights = [base + s * divisor * rise for s in steps]
    sheet.lines([[(left, h), (right, h)] for h in heights], GRID, 0.5, zorder=1)
    for s, h in zip(steps, heights, strict=True):
        sheet.text(left - 0.06, h, f"{s:,.10g}", size=SMALL, color=SOFT, ha="right", va="center", room=0.45)
    floor = np.zeros(len(context.periods))
    pace = (right - left) / len(floor)
    wide = min(pace * 0.72, WIDEST_BAR)
    for group, money in table.items():
        look = context.looks[group]
        bars = [
            (left + (i + 0.5) * pace - wide / 2, base + floor[i], wide, v * rise) for i, v in enumerate(money)
        ]
        sheet.rectangles(bars, look.color, look.hatch, look.hatching)
        floor += money * rise
    totals = floor / rise / divisor
    digits = 0 if totals.max() >= 100 else 1 if totals.max() >= 10 else 2
    labels = [f"{v:,.{digits}f}" for v in totals]
    every = max(1, int(np.ceil((max(sheet.measure(v, SMALL) for v in labels) + 0.06) / pace)))
    for i in range(0, len(totals), every):
        sheet.text(left + (i + 0.5) * pace, base + floor[i] + 0.04, labels[i], size=SMALL, ha="center")
    year_labels(sheet, context.periods, left, pace, base)
