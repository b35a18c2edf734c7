"""When what is signed or bought begins and ends: one bar a vendor, family and term."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.report.figures.context import Context
from planner.report.figures.looks import OWN
from planner.report.figures.sheet import EDGE, GRID, INK, SMALL, SOFT, WIDTH, Chart, Sheet, Skipped
from planner.report.texts import tr, tr_noop
from planner.report.words import amount

NAME, TITLE = "signing", tr_noop("What is signed and bought, when")
_ROWS = 18
"""Bars that are drawn: what obliges first, then the largest; the table has all."""
_PACE = 0.2
_LEFT, _RIGHT = 2.3, 1.05


def signing_schedule(context: Context) -> Chart | Skipped:
    """Draw it, or say why not."""
    table = context.plan.signing
    table = table[(table["obligation"] > 0) | (table["expected"] > 0)]
    if table.empty:
        return Skipped(NAME, tr(TITLE), tr("nothing is signed or bought"))
    chosen = table.assign(_bound=table["obligation"].astype(float), _size=table["expected"].astype(float))
    chosen = chosen.sort_values(["_bound", "_size"], ascending=False, kind="stable").head(_ROWS)
    title, money = _finding(context, table), context.currency
    left_out = len(table) - len(chosen)
    subtitle = tr("Filled: owed whatever is used; pale: paid as it is used. Money with tax, within the plan.")
    if left_out:
        subtitle += " " + tr("The largest {shown} of {count}.", shown=len(chosen), count=len(table))
    sheet = Sheet(height=1.15 + _PACE * len(chosen) + (0.1 if context.marking else 0))
    low, high = sheet.frame(context.marking, title, subtitle, context.footer("signing.csv"))
    days = pd.to_datetime(pd.concat([chosen["start"], chosen["end"]]))
    first, last = days.min(), days.max()
    left, right = EDGE + _LEFT, WIDTH - EDGE - _RIGHT
    run, base = (right - left) / max((last - first).days, 1), low + 0.16
    for year in range(first.year, last.year + 1):
        x = left + max((pd.Timestamp(year, 1, 1) - first).days, 0) * run
        sheet.lines([[(x, base), (x, high)]], GRID, 0.5, zorder=1)
        if right - x > 0.2:
            sheet.text(x + 0.02, base - 0.13, str(year), size=SMALL, color=SOFT)
    pace = (high - base) / len(chosen)
    vendors = context.background.vendors.set_index("vendor")["name"].to_dict()
    for i, line in enumerate(chosen.to_dict("records")):
        y = high - (i + 0.5) * pace
        begin, end = ((pd.Timestamp(line[k]) - first).days * run + left for k in ("start", "end"))
        look = context.looks.get(str(line["vendor_group"]), OWN)
        bound = line["_bound"] > 0
        label = f"{vendors.get(line['vendor'], line['vendor'])}: {line['family']}"
        sheet.text(left - 0.08, y, label, size=SMALL, ha="right", va="center", room=_LEFT - 0.1)
        sheet.rectangles(
            [(begin, y - pace * 0.3, end - begin, pace * 0.6)],
            look.color if bound else _pale(look.color),
            look.hatch if bound else "",
            look.hatching,
        )
        if bound:
            sheet.lines([[(begin, y - pace * 0.3), (begin, y + pace * 0.3)]], INK, 1.2, zorder=5)
        owed = float(line["_bound"] if bound else line["_size"])
        sheet.text(right + 0.06, y, amount(owed, money), size=SMALL, va="center", room=_RIGHT - 0.06)
    alt = "; ".join(
        f"{vendors.get(r['vendor'], r['vendor'])} {r['family']} "
        f"{tr('{first} to {last}', first=r['start'], last=r['end'])}, "
        f"{amount(float(r['_bound'] or r['_size']), money)}"
        for r in chosen.to_dict("records")
    )
    return Chart(NAME, title, alt + ".", sheet)


def _finding(context: Context, table: pd.DataFrame) -> str:
    """What the figure shows, in one sentence."""
    signed, money = table[table["status"] == "sign"], context.currency
    expected = amount(float(table["expected"].sum()), money)
    if signed.empty:
        return tr(
            "Nothing new is signed: {expected} is paid as it is used or for what is held", expected=expected
        )
    owed = amount(float(signed["obligation"].sum()), money)
    first, last = signed["start"].min(), signed["end"].max()
    return tr("Signing obliges to {owed}, from {first} to {last}", owed=owed, first=first, last=last)


def _pale(color: str) -> str:
    """A colour mixed with twice as much paper."""
    rgb = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)])
    return "#" + "".join(f"{int(v):02x}" for v in np.round(255 - (255 - rgb) * 0.45))
