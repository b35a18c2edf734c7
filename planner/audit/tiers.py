"""Which tier of a region's prices to the internet is counted."""

from __future__ import annotations

from planner.audit.case import Case
from planner.audit.reading import Row, number


def first_paid(case: Case, region: str) -> Row | None:
    """The first tier that costs anything; a free one only if no other exists."""
    tiers = [row for row in case.transfer.get(region, ()) if row["destination"] == "internet"]
    tiers.sort(key=lambda row: number(row, "from_gib"))
    paid = [row for row in tiers if number(row, "ListUnitPrice") > 0]
    chosen = paid or tiers
    return chosen[0] if chosen else None
