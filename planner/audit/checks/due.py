"""When commitments are paid: at their start, while they run, or after the horizon."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.calendar import months_after, weight
from planner.audit.case import ONE, ZERO, Case
from planner.audit.checks.contracts import at_start, granted, parts, under
from planner.audit.checks.costs import discount_factor
from planner.audit.context import Context
from planner.audit.findings import Finding, text
from planner.audit.held import HELD_TAIL, LENGTHS, PREPAID, TAIL, begun_units, early, months_left, part
from planner.audit.reading import Row, number

_CENT = Decimal("0.01")
_RELATIVE = Decimal("1e-8")
_DUST = Decimal("1e-9")
Key = tuple[str, str, str, str, str]
"""Term of cost, payer, region, period, column of ``costs.csv``."""


def check(context: Context) -> Iterable[Finding]:
    """Lines on tails and what is paid early against purchases.

    From the machines whose commitment begins in each period, at the contract of that day: what of their
    price is paid then, what is not paid later for that reason, and what is still due after the horizon.
    """
    claims = context.claims
    if claims.costs is None or claims.purchases is None:
        yield context.missing("due", "costs.csv" if claims.costs is None else "purchases.csv")
        return
    lines = [row for row in claims.costs if row["term"] in (TAIL, HELD_TAIL, PREPAID)]
    due = _due(context.case, claims.purchases)
    if not lines and not due:
        return
    said: dict[Key, Decimal] = {}
    for row in lines:
        for column in ("cash", "tail", "objective"):
            key = (row["term"], row["payer"], row["region"], row["period"], column)
            said[key] = said.get(key, ZERO) + number(row, column)
    faults = 0
    for key in sorted(said.keys() | due.keys()):
        stated, found = said.get(key, ZERO), due.get(key, ZERO)
        if abs(stated - found) > _CENT + abs(found) * _RELATIVE:
            faults += 1
            term, payer, region, period, column = key
            numbers = {"stated": text(stated), "found": text(found)}
            message = f"{term} at {region} in {period} has another {column} than its commitments make"
            yield Finding("due", "fail", payer, message, numbers)
    if not faults:
        message = "what is paid early and what falls due after the horizon follow from what was bought"
        yield Finding("due", "pass", "costs.csv", message)


def _due(case: Case, purchases: Iterable[Row]) -> dict[Key, Decimal]:
    due: dict[Key, Decimal] = {}
    for (payer, sku, term), started in sorted(begun_units(case, purchases).items()):
        region = case.skus[sku]["region"]
        for t0, units in enumerate(started):
            if (sku, term) in case.prices and units > _DUST:
                _begun(
                    case,
                    due,
                    (payer, sku, term),
                    t0,
                    units * _landed(granted(case, at_start(case, region, t0), sku, term)),
                )
    for row in case.held:
        sku, term, until = row["sku"], row["term"], months_left(case, row)
        where = row["payer"], case.skus[sku]["region"]
        units = number(row, "units") * _landed(granted(case, under(case, row), sku, term))
        if not until or (sku, term) not in case.prices:
            continue
        for p in case.periods if early(case, sku, term) else ():
            hours = p.hours * part(case, p.t, until) * early(case, sku, term)
            _add(case, due, where, p.t, -units * hours * _price(case, sku, term, p.t))
        beyond = max(0, until - len(case.periods) * case.periods[0].months)
        tail = units * _beyond(case, sku, term, beyond)[0]
        key = (HELD_TAIL, *where, case.names[-1], "tail")
        due[key] = due.get(key, ZERO) + tail * (1 - early(case, sku, term))
    return {key: money for key, money in due.items() if money}


def _begun(case: Case, due: dict[Key, Decimal], what: tuple[str, str, str], t0: int, units: Decimal) -> None:
    """Add what commitments of a payer that begin in t0 make; ``units`` with contract and tax."""
    payer, sku, term = what
    where, count = (payer, case.skus[sku]["region"]), len(case.periods)
    length, prepaid = case.periods[0].months, early(case, sku, term)
    beyond = max(0, LENGTHS[term] - (count - t0) * length)
    tail, weighed = (units * money for money in _beyond(case, sku, term, beyond))
    name, credit = case.names[-1], Decimal(case.settings.get("terms", {}).get("tail_credit", 0))
    # A tail weighs less for its credit; what was paid of it comes off whole.
    for kind, money, worth in (
        (TAIL, tail, weighed * (ONE - credit)),
        (PREPAID, -tail * prepaid, -weighed * prepaid),
    ):
        for column, amount in (("tail", money), ("objective", worth)):
            key = (kind, *where, name, column)
            due[key] = due.get(key, ZERO) + amount
    if prepaid:
        runs = case.periods[t0 : t0 + LENGTHS[term] // length]
        hours = sum((p.hours for p in runs), ZERO) + sum((h for _, h, _ in months_after(case, beyond)), ZERO)
        paid = units * prepaid * hours * _price(case, sku, term, t0)
        first_day = weight(case, sum((p.hours for p in case.periods[:t0]), ZERO))
        _add(case, due, where, t0, paid, first_day)
        for p in runs:
            _add(case, due, where, p.t, -units * prepaid * p.hours * _price(case, sku, term, p.t))


def _add(
    case: Case,
    due: dict[Key, Decimal],
    where: tuple[str, str],
    t: int,
    cash: Decimal,
    weighs: Decimal | None = None,
) -> None:
    """Cash of a period that is paid for others, and what it weighs: by default falling due evenly in it."""
    factor = discount_factor(case, t) if weighs is None else weighs
    for column, money in (("cash", cash), ("objective", cash * factor)):
        key = (PREPAID, *where, case.names[t], column)
        due[key] = due.get(key, ZERO) + money


def _beyond(case: Case, sku: str, term: str, months: int) -> tuple[Decimal, Decimal]:
    """Money at list of one unit in the months after the horizon, and discounted when it falls due."""
    row, due, weighed = case.prices[sku, term], ZERO, ZERO
    for year, hours, factor in months_after(case, months):
        money = hours * number(row, "ListUnitPrice") * case.rate_in(row["PricingCurrency"], year)
        due, weighed = due + money, weighed + money * factor
    return due, weighed


def _price(case: Case, sku: str, term: str, t: int) -> Decimal:
    row = case.prices[sku, term]
    return number(row, "ListUnitPrice") * case.rate(row["PricingCurrency"], t)


def _landed(contract: Row | None) -> Decimal:
    """Cash for one unit of list price."""
    discount, margin, tax = parts(contract)
    return ONE - discount + margin + tax
