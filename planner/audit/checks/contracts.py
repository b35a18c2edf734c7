"""What contracts make of a list price: which one holds, and which discounts a line may show."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.case import ONE, ZERO, Case
from planner.audit.held import LENGTHS, PREPAID, months_left
from planner.audit.reading import Row, Unreadable, number

TERMS = ("discount", "margin", "tax")
Terms = tuple[Decimal, Decimal, Decimal]
OF_SKUS = ("compute", "storage", "commitment", "commitment held", PREPAID)
"""Lines that stand for SKUs, each of which may have a discount of its own."""
NONE: Terms = (ZERO, ZERO, ZERO)


def at_start(case: Case, region: str, t: int) -> Row | None:
    """The contract of a region's vendor that holds on the first day of a period; the last row wins."""
    return on_day(case, region, case.periods[t].start.isoformat())


def on_day(case: Case, region: str, day: str) -> Row | None:
    """The contract of a region's vendor that holds on a day; the last row wins."""
    vendor = case.regions[region]["vendor"]
    holding = [
        c
        for c in case.contracts
        if c["vendor"] == vendor and c["valid_from"] <= day and (not c["valid_to"] or day < c["valid_to"])
    ]
    return holding[-1] if holding else None


def granted(case: Case, contract: Row | None, sku: str, term: str) -> Row | None:
    """The contract with the discount that it grants one SKU on a term.

    A private price first, then the discount of its family on the term, of its family, of the term, and the
    contract's own.
    """
    if contract is None or not (case.private_prices or case.discounts):
        return contract
    name, family = contract["contract"], case.skus[sku]["family"]
    private, listed = case.private_prices.get((name, sku, term)), case.prices.get((sku, term))
    if private is not None and listed is not None:
        if private["currency"] != listed["PricingCurrency"]:
            raise Unreadable(f"a private price of {sku[:80]} is not in the currency of its list price")
        off = ONE - number(private, "price") / number(listed, "ListUnitPrice")
        return {**contract, "discount": f"{off:.27f}"}
    for key in ((name, family, term), (name, family, ""), (name, "", term)):
        if key in case.discounts:
            return {**contract, "discount": case.discounts[key]["discount"]}
    return contract


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


def under(case: Case, held: Row) -> Row | None:
    """The contract that a held commitment keeps: the one at its start, of those that the case states.

    Where the case states none for that day, the one that holds at the first period.
    """
    region = case.skus[held["sku"]]["region"]
    return on_day(case, region, f"{held['start']}-01") or at_start(case, region, 0)


def holding(case: Case, row: Row, t: int, terms: Iterable[str]) -> list[Row | None]:
    """Contracts under which a cost line may stand; ``None`` for no contract.

    That at the start of its period; a commitment keeps that of the period in which it was bought,
    whether or not the contract has ended since, and a held one that of its own start.
    """
    starts: list[Row | None] = []
    if row["term"] in ("commitment held", PREPAID):
        own = [h for h in case.held if h["payer"] == row["payer"] and months_left(case, h) > 0]
        starts = [under(case, h) for h in own if case.skus[h["sku"]]["region"] == row["region"]]
    if row["term"] in ("commitment", PREPAID):
        longest = max((LENGTHS.get(term, 0) for term in terms), default=0) // case.periods[t].months
        starts += [at_start(case, row["region"], t0) for t0 in range(max(0, t - longest + 1), t + 1)]
    if row["term"] not in ("commitment held", "commitment", PREPAID):
        starts = [at_start(case, row["region"], t)]
    found: list[Row | None] = []
    for contract in starts or [at_start(case, row["region"], 0)]:
        if contract not in found:
            found.append(contract)
    return found


def possible(case: Case, row: Row, t: int, terms: Iterable[str]) -> list[Terms]:
    """Discount, margin and tax a unit of list price that a line may show; of machines and storage those of
    whatever the region sells, as a line adds up several SKUs (check ``granted`` adds them up too).
    """
    contracts = holding(case, row, t, terms)
    if row["term"] in OF_SKUS and (case.private_prices or case.discounts):
        sold = [key for key in case.prices if case.skus[key[0]]["region"] == row["region"]]
        contracts = [granted(case, contract, *key) for contract in contracts for key in sold]
    return list(dict.fromkeys(parts(contract) for contract in contracts))


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
