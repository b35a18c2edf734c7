"""What money weighs when, and the months of the calendar after the horizon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from planner.audit.case import HOURS, ONE, ZERO, Case


def weight(case: Case, hours: Decimal) -> Decimal:
    """What money weighs that is paid so many hours after the first day of the horizon."""
    rate = Decimal(case.settings.get("money", {}).get("discount_rate", 0))
    return ((ONE + rate).ln() * -hours / 8760).exp() if rate else ONE


def evenly(case: Case, begin: Decimal, hours: Decimal) -> Decimal:
    """What money weighs that falls due evenly in ``hours`` from ``begin`` on: the mean of :func:`weight`."""
    rate = Decimal(case.settings.get("money", {}).get("discount_rate", 0))
    if not rate:
        return ONE
    growth = (ONE + rate).ln() / 8760
    return (weight(case, begin) - weight(case, begin + hours)) / (growth * hours)


def months_after(case: Case, count: int) -> Iterator[tuple[int, Decimal, Decimal]]:
    """Year, hours and weight of each of the first months after the horizon."""
    first = case.periods[-1].end
    begin = sum((p.hours for p in case.periods), ZERO)
    for i in range(count):
        start, end = _month(first, i), _month(first, i + 1)
        hours = HOURS * (end - start).days
        yield start.year, hours, evenly(case, begin, hours)
        begin += hours


def _month(first: date, later: int) -> date:
    months = first.year * 12 + first.month - 1 + later
    return date(months // 12, months % 12 + 1, 1)
