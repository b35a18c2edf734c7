"""Commitments held before the plan: how long each runs, and in which part of a period it ends."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from planner.audit.agreements import months_into
from planner.audit.case import ONE, ZERO, Case
from planner.audit.reading import Row

LENGTHS = {"commit_1y": 12, "commit_3y": 36}
"""Terms of commitment and their length in months."""


def months_left(case: Case, row: Row) -> int:
    """Months of a row of ``held_commitments.csv`` from the first of the horizon; none below zero."""
    return max(0, LENGTHS.get(row["term"], 0) - months_into(row["start"], case.periods[0].start))


def part(case: Case, t: int, until: int) -> Decimal:
    """Part of the hours of a period before what runs for ``until`` months from the horizon's first."""
    period = case.periods[t]
    left = until - t * period.months
    if left <= 0:
        return ZERO
    if left >= period.months:
        return ONE
    month = period.start.month - 1 + left
    end = date(period.start.year + month // 12, month % 12 + 1, 1)
    return Decimal((end - period.start).days) / (period.end - period.start).days
