"""What contracts make of a list price: which one holds, and which discounts a line may show."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.case import ONE, ZERO, Case
from planner.audit.held import LENGTHS
from planner.audit.reading import Row, number

TERMS = ("discount", "margin", "tax")
Terms = tuple[Decimal, Decimal, Decimal]
NONE: Terms = (ZERO, ZERO, ZERO)


def at_start(case: Case, region: str, t: int) -> Row | None:
    """The contract of a region's vendor that holds on the first day of a period; the last row wins."""
    vendor, day = case.regions[region]["vendor"], case.periods[t].start.isoformat()
    holding = [
        c
        for c in case.contracts
        if c["vendor"] == vendor and c["valid_from"] <= day and (not c["valid_to"] or day < c["valid_to"])
    ]
    return holding[-1] if holding else None


def parts(contract: Row | None) -> Terms:
    """Discount, margin and tax for one unit of list price."""
    if contract is None:
        return NONE
    discount = number(contract, "discount")
    margin = (ONE - discount) * number(contract, "margin")
    tax = (ONE - discount + margin) * number(contract, "tax")
    return discount, margin, tax


def landed(listed: Decimal, contract: Row | None) -> Decimal:
    """List less discount plus margin, before tax."""
    discount, margin, _ = parts(contract)
    return listed * (ONE - discount + margin)


def holding(case: Case, row: Row, t: int, terms: Iterable[str]) -> list[Row | None]:
    """Contracts under which a cost line may stand; ``None`` for no contract.

    That at the start of its period; a commitment keeps that of the period in which it was bought,
    whether or not the contract has ended since, and a held one that of the first period.
    """
    if row["term"] == "commitment held":
        starts: Iterable[int] = (0,)
    elif row["term"] == "commitment":
        months = case.periods[t].months
        longest = max((LENGTHS.get(term, 0) for term in terms), default=0) // months
        starts = range(max(0, t - longest + 1), t + 1)
    else:
        starts = (t,)
    found: list[Row | None] = []
    for start in starts:
        contract = at_start(case, row["region"], start)
        if contract not in found:
            found.append(contract)
    return found


def possible(case: Case, row: Row, t: int, terms: Iterable[str]) -> list[Terms]:
    """Discount, margin and tax a unit of list price that a line may show."""
    return list(dict.fromkeys(parts(contract) for contract in holding(case, row, t, terms)))


def fits(row: Row, allowed: Iterable[Terms], near: Decimal) -> bool:
    """Do a line's discount, margin and tax lie within those allowed?

    A line adds up commitments of several starts, so between two contracts anything is possible;
    where all starts have one contract, nothing but its terms.
    """
    listed = number(row, "list")
    bounds = list(zip(*allowed, strict=True))
    return all(
        min(bound) * listed - near <= number(row, column) <= max(bound) * listed + near
        for column, bound in zip(TERMS, bounds, strict=True)
    )
