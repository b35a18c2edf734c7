"""Tables of where workloads run and what their users see."""

from __future__ import annotations

from planner.report.figures.context import Context
from planner.report.figures.latency import by_state, why_not
from planner.report.grid import Cell, Grid, grid
from planner.report.rule_tables import MOST, left_out
from planner.report.words import count, percent, spans


def placements(context: Context) -> Grid:
    """Each workload's regions with the share there, by ranges of periods; changes marked."""
    plan, order = context.plan, context.periods
    workloads = context.background.workloads.set_index("workload")[["agency", "classification"]]
    at = {p: i for i, p in enumerate(order)}
    rows: list[list[str | Cell]] = []
    for workload, mine in plan.placements.groupby("workload", sort=True):
        agency, level = workloads.loc[workload] if workload in workloads.index else ("", "")
        alive = sorted({at[str(p)] for p in mine["period"]})
        here = []
        for (region, role), part in mine.groupby(["region", "role"], sort=True):
            shares = {at[str(p)]: round(float(s), 9) for p, s in zip(part["period"], part["share"], strict=True)}
            here.append((min(shares), str(region), str(role), shares))
        for i, (_, region, role, shares) in enumerate(sorted(here, key=lambda h: h[:3])):
            words, changes = _spells(shares, order, alive)
            name = str(workload) if i == 0 else Cell(str(workload))
            rows.append([
                name, str(agency), str(level), region if role == "primary" else f"{region} ({role})",
                Cell(words, strong=changes), Cell("changes" if changes else "", strong=changes),
            ])  # fmt: skip
    heads = ("Workload", "Agency", "Classification", "Region", "Share and periods", "Over time")
    return grid("Where each workload runs", heads, rows[:MOST], (), left_out(len(rows), "placements.csv"))


def _spells(shares: dict[int, float], order: list[str], alive: list[int]) -> tuple[str, bool]:
    """Shares in words, one range of periods after the other, and whether anything changes."""
    values = sorted({*shares.values()}, key=lambda v: min(t for t, s in shares.items() if s == v))
    changes = len(values) > 1 or sorted(shares) != alive
    parts = []
    for value in values:
        months = spans([order[t] for t, s in shares.items() if s == value], order)
        parts.append(f"{percent(value)}: {months}" if value < 1 else months)
    return "; ".join(parts), changes


def latency(context: Context) -> Grid:
    """Workloads with a target: users within it, and the slowest period."""
    table = context.plan.latency
    rows: list[list[str | Cell]] = []
    for workload, mine in table.groupby("workload", sort=True):
        worst = mine.loc[(mine["reached_share"] - mine["required_share"]).astype(float).idxmin()]
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
    heads = ("Workload", "Target", "Users asked for", "Users within it, lowest", "Mean, highest", "95th percentile, highest", "At the limit in")  # fmt: skip
    empty = "No workload has a latency target."
    note = left_out(len(rows), "latency.csv")
    return grid("Workloads with a latency target", heads, rows[:MOST], (1, 2, 3, 4, 5), note, empty)


def states(context: Context) -> Grid:
    """Round trips by state, as in the figure."""
    title = f"Round trip by state in {context.periods[-1]}"
    heads = ("State", "Users (summed)", "Mean", "95th percentile", "Rural users", "Rural mean", "Rural 95th percentile")  # fmt: skip
    reason = why_not(context)
    if reason:
        return grid(title, heads, [], empty=f"Not shown: {reason}.")

    def ms(value: float) -> str:
        return f"{value:.1f} ms" if value == value else ""

    rows = [
        [s.state, count(s.users), ms(s.mean), ms(s.p95), count(s.rural_users), ms(s.rural_mean), ms(s.rural_p95)]
        for s in by_state(context).itertuples(index=False)
    ]
    note = "Users are summed over workloads. Percentiles are over users, not over time."
    return grid(title, heads, rows, range(1, 7), note)
