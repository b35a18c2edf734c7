"""Round trip that users of each state see to the workloads they use, rural places apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.report.background import users_by_site_and_region, weighted_percentile
from planner.report.figures.context import Context
from planner.report.figures.sheet import EDGE, GRID, INK, PAPER, SMALL, SOFT, WIDTH, Chart, Sheet, Skipped
from planner.report.texts import tr, tr_noop
from planner.report.words import count, nice_steps

NAME, TITLE = "latency_by_state", tr_noop("Round trip between users and their workloads, by state")
_ALL, _RURAL = "#12355b", "#d9822b"
_ROW = 0.27


def latency_by_state(context: Context) -> Chart | Skipped:
    """Draw mean and 95th percentile over users in the last period."""
    reason = why_not(context)
    if reason:
        return Skipped(NAME, tr(TITLE), reason)
    period = context.periods[-1]
    table = by_state(context)
    if not table:
        return Skipped(NAME, tr(TITLE), tr("no workload with users is placed in {period}", period=period))
    sheet = Sheet(height=1.75 + _ROW * len(table))
    subtitle = tr(
        "Milliseconds in {period}: mean round trip by the network model, weighted by users and by where "
        "their workloads run; the percentile is over users, not over time.",
        period=period,
    )
    title = _finding(table)
    low, high = sheet.frame(
        context.marking, title, subtitle, context.footer(tr("placements.csv and the network"))
    )
    high = _legend(sheet, high)
    _rows(sheet, table, low, high)
    parts = [
        tr(
            "{state} mean {mean} ms, 95th percentile {p95} ms",
            state=s.name, mean=f"{s.all.mean:.1f}", p95=f"{s.all.p95:.1f}",
        )
        for s in table
    ]  # fmt: skip
    return Chart(NAME, title, "; ".join(parts) + ".", sheet)


def _finding(table: list[State]) -> str:
    """What the figure shows: where users wait longest, and how much longer rural ones do."""
    slowest, fastest = table[0], table[-1]
    title = tr(
        "{slowest} waits {longest} ms, {fastest} {shortest} ms",
        slowest=slowest.name, longest=f"{slowest.all.mean:.0f}",
        fastest=fastest.name, shortest=f"{fastest.all.mean:.0f}",
    )  # fmt: skip
    gaps = [(s.rural.mean - s.all.mean, s.name) for s in table if s.rural is not None]
    if gaps and max(gaps)[0] > 0:
        gap, state = max(gaps)
        title += "; " + tr("rural users up to {gap} ms more ({state})", gap=f"{gap:.0f}", state=state)
    return title


def why_not(context: Context) -> str:
    """Why no latency can be drawn, or an empty text."""
    if context.background.nodes is None or context.background.rtt is None:
        return tr("the case names no network, so no round trip is known")
    return tr("the case has no users") if context.background.users.empty else ""


@dataclass(frozen=True)
class Spread:
    """Users (summed over workloads), mean and 95th percentile of their round trips in ms."""

    users: float
    mean: float
    p95: float


@dataclass(frozen=True)
class State:
    """A state: all users, and those at rural places if there are any."""

    name: str
    all: Spread
    rural: Spread | None


def by_state(context: Context) -> list[State]:
    """Round trips of the last period by state, slowest first."""
    background, period = context.background, context.periods[-1]
    nodes, rtt = background.nodes, background.rtt
    if nodes is None or rtt is None:
        return []
    flows = users_by_site_and_region(background, context.plan.placements, len(context.periods) - 1, period)
    flows = flows[flows["users"] > 0].merge(
        nodes[["node", "state", "rural"]], left_on="site", right_on="node"
    )
    rows = rtt.index.get_indexer(pd.Index(flows["site"]))
    columns = rtt.columns.get_indexer(pd.Index(flows["region"]))
    known = (rows >= 0) & (columns >= 0)
    ms = rtt.to_numpy(dtype=float)[rows[known], columns[known]] / 1000
    flows = flows[known].assign(ms=ms)[np.isfinite(ms)]
    states = []
    for name, group in flows.groupby("state", sort=True):
        far = group[group["rural"].astype(bool)]
        states.append(
            State(str(name) or tr("(no state)"), _spread(group), None if far.empty else _spread(far))
        )
    return sorted(states, key=lambda s: (-round(s.all.mean, 6), s.name))


def _spread(rows: pd.DataFrame) -> Spread:
    ms, users = rows["ms"].to_numpy(), rows["users"].to_numpy()
    return Spread(
        float(users.sum()), float(np.average(ms, weights=users)), weighted_percentile(ms, users, 0.95)
    )


def _legend(sheet: Sheet, top: float) -> float:
    y = top - 0.12
    for x, color, marker, words in (
        (EDGE + 0.1, _ALL, "o", tr("all users: mean, line to the 95th percentile")),
        (WIDTH / 2 + 0.1, _RURAL, "D", tr("users at rural places: the same")),
    ):
        sheet.lines([[(x, y + 0.035), (x + 0.3, y + 0.035)]], color, 1.6)
        sheet.lines([[(x + 0.3, y - 0.015), (x + 0.3, y + 0.085)]], color, 1.6)
        sheet.marks([(x, y + 0.035)], marker, 5, color)
        sheet.text(x + 0.4, y, words, size=SMALL, room=WIDTH / 2 - 0.6)
    return y - 0.1


def _rows(sheet: Sheet, table: list[State], low: float, high: float) -> None:
    left, right = EDGE + 1.35, WIDTH - EDGE - 0.85
    base, head = low + 0.2, high - 0.12
    top = max(part.p95 for s in table for part in (s.all, s.rural) if part is not None) * 1.04
    pace, run = (head - base) / len(table), (right - left) / top
    for step in nice_steps(top, 8):
        x = left + step * run
        sheet.lines([[(x, base), (x, head)]], GRID, 0.5, zorder=1)
        sheet.text(
            x, base - 0.14, f"{step:g} ms" if step == 0 else f"{step:g}", size=SMALL, color=SOFT, ha="center"
        )
    sheet.text(WIDTH - EDGE, head + 0.04, tr("users (summed)"), size=SMALL, color=SOFT, ha="right", room=1.0)
    for i, state in enumerate(table):
        y = head - (i + 0.5) * pace
        if i % 2 == 0:
            sheet.rectangles([(EDGE, y - pace / 2, WIDTH - 2 * EDGE, pace)], "#f4f4f4", zorder=0.5)
        sheet.text(left - 0.12, y, state.name, ha="right", va="center", room=left - EDGE - 0.14)
        users = count(state.all.users)
        sheet.text(WIDTH - EDGE, y, users, size=SMALL, ha="right", va="center", room=0.8)
        lift = pace * 0.2 if state.rural else 0.0
        _mark(sheet, left, run, y + lift, state.all, _ALL, "o")
        if state.rural:
            _mark(sheet, left, run, y - lift, state.rural, _RURAL, "D")
    sheet.lines([[(left, base), (left, head)]], INK, 0.8)


def _mark(sheet: Sheet, left: float, run: float, y: float, part: Spread, color: str, marker: str) -> None:
    a, b = left + part.mean * run, left + part.p95 * run
    sheet.lines([[(a, y), (b, y)], [(b, y - 0.045), (b, y + 0.045)]], color, 1.6)
    sheet.marks([(a, y)], marker, 5.5, color, PAPER, 0.5)
