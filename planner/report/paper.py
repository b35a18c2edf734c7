"""The paper of a plan for a committee: what can be chosen, what it costs and risks, what to approve and sign.

It recommends nothing. Every figure stands in ``plan.json`` or in a table of the plan.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd

from planner.plan.plan import Plan
from planner.report import first_page, headline, money_tables, rule_tables
from planner.report.background import background_of
from planner.report.figures.context import Context, context_of
from planner.report.grid import Cell, Grid, grid
from planner.report.pages import Pages, closed, open_pages
from planner.report.texts import ENGLISH, rule_title, speaking, tr
from planner.report.words import amount, last_month, percent, term

STEP = 0.1
"""By so much assumed prices are moved to show what rests on them."""
_BINDING = 8
"""So many limits that bind are named; binding.csv has all."""
_SIGNED = ("units", "monthly", "obligation", "expected", "exit_value")


def paper(plan: Plan, lang: str = ENGLISH, template: Path | None = None) -> bytes:
    """The committee paper of a plan (.docx): the same bytes for the same plan, language and template.

    Parameters
    ----------
    lang
        One of :data:`planner.report.texts.LANGUAGES`.
    template
        A ministry's own document: its look, letterhead and first pages are kept. The paper takes the place
        of its paragraph ``{{paper}}``, or follows it.

    Raises
    ------
    BadInput
        If the template is no document of this kind.
    ValueError
        If the plan does not know its case, or there is no such language.
    """
    if plan.case is None:
        raise ValueError("the plan does not know its case: write the plan that plan_case gave")
    with speaking(lang):
        context = context_of(plan, background_of(plan.case))
        head = plan.head
        title = str(head.get("title") or head.get("case", ""))
        decided = datetime.fromisoformat(str(head["decision_date"]))
        footer = tr("{title} · prices as of {day}", title=title[:80], day=head["prices_as_of"])
        pages = open_pages(title, context.marking, footer, decided, template)
        pages.title(title)
        _purpose(pages, context)
        _options(pages, context)
        _cost(pages, context)
        _risk(pages, context)
        _rules(pages, context)
        _approvals(pages, context)
        _signing(pages, context)
        _decision(pages, context)
        return closed(pages)


def _purpose(pages: Pages, context: Context) -> None:
    head = context.plan.head
    pages.heading(tr("1. Purpose"))
    pages.text(
        tr(
            "The committee is asked to choose one of the options below, to approve what that option needs, "
            "and to say what is to be signed. This paper recommends none: the choice is for people."
        )
    )
    pages.text(first_page.decision(context), strong=True)
    for line in headline.first(context):
        pages.text(line, strong=True)
    until = last_month(context.plan.periods)
    facts = (
        (tr("Case"), str(head.get("case", ""))),
        (tr("Date of decision"), str(head["decision_date"])),
        (tr("Prices as of"), str(head["prices_as_of"])),
        (tr("Rules as of"), str(head["rules_as_of"])),
        (tr("Periods"), tr("{first} to {last}", first=context.periods[0], last=until)),
        (tr("Currency"), context.currency),
    )
    pages.rows((tr("Fact"), tr("Value")), [[Cell(name), Cell(value)] for name, value in facts])


def _options(pages: Pages, context: Context) -> None:
    pages.heading(tr("2. Options"))
    table = first_page.options(context)
    if not table.rows:
        pages.text(table.empty)
        return
    pages.rows(table.heads, table.rows, table.numeric)
    pages.text(table.note, small=True)


def _cost(pages: Pages, context: Context) -> None:
    pages.heading(tr("3. Cost and its range"))
    pages.table(cost(context))
    pages.table(money_tables.by_year(context))
    pages.table(money_tables.by_group(context))
    pages.table(money_tables.by_payer(context))


def cost(context: Context) -> Grid:
    """What the plan costs, and between what its cost may lie."""
    head, run, currency = context.plan.head, context.plan.run, context.currency
    amortised, assumed = float(head["amortised"]), float(head["assumed"])
    low, high = amortised - STEP * assumed, amortised + STEP * assumed
    rows = [
        [tr("Amortised, before tax"), amount(amortised, currency), tr("what the options are compared in")],
        [tr("Cash, with tax"), amount(float(head["cash"]), currency), tr("what is paid within the plan")],
        [
            tr("Of it at assumed prices"),
            amount(assumed, currency),
            tr("{part} of the amortised cost", part=percent(assumed / amortised if amortised else 0.0)),
        ],
        [
            tr("Range if assumed prices are {step} lower or higher", step=percent(STEP)),
            tr("{first} to {last}", first=amount(low, currency), last=amount(high, currency)),
            tr("other prices and the choice of places held"),
        ],
    ]
    if "bound" in run:
        near = percent(float(run["gap"]), 2)
        rows.append([
            tr("No plan costs less than"), amount(float(run["bound"]), currency),
            tr("discounted; this plan costs {money}, within {near} of it",
               money=amount(float(head["objective"]), currency), near=near),
        ])  # fmt: skip
    if head.get("foreign_currency_share"):
        rows.append([
            tr("Paid in foreign currency"), percent(float(head["foreign_currency_share"])),
            tr("of the cost; the case's rates hold a buffer"),
        ])  # fmt: skip
    if head.get("tail_liability"):
        rows.append([
            tr("Due after the horizon"), amount(float(head["tail_liability"]), currency),
            tr("what commitments still cost then"),
        ])  # fmt: skip
    return grid(tr("This plan"), (tr("Measure"), tr("Value"), tr("What it is")), rows, (1,))


def _risk(pages: Pages, context: Context) -> None:
    pages.heading(tr("4. Risk"))
    pages.table(first_page.leaving(context))
    binding = rule_tables.binding(context)
    more = len(binding.rows) - _BINDING
    pages.table(Grid(binding.caption, binding.heads, binding.rows[:_BINDING], binding.numeric,
                     binding.note, binding.empty))  # fmt: skip
    if more > 0:
        pages.text(tr("and {count} more limits that bind (binding.csv)", count=more), small=True)
    pages.heading(tr("What this assumes"), 2)
    pages.points(first_page.assumed(context))
    outlived = [str(line) for line in context.plan.head.get("outlived", ())]
    if outlived:
        pages.heading(tr("Commitments that outlive their contract"), 2)
        pages.points(outlived)


def _rules(pages: Pages, context: Context) -> None:
    pages.heading(tr("5. Rules adopted and waived"))
    pages.table(adopted(context))
    pages.table(waived(context))
    pages.heading(tr("Asked for and not enforced"), 2)
    pages.points(map(str, context.plan.head.get("not_adopted", ())) or ())
    if not context.plan.head.get("not_adopted"):
        pages.text(tr("Every rule that asks to be adopted is adopted."))


def adopted(context: Context) -> Grid:
    """Rules and parameters that hold because somebody adopted them."""
    rows: list[list[str | Cell]] = [
        [
            r.id,
            Cell(rule_title(r.title), rule_tables.value(r)),
            Cell(r.adopted_by, r.reference),
            str(r.adopted_on or ""),
        ]
        for r in context.background.rules
        if r.adopted_by
    ]
    heads = (tr("Rule"), tr("What it asks"), tr("Adopted by"), tr("On"))
    return grid(tr("Adopted"), heads, rows, empty=tr("No rule was adopted for this case."))


def waived(context: Context) -> Grid:
    """Rules that somebody lifted for a workload or a region, until a day."""
    waivers = context.plan.case.waivers if context.plan.case is not None else pd.DataFrame()
    rows: list[list[str | Cell]] = [
        [
            str(w["rule"]),
            ", ".join(str(w[c]) for c in ("workload", "region") if w[c]) or tr("everything"),
            str(w["reason"]),
            str(w["approver"]),
            str(w["expires"]),
        ]
        for w in waivers.to_dict("records")
    ]
    heads = (tr("Rule"), tr("For"), tr("Reason"), tr("Approved by"), tr("Until"))
    return grid(tr("Waived"), heads, rows, empty=tr("No rule is waived."))


def _approvals(pages: Pages, context: Context) -> None:
    pages.heading(tr("6. Approvals to obtain"))
    pages.table(approvals(context))


def approvals(context: Context) -> Grid:
    """What rules ask to be obtained before an award, each with its instrument."""
    rows: list[list[str | Cell]] = [
        [
            rule_title(r.title),
            Cell(r.instrument or tr("no source stated"), ", ".join(p for p in (r.clause, r.date) if p)),
            rule_tables.selected(r),
        ]
        for r in context.background.rules
        if r.severity == "evidence"
    ]
    heads = (tr("What"), tr("Instrument"), tr("For"))
    return grid("", heads, rows, empty=tr("No rule asks for an approval."))


def _signing(pages: Pages, context: Context) -> None:
    pages.heading(tr("7. What to sign, and when"))
    pages.table(signing(context))
    pages.table(as_used(context))


def signing(context: Context) -> Grid:
    """What obliges: commitments to sign and those held, a line for each vendor, term and begin."""
    table, currency = context.plan.signing, context.currency
    table = table[table["status"].isin(("sign", "held"))].fillna({"agreement": "", "term": ""})
    rows: list[list[str | Cell]] = []
    keys = ["start", "vendor", "agreement", "status", "term", "end"]
    for (start, vendor, agreement, status, name, end), mine in table.groupby(keys, sort=True):
        sums = mine[list(_SIGNED)].sum()
        held = Cell(tr("held already") if status == "held" else tr("to sign"), term(str(name)))
        rows.append([
            tr("{first} to {last}", first=str(start)[:7], last=str(end)[:7]),
            Cell(_vendor(context, str(vendor)), str(agreement)), held, f"{len(mine):,}",
            amount(float(sums["monthly"]), currency), amount(float(sums["obligation"]), currency),
            amount(float(sums["exit_value"]), currency) if sums["exit_value"] else tr("nothing"),
        ])  # fmt: skip
    heads = (
        tr("From, to"), tr("Vendor"), tr("Status"), tr("Families"), tr("A month"), tr("Obligation"),
        tr("Owed at its end"),
    )  # fmt: skip
    note = tr(
        "{currency}, cash with tax (signing.csv, which names each family). Obligation: owed whatever is "
        "used.",
        currency=currency,
    )
    return grid(tr("To sign"), heads, rows, (3, 4, 5, 6), note, tr("Nothing has to be signed."))


def as_used(context: Context) -> Grid:
    """What is bought as it is used, by vendor."""
    table, currency = context.plan.signing, context.currency
    table = table[table["status"] == "as used"].fillna({"agreement": ""})
    rows: list[list[str | Cell]] = [
        [_vendor(context, str(vendor)), str(agreement), amount(float(mine["expected"].sum()), currency)]
        for (vendor, agreement), mine in table.groupby(["vendor", "agreement"], sort=True)
    ]
    heads = (tr("Vendor"), tr("Agreement"), tr("Expected in all"))
    return grid(tr("As it is used"), heads, rows, (2,), empty=tr("Nothing is bought as it is used."))


def _decision(pages: Pages, context: Context) -> None:
    """Boxes to tick and lines to sign on."""
    pages.heading(tr("8. Decision and signatures"))
    for head in first_page.options(context).heads[1:]:
        pages.text(f"☐  {head}", together=True)
    pages.text(tr("Conditions: {line}", line="_" * 60), together=True)
    heads = (tr("Role"), tr("Name and post"), tr("Signature"), tr("Date"))
    people = (tr("Prepared by"), tr("Reviewed by"), tr("Approved by"))
    lines = [[Cell(role, "\n\n"), Cell(""), Cell(""), Cell("")] for role in people]
    pages.rows(heads, lines, together=True)
    pages.text(
        tr(
            "Every figure of this paper stands in plan.json or in a table of the plan's folder. planner "
            "audit works the plan out again without trusting it, planner verify shows whether a file was "
            "changed."
        ),
        small=True,
    )


def _vendor(context: Context, vendor: str) -> str:
    vendors = context.background.vendors
    names = vendors.loc[vendors["vendor"] == vendor, "name"]
    return str(names.iloc[0]) if len(names) else vendor
