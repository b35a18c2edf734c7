"""What spend commitments make a plan pay: the discount on what they cover, and the shortfall."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from planner.audit.case import ONE, ZERO, Case
from planner.audit.claims import Claims
from planner.audit.reading import Row, number

SPENT = ("compute", "storage", "egress", "egress tiers", "commitment", "commitment held")
AGREEMENT = ("agreement discount", "agreement shortfall")


def agreed(case: Case, claims: Claims) -> dict[tuple[str, str, str, int], Decimal]:
    """Money by (term, payer, region, period) that the agreements of the case and the plan's choice cost.

    Covered is the vendor's spend before tax, up to the limit; what it comes to after the discount falls
    short of the amount owed or not.
    """
    due: dict[tuple[str, str, str, int], Decimal] = {}
    stated = (claims.head or {}).get("agreements", {})
    chosen = stated if isinstance(stated, dict) else {}
    for row in case.agreements:
        if row["status"] != "held" and chosen.get(row["agreement"]) is not True:
            continue
        own = sorted(r for r, region in case.regions.items() if region["vendor"] == row["vendor"])
        for period in case.periods:
            if own and _runs(row, period.start):
                covered = _spend(case, claims, row, period.name)
                if row["up_to"]:
                    covered = min(covered, number(row, "up_to") * period.months)
                discount = number(row, "discount")
                owed = number(row, "amount") * period.months - (ONE - discount) * covered
                for term, money in zip(AGREEMENT, (-discount * covered, max(ZERO, owed)), strict=True):
                    if money:
                        key = (term, row["payer"], own[0], period.t)
                        due[key] = due.get(key, ZERO) + money
    return due


def months_into(start: str, day: date) -> int:
    """Months from a month (``2027-01``) to that of a day."""
    year, month = (int(part) for part in start.split("-"))
    return (day.year - year) * 12 + day.month - month


def _runs(row: Row, day: date) -> bool:
    return 0 <= months_into(row["start"], day) < int(row["months"])


def _spend(case: Case, claims: Claims, agreement: Row, period: str) -> Decimal:
    return sum(
        (
            number(row, "amortised")
            for row in claims.costs or ()
            if row["term"] in SPENT
            and row["period"] == period
            and case.regions[row["region"]]["vendor"] == agreement["vendor"]
            and agreement["payer"] in ("", row["payer"])
        ),
        ZERO,
    )
