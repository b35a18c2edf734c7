"""A plan in a terminal: what it costs, who gets which share, what binds, how sure the figures are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rich.console import Console

from planner.money import words
from planner.plan.certificate import Certificate
from planner.plan.plan import Plan, weighed
from planner.report import first_page, sentences, terminal_tables
from planner.report.figures.context import Context
from planner.report.named import place_name
from planner.report.terminal_grid import Column, fit, say
from planner.report.words import last_month, percent

_WIDTH = 80

_OUTLIVED = 3
"""So many commitments that outlive their contract are named; the report names all."""


def show(context: Context, to: Console, folder: str, everything: bool = False) -> None:
    """Print a plan: the decision, the options, where everything runs, what to sign, shares, cost, what binds.

    ``folder`` is the plan's, as it can be pasted into a shell; ``everything`` shows every workload, not the
    first :data:`~planner.report.terminal_tables.FIRST`.
    """
    plan, head = context.plan, context.plan.head
    if head["marking"]:
        say(to, head["marking"], bold=True)
    say(to, f"{head['title']} ({head['case']})", bold=True)
    say(to, first_page.decision(context).replace("\u00a0", " "))
    for line in (*sentences.nothing_done(head), *sentences.unstated(head)):
        say(to, line)
    to.print()
    terminal_tables.show_options(context, to)
    to.print()
    if more := terminal_tables.show_where(context, to, everything):
        say(to, f"{more} more: planner show {folder} --where --all, or placements.csv")
    to.print()
    say(to, "What to sign next", bold=True)
    for line in terminal_tables.sign_next(context):
        say(to, line)
    to.print()
    terminal_tables.show_vendors(context, to)
    to.print()
    terminal_tables.show_costs(context, to)
    to.print()
    for line in (*findings(plan, lambda subject: name_of(context, subject)), *_dates(plan)):
        say(to, line)


def _dates(plan: Plan) -> Iterator[str]:
    """Periods, days on which prices and rules hold, rates of exchange."""
    head, currency = plan.head, plan.head["currency"]
    yield (
        f"{len(plan.periods)} periods, {plan.periods['period'].iloc[0]} to {last_month(plan.periods)}; "
        f"decided {head['decision_date']}, money in {currency}"
    )
    yield f"prices as of {head['prices_as_of']}, rules as of {head['rules_as_of']}"
    yield f"  prices bought at are of {head['oldest_price']} to {head['newest_price']}"
    for rate in head["exchange"]:
        text = f"1 {rate['currency']} = {rate['rate']:g} {currency} in {rate['year']}"
        yield f"{text}, plus {rate['buffer']:.1%} buffer ({rate['basis']}, {rate['as_of']})"


def findings(plan: Plan, name: Callable[[str], str] = str) -> Iterator[str]:
    """Sentences: objective, assumed part, what binds, what was not adopted, what has no price.

    ``name`` gives the subject of a rule its name.
    """
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
    yield from _binding(plan, name)
    unmet = plan.latency[plan.latency["required_share"].isna()]["workload"].unique()
    if len(unmet):
        yield f"latency targets that no rule enforces: {', '.join(unmet)}"
    yield from sentences.carbon(head)
    for label in head["not_adopted"]:
        yield f"reported only, not enforced: {label}"
    yield from sentences.granted(plan)
    yield from sentences.last_confirmed(head)
    if head["unpriced_regions"]:
        yield f"known but not priced, so not used: {', '.join(head['unpriced_regions'])}"


def _binding(plan: Plan, name: Callable[[str], str]) -> Iterator[str]:
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
            f"  {line['rule']}: {line['per']} for {name(line['subject'])}: {words(line['worth'], currency)} "
            f"({line['periods']} periods)"
        )
    if len(by) > 8:
        yield f"  … and {len(by) - 8} more in binding.csv"


def show_workload(context: Context, workload: str, to: Console) -> None:
    """Print where a workload runs, and the first rule that keeps it from every other region."""
    plan, currency = context.plan, context.currency
    mine = plan.placements[plan.placements["workload"] == workload]
    spans: list[list[str]] = []
    for period in plan.periods["period"]:
        placed = mine[mine["period"] == period].sort_values(["role", "share"], ascending=[True, False])
        where = "; ".join(
            f"{place_name(context, region)}{'' if role == 'primary' else f' ({role})'} {percent(share)}"
            for region, role, share in placed[["region", "role", "share"]].itertuples(index=False)
        )
        if spans and spans[-1][2] == where:
            spans[-1][1] = str(period)
        elif where:
            spans.append([str(period), str(period), where])
    columns = (Column("from"), Column("to", spare=1), Column("where", False))
    fit(to, f"{workload}: where it runs", columns, spans, "placements.csv")
    own = plan.costs[plan.costs["workload"] == workload]["amortised"].sum()
    say(to, f"cost of what it does not share with others: {words(float(own), currency)} before tax")
    why = plan.excuses[plan.excuses["workload"] == workload].drop_duplicates("region")
    closed = [
        [
            place_name(context, line["region"]),
            f"{line['period_from']} … {line['period_to']}",
            line["rule"],
            line["reason"],
        ]
        for line in why.to_dict("records")
    ]
    fit(
        to,
        "Closed regions, first reason",
        (
            Column("region", False),
            Column("periods", False, spare=1),
            Column("rule", False),
            Column("reason", False),
        ),
        closed,
        "excuses.csv",
    )
    chosen_elsewhere = sorted(set(plan.placements["region"]) - set(why["region"]) - set(mine["region"]))
    if chosen_elsewhere:
        names = ", ".join(place_name(context, region) for region in chosen_elsewhere)
        say(to, f"open to it and not chosen: {names}")


def name_of(context: Context, subject: str) -> str:
    """The name of a vendor group or region; any other subject as it is."""
    if subject in context.names:
        return context.name(subject)
    return place_name(context, subject) if ":" in subject else subject


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


def console(stderr: bool = False) -> Console:
    """A console without colour or animation off a terminal; rich honours NO_COLOR by itself."""
    made = Console(stderr=stderr, highlight=False, soft_wrap=False)
    if not made.is_terminal:
        made = Console(stderr=stderr, highlight=False, width=_WIDTH, no_color=True, force_terminal=False)
    return made
