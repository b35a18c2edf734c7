"""Tiers of a region's prices to the internet: the one that is counted, and what all of them cost."""

from __future__ import annotations

from decimal import Decimal

from planner.audit.case import ZERO, Case
from planner.audit.reading import Row, number


def first_paid(case: Case, region: str) -> Row | None:
    """The first tier that costs anything; a free one only if no other exists."""
    tiers = _sorted(case, region)
    paid = [row for row in tiers if number(row, "ListUnitPrice") > 0]
    chosen = paid or tiers
    return chosen[0] if chosen else None


def beyond_first_paid(case: Case, region: str, t: int, gib: Decimal) -> Decimal:
    """What a volume in a month costs by exact tiers, less what it costs at the first paid tier.

    Below its first row a region has the price of that row.
    """
    tiers, first = _sorted(case, region), first_paid(case, region)
    if first is None:
        return ZERO  # check ``no-price`` says so
    begins = [ZERO, *(number(row, "from_gib") for row in tiers[1:])]
    ends = [*begins[1:], gib]
    exact = sum(
        (
            max(ZERO, min(gib, end) - begin) * _price(case, row, t)
            for row, begin, end in zip(tiers, begins, ends, strict=True)
        ),
        ZERO,
    )
    return exact - gib * _price(case, first, t)


def _price(case: Case, row: Row, t: int) -> Decimal:
    return number(row, "ListUnitPrice") * case.rate(row["PricingCurrency"], t)


def _sorted(case: Case, region: str) -> list[Row]:
    tiers = [row for row in case.transfer.get(region, ()) if row["destination"] == "internet"]
    return sorted(tiers, key=lambda row: number(row, "from_gib"))
