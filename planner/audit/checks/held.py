"""Commitments held before the plan: are they paid until they end, and among what was bought?"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.case import INPUTS, ZERO
from planner.audit.context import Context
from planner.audit.findings import Finding, text
from planner.audit.held import months_left, part
from planner.audit.reading import number

_CENT = Decimal("0.01")
_SLACK = Decimal("1e-6")
_TERM = "commitment held"
Key = tuple[str, str, str]


def paid(context: Context) -> Iterable[Finding]:
    """Lines ``commitment held`` by payer, region and period against units × hours until the end × price."""
    case, claims = context.case, context.claims
    if claims.costs is None or claims.purchases is None:
        return
    stated = [row for row in claims.costs if row["term"] == _TERM]
    file = case.settings.get("tables", {}).get("held_commitments")
    if not case.held:
        if stated and (file is None or context.folder.has(f"{INPUTS}/{file}")):
            message = "pays for commitments that held_commitments.csv does not have"
            yield Finding("held", "fail", "costs.csv", message)
        return
    due: dict[Key, Decimal] = {}
    booked: dict[tuple[str, str, str, str], Decimal] = {}
    for row in case.held:
        price = case.prices.get((row["sku"], row["term"]))
        region, until = case.skus[row["sku"]]["region"], months_left(case, row)
        for p in case.periods if price else ():
            units = number(row, "units") * part(case, p.t, until)
            if price and units:
                money = units * p.hours * number(price, "ListUnitPrice")
                _add(due, (row["payer"], region, p.name), money * case.rate(price["PricingCurrency"], p.t))
                key = (row["payer"], row["sku"], row["term"], p.name)
                booked[key] = booked.get(key, ZERO) + units
    said: dict[Key, Decimal] = {}
    for line in stated:
        _add(said, (line["payer"], line["region"], line["period"]), number(line, "list"))
    bought: dict[tuple[str, str, str, str], Decimal] = {}
    for line in claims.purchases:
        whose = (line["payer"], line["sku"], line["term"], line["period"])
        bought[whose] = bought.get(whose, ZERO) + number(line, "units")
    faults = [*_money(said, due), *_units(bought, booked)]
    yield from faults
    if not faults:
        yield Finding("held", "pass", "costs.csv", "commitments held before are paid until they end")


def _money(said: dict[Key, Decimal], due: dict[Key, Decimal]) -> Iterable[Finding]:
    for key in sorted(said.keys() | due.keys()):
        a, b = said.get(key, ZERO), due.get(key, ZERO)
        if abs(a - b) > _CENT + abs(b) * _SLACK:
            payer, region, period = key
            numbers = {"stated": text(a), "found": text(b)}
            message = f"pays otherwise for what it holds at {region} in {period[:40]}"
            yield Finding("held", "fail", payer[:120], message, numbers)


def _units(
    bought: dict[tuple[str, str, str, str], Decimal], booked: dict[tuple[str, str, str, str], Decimal]
) -> Iterable[Finding]:
    for key, units in sorted(booked.items()):
        if bought.get(key, ZERO) < units * (1 - _SLACK) - _SLACK:
            payer, sku, _, period = key
            numbers = {"held": text(units), "stated": text(bought.get(key, ZERO))}
            message = f"purchases.csv leaves out what {payer} holds in {period}"
            yield Finding("held", "fail", sku, message, numbers)


def _add(into: dict[Key, Decimal], key: Key, money: Decimal) -> None:
    into[key] = into.get(key, ZERO) + money
