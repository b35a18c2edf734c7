"""When commitments run: how long those held before, from when those that the plan buys."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from planner.audit.agreements import months_into
from planner.audit.case import ONE, ZERO, Case
from planner.audit.reading import Row, number

LENGTHS = {f"commit_{years}y{paid}": 12 * years for years in (1, 3) for paid in ("", "_partial", "_upfront")}
"""Terms of commitment and their length in months."""


def early(case: Case, sku: str, term: str) -> Decimal:
    """Part of the price of a commitment that is paid when it begins."""
    price = case.prices.get((sku, term), {})
    return number(price, "upfront", ONE if term.endswith("_upfront") else ZERO)


TAIL, HELD_TAIL, PREPAID = "commitment tail", "commitment held tail", "commitment upfront"
"""Cost lines of what falls due after the horizon, for commitments of the plan and those held before, and of
what is paid at the start for other periods."""


def hourly(case: Case, sku: str, term: str, t: int) -> Decimal | None:
    """List price of an hour on demand or spot; of what is sold by commitment only the least of that.

    ``None`` where it is sold on no such term.
    """
    terms = (term,) if (sku, "on_demand") in case.prices or (sku, term) in case.prices else LENGTHS
    rows = [case.prices[sku, name] for name in terms if (sku, name) in case.prices]
    return min((number(r, "ListUnitPrice") * case.rate(r["PricingCurrency"], t) for r in rows), default=None)


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


def begun_units(case: Case, purchases: Iterable[Row]) -> dict[tuple[str, str, str], list[Decimal]]:
    """Machines whose commitment begins in each period, by payer, SKU and term, those held before left out.

    From what runs in each period: a commitment ends after its whole term.
    """
    running: dict[tuple[str, str, str], list[Decimal]] = {}
    at = {name: t for t, name in enumerate(case.names)}
    for row in purchases:
        if row["term"] in LENGTHS:
            key = (row["payer"], row["sku"], row["term"])
            active = running.setdefault(key, [ZERO] * len(case.periods))
            active[at[row["period"]]] += number(row, "units")
    for row in case.held:
        for t in range(len(case.periods)):
            key = (row["payer"], row["sku"], row["term"])
            held = number(row, "units") * part(case, t, months_left(case, row))
            running.setdefault(key, [ZERO] * len(case.periods))[t] -= held
    return {key: _begun(active, LENGTHS[key[2]] // case.periods[0].months) for key, active in running.items()}


def _begun(active: list[Decimal], span: int) -> list[Decimal]:
    """Units that begin in each period, from those that run."""
    begun: list[Decimal] = []
    for t, units in enumerate(active):
        ended = begun[t - span] if t >= span else ZERO
        begun.append(units - (active[t - 1] if t else ZERO) + ended)
    return begun
