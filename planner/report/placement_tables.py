"""Tables of where workloads run and what their users see."""

from __future__ import annotations

from planner.report import plan_words
from planner.report.figures.context import Context
from planner.report.figures.latency import Spread, by_state, why_not
from planner.report.figures.map_data import flows_of, regions_of
from planner.report.grid import Cell, Grid, grid
from planner.report.rule_tables import MOST, left_out
from planner.report.texts import tr
from planner.report.words import amount, count, percent, spans


def placements(context: Context) -> Grid:
    """Each workload's places in one row, with the range of its shares there where it is divided or moves."""
    plan, order, names = context.plan, context.periods, place_names(context)
    columns = context.background.workloads[["workload", "agency", "classification"]]
    owner = {str(w): (str(a), str(c)) for w, a, c in columns.itertuples(index=False, name=None)}
    at = {p: i for i, p in enumerate(order)}
    rows: list[list[str | Cell]] = []
    for workload, mine in plan.placements.groupby("workload", sort=True):
        agency, level = owner.get(str(workload), ("", ""))
        alive, changes, here = {at[str(p)] for p in mine["period"]}, False, []
        for (region, role), part in mine.groupby(["region", "role"], sort=True):
            shares = {at[str(p)]: float(s) for p, s in zip(part["period"], part["share"], strict=True)}
            words, moves = _spell(shares, order, alive)
            changes |= moves
            place = names.get(str(region), str(region)) + (
                "" if role == "primary" else f" ({plan_words.role(str(role))})"
            )
            here.append((role != "primary", -sum(shares.values()), min(shares), place, f"{place}{words}"))
        here.sort()
        where = "; ".join(words for *_, words in here)
        short = _short([place for *_, place, _ in here], sum(not ready for ready, *_ in here))
        rows.append([
            str(workload), agency, level, Cell(short or where, more=where if short else ""),
            Cell(tr("changes") if changes else "", strong=changes),
        ])  # fmt: skip
    heads = (tr("Workload"), tr("Agency"), tr("Classification"), tr("Where"), tr("Changes"))
    return grid(tr("Where each workload runs"), heads, rows[:MOST], (), left_out(len(rows), "placements.csv"))


def _short(places: list[str], runs: int) -> str:
    """Where most of a system runs, and at how many other places; blank where one place is all."""
    ready = len(places) - runs
    if len(places) < 2:
        return ""
    first = tr("mostly {place}, {count} more", place=places[0], count=runs - 1) if runs > 1 else places[0]
    return tr("{where}; ready at {count}", where=first, count=ready) if ready else first


def by_region(context: Context) -> Grid:
    """Each region in use with its systems, users and money, to be sorted by either; the dearest first."""
    plan, names = context.plan, place_names(context)
    cost = plan.costs.groupby("region")["amortised"].sum()
    total = float(cost.sum())
    served = {r.key: r for r in regions_of(context, flows_of(context))}
    systems = plan.placements.groupby("region")["workload"].nunique()
    rows: list[list[str | Cell]] = []
    for region in sorted(systems.index, key=lambda r: (-round(float(cost.get(r, 0.0)), 2), str(r))):
        share = served[region].share if region in served else 0.0
        paid = float(cost.get(region, 0.0))
        rows.append([
            Cell(names.get(str(region), str(region)), str(region)), f"{int(systems[region]):,}",
            percent(share) if share else "", amount(paid, context.currency),
            percent(paid / total) if total else "",
        ])  # fmt: skip
    heads = (tr("Region"), tr("Systems"), tr("Users, last period"), tr("Cost"), tr("Part"))
    return grid(tr("Each region by money and users"), heads, rows, (1, 2, 3, 4), "", "")


def place_names(context: Context) -> dict[str, str]:
    """Name of each region for people: its vendor's with its own."""
    vendors = context.background.vendors.set_index("vendor")["name"].to_dict()
    columns = context.background.regions[["region", "vendor", "name"]]
    return {
        str(region): str(name) if name == vendors.get(vendor) else f"{vendors.get(vendor, vendor)} {name}"
        for region, vendor, name in columns.itertuples(index=False, name=None)
    }


def _spell(shares: dict[int, float], order: list[str], alive: set[int]) -> tuple[str, bool]:
    """Shares and their periods in words, and whether anything changes; nothing for all of it, always."""
    low, high = (percent(f(shares.values())) for f in (min, max))
    always = set(shares) == alive
    words = f" {low}" if low == high else " " + tr("{first} to {last}", first=low, last=high)
    words = "" if low == high == percent(1.0) else words
    when = "" if always else " " + tr("in {period}", period=spans([order[t] for t in shares], order))
    return words + when, low != high or not always


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
    heads = (
        tr("If gone"), tr("Workload"), tr("Most of it lost"), tr("In"), tr("Of it kept ready"),
        tr("Where that would run"),
    )  # fmt: skip
    note = tr(
        "Shares of the workload. What is not kept ready is bought only when it happens; its room is free."
    )
    note = f"{note} {left_out(len(rows), 'survival.csv')}".strip()
    return grid(tr("Where work would run"), heads, rows[:MOST], (2, 4), note)


def latency(context: Context) -> Grid:
    """Workloads with a target: users within it, and the slowest period."""
    table = context.plan.latency
    rows: list[list[str | Cell]] = []
    for workload, mine in table.groupby("workload", sort=True):
        worst = mine.sort_values(["reached_share", "period"]).iloc[0]
        at = [str(p) for p in mine.loc[mine["binds"].astype(bool), "period"]]
        reached = percent(float(worst["reached_share"]))
        rows.append([
            str(workload),
            f"{float(worst['target_ms']):g} ms",
            percent(float(worst["required_share"])) or tr("no rule asks"),
            tr("{share} in {period}", share=reached, period=worst["period"]),
            f"{float(mine['mean_ms'].max()):.1f} ms",
            f"{float(mine['p95_ms'].max()):.1f} ms",
            Cell(spans(at, context.periods) if at else tr("never"), strong=bool(at)),
        ])  # fmt: skip
    heads = (
        tr("Workload"), tr("Target"), tr("Users asked for"), tr("Users within it, lowest"),
        tr("Mean, highest"), tr("95th percentile, highest"), tr("At the limit in"),
    )  # fmt: skip
    empty, note = tr("No workload has a latency target."), left_out(len(rows), "latency.csv")
    return grid(tr("Workloads with a latency target"), heads, rows[:MOST], (1, 2, 3, 4, 5), note, empty)


def states(context: Context) -> Grid:
    """Round trips by state, as in the figure."""
    title = tr("Round trip by state in {period}", period=context.periods[-1])
    rural = (tr("Rural users"), tr("Rural mean"), tr("Rural 95th percentile"))
    heads = (tr("State"), tr("Users (summed)"), tr("Mean"), tr("95th percentile"), *rural)
    reason = why_not(context)
    if reason:
        return grid(title, heads, [], empty=tr("Not shown: {reason}.", reason=reason))

    rows = [
        [s.name, *_words(s.all), *(_words(s.rural) if s.rural else (tr("none"), "", ""))]
        for s in by_state(context)
    ]
    note = tr("Users are summed over workloads. Percentiles are over users, not over time.")
    return grid(title, heads, rows, range(1, 7), note)


def _words(part: Spread) -> tuple[str, str, str]:
    return count(part.users), f"{part.mean:.1f} ms", f"{part.p95:.1f} ms"
