"""How the cost spreads over the draws: the part of them that costs at most so much, with quantiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from planner.report.figures.sheet import ALARM, EDGE, GRID, INK, SMALL, SOFT, WIDTH, Chart, Sheet
from planner.report.words import amount, percent, scale_of

NAME = "montecarlo"


def montecarlo_chart(document: Mapping[str, Any], costs: Sequence[float | None], footer: str) -> Chart | None:
    """Draw the study; ``None`` where no draw has a plan."""
    served = sorted(cost for cost in costs if cost is not None)
    if not served:
        return None
    currency, n = str(document["currency"]), len(costs)
    sheet = Sheet(height=4.0 + (0.15 if document["marking"] else 0))
    heading = f"How the cost spreads over {n} draws"
    subtitle = (
        f"{document['title']}. Part of the draws that cost at most so much, discounted, {document['plan']}; "
        f"bars: {percent(document['confidence'])} interval of a quantile."
    )
    low, high = sheet.frame(str(document["marking"]), heading, subtitle, footer)
    left, right, base, top = EDGE + 0.6, WIDTH - EDGE - 0.35, low + 0.42, high - 0.12
    first, last = served[0], served[-1]
    room = max(last - first, abs(last) * 0.01, 1e-9) * 0.04
    first, last = first - room, last + room
    divisor, scale = scale_of(max(abs(first), abs(last)))

    def at(cost: float, part: float) -> tuple[float, float]:
        return left + (cost - first) / (last - first) * (right - left), base + part * (top - base)

    for part in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = at(first, part)[1]
        sheet.lines([[(left, y), (right, y)]], INK if part == 0 else GRID, 0.5, zorder=1)
        sheet.text(left - 0.05, y, percent(part), size=SMALL, color=SOFT, ha="right", va="center")
    ticks = [served[0] + k * (served[-1] - served[0]) / 4 for k in range(5)]
    for cost in [cost for k, cost in enumerate(ticks) if k == 0 or cost > ticks[0]]:
        x = at(cost, 0.0)[0]
        sheet.lines([[(x, base), (x, base - 0.04)]], INK, 0.8)
        sheet.text(x, base - 0.15, f"{cost / divisor:,.4g}", size=SMALL, color=SOFT, ha="center")
    unit = f"{currency} {scale}".strip()
    sheet.text((left + right) / 2, base - 0.31, f"cost ({unit})", ha="center")
    steps = [at(served[0], 0.0)]
    for i, cost in enumerate(served):
        steps += [at(cost, i / n), at(cost, (i + 1) / n)]
    sheet.lines([steps], INK, 1.2)
    for row in document["quantiles"]:
        _quantile(sheet, row, at, (first, last), (left, right), currency)
    if document["without_plan"]:
        text = f"{document['without_plan']} of {n} draws have no plan"
        sheet.text(right, top + 0.02, text, size=SMALL, bold=True, color=ALARM, ha="right")
    middle = next((row["cost"] for row in document["quantiles"] if row["quantile"] == 0.5), None)
    half = "no plan" if middle is None else amount(middle, currency)
    alt = f"{n} draws cost between {amount(served[0], currency)} and {amount(served[-1], currency)}, half of "
    return Chart(NAME, heading, f"{alt}them at most {half}.", sheet)


def _quantile(
    sheet: Sheet,
    row: Mapping[str, Any],
    at: Any,
    ends: tuple[float, float],
    sides: tuple[float, float],
    currency: str,
) -> None:
    """A mark on the curve with the interval of the quantile, open where it has no bound."""
    if row["cost"] is None:
        return
    left, right = sides
    low = ends[0] if row["low"] is None else row["low"]
    high = ends[1] if row["high"] is None else row["high"]
    (x, y), (a, _), (b, _) = (at(v, row["quantile"]) for v in (row["cost"], low, high))
    sheet.lines([[(a, y), (b, y)]], ALARM, 2.0, zorder=2)
    for x_end, bound in ((a, row["low"]), (b, row["high"])):
        if bound is not None:
            sheet.lines([[(x_end, y - 0.04), (x_end, y + 0.04)]], ALARM, 1.2)
    sheet.marks([(x, y)], "D", 5, "#ffffff", ALARM)
    text = f"{percent(row['quantile'])}: {amount(row['cost'], currency)}"
    wide = sheet.measure(text, SMALL, True) + 0.1
    shape: dict[str, Any] = {"size": SMALL, "bold": True, "color": ALARM, "ground": True}
    if right - b > wide:
        sheet.text(b + 0.06, y, text, ha="left", va="center", **shape)
    elif a - left > wide:
        sheet.text(a - 0.06, y, text, ha="right", va="center", **shape)
    else:  # the interval takes the whole width
        sheet.text((left + right) / 2, y + 0.05, text, ha="center", **shape)
