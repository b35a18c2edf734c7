"""Does every payer stay within what was voted, year by year, and within rules on cash?"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.case import ZERO
from planner.audit.context import Context
from planner.audit.filters import Facts, selected
from planner.audit.findings import Finding, of_rule, text
from planner.audit.reading import Row, number
from planner.audit.rules import binds
from planner.policy.rules import Rule

DEVELOPMENT = ("activation", "placement once", "migration labour", "migration transfer", "change")
"""Terms paid from the development vote; everything else is of the operating vote."""

_NEAR = Decimal("1e-8")
_CENT = Decimal("0.01")


def check(context: Context) -> Iterable[Finding]:
    """Cash with tax of ``costs.csv`` against each row of ``budgets.csv``; a period is of its first year."""
    if not context.case.budgets:
        return
    if context.claims.costs is None:
        yield context.missing("budget", "costs.csv")
        return
    year = {p.name: str(context.case.financial_year(p)) for p in context.case.periods}
    spent: dict[tuple[str, str, str], Decimal] = {}
    for row in context.claims.costs:
        vote = "development" if row["term"] in DEVELOPMENT else "operating"
        key = (row["payer"], year[row["period"]], vote)
        spent[key] = spent.get(key, ZERO) + number(row, "cash")
    for row in context.case.budgets:
        subject = f"{row['agency']}, {row['year']}, {row['vote']}"
        if row["currency"] != context.case.settings.get("currency"):
            yield Finding("budget", "not checked", subject, "the amount is in another currency")
            continue
        had, used = number(row, "amount"), spent.get((row["agency"], row["year"], row["vote"]), ZERO)
        numbers = {"amount": text(had), "spent": text(used), "slack": text(had - used)}
        if used > had + _CENT:
            yield Finding("budget", "fail", subject, "more cash is spent than was voted", numbers)
        else:
            yield Finding("budget", "pass", subject, "the cash spent is within it", numbers)


def _vote(row: Row) -> str:
    return "development" if row["term"] in DEVELOPMENT else "operating"


def by_rule(context: Context, rule: Rule) -> Iterable[Finding]:
    """Cash with tax of what a rule selects, in each year or in all together, against its cap."""
    case, wanted = context.case, rule.parameters
    if context.claims.costs is None:
        yield of_rule(rule, "not checked", "costs.csv", "the table is missing", {})
        return
    if tuple(wanted["currency"]) != (case.settings.get("currency"),):
        yield of_rule(rule, "not checked", "cap", "the cap is not in the case's currency", {})
        return
    bits = binds(rule, case)
    years = {p.name: str(case.financial_year(p)) for p in case.periods if bits >> p.t & 1}
    years = {p: y for p, y in years.items() if int(y) in wanted.get("years", (int(y),))}
    spent = dict.fromkeys(years.values(), ZERO)
    for row in context.claims.costs:
        facts = Facts({}, case.agencies.get(row["payer"], {}), case.regions.get(row["region"], {}))
        if row["period"] in years and wanted.get("vote") in (None, _vote(row)) and selected(rule, facts):
            spent[years[row["period"]]] += number(row, "cash")
    if wanted["per"] == "horizon" and spent:
        spent = {"horizon": sum(spent.values(), ZERO)}
    cap = Decimal(str(wanted["cap"]))
    for span, money in spent.items():
        bad = money > cap + _CENT + cap * _NEAR
        message = f"the cash spent is {'above' if bad else 'within'} the cap"
        numbers = {"spent": money, "cap": cap, "slack": cap - money}
        yield of_rule(rule, "fail" if bad else "pass", span, message, numbers)
