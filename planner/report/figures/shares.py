"""Share of each vendor group by period against the limit that binds it: one small panel a group."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.report import plan_words
from planner.report.figures.context import Context
from planner.report.figures.looks import OWN, Look
from planner.report.figures.sheet import ALARM, EDGE, GRID, INK, SMALL, SOFT, WIDTH, Chart, Sheet, Skipped
from planner.report.texts import tr, tr_noop
from planner.report.words import nice_steps, percent

NAME, TITLE = "vendor_share", tr_noop("Share of each vendor group against its limit")
_PANEL = 1.62
"""Inches: height of a panel with its headings."""
WIDEST_BAR = 0.5


@dataclass(frozen=True)
class _Panel:
    """One subject under one rule: share and limit by period (NaN where none), in the plan's order."""

    rule: str
    kind: str
    scope: str
    subject: str
    share: np.ndarray
    limit: np.ndarray
    binds: np.ndarray


def vendor_share(context: Context) -> Chart | Skipped:
    """Draw it, or say why not."""
    shares = context.plan.shares
    ruled = shares[shares["kind"] != "report"]
    chosen = ruled if len(ruled) else shares
    panels = _panels(context, chosen)
    if not panels:
        return Skipped(NAME, tr(TITLE), tr("no part of the load is contestable, so no share is counted"))
    columns = 4 if len(panels) > 6 else min(3, len(panels))
    lines = math.ceil(len(panels) / columns)
    sheet = Sheet(height=1.25 + _PANEL * lines + (0.1 if context.marking else 0))
    scopes = sorted(set(chosen["scope"].astype(str)))
    subtitle = tr("Per cent of {scopes}, by period", scopes=", ".join(map(plan_words.scope, scopes)))
    subtitle += "; " + tr("dashed: the limit; ▼ the period is at its limit.") if len(ruled) else "."
    title = _finding(context, panels) if len(ruled) else tr("Share of each vendor group (no rule limits it)")
    low, high = sheet.frame(context.marking, title, subtitle, context.footer("shares.csv"))
    width = (WIDTH - 2 * EDGE) / columns
    height = (high - low) / lines
    top = max(float(np.nanmax([p.share.max(initial=0), np.nanmax(np.r_[p.limit, 0])])) for p in panels)
    for i, panel in enumerate(panels):
        x, y = EDGE + (i % columns) * width, high - (i // columns + 1) * height
        _draw(sheet, context, panel, (x, y, width - 0.12, height - 0.06), max(top, 0.01) * 1.12)
    return Chart(NAME, title, _alt(context, panels), sheet)


def _panels(context: Context, shares: pd.DataFrame) -> list[_Panel]:
    order = {p: i for i, p in enumerate(context.periods)}
    panels = []
    keys = ["rule", "kind", "scope", "subject"]
    for (rule, kind, scope, subject), rows in shares.groupby(keys, sort=True):
        if kind == "region_share" and not (rows["amount"] > 0).any():
            continue  # There are many regions; the table lists those that nothing uses.
        at = rows["period"].map(order).to_numpy()
        share, limit = np.full(len(order), np.nan), np.full(len(order), np.nan)
        binds = np.zeros(len(order), dtype=bool)
        share[at], limit[at] = rows["share"].to_numpy(dtype=float), rows["limit"].to_numpy(dtype=float)
        binds[at] = rows["binds"].fillna(False).to_numpy(dtype=bool)
        share = np.nan_to_num(share)
        panels.append(_Panel(str(rule), str(kind), str(scope), str(subject), share, limit, binds))
    # Caps before floors, then the largest first: the eye starts where the limit matters.
    return sorted(
        panels, key=lambda p: (p.kind == "minimum_share", p.rule, -round(float(p.share.max()), 9), p.subject)
    )


def _finding(context: Context, panels: list[_Panel]) -> str:
    """What the figure shows: who is at a limit, or who comes nearest to none."""
    most = max(panels, key=lambda p: (int(p.binds.sum()), float(p.share.max())))
    name, at = _subject(context, most), int(most.binds.sum())
    if not at:
        largest = max(panels, key=lambda p: float(p.share.max()))
        return tr(
            "Nobody is at a limit; {vendor} has the largest share, up to {share}",
            vendor=_subject(context, largest), share=percent(float(largest.share.max())),
        )  # fmt: skip
    others = len({p.subject for p in panels if p.binds.any()} - {most.subject})
    values = {"vendor": name, "limit": _limit_words(most), "at": at, "count": len(most.share)}
    line = tr("{vendor} is at its {limit} in {at} of {count} periods", **values)
    return f"{line}, {tr('{count} more in some', count=others)}" if others else line


def _subject(context: Context, panel: _Panel) -> str:
    if panel.kind == "jurisdiction_share" and panel.subject == "foreign":
        return tr("Groups under foreign law")
    if panel.kind == "minimum_share" and panel.subject == "domestic":
        return tr("Domestic groups together")
    return context.name(panel.subject)


def _limit_words(panel: _Panel) -> str:
    known = sorted(set(np.round(panel.limit[~np.isnan(panel.limit)], 9)))
    if not known:
        return tr("no limit")
    low, high = percent(known[0]), percent(known[-1])
    share = low if len(known) == 1 else tr("{first} to {last}", first=low, last=high)
    return (
        tr("floor {share}", share=share) if panel.kind == "minimum_share" else tr("cap {share}", share=share)
    )


def _draw(
    sheet: Sheet, context: Context, panel: _Panel, box: tuple[float, float, float, float], top: float
) -> None:
    x, y, width, height = box
    look = context.looks.get(panel.subject, Look("#3b5b8c", "", "#ffffff", "o", "#ffffff"))
    if panel.subject not in context.market and panel.subject in context.names:
        look = OWN
    at = int(panel.binds.sum())
    sheet.text(x, y + height - 0.12, _subject(context, panel), bold=True, room=width)
    words = _limit_words(panel)
    if at:
        words = tr("at {limit}, {at} of {count} periods", limit=words, at=at, count=len(panel.share))
    sheet.text(x, y + height - 0.25, words, size=SMALL, color=ALARM if at else SOFT, room=width)
    left, right = x + 0.32, x + width - 0.36
    base, head = y + 0.2, y + height - 0.38
    rise = (head - base) / top
    steps = [s for s in nice_steps(top, 4) if s <= top]
    sheet.lines([[(left, base + s * rise), (right, base + s * rise)] for s in steps], GRID, 0.5, zorder=1)
    for s in steps:
        sheet.text(left - 0.04, base + s * rise, percent(s), size=SMALL, color=SOFT, ha="right", va="center")
    pace = (right - left) / len(panel.share)
    wide = min(pace * 0.76, WIDEST_BAR)
    bars = [(left + (i + 0.5) * pace - wide / 2, base, wide, s * rise) for i, s in enumerate(panel.share)]
    sheet.rectangles(bars, look.color, look.hatch, look.hatching)
    limits = [
        [(left + i * pace, base + v * rise), (left + (i + 1) * pace, base + v * rise)]
        for i, v in enumerate(panel.limit)
        if not np.isnan(v)
    ]
    sheet.lines(_joined(limits), INK, 1.1, "dashed", zorder=5)
    if limits:
        last = float(panel.limit[~np.isnan(panel.limit)][-1])
        sheet.text(
            right + 0.04, base + last * rise, percent(last), size=SMALL, bold=True, va="center", room=0.4
        )
    marks = [
        (
            left + (i + 0.5) * pace,
            base + (v if np.isnan(panel.limit[i]) else max(v, panel.limit[i])) * rise + 0.06,
        )
        for i, v in enumerate(panel.share)
        if panel.binds[i]
    ]
    sheet.marks(marks, "v", min(5.0, pace * 50), ALARM, ALARM)
    year_labels(sheet, context.periods, left, pace, base)


def _joined(lines: list[list[tuple[float, float]]]) -> list[list[tuple[float, float]]]:
    """Neighbouring pieces at one height as one line, so that dashes run evenly."""
    joined: list[list[tuple[float, float]]] = []
    for line in lines:
        if (
            joined
            and abs(joined[-1][-1][0] - line[0][0]) < 1e-9
            and abs(joined[-1][-1][1] - line[0][1]) < 1e-9
        ):
            joined[-1][-1] = line[1]
        else:
            joined.append(list(line))
    return joined


def year_labels(sheet: Sheet, periods: list[str], left: float, pace: float, base: float) -> None:
    """The years below an axis of periods, each under its first period, as many as there is room for."""
    firsts = [i for i, p in enumerate(periods) if i == 0 or p[:4] != periods[i - 1][:4]]
    sheet.lines([[(left, base), (left + pace * len(periods), base)]], INK, 0.8, zorder=4)
    sheet.lines(
        [[(left + i * pace, base), (left + i * pace, base - 0.04)] for i in firsts], INK, 0.8, zorder=4
    )
    free = -1.0
    for i in firsts:
        place = left + i * pace + 0.02
        need = sheet.measure(periods[i][:4], SMALL)
        if place >= free and place + need <= left + pace * len(periods) + 0.3:
            sheet.text(place, base - 0.13, periods[i][:4], size=SMALL, color=SOFT)
            free = place + need + 0.02


def _alt(context: Context, panels: list[_Panel]) -> str:
    parts = []
    for panel in panels:
        low, high = percent(float(panel.share.min())), percent(float(panel.share.max()))
        parts.append(
            tr(
                "{vendor}: {first} to {last}, {limit}, at it in {at} periods",
                vendor=_subject(context, panel), first=low, last=high,
                limit=_limit_words(panel), at=int(panel.binds.sum()),
            )
        )  # fmt: skip
    return "; ".join(parts) + "."
