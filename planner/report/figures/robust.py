"""What a decision taken before the future is known costs in each future, beside knowing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.report.figures.sheet import ALARM, EDGE, GRID, INK, SMALL, SOFT, WIDTH, Chart, Sheet
from planner.report.words import amount, percent, scale_of
from planner.study.robust import Result

NAME = "robust"
_LABEL, _NOTES, _ROW = 1.75, 1.55, 0.42
_KEY = (("o", "#ffffff", "had it been known"), ("D", INK, "this plan"), ("s", "#b8642a", "plan for the mean"))


def robust_chart(result: Result, document: Mapping[str, Any], footer: str) -> Chart:
    """Draw the study."""
    currency, futures = str(document["currency"]), result.futures
    sheet = Sheet(height=2.15 + _ROW * len(futures) + (0.15 if document["marking"] else 0))
    heading = "Decided before it is known which future comes"
    subtitle = f"{document['title']}. Discounted cost in each scenario; beside it the regret of this plan."
    low, high = sheet.frame(str(document["marking"]), heading, subtitle, footer)
    _key(sheet, high - 0.12)
    left, right = EDGE + _LABEL, WIDTH - EDGE - _NOTES
    base, top = low + 0.42, high - 0.28
    known = [v for f in futures for v in (f.alone, f.cost, f.mean_plan) if v is not None]
    known += [result.expected, result.cvar]
    first, last = min(known), max(known)
    room = max(last - first, abs(last) * 0.01, 1e-9) * 0.06
    first, last = first - room, last + room
    divisor, scale = scale_of(abs(last))

    def x(cost: float) -> float:
        return left + (cost - first) / (last - first) * (right - left)

    ticks = [first + room + k * (last - first - 2 * room) / 3 for k in range(4)]
    for cost in [cost for k, cost in enumerate(ticks) if k == 0 or cost > ticks[0]]:
        sheet.lines([[(x(cost), base), (x(cost), top)]], GRID, 0.5, zorder=1)
        sheet.text(x(cost), base - 0.15, f"{cost / divisor:,.4g}", size=SMALL, color=SOFT, ha="center")
    unit = f"{currency} {scale}".strip()
    ends = f"dashed: expected cost {amount(result.expected, currency)}"
    sheet.text((left + right) / 2, base - 0.31, f"cost ({unit}); {ends}", size=SMALL, ha="center")
    sheet.lines([[(x(result.expected), base), (x(result.expected), top)]], ALARM, 1.0, "dashed")
    for i, future in enumerate(futures):
        y = top - (i + 0.5) * (top - base) / len(futures)
        name = f"{future.name} ({percent(future.probability)})"
        sheet.text(left - 0.08, y, name, ha="right", va="center", room=_LABEL - 0.1)
        sheet.lines([[(x(future.alone), y), (x(future.cost), y)]], INK, 1.2)
        if future.mean_plan is not None:
            sheet.marks([(x(future.mean_plan), y)], "s", 8.5, _KEY[2][1])
        sheet.marks([(x(future.alone), y)], "o", 5.5, _KEY[0][1])
        sheet.marks([(x(future.cost), y)], "D", 4.5, _KEY[1][1])
        regret = f"regret {amount(future.regret, currency)}"
        sheet.text(right + 0.1, y + 0.02, regret, size=SMALL, bold=True, room=_NOTES - 0.1)
        if future.mean_plan is None:
            text = "the mean's plan fails"
            sheet.text(right + 0.1, y - 0.11, text, size=SMALL, color=ALARM, room=_NOTES - 0.1)
    worst = max(futures, key=lambda f: f.regret)
    alt = (
        f"Expected cost {amount(result.expected, currency)}; the largest regret is "
        f"{amount(worst.regret, currency)} in {worst.name}."
    )
    return Chart(NAME, heading, alt, sheet)


def _key(sheet: Sheet, y: float) -> None:
    x = EDGE + 0.06
    for marker, color, name in _KEY:
        sheet.marks([(x, y + 0.03)], marker, 5, color)
        sheet.text(x + 0.1, y, name, size=SMALL)
        x += 0.35 + sheet.measure(name, SMALL)
