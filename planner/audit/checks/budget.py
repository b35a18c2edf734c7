"""Does every payer stay within what was voted, year by year?"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.case import ZERO
from planner.audit.context import Context
from planner.audit.findings import Finding, text
from planner.audit.reading import number

DEVELOPMENT = ("activation", "placement once", "migration labour", "migration transfer", "change")
"""Terms paid from the development vote; everything else is of the operating vote."""

_CENT = Decimal("0.01")


def check(context: Context) -> Iterable[Finding]:
    """Cash with tax of ``costs.csv`` against each row of ``budgets.csv``; a period is of its first year."""
    if not context.case.budgets:
        return
    if context.claims.costs is None:
        yield context.missing("budget", "costs.csv")
        return
    year = {p.name: str(p.start.year) for p in context.case.periods}
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
