"""The share that a vendor would win at each discount, with the discount at which it enters."""

from __future__ import annotations

from planner.report.figures.sheet import ALARM, EDGE, GRID, INK, SMALL, SOFT, WIDTH, Chart, Sheet
from planner.report.words import nice_steps, percent
from planner.study.breakeven import Breakeven

NAME = "breakeven"


def breakeven_chart(found: Breakeven, title: str, marking: str, footer: str) -> Chart:
    """Draw the curve."""
    sheet = Sheet(height=3.7 + (0.15 if marking else 0))
    heading = f"Share that {found.called} would win at each discount"
    subtitle = f"{title}. Share of all market spend over the horizon; the discount is on every price."
    low, high = sheet.frame(marking, heading, subtitle, footer)
    left, right = EDGE + 0.6, WIDTH - EDGE - 0.5
    base, top = low + 0.42, high - 0.15
    deepest = max(found.offers[-1].discount, 1e-9)
    most = max(max(o.share for o in found.offers) * 1.15, 0.01)

    def at(discount: float, share: float) -> tuple[float, float]:
        return left + discount / deepest * (right - left), base + share / most * (top - base)

    for step in nice_steps(most, 5):
        y = at(0.0, step)[1]
        sheet.lines([[(left, y), (right, y)]], GRID, 0.5, zorder=1)
        sheet.text(left - 0.05, y, percent(step), size=SMALL, color=SOFT, ha="right", va="center")
    sheet.lines([[(left, base), (right, base)]], INK, 0.8)
    for step in nice_steps(deepest, 6):
        x = at(step, 0.0)[0]
        sheet.lines([[(x, base), (x, base - 0.04)]], INK, 0.8)
        sheet.text(x, base - 0.15, percent(step), size=SMALL, color=SOFT, ha="center")
    sheet.text((left + right) / 2, base - 0.31, "discount", ha="center")
    line = [at(o.discount, o.share) for o in found.offers]
    sheet.lines([line], INK, 1.4)
    sheet.marks(line, "o", 3.4, INK)
    text = "no discount tried brings it in"
    if found.entry is not None:
        x = at(found.entry, 0.0)[0]
        sheet.lines([[(x, base), (x, top)]], ALARM, 1.0, "dashed")
        enters = found.entry > 0
        text = f"enters at {percent(found.entry, 2)}" if enters else "is in without a discount"
        after = (right - x) > sheet.measure(text, SMALL, True) + 0.15
        sheet.text(
            x + (0.06 if after else -0.06), top - 0.08, text, size=SMALL, bold=True, color=ALARM,
            ha="left" if after else "right", ground=True,
        )  # fmt: skip
    last = percent(found.offers[-1].share)
    alt = f"{found.called} {text}; at {percent(deepest)} it has {last} of the market."
    return Chart(NAME, heading, alt, sheet)
