"""What it would cost to have the whole of a workload in another region, or why it cannot be there."""

from __future__ import annotations

from collections.abc import Mapping

from planner.explain.why import Verdict, Why
from planner.report.figures import rows as bars
from planner.report.figures.looks import Look, looks
from planner.report.figures.sheet import Chart, Sheet
from planner.report.words import amount, percent, scale_of

NAME = "why"
_OPEN, _WAIVED = "allowed", "if the rules that close it were waived"


def why_chart(found: Why, places: Mapping[str, str], title: str, marking: str, footer: str) -> Chart:
    """Draw a row a region, what is cheapest first; ``places`` names the regions."""
    drawn = looks([_OPEN, _WAIVED], ())
    order = sorted(found.verdicts, key=lambda v: (v.share <= 0.0, v.extra is None, v.extra or 0.0, v.region))
    rows = [_row(found, verdict, places, drawn) for verdict in order]
    here = [places.get(v.region, v.region) for v in order if v.share > 0.0]
    dearest = [v.extra for v in order if v.extra is not None and v.share <= 0.0]
    heading = (
        f"{found.workload} runs at {' and '.join(here[:2])}"
        if here
        else f"{found.workload} runs nowhere here"
    )
    if len(here) > 2:
        heading += f" and {len(here) - 2} more"
    if dearest:
        low, high = (amount(max(f(dearest), 0.0), found.currency) for f in (min, max))
        heading += f"; all of it elsewhere costs {low if low == high else f'{low} to {high}'} more"
    divisor, scale = scale_of(max((v.extra or 0.0 for v in order), default=0.0))
    sheet = Sheet(height=bars.height(rows, marking, 2))
    unit = f"{found.currency} {scale}".strip()
    subtitle = (
        f"{title}. {unit}, discounted, that the plan would cost more with the whole of it there."
        f"{bars.left_out(rows, 'why.csv')}"
    )
    below_frame, high_frame = sheet.frame(marking, heading, subtitle, footer)
    below = bars.draw_key(sheet, high_frame, [(name, drawn[name]) for name in (_OPEN, _WAIVED)])
    bars.draw_rows(sheet, below_frame, below, rows, lambda v: f"{v / divisor:,.4g}", labels=2.95, notes=1.25)
    alt = "; ".join(f"{row.label}: {row.instead or ', '.join(row.notes)}" for row in rows)
    return Chart(NAME, heading, f"{alt}.", sheet)


def _row(found: Why, verdict: Verdict, places: Mapping[str, str], drawn: Mapping[str, Look]) -> bars.Row:
    name, closed = places.get(verdict.region, verdict.region), verdict.status == "closed"
    if verdict.share > 0.0:
        return bars.Row(name, instead="", notes=(f"runs here, {percent(verdict.share)}",), strong=True)
    if verdict.extra is None:
        why = verdict.excuses[0].reason if verdict.excuses else "not whole within the other rules"
        return bars.Row(name, instead=why, notes=("may not" if closed else "does not fit",))
    part = (max(verdict.extra, 0.0), drawn[_WAIVED if closed else _OPEN])
    note = f"+ {amount(verdict.extra, found.currency)}" if verdict.extra > 0.005 else "no more"
    return bars.Row(name, [part], notes=(note,))
