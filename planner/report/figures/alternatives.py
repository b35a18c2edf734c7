"""Plans of nearly equal cost: a bar a plan, of the shares of the vendor groups."""

from __future__ import annotations

from collections.abc import Mapping

from planner.report.figures import rows as bars
from planner.report.figures.looks import looks
from planner.report.figures.sheet import Chart, Sheet
from planner.report.words import percent
from planner.study.alternatives import Alternatives

NAME = "alternatives"


def alternatives_chart(
    found: Alternatives, names: Mapping[str, str], title: str, marking: str, footer: str
) -> Chart:
    """Draw the shares; ``names`` names the vendor groups."""
    groups = sorted(found.plans[0].shares.by_group)
    drawn, base = looks(groups, ()), found.plans[0].cost
    rows: list[bars.Row] = []
    for plan in found.plans:
        words = plan.name
        for group in sorted(groups, key=len, reverse=True):
            if words.endswith(f" {group}"):
                words = f"{words.removesuffix(group)}{names.get(group, group)}"
        dearer = max(plan.cost / base - 1, 0.0) if base else 0.0
        notes = (f"+ {percent(dearer, 2)}", f"{percent(plan.distance / 2)} moved, HHI {plan.shares.hhi:,.0f}")
        parts = [(plan.shares.by_group[g], drawn[g]) for g in groups]
        rows.append(bars.Row(words, parts, notes=notes, strong=not rows))
    heading = _finding(found, groups, names)
    sheet = Sheet(height=bars.height(rows, marking, len(groups)))
    subtitle = (
        f"{title}. Shares of the market's spend over the horizon in plans within every rule; right, how much "
        f"dearer than the cheapest.{bars.left_out(rows, 'alternatives.csv')}"
    )
    low, high = sheet.frame(marking, heading, subtitle, footer)
    below = bars.draw_key(sheet, high, [(names.get(g, g), drawn[g]) for g in groups])
    bars.draw_rows(sheet, low, below, rows, percent, most=1.0)
    alt = "; ".join(
        f"{row.label}: " + ", ".join(f"{names.get(g, g)} {percent(plan.shares.by_group[g])}" for g in groups)
        for row, plan in zip(rows, found.plans, strict=True)
    )
    return Chart(NAME, heading, f"{alt}.", sheet)


def _finding(found: Alternatives, groups: list[str], names: Mapping[str, str]) -> str:
    """Whose share is least settled by the cost."""
    within = percent(found.within)
    if not groups:
        return f"No vendor has a share in plans within {within} of the cheapest"

    def ends(group: str) -> tuple[float, float]:
        shares = [plan.shares.by_group[group] for plan in found.plans]
        return min(shares), max(shares)

    widest = max(groups, key=lambda g: round(ends(g)[1] - ends(g)[0], 9))
    low, high = (percent(share) for share in ends(widest))
    return (
        f"Within {within} of the cheapest, {names.get(widest, widest)} may have {low} to {high} of the market"
    )
