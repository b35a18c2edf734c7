"""Does the plan's record say what its own inputs say? Dates, currency, case, marking, totals."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.case import ZERO
from planner.audit.claims import RECORD
from planner.audit.context import Context
from planner.audit.findings import Finding, text
from planner.audit.reading import number

_COPIED = {
    "case": "id",
    "title": "title",
    "marking": "marking",
    "synthetic": "synthetic",
    "currency": "currency",
    "home_country": "home_country",
    "decision_date": "decision_date",
    "prices_as_of": "prices_as_of",
    "rules_as_of": "rules_as_of",
}
_TOTALS = {
    "amortised": "amortised",
    "assumed": "assumed",
    "cash": "cash",
    "objective": "objective",
    "tail_liability": "tail",
}
"""Totals of ``plan.json`` and the column of ``costs.csv`` that they add up."""
_ROUNDED = Decimal("0.02")


def check(context: Context) -> Iterable[Finding]:
    """``plan.json`` against ``case.toml`` and against the sums of ``costs.csv``."""
    head = context.claims.head
    if head is None:
        yield context.missing("record", RECORD)
        return
    wrong = []
    for key, setting in _COPIED.items():
        stated, asked = head.get(key), context.case.settings.get(setting)
        if str(stated) != str(asked):
            wrong.append(
                Finding("record", "fail", key, f"plan.json says {stated!s:.80}, case.toml {asked!s:.80}")
            )
    for key, column in _TOTALS.items() if context.claims.costs is not None else ():
        if any(column not in row for row in context.claims.costs or ()):
            continue  # check ``cells`` says so
        total = sum((number(row, column) for row in context.claims.costs or ()), ZERO)
        stated = head.get(key)
        if not isinstance(stated, (int, Decimal)) or abs(stated - total) > _ROUNDED + abs(total) * Decimal(
            "1e-9"
        ):
            numbers = {"stated": text(stated), "sum": text(total)}
            wrong.append(
                Finding("record", "fail", key, "plan.json's total is not the sum of costs.csv", numbers)
            )
    yield from wrong
    if not wrong:
        yield Finding("record", "pass", RECORD, "says what the inputs and the cost lines say")
