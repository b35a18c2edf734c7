"""What leaving each vendor group would cost at the end of each period, in decimals, against the cap."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.agreements import months_into
from planner.audit.amounts import COUNTED, NOT_COUNTED, TIERS, TRANSFER
from planner.audit.calendar import months_after
from planner.audit.case import STORED, ZERO, Case
from planner.audit.checks.contracts import at_start, granted, landed, under
from planner.audit.context import Context
from planner.audit.filters import Facts, in_market, selected
from planner.audit.findings import Finding, of_rule
from planner.audit.held import LENGTHS, begun_units, early, months_left, part
from planner.audit.reading import Row, Unreadable, number
from planner.audit.rules import binds
from planner.audit.tiers import first_paid
from planner.policy.rules import Rule

_YEAR = 12
_CENT = Decimal("0.01")
_RELATIVE = Decimal("1e-6")
By = dict[tuple[str, int], Decimal]
"""Money by region and period."""


def check(context: Context, rule: Rule) -> Iterable[Finding]:
    """Data, labour and unpaid commitments of each group against a share of a year's accrual."""
    case = context.case
    if context.claims.costs is None or context.claims.purchases is None:
        missing = "costs.csv" if context.claims.costs is None else "purchases.csv"
        yield of_rule(rule, "not checked", missing, "the table is missing", {})
        return
    chosen = {r for r, row in case.regions.items() if in_market(row) and selected(rule, Facts({}, {}, row))}
    parts = {"data": data(context, rule), "labour": _labour(context, rule), "unpaid": unpaid(context)}
    (accrued, maybe), bits = accrual(context), binds(rule, case)
    cap = Decimal(str(rule.parameters["cap"]))
    for group in sorted({case.regions[r]["vendor_group"] for r in chosen}):
        mine = {r for r in chosen if case.regions[r]["vendor_group"] == group}
        paid = mine if rule.parameters["of"] == "vendor_group" else set(case.regions)
        worst: dict[str, Decimal | str] = {}
        doubt = ZERO
        for period in case.periods:
            if bits >> period.t & 1:
                found = {name: _sum(part, mine, period.t) for name, part in parts.items()}
                year = _sum(accrued, paid, period.t) * _YEAR / period.months
                left = sum(found.values(), ZERO)
                slack = cap * year - left
                if not worst or slack < Decimal(worst["slack"]):
                    doubt = cap * _sum(maybe, paid, period.t) * _YEAR / period.months
                    worst = {**found, "leaving": left, "year": year, "limit": cap * year, "slack": slack,
                             "period": period.name}  # fmt: skip
        if not worst:
            continue
        near = _CENT + _RELATIVE * max(Decimal(worst["leaving"]), Decimal(worst["limit"]))
        if Decimal(worst["slack"]) >= -near:
            message = f"leaving costs no more than {cap:.2%} of a year's accrual"
            yield of_rule(rule, "pass", group, message, worst)
        elif doubt and Decimal(worst["slack"]) + doubt >= -near:
            message = "the plan does not state what of its commitments is used, so its accrual is uncertain"
            yield of_rule(rule, "not checked", group, message, worst)
        else:
            message = f"leaving costs more than {cap:.2%} of a year's accrual"
            yield of_rule(rule, "fail", group, message, worst)


def _sum(by: By, regions: set[str], t: int) -> Decimal:
    return sum((money for (region, when), money in by.items() if when == t and region in regions), ZERO)


def _add(by: By, region: str, t: int, money: Decimal) -> None:
    by[region, t] = by.get((region, t), ZERO) + money


def _leaves(case: Case, workload: str, t: int) -> bool:
    """Does the workload live on after the period, or is the period the last that is known?"""
    return t == len(case.periods) - 1 or case.alive(workload, t + 1)


def data(context: Context, rule: Rule) -> By:
    """Stored data × share × list price of the first paid tier, where the vendor does not waive it."""
    case, waived, by = context.case, rule.parameters.get("waived_by", ()), By()
    for (workload, t), there in context.claims.primary.items():
        stored = sum((case.need(workload, k, t) for k in STORED), ZERO)
        for p in there if stored and _leaves(case, workload, t) else ():
            region = case.regions[p.region]
            if region["vendor"] in waived or not in_market(region):
                continue
            tier = first_paid(case, p.region)
            if tier is None:
                raise Unreadable(f"no price for data that leave {p.region[:120]}")
            price = number(tier, "ListUnitPrice") * case.rate(tier["PricingCurrency"], t)
            _add(by, p.region, t, p.share * stored * price)
    return by


def _labour(context: Context, rule: Rule) -> By:
    case, by = context.case, By()
    stated = rule.parameters.get("labour", case.settings.get("migration", {}).get("labour"))
    if stated is None:
        raise Unreadable("neither the rule nor the case says what labour of a move costs")
    for (workload, t), there in context.claims.primary.items():
        for p in there if _leaves(case, workload, t) else ():
            _add(by, p.region, t, p.share * Decimal(str(stated)))
    return by


def accrual(context: Context) -> tuple[By, By]:
    """What counts in shares of spend, by region and period; and what may count besides.

    A plan that does not state what of its commitments is used leaves what was paid for them uncertain.
    """
    at, sure, maybe = {name: t for t, name in enumerate(context.case.names)}, By(), By()
    for row in context.claims.costs or ():
        if row["term"] not in (*NOT_COUNTED, TIERS, TRANSFER):
            known = "counted" in row or row["term"] in COUNTED
            money = number(row, "counted" if "counted" in row else "amortised")
            _add(sure if known else maybe, row["region"], at[row["period"]], money)
    return sure, maybe


def unpaid(context: Context) -> By:
    """What is due after each period for commitments begun and agreements signed by then."""
    case, by = context.case, By()
    for row in case.held:
        if months := months_left(case, row):
            _owed(case, by, row["sku"], row["term"], number(row, "units"), 0, months, under(case, row))
    for (_, sku, term), started in sorted(begun_units(case, context.claims.purchases or ()).items()):
        for t0, units in enumerate(started):
            if units:
                contract = at_start(case, case.skus[sku]["region"], t0)
                _owed(case, by, sku, term, units, t0, LENGTHS[term], contract)
    _agreed(context, by)
    return by


def _owed(
    case: Case, by: By, sku: str, term: str, units: Decimal, t0: int, months: int, contract: Row | None
) -> None:
    """Add, at the end of each period, the price of the months that then are left of ``months``."""
    price, region = case.prices[sku, term], case.skus[sku]["region"]
    agreed = granted(case, contract, sku, term)
    each = landed(units * number(price, "ListUnitPrice"), agreed) * (1 - early(case, sku, term))
    length, count = case.periods[0].months, len(case.periods)
    held = months - (count - t0) * length
    due = ZERO
    if held > 0:
        later = months_after(case, held)
        due = each * sum((h * case.rate_in(price["PricingCurrency"], y) for y, h, _ in later), ZERO)
    for t in range(count - 1, t0 - 1, -1):
        _add(by, region, t, due)
        hours = case.periods[t].hours * part(case, t, t0 * length + months)
        due += each * hours * case.rate(price["PricingCurrency"], t)


def _agreed(context: Context, by: By) -> None:
    """What agreements owe for the months that are left, once they run."""
    case = context.case
    stated = (context.claims.head or {}).get("agreements", {})
    chosen = stated if isinstance(stated, dict) else {}
    for row in case.agreements:
        if row["status"] != "held" and chosen.get(row["agreement"]) is not True:
            continue
        own = sorted(r for r, region in case.regions.items() if region["vendor"] == row["vendor"])
        for period in case.periods:
            left = int(row["months"]) - months_into(row["start"], period.start)
            if own and int(row["months"]) >= left > period.months:
                _add(by, own[0], period.t, number(row, "amount") * (left - period.months))
