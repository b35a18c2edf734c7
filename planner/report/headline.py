"""What the report says first, and the record of the run it says last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from planner.plan.plan import weighed
from planner.report import sentences
from planner.report.figures.context import Context
from planner.report.grid import Grid, grid
from planner.report.texts import tr, tr_noop
from planner.report.words import amount, last_month, percent

FILES = (
    ("plan.json", tr_noop("head of the plan and run record: versions, sizes, status, residuals, seconds")),
    ("placements.csv", tr_noop("share of each workload in each region and period")),
    (
        "purchases.csv",
        tr_noop("what to buy: units of each SKU, by owner, term and period, with its price and basis"),
    ),
    (
        "costs.csv",
        tr_noop("cost lines: list price, discount, margin, tax; amortised, cash, discounted, assumed"),
    ),
    ("shares.csv", tr_noop("share of each vendor group by period, against its limit")),
    (
        "excuses.csv",
        tr_noop("why a workload may not be in a region: every rule that closed it, with the reason"),
    ),
    ("latency.csv", tr_noop("users within the target of each workload, mean and 95th percentile")),
    ("binding.csv", tr_noop("limits that bind and what one step more would save")),
    ("moves.csv", tr_noop("what moves from where to where, when, and what that costs")),
    ("machines.csv", tr_noop("which whole machines serve which workload, on demand or committed")),
    (
        "signing.csv",
        tr_noop("what to sign and when: start, end, monthly and whole obligation, contract end, exit value"),
    ),
    ("leaving.csv", tr_noop("what leaving each vendor group would meet at the beginning of each period")),
    (
        "options.csv",
        tr_noop("doing nothing, no limit on shares, this plan, a tighter cap: cost, shares, what is kept"),
    ),
    ("periods.csv", tr_noop("periods with their days, hours and discount factor")),
    ("inputs/", tr_noop("every file that was read, as it was read")),
    ("manifest.json", tr_noop("SHA-256 of every file of this folder")),
    ("figures/", tr_noop("the figures of this report as SVG and PNG")),
)

_HIDDEN = ("seconds", "contestable")
"""Entries of the run record that are not printed: clocks, which never agree twice, and a long list."""


@dataclass(frozen=True)
class Fact:
    """A number of the headline with its name and what it means."""

    name: str
    value: str
    meaning: str


def facts(context: Context) -> list[Fact]:
    """The numbers to read first."""
    head, currency = context.plan.head, context.currency
    costs = context.plan.costs
    sums = {c: float(costs[c].sum()) for c in ("amortised", "cash", "objective", "assumed")}
    years = max(len({p[:4] for p in context.periods}), 1)
    part = sums["assumed"] / sums["amortised"] if sums["amortised"] else 0.0
    found = [
        Fact(
            tr("Cost over the horizon"),
            amount(sums["amortised"], currency),
            tr("amortised, before tax, undiscounted"),
        ),
        Fact(
            tr("A year, on average"),
            amount(sums["amortised"] / years, currency),
            tr("over {count} calendar years", count=years),
        ),
        Fact(tr("Cash"), amount(sums["cash"], currency), tr("what is paid over the horizon, with tax")),
        Fact(
            tr("Objective"),
            amount(sums["objective"], currency),
            tr("cash discounted to the first period: what was made least"),
        ),
        Fact(tr("Rests on assumed prices"), percent(part), amount(sums["assumed"], currency)),
    ]
    beside = float(weighed(costs)["objective"].sum())
    if beside:
        found.append(
            Fact(
                tr("Of it weighed"),
                amount(beside, currency),
                tr("worth that nobody pays, in the objective only"),
            )
        )
    if "ended" in context.plan.run:
        near = percent(float(context.plan.run["gap"]), 2)
        found.append(
            Fact(
                tr("No plan costs less than"),
                amount(context.plan.run["bound"], currency),
                tr("in whole machines, discounted; this plan is within {near} of it", near=near),
            )
        )
    tail = float(costs["tail"].sum()) if "tail" in costs else 0.0
    if tail:
        found.append(
            Fact(tr("Due after the horizon"), amount(tail, currency), tr("what commitments still cost then"))
        )
    if "contestable_share" in head:
        found.append(
            Fact(
                tr("Contestable"),
                percent(float(head["contestable_share"])),
                tr("part of the cost that two or more vendor groups could have"),
            )
        )
    return found


def notes(context: Context) -> list[str]:
    """How the plan came about, beyond the plain case: an earlier plan, hours, tiers, carbon."""
    head, run = context.plan.head, context.plan.run
    lines = [
        *sentences.planned_again(head),
        *sentences.hourly(head),
        *(sentences.whole_machines(head, run) if "ended" in run else ()),
        *sentences.egress(head),
        *sentences.carbon(head),
    ]
    told: list[str] = []
    for line in lines:
        # What a terminal shows below a line, indented, belongs to its sentence.
        if line.startswith(" ") and told:
            told[-1] += f"; {line.strip()}"
        else:
            told.append(line.strip())
    return told


def summary(context: Context) -> str:
    """What was planned, in one sentence."""
    plan = context.plan
    served = plan.placements
    regions = served["region"].nunique()
    at_limit = int(plan.shares["binds"].fillna(False).astype(bool).sum())
    values = {
        "count": f"{served['workload'].nunique():,}", "periods": len(context.periods), "regions": regions,
        "first": context.periods[0], "last": last_month(plan.periods),
    }  # fmt: skip
    where = (
        tr("{count} workloads in one region over {periods} periods, {first} to {last}", **values)
        if regions == 1
        else tr("{count} workloads in {regions} regions over {periods} periods, {first} to {last}", **values)
    )
    if "fixed" in plan.head:
        return tr("Doing nothing, priced: {where}, held as in {file}.", where=where, file=plan.head["fixed"])
    met = (
        tr("shares of vendor groups meet their limit one time, counting each group and period")
        if at_limit == 1
        else tr(
            "shares of vendor groups meet their limit {count} times, counting each group and period",
            count=at_limit,
        )
    )
    return f"{where}; {met}."


def dates(context: Context) -> list[tuple[str, str]]:
    """As-of dates and status."""
    head = context.plan.head
    days = sorted({str(head.get(k) or "") for k in ("oldest_price", "newest_price")} - {""})
    bought = tr("{first} to {last}", first=days[0], last=days[1]) if len(days) == 2 else "".join(days)
    listed = (
        (tr("Status"), _status(context)),
        (tr("Case"), str(head.get("case", ""))),
        (tr("Date of decision"), str(head.get("decision_date", ""))),
        (tr("Prices as of"), str(head.get("prices_as_of", ""))),
        (tr("Dates of the prices bought at"), bought),
        (tr("Rules as of"), str(head.get("rules_as_of", ""))),
        (tr("Home country"), str(head.get("home_country", ""))),
        (tr("Currency"), context.currency),
    )
    return [(name, value) for name, value in listed if value]


def first(context: Context) -> list[str]:
    """What comes before any figure: that nothing was done and what that breaks, and what is not stated."""
    head = context.plan.head
    return [line.strip() for line in (*sentences.nothing_done(head), *sentences.unstated(head))]


def _status(context: Context) -> str:
    """What is proved of the plan; with whole numbers only how near it is to the cheapest."""
    status, run = sentences.status(context.plan), context.plan.run
    if (
        context.plan.head.get("status") == "stopped"
        and "fixed" not in context.plan.head
        and run.get("ended") == "effort"
    ):
        return tr(
            "obeys every rule; proved within {gap} of the cheapest when the effort was spent",
            gap=f"{run['gap']:.2%}",
        )
    if context.plan.head.get("status") != "optimal" or "fixed" in context.plan.head:
        return status
    if run.get("dual_objective") is None:
        return tr("optimal, says the solver; not proved: there are no duals that prove it")
    if run.get("integers"):
        return tr(
            "optimal: proved within {gap} of the cheapest under the rules and prices stated",
            gap=f"{run['gap']:.3%}",
        )
    return tr("optimal: proved cheapest under the rules and prices stated")


def files(figures: bool) -> Grid:
    """What each file of the plan folder holds, with figures or without."""
    rows = [[file, tr(holds)] for file, holds in FILES if figures or file != "figures/"]
    return grid(tr("Files of this folder"), (tr("File"), tr("What it holds")), rows)


def run_record(context: Context) -> Grid:
    """The run record without clocks, so that two runs of one question give the same report."""
    rows = [list(pair) for pair in _flat("", context.plan.run)]
    note = tr("Seconds are in plan.json only, so that two runs of one question give the same report.")
    return grid(tr("Run record"), (tr("Entry"), tr("Value")), rows, (), note)


def _flat(prefix: str, record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in sorted(record):
        value = record[key]
        if key in _HIDDEN:
            continue
        if isinstance(value, Mapping):
            yield from _flat(f"{prefix}{key}: ", value)
        elif isinstance(value, (list, tuple)):
            yield prefix + key, ", ".join(_word(v) for v in value)
        else:
            yield prefix + key, _word(value)


def _word(value: Any) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)
