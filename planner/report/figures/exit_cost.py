"""What leaving a vendor would cost at the beginning of each period: egress, labour, what is still due."""

from __future__ import annotations

from planner.report.figures import rows as bars
from planner.report.figures.looks import OWN, looks
from planner.report.figures.sheet import Chart, Sheet
from planner.report.words import amount, scale_of
from planner.study.exit_cost import Exit

NAME = "exit-cost"
_PARTS = ("egress at list price", "labour", "still due, unused")


def exit_chart(found: Exit, vendor: str, title: str, marking: str, footer: str) -> Chart:
    """Draw what each exit would meet; ``vendor`` is the vendor's name."""
    drawn = looks(_PARTS, ())
    rows, priced = [], []
    for stake in found.stakes:
        sums = (stake.egress, stake.labour, stake.stranded)
        parts = [(max(v, 0.0), drawn[name]) for v, name in zip(sums, _PARTS, strict=True) if v is not None]
        unknown = [name for v, name in zip(sums, ("egress", "labour"), strict=False) if v is None]
        total = sum(value for value, _ in parts)
        notes = [amount(total, found.currency), f"not known: {' and '.join(unknown)}"][: 1 + bool(unknown)]
        rows.append(bars.Row(stake.period, parts, notes=notes, strong=stake.period == found.at))
        priced.append(total)
    first, last = (amount(priced[i], found.currency) for i in (0, -1)) if priced else ("nothing", "nothing")
    heading = f"Leaving {vendor} would meet {first} in {found.stakes[0].period if priced else found.at}"
    if len(priced) > 1:
        heading += f", {last} in {found.stakes[-1].period}"
    divisor, scale = scale_of(max(priced, default=0.0))
    sheet = Sheet(height=bars.height(rows, marking, len(_PARTS)))
    unit = f"{found.currency} {scale}".strip()
    subtitle = (
        f"{title}. {unit} at the beginning of each period, by part; bold, the exit that is worked out."
        f"{bars.left_out(rows, 'study.json')}"
    )
    low, high = sheet.frame(marking, heading, subtitle, footer)
    below = bars.draw_key(sheet, high, [(name, drawn.get(name, OWN)) for name in _PARTS])
    bars.draw_rows(sheet, low, below, rows, lambda v: f"{v / divisor:,.4g}", labels=0.9, notes=1.9)
    alt = "; ".join(f"{row.label}: {', '.join(row.notes)}" for row in rows)
    return Chart(NAME, heading, f"{alt}.", sheet)
