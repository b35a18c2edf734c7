"""A plan in a terminal: what it costs, who gets which share, what binds, how sure the figures are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from planner.money import words
from planner.plan.certificate import Certificate
from planner.plan.plan import Plan, weighed
from planner.report import sentences
from planner.report.words import financial_years
from planner.tolerances import SUM

_WIDTH = 110

_OUTLIVED = 3
"""So many commitments that outlive their contract are named; the report names all."""


def show(plan: Plan, console: Console) -> None:
    """Print a plan: dates, vendors with share against cap, totals, what binds, how much is assumed."""
    head = plan.head
    currency = head["currency"]
    if head["marking"]:
        console.print(Text(head["marking"], style="bold"))
    console.print(Text(f"{head['title']} ({head['case']})", style="bold"))
    last = date.fromisoformat(plan.periods["end"].iloc[-1]) - timedelta(days=1)
    console.print(f"{len(plan.periods)} periods, {plan.periods['period'].iloc[0]} to {last:%Y-%m}")
    bought = f"rows bought from {head['oldest_price']} to {head['newest_price']}"
    console.print(f"prices as of {head['prices_as_of']} ({bought}), rules as of {head['rules_as_of']}")
    console.print(f"decided {head['decision_date']}, money in {currency}")
    for rate in head["exchange"]:
        text = f"1 {rate['currency']} = {rate['rate']:g} {currency} in {rate['year']}"
        console.print(f"{text}, plus {rate['buffer']:.1%} buffer ({rate['basis']}, {rate['as_of']})")
    for line in (*sentences.nothing_done(head), *sentences.unstated(head)):
        console.print(Text(line))
    console.print()
    console.print(vendor_table(plan))
    console.print(cost_table(plan))
    for line in findings(plan):
        console.print(Text(line))


def vendor_table(plan: Plan) -> Table:
    """Vendors: cost, share of all market spend, highest share under each cap, floor for domestic."""
    currency = plan.head["currency"]
    table = _table(f"Vendors ({currency}, whole horizon, before tax)")
    table.add_column("vendor group")
    for name in ("cost", "of market", "contestable", "limit", "at the limit in"):
        table.add_column(name, justify="right")
    spent = plan.costs.groupby("vendor_group")["amortised"].sum()
    ruled = plan.shares[plan.shares["kind"] != "report"]
    market = plan.shares.loc[plan.shares["kind"] == "report", "subject"].unique()
    of_market = float(spent[spent.index.isin(market)].sum())
    for group, cost in spent.sort_values(ascending=False).items():
        mine = ruled[(ruled["subject"] == group) & (ruled["kind"] == "vendor_share")]
        share = f"{cost / of_market:.1%}" if group in market and of_market else "own"
        table.add_row(str(group), f"{cost:,.0f}", share, *_against(mine, "≤"))
    floor = ruled[ruled["kind"] == "minimum_share"]
    for subject, mine in floor.groupby("subject"):
        table.add_row(f"({subject})", f"{mine['amount'].sum():,.0f}", "", *_against(mine, "≥"))
    return table


def _against(rows: pd.DataFrame, sign: str) -> tuple[str, str, str]:
    if rows.empty:
        return "", "", ""
    total = float(rows["total"].sum())
    share = float(rows["amount"].sum()) / total if total else 0.0
    tight = int(rows["binds"].sum())
    where = f"{tight} of {len(rows)} periods" if tight else "never"
    if over := int((rows["slack"] < -SUM).sum()):
        where = f"broken in {over}"
    return f"{share:.1%}", f"{sign} {float(rows['limit'].iloc[0]):.0%}", where


def cost_table(plan: Plan) -> Table:
    """Cost by term and by financial year of the period's start."""
    currency = plan.head["currency"]
    table = _table(f"Cost ({currency})")
    table.add_column("term")
    costs = plan.costs.assign(year=financial_years(plan.costs["period"], plan.head))
    years = sorted(costs["year"].unique())
    for name in (*years, "all"):
        table.add_column(name, justify="right")
    by = costs.pivot_table(index="term", columns="year", values="amortised", aggfunc="sum", fill_value=0.0)
    for term, row in by.iterrows():
        if row.any():
            table.add_row(str(term), *(f"{row[y]:,.0f}" for y in years), f"{row.sum():,.0f}")
    table.add_section()
    for label, column in (("total before tax", "amortised"), ("cash with tax", "cash")):
        sums = costs.groupby("year")[column].sum()
        table.add_row(label, *(f"{sums[y]:,.0f}" for y in years), f"{sums.sum():,.0f}", style="bold")
    for term, lines in weighed(costs).groupby("term"):
        sums = lines.groupby("year")["objective"].sum().reindex(years, fill_value=0.0)
        label = f"worth of {term!s}, nobody pays"
        table.add_row(label, *(f"{sums[y]:,.0f}" for y in years), f"{sums.sum():,.0f}")
    return table


def findings(plan: Plan) -> Iterator[str]:
    """Sentences: objective, assumed part, what binds, what was not adopted, what has no price."""
    head = plan.head
    currency = head["currency"]
    workloads, regions = plan.placements["workload"].nunique(), plan.placements["region"].nunique()
    yield f"{workloads} workloads placed in {regions} regions; status: {sentences.status(plan)}"
    yield f"discounted cost (the objective): {words(head['objective'], currency)}"
    for term, lines in weighed(plan.costs).groupby("term"):
        worth = words(float(lines["objective"].sum()), currency)
        yield f"  of it the worth of {term}, which nobody pays: {worth}"
    yield from sentences.planned_again(head)
    yield from sentences.hourly(head)
    yield from sentences.whole_machines(head, plan.run)
    yield from sentences.moves(plan)
    yield from sentences.egress(head)
    if head.get("tail_liability"):
        yield f"due after the horizon for commitments: {words(head['tail_liability'], currency)}"
    outlived = head.get("outlived", [])
    for line in outlived[:_OUTLIVED]:
        yield f"warning, a commitment outlives its contract: {line}"
    if more := outlived[_OUTLIVED:]:
        yield f"  … and {len(more)} more commitments that outlive their contract (report.html)"
    if head["amortised"]:
        yield (
            f"{head['assumed'] / head['amortised']:.1%} of the cost rests on assumed prices; "
            f"{head['contestable_share']:.1%} of it is contestable"
        )
    if not plan.survival.empty:
        events, saved = plan.survival["event"].nunique(), plan.survival["workload"].nunique()
        yield f"{saved} critical workloads find a place in each of {events} losses (survival.csv)"
    if head.get("foreign_currency_share"):
        yield f"{head['foreign_currency_share']:.1%} of the cost is priced in a foreign currency"
    yield from _binding(plan)
    unmet = plan.latency[plan.latency["required_share"].isna()]["workload"].unique()
    if len(unmet):
        yield f"latency targets that no rule enforces: {', '.join(unmet)}"
    yield from sentences.carbon(head)
    for label in head["not_adopted"]:
        yield f"reported only, not enforced: {label}"
    if head["unpriced_regions"]:
        yield f"known but not priced, so not used: {', '.join(head['unpriced_regions'])}"


def _binding(plan: Plan) -> Iterator[str]:
    currency = plan.head["currency"]
    if plan.binding.empty:
        yield (
            "no rule that could be loosened binds"
            if str(plan.run.get("duals", "")).startswith("checked")
            else (f"what binds: {plan.run.get('duals')}")
        )
        return
    yield f"what binds{sentences.priced_in(plan.run)}, and what loosening it would save over the horizon:"
    keys = ["family", "rule", "subject", "per"]
    by = plan.binding.groupby(keys, as_index=False).agg(
        worth=("marginal", "sum"), periods=("period", "nunique")
    )
    by = by.sort_values(["worth", *keys], ascending=[False, True, True, True, True])
    for line in by.head(8).to_dict("records"):
        yield (
            f"  {line['rule']}: {line['per']} for {line['subject']}: {words(line['worth'], currency)} "
            f"({line['periods']} periods)"
        )
    if len(by) > 8:
        yield f"  … and {len(by) - 8} more in binding.csv"


def show_workload(plan: Plan, workload: str, console: Console) -> None:
    """Print where a workload runs, and the first rule that keeps it from every other region."""
    currency = plan.head["currency"]
    mine = plan.placements[plan.placements["workload"] == workload]
    table = _table(f"{workload}: share by region")
    table.add_column("period")
    regions = sorted(mine["region"].unique())
    for region in regions:
        table.add_column(region, justify="right")
    for period, rows in mine.groupby("period"):
        by = rows.groupby("region")["share"].sum()
        table.add_row(str(period), *(f"{by[r]:.1%}" if r in by.index else "" for r in regions))
    console.print(table)
    own = plan.costs[plan.costs["workload"] == workload]["amortised"].sum()
    console.print(f"cost of what it does not share with others: {words(float(own), currency)} before tax")
    why = plan.excuses[plan.excuses["workload"] == workload].drop_duplicates("region")
    closed = _table("Closed regions, first reason")
    for name in ("region", "periods", "rule", "reason"):
        closed.add_column(name, overflow="fold")
    for line in why.to_dict("records"):
        closed.add_row(
            line["region"], f"{line['period_from']} … {line['period_to']}", line["rule"], line["reason"]
        )
    console.print(closed)
    open_regions = sorted(set(plan.placements["region"]) - set(why["region"]) - set(regions))
    if open_regions:
        console.print(f"open to it and not chosen: {', '.join(open_regions)}")


def bound_words(proof: Certificate, plan: Plan, faults: Sequence[str] = ()) -> str:
    """What a certificate proves of a plan, in words; ``faults`` say why it proves nothing of it."""
    if faults:
        return f"NOT proved: the certificate is no proof of this plan; {'; '.join(faults)}"
    currency = plan.head["currency"]
    if "ended" in plan.run:
        cost, said = plan.head["objective"], "proved" if proof.holds else "NOT proved"
        part = (cost - proof.bound) / cost if cost else 0.0
        return (
            f"{said}: no plan in whole machines costs less than {proof.bound:,.2f} {currency}; this one "
            f"costs {cost:,.2f}, within {part:.2%} (discounted; recomputed from the duals, no solver)"
        )
    verdict = "proved cheapest" if proof.holds else "NOT proved cheapest"
    note = ", for the choice of whole numbers that the plan made" if proof.whole else ""
    costs = f"the plan costs {proof.objective:,.2f} {currency}, no plan costs less than {proof.bound:,.2f}"
    return f"{verdict}{note}: {costs} (discounted; recomputed from the duals, no solver)"


def as_json(plan: Plan) -> dict[str, Any]:
    """The plan as one JSON document: record and frames as lists of rows."""
    frames = {
        name: getattr(plan, name).astype(object).where(getattr(plan, name).notna(), None).to_dict("records")
        for name in (
            "placements",
            "purchases",
            "costs",
            "shares",
            "latency",
            "binding",
            "options",
            "signing",
            "leaving",
        )
    }
    return {**plan.head, "run": dict(plan.run), **frames}


def console(stderr: bool = False) -> Console:
    """A console without colour or animation off a terminal; rich honours NO_COLOR by itself."""
    made = Console(stderr=stderr, highlight=False, soft_wrap=False)
    if not made.is_terminal:
        made = Console(stderr=stderr, highlight=False, width=_WIDTH, no_color=True, force_terminal=False)
    return made


def _table(title: str) -> Table:
    return Table(
        title=title, title_justify="left", title_style="bold", header_style="bold", box=None, pad_edge=False
    )
