"""Round trip that users of each state see to the workloads they use, rural places apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.report.background import users_by_site_and_region, weighted_percentile
from planner.report.figures.context import Context
from planner.report.figures.sheet import EDGE, GRID, INK, PAPER, SMALL, SOFT, WIDTH, Chart, Sheet, Skipped
from planner.report.words import count, nice_steps

NAME, TITLE = "latency_by_state", "Round trip between users and their workloads, by state"
_ALL, _RURAL = "#12355b", "#d9822b"
_ROW = 0.27


def latency_by_state(context: Context) -> Chart | Skipped:
    """Draw mean and 95th percentile over users in the last period."""
    reason = why_not(context)
    if reason:
        return Skipped(NAME, TITLE, reason)
    period = context.periods[-1]
    table = by_state(context)
    if table.empty:
        return Skipped(NAME, TITLE, f"no workload with users is placed in {period}")
    sheet = Sheet(height=1.75 + _ROW * len(table))
    subtitle = (
        f"Milliseconds in {period}: mean round trip by the network model, weighted by users and by where "
        "their workloads run; the percentile is over users, not over time."
    )
    low, high = sheet.frame(
        context.marking, TITLE, subtitle, context.footer("placements.csv and the network")
    )
    high = _legend(sheet, high)
    _rows(sheet, table, low, high)
    parts = [f"{s.state} mean {s.mean:.1f} ms, 95th percentile {s.p95:.1f} ms" for s in table.itertuples()]
    return Chart(NAME, TITLE, "; ".join(parts) + ".", sheet)


def why_not(context: Context) -> str:
    """Why no latency can be drawn, or an empty text."""
    if context.background.nodes is None or context.background.rtt is None:
        return "the case names no network, so no round trip is known"
    return "the case has no users" if context.background.users.empty else ""


def by_state(context: Context) -> pd.DataFrame:
    """state, users, mean, p95, rural_users, rural_mean, rural_p95 in ms, slowest first."""
    background, period = context.background, context.periods[-1]
    nodes, rtt = background.nodes, background.rtt
    if nodes is None or rtt is None:
        raise ValueError("no network")
    flows = users_by_site_and_region(background, context.plan.placements, len(context.periods) - 1, period)
    flows = flows[flows["users"] > 0].merge(
        nodes[["node", "state", "rural"]], left_on="site", right_on="node"
    )
    rows, columns = rtt.index.get_indexer(flows["site"]), rtt.columns.get_indexer(flows["region"])
    known = (rows >= 0) & (columns >= 0)
    flows, ms = flows[known], rtt.to_numpy(dtype=float)[rows[known], columns[known]] / 1000
    flows = flows.assign(ms=ms)[np.isfinite(ms)]
    lines = []
    for state, group in flows.groupby("state", sort=True):
        far = group[group["rural"].astype(bool)]
        mine = not far.empty
        lines.append(
            (str(state) or "(no state)", *_spread(group), *(_spread(far) if mine else (0.0, np.nan, np.nan)))
        )
    names = ["state", "users", "mean", "p95", "rural_users", "rural_mean", "rural_p95"]
    table = pd.DataFrame(lines, columns=names)
    return table.sort_values(["mean", "state"], ascending=[False, True], ignore_index=True)


def _spread(rows: pd.DataFrame) -> tuple[float, float, float]:
    ms, users = rows["ms"].to_numpy(), rows["users"].to_numpy()
    return float(users.sum()), float(np.average(ms, weights=users)), weighted_percentile(ms, users, 0.95)


def _legend(sheet: Sheet, top: float) -> float:
    y = top - 0.12
    for x, color, marker, words in (
        (EDGE + 0.1, _ALL, "o", "all users: mean, line to the 95th percentile"),
        (WIDTH / 2 + 0.1, _RURAL, "D", "users at rural places: the same"),
    ):
        sheet.lines([[(x, y + 0.035), (x + 0.3, y + 0.035)]], color, 1.6)
        sheet.lines([[(x + 0.3, y - 0.015), (x + 0.3, y + 0.085)]], color, 1.6)
        sheet.marks([(x, y + 0.035)], marker, 5, color)
        sheet.text(x + 0.4, y, words, size=SMALL, room=WIDTH / 2 - 0.6)
    return y - 0.1


def _rows(sheet: Sheet, table: pd.DataFrame, low: float, high: float) -> None:
    left, right = EDGE + 1.35, WIDTH - EDGE - 0.85
    base, head = low + 0.2, high - 0.12
    top = float(np.nanmax(table[["p95", "rural_p95"]].to_numpy())) * 1.04
    pace, run = (head - base) / len(table), (right - left) / top
    for step in nice_steps(top, 8):
        x = left + step * run
        sheet.lines([[(x, base), (x, head)]], GRID, 0.5, zorder=1)
        sheet.text(
            x, base - 0.14, f"{step:g} ms" if step == 0 else f"{step:g}", size=SMALL, color=SOFT, ha="center"
        )
    sheet.text(WIDTH - EDGE, head + 0.04, "users (summed)", size=SMALL, color=SOFT, ha="right", room=1.0)
    for i, row in enumerate(table.itertuples(index=False)):
        y = head - (i + 0.5) * pace
        rural = row.rural_users > 0
        if i % 2 == 0:
            sheet.rectangles([(EDGE, y - pace / 2, WIDTH - 2 * EDGE, pace)], "#f4f4f4", zorder=0.5)
        sheet.text(left - 0.12, y, row.state, ha="right", va="center", room=left - EDGE - 0.14)
        sheet.text(WIDTH - EDGE, y, count(row.users), size=SMALL, ha="right", va="center", room=0.8)
        lift = pace * 0.2 if rural else 0.0
        _mark(sheet, left, run, y + lift, row.mean, row.p95, _ALL, "o")
        if rural:
            _mark(sheet, left, run, y - lift, row.rural_mean, row.rural_p95, _RURAL, "D")
    sheet.lines([[(left, base), (left, head)]], INK, 0.8)


def _mark(
    sheet: Sheet, left: float, run: float, y: float, mean: float, p95: float, color: str, marker: str
) -> None:
    a, b = left + mean * run, left + p95 * run
    sheet.lines([[(a, y), (b, y)], [(b, y - 0.045), (b, y + 0.045)]], color, 1.6)
    sheet.marks([(a, y)], marker, 5.5, color, PAPER, 0.5)
