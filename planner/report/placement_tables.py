"""Tables of where workloads run and what their users see."""

from __future__ import annotations

from planner.report.figures.context import Context
from planner.report.figures.latency import Spread, by_state, why_not
from planner.report.grid import Cell, Grid, grid
from planner.report.rule_tables import MOST, left_out
from planner.report.words import count, percent, spans


def placements(context: Context) -> Grid:
    """Each workload's regions with the share there, by ranges of periods; changes marked."""
    plan, order = context.plan, context.periods
    columns = context.background.workloads[["workload", "agency", "classification"]]
    owner = {str(w): (str(a), str(c)) for w, a, c in columns.itertuples(index=False, name=None)}
    at = {p: i for i, p in enumerate(order)}
    rows: list[list[str | Cell]] = []
    for workload, mine in plan.placements.groupby("workload", sort=True):
        agency, level = owner.get(str(workload), ("", ""))
        alive = sorted({at[str(p)] for p in mine["period"]})
        here = []
        for (region, role), part in mine.groupby(["region", "role"], sort=True):
            shares = {at[str(p)]: float(s) for p, s in zip(part["period"], part["share"], strict=True)}
            here.append((min(shares), str(region), str(role), shares))
        for _, region, role, shares in sorted(here, key=lambda h: h[:3]):
            words, changes = _spells(shares, order, alive)
            rows.append([
                str(workload), agency, level, region if role == "primary" else f"{region} ({role})",
                words, Cell("changes" if changes else "", strong=changes),
            ])  # fmt: skip
    heads = ("Workload", "Agency", "Classification", "Region", "Share and periods", "Changes")
    return grid("Where each workload runs", heads, rows[:MOST], (), left_out(len(rows), "placements.csv"))


def _spells(shares: dict[int, float], order: list[str], alive: list[int]) -> tuple[str, bool]:
    """Shares in words, one range of periods after the other, and whether anything changes."""
    shown = {t: percent(share) for t, share in sorted(shares.items())}
    values = list(dict.fromkeys(shown.values()))
    parts = []
    for value in values:
        months = spans([order[t] for t, v in shown.items() if v == value], order)
        parts.append(months if values == [percent(1.0)] else f"{value}: {months}")
    return "; ".join(parts), len(values) > 1 or sorted(shares) != alive


def survival(context: Context) -> Grid:
    """By loss and workload: where it would run in the period in which most of it is lost."""
    table = context.plan.survival
    table = table.assign(saved=table["standby"] + table["extra"])
    rows: list[list[str | Cell]] = []
    for (event, workload), mine in table.groupby(["event", "workload"], sort=True):
        period = str(mine.groupby("period")["saved"].sum().round(9).idxmax())
        there = mine[mine["period"] == period].groupby("region")[["standby", "saved"]].sum()
        places = [f"{region} {percent(float(part))}" for region, part in there["saved"].items()]
        lost, ready = (percent(float(there[name].sum())) for name in ("saved", "standby"))
        rows.append([str(event), str(workload), lost, period, ready, "; ".join(places)])
    heads = ("If gone", "Workload", "Most of it lost", "In", "Of it kept ready", "Where that would run")
    note = "Shares of the workload. What is not kept ready is bought only when it happens; its room is free."
    note = f"{note} {left_out(len(rows), 'survival.csv')}".strip()
    return grid("Where work would run", heads, rows[:MOST], (2, 4), note)


def latency(context: Context) -> Grid:
    """Workloads with a target: users within it, and the slowest period."""
    table = context.plan.latency
    rows: list[list[str | Cell]] = []
    for workload, mine in table.groupby("workload", sort=True):
        worst = mine.sort_values(["reached_share", "period"]).iloc[0]
        at = [str(p) for p in mine.loc[mine["binds"].astype(bool), "period"]]
        rows.append([
            str(workload),
            f"{float(worst['target_ms']):g} ms",
            percent(float(worst["required_share"])) or "no rule asks",
            f"{percent(float(worst['reached_share']))} in {worst['period']}",
            f"{float(mine['mean_ms'].max()):.1f} ms",
            f"{float(mine['p95_ms'].max()):.1f} ms",
            Cell(spans(at, context.periods) if at else "never", strong=bool(at)),
        ])  # fmt: skip
    heads = (
        "Workload",
        "Target",
        "Users asked for",
        "Users within it, lowest",
        "Mean, highest",
        "95th percentile, highest",
        "At the limit in",
    )
    empty = "No workload has a latency target."
    note = left_out(len(rows), "latency.csv")
    return grid("Workloads with a latency target", heads, rows[:MOST], (1, 2, 3, 4, 5), note, empty)


def states(context: Context) -> Grid:
    """Round trips by state, as in the figure."""
    title = f"Round trip by state in {context.periods[-1]}"
    rural = ("Rural users", "Rural mean", "Rural 95th percentile")
    heads = ("State", "Users (summed)", "Mean", "95th percentile", *rural)
    reason = why_not(context)
    if reason:
        return grid(title, heads, [], empty=f"Not shown: {reason}.")

    rows = [
        [s.name, *_words(s.all), *(_words(s.rural) if s.rural else ("none", "", ""))]
        for s in by_state(context)
    ]
    note = "Users are summed over workloads. Percentiles are over users, not over time."
    return grid(title, heads, rows, range(1, 7), note)


def _words(part: Spread) -> tuple[str, str, str]:
    return count(part.users), f"{part.mean:.1f} ms", f"{part.p95:.1f} ms"
