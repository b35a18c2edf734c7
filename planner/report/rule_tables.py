"""Tables of rules: shares against limits, what binds, sources, parameters, and what each closed."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from planner.policy.rules import CONFIDENCES, Rule
from planner.report.figures.context import Context
from planner.report.grid import Cell, Grid, grid, links_of
from planner.report.words import amount, percent, spans

BUILT_IN = {
    "availability": "not open, or not yet",
    "serves-agency": "premises of another agency",
    "no-machine": "no machine that fits",
    "no-card": "no card that suffices",
    "no-price": "no price",
}
"""Excuses that no rule pack states, for people."""

TOGETHER = {"domestic": "Domestic groups together", "foreign": "Groups under foreign law together"}
"""Subjects of rules on shares that are no single group."""

MOST = 400
"""Rows that a long table shows; what is left out is counted below it."""


def shares(context: Context) -> list[Grid]:
    """One table a rule on shares, and one of shares over everything."""
    table = context.plan.shares
    tables = []
    for (kind, rule, scope), rows in table.groupby(["kind", "rule", "scope"], sort=True):
        capped = kind != "report"
        title = (
            f"{_title(context, str(rule))}: {scope}" if capped else f"Share of {scope}, no limit set on it"
        )
        tables.append((not capped, str(rule), _share_table(context, str(kind), title, rows)))
    return [t for _, _, t in sorted(tables, key=lambda item: item[:2])]


def _share_table(context: Context, kind: str, title: str, rows: pd.DataFrame) -> Grid:
    lines: list[tuple[float, list[str | Cell]]] = []
    floor = kind == "minimum_share"
    for subject, mine in rows.groupby("subject", sort=True):
        worst = mine.sort_values(["share", "period"], ascending=[floor, True]).iloc[0]
        total = float(mine["total"].sum())
        overall = float(mine["amount"].sum()) / total if total else 0.0
        met = [str(p) for p in mine.loc[mine["binds"].fillna(False).astype(bool), "period"]]
        name = TOGETHER.get(str(subject)) or context.name(str(subject))
        line: list[str | Cell] = [
            name,
            percent(overall),
            f"{percent(float(worst['share']))} in {worst['period']}",
        ]
        if kind != "report":
            limits = sorted({round(float(v), 9) for v in mine["limit"]})
            line += [" to ".join(percent(v) for v in dict.fromkeys((limits[0], limits[-1])))]
            line += [Cell(spans(met, context.periods) if met else "never", strong=bool(met))]
        lines.append((-overall, line))
    lines.sort(key=lambda item: (item[0], str(item[1][0])))
    heads = ["Vendor group", "Over the horizon", "Lowest" if floor else "Highest"]
    heads += [] if kind == "report" else ["Floor" if floor else "Cap", "At the limit in"]
    return grid(title, heads, [line for _, line in lines], (1, 2, 3) if kind != "report" else (1, 2))


def _title(context: Context, rule: str) -> str:
    return next((f"{r.title.rstrip('.')} ({rule})" for r in context.background.rules if r.id == rule), rule)


def binding(context: Context) -> Grid:
    """What binds, and what one more unit or point in every period listed would save."""
    rows: list[tuple[float, list[str | Cell]]] = []
    table = context.plan.binding
    for (family, rule, subject, per), mine in table.groupby(["family", "rule", "subject", "per"], sort=True):
        worth = pd.to_numeric(mine["marginal"]).sum()
        what = f"{str(family).replace('_', ' ')}" + (f" ({rule})" if rule not in ("", family) else "")
        months = _when([str(p) for p in mine["period"]], context.periods)
        name = TOGETHER.get(str(subject)) or context.name(str(subject))
        rows.append((-worth, [name, what, str(per), amount(worth, context.currency), months]))
    rows.sort(key=lambda item: (round(item[0], 4), str(item[1][:3])))
    heads = ("Subject", "What binds", "One step is", "Worth of a step, summed", "Periods")
    note = (
        "Discounted money saved if the limit were looser by one step in each of the periods; exact for a "
        "small step only. Money here is the slope of the optimum, not an offer."
    )
    duals = str(context.plan.run.get("duals", ""))
    if duals.startswith("checked, "):
        note += f" Prices are {duals.removeprefix('checked, ')}."
    said = (
        f"No worth of limits is known: {duals}."
        if duals.startswith("none")
        else "No limit is worth anything."
    )
    return grid("What binds and what it costs", heads, [row for _, row in rows], (3,), note, said)


def _when(at: list[str], order: Sequence[str]) -> str:
    """Periods as ranges; a budget binds in a financial year, a contract over all of its life."""
    if set(at) <= set(order):
        return spans(at, order)
    return ", ".join(sorted(set(at) - {""})) or "all periods"


def sources(context: Context) -> Grid:
    """Rules that state what a law or a circular asks, with their source and how sure we are."""
    rows = [_source(r) for r in context.background.rules if not r.is_parameter]
    heads = ("Rule", "What it asks", "Effect", "Source", "Confidence")
    note = "; ".join(f"{letter}: {meaning}" for letter, meaning in CONFIDENCES.items())
    return grid(
        "Rules and their sources", heads, rows, (), f"{note}.", "The case applies no rule with a source."
    )


def _source(rule: Rule) -> list[str | Cell]:
    source = ", ".join(p for p in (rule.instrument, rule.clause, rule.date) if p) or "no source stated"
    doubtful = rule.standing != "in force" and not rule.verified_by
    sure: str = rule.confidence
    if rule.standing == "adopted" and not rule.verified_by:
        sure += ": adopted, to be verified"
    elif rule.standing != "in force":
        sure += f": {rule.standing}"
    asked = "" if rule.severity == rule.declared_severity else f"asked for: {rule.declared_severity}"
    return [
        rule.id,
        Cell(
            rule.title,
            f"{_parameters(rule)}. Binds: {rule.selects()}".removeprefix(". "),
        ),
        Cell(rule.severity, asked),
        Cell(source, _adoption(rule), links_of(rule.url)),
        Cell(sure, strong=doubtful),
    ]


def _adoption(rule: Rule) -> str:
    return f"adopted by {rule.adopted_by} on {rule.adopted_on}, {rule.reference}" if rule.adopted_by else ""


def _parameters(rule: Rule) -> str:
    def words(value: object, name: str) -> str:
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, tuple):
            return ", ".join(words(v, name) for v in value)
        if isinstance(value, float):
            return percent(value) if name in ("cap", "floor", "share") else f"{value:g}"
        return str(value)

    return "; ".join(f"{name}: {words(value, name)}" for name, value in rule.parameters.items())


def parameters(context: Context) -> Grid:
    """Choices of the government that plans, beside what others chose; never shown as law."""
    rows: list[list[str | Cell]] = [
        [
            r.id,
            Cell(r.title, f"Binds: {r.selects()}"),
            Cell(_parameters(r), r.severity),
            Cell(r.benchmark or "none known", "", links_of(r.url)),
            _adoption(r).removeprefix("adopted by ") or f"nobody yet ({r.standing})",
        ]
        for r in context.background.rules
        if r.is_parameter
    ]
    heads = ("Parameter", "What it sets", "Value", "Benchmark", "Adopted by")
    note = "A parameter is a choice. No law that was found requires it; the benchmark is what others chose."
    return grid("Parameters and their benchmarks", heads, rows, (), note, "The case sets no parameter.")


def addresses(context: Context) -> list[str]:
    """Web addresses of the sources of rules, each once; their place in the list is their number."""
    return list(dict.fromkeys(link for r in context.background.rules for link in links_of(r.url)))


def evidence(context: Context) -> Grid:
    """What has to be obtained before an award; it never changes a plan."""
    rows = [[r.id, r.title, r.selects()] for r in context.background.rules if r.severity == "evidence"]
    return grid(
        "To be obtained before an award", ("Rule", "What", "For"), rows, empty="No rule asks for evidence."
    )


def closed(context: Context) -> Grid:
    """How many pairs of workload and region each rule closed, alone or first among several."""
    excuses = context.plan.excuses
    pairs = excuses.drop_duplicates(["workload", "region", "rule"])
    first = excuses.drop_duplicates(["workload", "region"])
    counts = pd.DataFrame(
        {"all": pairs["rule"].value_counts(), "first": first["rule"].value_counts()}
    ).fillna(0)
    rows = [
        [
            _title(context, str(rule)) if rule not in BUILT_IN else f"{BUILT_IN[str(rule)]} ({rule})",
            f"{int(row['first']):,}",
            f"{int(row['all']):,}",
        ]
        for rule, row in sorted(counts.iterrows(), key=lambda item: (-item[1]["first"], str(item[0])))
    ]
    heads = ("Rule", "Closed first", "Closed at all")
    total = len(context.background.workloads) * len(context.background.regions)
    note = f"Pairs of workload and region, in some or all periods, out of {total:,}."
    return grid("What closed regions to workloads", heads, rows, (1, 2), note, "Nothing closed any region.")


def closed_by_workload(context: Context) -> Grid:
    """For each workload the regions left open throughout, and the first rule that closed the others."""
    first = context.plan.excuses.drop_duplicates(["workload", "region"])
    regions = len(context.background.regions)
    by = dict(list(first.groupby("workload")["rule"]))
    rows: list[list[str | Cell]] = []
    for workload, level in context.background.workloads[["workload", "classification"]].itertuples(
        index=False
    ):
        rules = by[workload].value_counts() if workload in by else pd.Series(dtype=int)
        order = sorted(rules.items(), key=lambda item: (-item[1], str(item[0])))
        words = ", ".join(f"{rule} ({count})" for rule, count in order)
        rows.append([str(workload), str(level), str(regions - int(rules.sum())), words or "nothing"])
    heads = (
        "Workload",
        "Classification",
        "Regions open throughout",
        "First rule that closed the others (regions)",
    )
    return grid(
        "Why not elsewhere, by workload", heads, rows[:MOST], (2,), left_out(len(rows), "excuses.csv")
    )


def left_out(count: int, file: str) -> str:
    """What a note says when a table is cut; empty when it is whole."""
    return f"The first {MOST:,} of {count:,} rows; all are in {file}." if count > MOST else ""
