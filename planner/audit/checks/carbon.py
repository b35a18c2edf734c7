"""Greenhouse gas, in decimals, from purchases and the carbon tables: caps, the record, the price."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.case import ONE, ZERO
from planner.audit.checks.costs import discount_factor
from planner.audit.context import Context
from planner.audit.emission import emission
from planner.audit.filters import Facts, selected
from planner.audit.findings import Finding, of_rule, text
from planner.audit.reading import Row, Unreadable, number
from planner.audit.rules import binds
from planner.policy.rules import Rule

_THOUSAND = Decimal(1000)
_NEAR = Decimal("0.00001")
_RELATIVE = Decimal("1e-8")
Tonnes = dict[tuple[str, int], Decimal]


def tonnes(context: Context) -> tuple[Tonnes, set[str]]:
    """Tonnes by region and period of every machine bought, and regions where some are unknown."""
    case = context.case
    known: Tonnes = {}
    unknown: set[str] = set()
    at = {name: t for t, name in enumerate(case.names)}
    for row in context.claims.purchases or ():
        if case.skus[row["sku"]]["resource"]:
            continue
        kg = emission(context, row["sku"])
        if kg is None:
            unknown.add(row["region"])
            continue
        t, key = at[row["period"]], (row["region"], at[row["period"]])
        emitted = kg * number(row, "units") * case.periods[t].hours * _part(context, row) / _THOUSAND
        known[key] = known.get(key, ZERO) + emitted
    return known, unknown


def _part(context: Context, row: Row) -> Decimal:
    part = row.get("slice", "all")
    if part != "all" and part not in context.case.slices:
        raise Unreadable(f"a purchase names the slice {part[:40]!r}, which the case does not have")
    return ONE if part == "all" else context.case.slices[part]


def check(context: Context, rule: Rule) -> Iterable[Finding]:
    """Tonnes of the selected regions in each year or period against the cap."""
    case = context.case
    if context.claims.purchases is None:
        yield of_rule(rule, "not checked", "purchases.csv", "the table is missing", {})
        return
    chosen = {r for r, row in case.regions.items() if selected(rule, Facts({}, {}, row))}
    known, unknown = tonnes(context)
    bits, cap = binds(rule, case), Decimal(str(rule.parameters["cap"]))
    by_year = rule.parameters["per"] == "year"
    spans: dict[str, Decimal] = {}
    for p in case.periods:
        if bits >> p.t & 1:
            span = str(p.start.year) if by_year else p.name
            emitted = sum((v for (r, t), v in known.items() if t == p.t and r in chosen), ZERO)
            spans[span] = spans.get(span, ZERO) + emitted
    lacking = sorted(unknown & chosen)
    for span, emitted in spans.items():
        numbers = {"tonnes": emitted, "cap": cap, "slack": cap - emitted}
        if emitted > cap + _NEAR + cap * _RELATIVE:
            yield of_rule(rule, "fail", span, "more greenhouse gas is emitted than the cap", numbers)
        elif lacking:
            message = f"the carbon of machines at {', '.join(lacking)[:200]} is unknown"
            yield of_rule(rule, "not checked", span, message, numbers)
        else:
            yield of_rule(rule, "pass", span, "the machines emit no more than the cap", numbers)


def recorded(context: Context) -> Iterable[Finding]:
    """What ``plan.json`` says of carbon, and the lines of its price, worked out again."""
    said = (context.claims.head or {}).get("carbon")
    price = context.case.settings.get("carbon")
    if price is None and any(row["term"] == "carbon" for row in context.claims.costs or ()):
        price = {"price": ZERO, "currency": context.case.settings.get("currency")}
    if context.claims.purchases is None:
        return
    if context.claims.head is not None and (said is None) == bool(context.case.grid or context.case.energy):
        message = "plan.json says nothing of carbon, which the case states, or the case states none"
        yield Finding("carbon-recorded", "fail", "plan.json", message)
    if said is None and price is None:
        return
    known, unknown = tonnes(context)
    if isinstance(said, dict):
        yield _record(context, said, known, unknown)
    if isinstance(price, dict) and context.claims.costs is not None:
        yield _worth(context, Decimal(price["price"]), str(price["currency"]), known)


def _record(context: Context, said: dict[str, object], known: Tonnes, unknown: set[str]) -> Finding:
    stated, found = Decimal(str(said.get("tonnes", 0))), sum(known.values(), ZERO)
    numbers = {"stated": text(stated), "found": text(found)}
    due = {p.name: sum((v for (_, t), v in known.items() if t == p.t), ZERO) for p in context.case.periods}
    by_period = said.get("by_period")
    agree = isinstance(by_period, dict) and by_period.keys() == due.keys() and all(
        _near(Decimal(str(by_period[name])), emitted) for name, emitted in due.items()
    )  # fmt: skip
    if not agree or not _near(stated, found) or said.get("unknown") != sorted(unknown):
        return Finding("carbon-recorded", "fail", "plan.json", "states other carbon than it buys", numbers)
    return Finding("carbon-recorded", "pass", "plan.json", "its carbon was worked out again", numbers)


def _near(stated: Decimal, found: Decimal) -> bool:
    return abs(stated - found) <= _NEAR + abs(found) * _RELATIVE


def _worth(context: Context, price: Decimal, currency: str, known: Tonnes) -> Finding:
    due = ZERO
    for (_, t), emitted in known.items():
        due += emitted * price * context.case.rate(currency, t) * discount_factor(context.case, t)
    rows = [r for r in context.claims.costs or () if r["term"] == "carbon"]
    stated = sum((number(r, "objective") for r in rows), ZERO)
    numbers = {"stated": text(stated), "found": text(due)}
    if abs(stated - due) > Decimal("0.01") + abs(due) * _RELATIVE:
        return Finding("carbon-recorded", "fail", "costs.csv", "weighs other carbon than it buys", numbers)
    return Finding("carbon-recorded", "pass", "costs.csv", "the worth of carbon is its price", numbers)
