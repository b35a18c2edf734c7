"""What each stressor costs, what no plan can serve under it, and what breaks if nothing moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from planner.report.figures.sheet import ALARM, EDGE, GRID, INK, SMALL, SOFT, WIDTH, Chart, Sheet
from planner.report.words import amount, percent, scale_of
from planner.study.stress import has_effect

NAME = "stress"
_LABEL, _NOTES, _ROW, _MOST = 2.3, 1.35, 0.19, 60
_COLUMNS = ((0.7, "unserved"), (1.3, "broken"))
_DEARER, _CHEAPER = "#12355b", "#b5d7ee"


def stress_chart(document: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], footer: str) -> Chart:
    """Draw the matrix: bars of extra cost, or what is unserved where no plan obeys every rule.

    The first ``_MOST`` stressors are drawn; the table has all.
    """
    felt = [row for row in rows if has_effect(row)]
    shown, currency = felt[:_MOST], str(document["currency"])
    sheet = Sheet(height=1.85 + _ROW * len(shown) + (0.15 if document["marking"] else 0))
    heading = "What goes wrong, and what it costs"
    subtitle = (
        f"{document['title']}. Cost of a new plan beyond {amount(document['cost'], currency)}, discounted; "
        "right, if nothing moves: workloads unserved, rules and limits broken."
    )
    low, high = sheet.frame(str(document["marking"]), heading, subtitle, footer)
    left, right = EDGE + _LABEL, WIDTH - EDGE - _NOTES
    base, top = low + 0.4, high - 0.22
    extra = [float(row["extra"]) for row in shown if row["extra"] is not None]
    least, most = min([0.0, *extra]), max([0.0, *extra])
    span = max(most - least, 1e-9)
    divisor, scale = scale_of(max(abs(least), most))

    def x(value: float) -> float:
        return left + (value - least) / span * (right - left)

    sheet.lines([[(x(0.0), base), (x(0.0), top)]], SOFT, 0.6, zorder=1)
    for value in sorted({least, 0.0, most}):
        if value == 0.0 or abs(value) > 0.12 * span:
            sheet.text(x(value), base - 0.15, f"{value / divisor:+,.3g}", size=SMALL, color=SOFT, ha="center")
    unit = f"{currency} {scale}".strip()
    sheet.text((left + right) / 2, base - 0.3, f"extra cost ({unit})", size=SMALL, ha="center")
    for at, text in _COLUMNS:
        sheet.text(right + at, top + 0.05, text, size=SMALL, color=SOFT, ha="right")
    pace = (top - base) / max(1, len(shown))
    for i, row in enumerate(shown):
        y = top - (i + 0.5) * pace
        sheet.lines([[(left, y - pace / 2), (right + _NOTES, y - pace / 2)]], GRID, 0.3, zorder=1)
        name = _by_name(str(row["stressor"]), document["names"])
        sheet.text(left - 0.06, y, name, size=SMALL, ha="right", va="center", room=_LABEL - 0.1)
        for (at, _), key in zip(_COLUMNS, ("held_unserved", "held_rules_broken"), strict=True):
            some, text = bool(row[key]), "?" if row[key] is None else str(row[key])
            color = INK if some else SOFT
            sheet.text(right + at, y, text, size=SMALL, bold=some, color=color, ha="right", va="center")
        if row["extra"] is None:
            room, never = right - left - 0.05, percent(row["unserved_no_shares"])
            text = f"{never} cannot run; {percent(row['unserved'])} left out by shares"
            sheet.text(
                left + 0.05, y, text, size=SMALL, bold=True, color=ALARM, va="center", room=room, ground=True
            )
            continue
        value = float(row["extra"])
        box = (min(x(0.0), x(value)), y - pace * 0.33, abs(x(value) - x(0.0)), pace * 0.66)
        sheet.rectangles([box], _DEARER if value > 0 else _CHEAPER)
    lost = sum(row["extra"] is None for row in rows)
    more = f"; {len(felt) - len(shown)} more in stress.csv" if len(felt) > len(shown) else ""
    more += f"; {len(rows) - len(felt)} have no effect" if len(rows) > len(felt) else ""
    dearest = f"the dearest new plan costs {amount(most, currency)} more"
    return Chart(NAME, heading, f"{len(rows)} stressors: {lost} leave work unserved, {dearest}{more}.", sheet)


def _by_name(stressor: str, names: Mapping[str, str]) -> str:
    """A stressor with vendor groups as people call them."""
    alone = [":".join(names.get(part, part) for part in one.split(":")) for one in stressor.split(" & ")]
    return " & ".join(alone)
