"""Tables of rules: shares against limits, what binds, sources, parameters, and what each closed."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from planner.policy.rules import CONFIDENCES, Rule
from planner.report import plan_words
from planner.report.figures.context import Context
from planner.report.grid import Cell, Grid, grid, links_of
from planner.report.texts import rule_title, tr, tr_noop
from planner.report.words import amount, percent, spans

BUILT_IN = {
    "availability": tr_noop("not open, or not yet"),
    "serves-agency": tr_noop("premises of another agency"),
    "no-machine": tr_noop("no machine that fits"),
    "no-card": tr_noop("no card that suffices"),
    "no-price": tr_noop("no price"),
}
"""Excuses that no rule pack states, for people."""

TOGETHER = {
    "domestic": tr_noop("Domestic groups together"),
    "foreign": tr_noop("Groups under foreign law together"),
}
"""Subjects of rules on shares that are no single group."""

EFFECTS = {
    "hard": tr_noop("hard"),
    "warn": tr_noop("warn"),
    "report": tr_noop("report"),
    "evidence": tr_noop("evidence"),
}
"""What a rule does in a case, for people."""

MOST = 400
"""Rows that a long table shows; what is left out is counted below it."""


def shares(context: Context) -> list[Grid]:
    """One table a rule on shares, and one of shares over everything."""
    table = context.plan.shares
    tables = []
    for (kind, rule, scope), rows in table.groupby(["kind", "rule", "scope"], sort=True):
        capped = kind != "report"
        title = (
            f"{_title(context, str(rule))}: {plan_words.scope(str(scope))}"
            if capped
            else tr("Share of {scope}, no limit set on it", scope=plan_words.scope(str(scope)))
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
        highest = percent(float(worst["share"]))
        line: list[str | Cell] = [
            _subject(context, str(subject)),
            percent(overall),
            tr("{share} in {period}", share=highest, period=worst["period"]),
        ]
        if kind != "report":
            limits = sorted({round(float(v), 9) for v in mine["limit"]})
            low, high = percent(limits[0]), percent(limits[-1])
            line += [low if limits[0] == limits[-1] else tr("{first} to {last}", first=low, last=high)]
            line += [Cell(spans(met, context.periods) if met else tr("never"), strong=bool(met))]
        lines.append((-overall, line))
    lines.sort(key=lambda item: (item[0], str(item[1][0])))
    heads = [tr("Vendor group"), tr("Over the horizon"), tr("Lowest") if floor else tr("Highest")]
    heads += [] if kind == "report" else [tr("Floor") if floor else tr("Cap"), tr("At the limit in")]
    return grid(title, heads, [line for _, line in lines], (1, 2, 3) if kind != "report" else (1, 2))


def _subject(context: Context, subject: str) -> str:
    return tr(TOGETHER[subject]) if subject in TOGETHER else context.name(subject)


def _title(context: Context, rule: str) -> str:
    titles = (rule_title(r.title).rstrip(".") for r in context.background.rules if r.id == rule)
    return next((f"{title} ({rule})" for title in titles), rule)


def binding(context: Context) -> Grid:
    """What binds, and what one more unit or point in every period listed would save."""
    rows: list[tuple[float, list[str | Cell]]] = []
    table = context.plan.binding
    for (family, rule, subject, per), mine in table.groupby(["family", "rule", "subject", "per"], sort=True):
        worth = pd.to_numeric(mine["marginal"]).sum()
        what = plan_words.family(str(family)) + (f" ({rule})" if rule not in ("", family) else "")
        months = _when([str(p) for p in mine["period"]], context.periods)
        name = _subject(context, str(subject))
        rows.append(
            (-worth, [name, what, plan_words.step(str(per)), amount(worth, context.currency), months])
        )
    rows.sort(key=lambda item: (round(item[0], 4), str(item[1][:3])))
    heads = (
        tr("Subject"), tr("What binds"), tr("One step is"), tr("Worth of a step, summed"), tr("Periods"),
    )  # fmt: skip
    note = tr(
        "Discounted money saved if the limit were looser by one step in each of the periods; exact for a "
        "small step only. Money here is the slope of the optimum, not an offer."
    )
    duals = str(context.plan.run.get("duals", ""))
    if duals.startswith("checked, "):
        note += " " + tr("Prices are {of}.", of=plan_words.duals(duals.removeprefix("checked, ")))
    said = (
        tr("No worth of limits is known: {reason}.", reason=plan_words.duals(duals))
        if duals.startswith("none")
        else tr("No limit is worth anything.")
    )
    return grid(tr("What binds and what it costs"), heads, [row for _, row in rows], (3,), note, said)


def _when(at: list[str], order: Sequence[str]) -> str:
    """Periods as ranges; a budget binds in a financial year, a contract over all of its life."""
    if set(at) <= set(order):
        return spans(at, order)
    return ", ".join(sorted(set(at) - {""})) or tr("all periods")


def sources(context: Context) -> Grid:
    """Rules that state what a law or a circular asks, with their source and how sure we are."""
    rows = [_source(r) for r in context.background.rules if not r.is_parameter]
    heads = (tr("Rule"), tr("What it asks"), tr("Effect"), tr("Source"), tr("Confidence"))
    note = "; ".join(f"{letter}: {tr(meaning)}" for letter, meaning in CONFIDENCES.items())
    empty = tr("The case applies no rule with a source.")
    return grid(tr("Rules and their sources"), heads, rows, (), f"{note}.", empty)


def _source(rule: Rule) -> list[str | Cell]:
    source = ", ".join(p for p in (rule.instrument, rule.clause, rule.date) if p) or tr("no source stated")
    doubtful = rule.standing != "in force" and not rule.verified_by
    sure: str = rule.confidence
    if rule.standing == "adopted" and not rule.verified_by:
        sure += ": " + tr("adopted, to be verified")
    elif rule.standing != "in force":
        sure += f": {tr(rule.standing)}"
    declared = tr(EFFECTS[rule.declared_severity])
    asked = "" if rule.severity == rule.declared_severity else tr("asked for: {effect}", effect=declared)
    return [
        rule.id,
        Cell(
            rule_title(rule.title),
            f"{value(rule)}. {tr('Binds: {whom}', whom=selected(rule))}".removeprefix(". "),
        ),
        Cell(tr(EFFECTS[rule.severity]), asked),
        Cell(source, _adoption(rule), links_of(rule.url)),
        Cell(sure, strong=doubtful),
    ]


def _adoption(rule: Rule) -> str:
    return tr("adopted by {whom}", whom=_adopter(rule)) if rule.adopted_by else ""


def _adopter(rule: Rule) -> str:
    return tr(
        "{whom} on {day}, {reference}",
        whom=rule.adopted_by, day=rule.adopted_on, reference=rule.reference,
    )  # fmt: skip


def value(rule: Rule) -> str:
    """The parameters of a rule in one line."""

    def words(value: object, name: str) -> str:
        if isinstance(value, bool):
            return tr("yes") if value else tr("no")
        if isinstance(value, tuple):
            return ", ".join(words(v, name) for v in value)
        if isinstance(value, float):
            return percent(value) if name in ("cap", "floor", "share") else f"{value:g}"
        return str(value)

    return "; ".join(f"{name}: {words(value, name)}" for name, value in rule.parameters.items())


def selected(rule: Rule) -> str:
    """Whom a rule binds, as :meth:`Rule.selects` says it."""
    parts = [
        tr("{column} in {values}", column=f"{table}.{column}", values=", ".join(values))
        for table, columns in sorted(rule.select.items())
        for column, values in sorted(columns.items())
    ]
    return tr(" and ").join(parts) if parts else tr("everything")


def parameters(context: Context) -> Grid:
    """Choices of the government that plans, beside what others chose; never shown as law."""
    rows: list[list[str | Cell]] = [
        [
            r.id,
            Cell(rule_title(r.title), tr("Binds: {whom}", whom=selected(r))),
            Cell(value(r), tr(EFFECTS[r.severity])),
            Cell(r.benchmark or tr("none known"), "", links_of(r.url)),
            _adopter(r) if r.adopted_by else tr("nobody yet ({standing})", standing=tr(r.standing)),
        ]
        for r in context.background.rules
        if r.is_parameter
    ]
    heads = (tr("Parameter"), tr("What it sets"), tr("Value"), tr("Benchmark"), tr("Adopted by"))
    note = tr(
        "A parameter is a choice. No law that was found requires it; the benchmark is what others chose."
    )
    empty = tr("The case sets no parameter.")
    return grid(tr("Parameters and their benchmarks"), heads, rows, (), note, empty)


def addresses(context: Context) -> list[str]:
    """Web addresses of the sources of rules, each once; their place in the list is their number."""
    return list(dict.fromkeys(link for r in context.background.rules for link in links_of(r.url)))


def evidence(context: Context) -> Grid:
    """What has to be obtained before an award; it never changes a plan."""
    rows = [
        [r.id, rule_title(r.title), selected(r)] for r in context.background.rules if r.severity == "evidence"
    ]
    heads, empty = (tr("Rule"), tr("What"), tr("For")), tr("No rule asks for evidence.")
    return grid(tr("To be obtained before an award"), heads, rows, empty=empty)


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
            _title(context, str(rule)) if rule not in BUILT_IN else f"{tr(BUILT_IN[str(rule)])} ({rule})",
            f"{int(row['first']):,}",
            f"{int(row['all']):,}",
        ]
        for rule, row in sorted(counts.iterrows(), key=lambda item: (-item[1]["first"], str(item[0])))
    ]
    heads = (tr("Rule"), tr("Closed first"), tr("Closed at all"))
    total = len(context.background.workloads) * len(context.background.regions)
    note = tr("Pairs of workload and region, in some or all periods, out of {total}.", total=f"{total:,}")
    empty = tr("Nothing closed any region.")
    return grid(tr("What closed regions to workloads"), heads, rows, (1, 2), note, empty)


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
        rows.append([str(workload), str(level), str(regions - int(rules.sum())), words or tr("nothing")])
    heads = (
        tr("Workload"), tr("Classification"), tr("Regions open throughout"),
        tr("First rule that closed the others (regions)"),
    )  # fmt: skip
    note = left_out(len(rows), "excuses.csv")
    return grid(tr("Why not elsewhere, by workload"), heads, rows[:MOST], (2,), note)


def left_out(count: int, file: str) -> str:
    """What a note says when a table is cut; empty when it is whole."""
    if count <= MOST:
        return ""
    values = {"most": f"{MOST:,}", "count": f"{count:,}", "file": file}
    return tr("The first {most} of {count} rows; all are in {file}.", **values)
