"""How much of each cost line rests on assumed prices, and how much is priced in another currency."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from planner.audit.agreements import AGREEMENT
from planner.audit.amounts import TIERS, TRANSFER
from planner.audit.case import ONE, ZERO
from planner.audit.context import Context
from planner.audit.findings import Finding, text
from planner.audit.held import HELD_TAIL, PREPAID, TAIL
from planner.audit.reading import Row, number
from planner.audit.tiers import first_paid
from planner.audit.vendor_costs import KINDS

NAME, FILE = "assumed", "costs.csv"
COMMITTED = ("commitment", "commitment held", "commitment used", TAIL, HELD_TAIL, PREPAID)
LEAVES = ("egress", TIERS, TRANSFER, "migration transfer")
_RELATIVE = Decimal("1e-8")
_NEAR = Decimal("0.00001")
Part = tuple[Decimal, Decimal]
"""Least and most part of a line."""
NONE, ALL, EITHER = (ZERO, ZERO), (ONE, ONE), (ZERO, ONE)


@dataclass
class Bought:
    """Purchases by what a cost line tells of them: list money, and whether each has a property."""

    known: dict[tuple[str, ...], dict[bool, Decimal]] = field(default_factory=dict)

    def add(self, key: tuple[str, ...], has: bool, money: Decimal) -> None:
        sides = self.known.setdefault(key, {True: ZERO, False: ZERO})
        sides[has] += money

    def part(self, key: tuple[str, ...], exact: bool) -> Part:
        """Part that has the property; where lines have several contracts it is told in bounds only."""
        sides = self.known.get(key, {True: ZERO, False: ZERO})
        if not sides[True]:
            return NONE
        if not sides[False]:
            return ALL
        part = sides[True] / (sides[True] + sides[False])
        return (part, part) if exact else EITHER


def check(context: Context) -> Iterable[Finding]:
    """``assumed`` of ``costs.csv`` from the basis of each price row, and of the user's own amounts."""
    costs, purchases = context.claims.costs, context.claims.purchases
    if costs is None or purchases is None or (costs and "assumed" not in costs[0]):
        return
    part_of = assumed_part(context)
    faults = []
    for row in costs:
        stated, amortised = number(row, "assumed"), number(row, "amortised")
        bounds = sorted(part * amortised for part in part_of(row))
        near = _NEAR + abs(amortised) * _RELATIVE
        if not bounds[0] - near <= stated <= bounds[-1] + near:
            subject = f"{row['term'][:40]} at {row['region']}, {row['period']}"
            numbers = {"stated": text(stated), "found": text(bounds[-1])}
            message = "another part of it rests on assumed prices"
            faults.append(Finding(NAME, "fail", subject, message, numbers))
    yield from faults[:20]
    if not faults:
        yield Finding(NAME, "pass", FILE, "what rests on assumed prices was worked out again")


def assumed_part(context: Context) -> Callable[[Row], Part]:
    """Part of a cost line that rests on assumed prices."""
    case = context.case
    bought = _bought(context, lambda row: _is_assumed(case.prices.get((row["sku"], row["term"]), {})))
    stated = {(r["workload"], r["region"], r["when"]): _is_assumed(r) for r in case.placement_costs}
    sends = {r: {_is_assumed(row) for row in _internet(context, r)} for r in case.regions}

    def part(row: Row) -> Part:
        term = row["term"]
        if term in ("compute", "storage", *COMMITTED):
            return bought(row)
        if term in LEAVES:
            first = first_paid(case, row["region"])
            own = _is_assumed(first or {})
            if term != TIERS:
                return ALL if own else NONE
            return ALL if own or sends[row["region"]] == {True} else NONE if not any(
                sends[row["region"]]) else EITHER  # fmt: skip
        if term in ("placement", "placement once"):
            when = "period" if term == "placement" else "once"
            return ALL if stated.get((row["workload"], row["region"], when)) else NONE
        if term in ("migration labour", "change"):
            return ALL
        if term == "activation":
            return _any({_is_assumed(r) for r in case.activation
                         if _concerns(context, r["subject"], row["region"])})  # fmt: skip
        if term in KINDS:
            return _any({_is_assumed(r) for r in case.vendor_costs
                         if f"vendor {r['kind']}" == term and _concerns(context, r["vendor"], row["region"])
                         and r["payer"] in ("", row["payer"])})  # fmt: skip
        if term in AGREEMENT:
            vendor = case.regions[row["region"]]["vendor"]
            return _any({_is_assumed(r) for r in case.agreements if r["vendor"] == vendor})
        return NONE

    return part


def foreign_part(context: Context) -> Callable[[Row], Part]:
    """Part of a cost line whose price is stated in another currency than the case's."""
    case, home = context.case, context.case.settings.get("currency")
    abroad = {sku for (sku, _), row in case.prices.items() if row["PricingCurrency"] != home}
    spot = {sku for (sku, term), row in case.prices.items()
            if term == "spot" and row["PricingCurrency"] != home}  # fmt: skip
    bought = _bought(context, lambda row: row["sku"] in (spot if row["term"] == "spot" else abroad))
    sends = {r for r, rows in case.transfer.items() if any(x["PricingCurrency"] != home for x in rows)}

    def part(row: Row) -> Part:
        if row["term"] in ("compute", "storage", *COMMITTED):
            return bought(row)
        return ALL if row["term"] in LEAVES and row["region"] in sends else NONE

    return part


def _any(sides: set[bool]) -> Part:
    return EITHER if len(sides) == 2 else ALL if True in sides else NONE


def _is_assumed(row: Mapping[str, str]) -> bool:
    return row.get("basis") == "assumed"


def _internet(context: Context, region: str) -> list[Row]:
    return [row for row in context.case.transfer.get(region, ()) if row["destination"] == "internet"]


def _concerns(context: Context, subject: str, region: str) -> bool:
    return subject in (region, context.case.regions[region]["vendor"])


def _bought(context: Context, has: Callable[[Row], bool]) -> Callable[[Row], Part]:
    """Part of a line of machines or storage, from the purchases that it stands for."""
    by_line, committed = Bought(), Bought()
    for row in context.claims.purchases or ():
        price = context.case.prices.get((row["sku"], row["term"]))
        if price is None:
            continue  # check ``prices`` says so
        stored = bool(context.case.skus[row["sku"]]["resource"])
        t = context.case.names.index(row["period"])
        slice_ = row.get("slice", "all")
        share = ONE if slice_ == "all" else context.case.slices.get(slice_, ZERO)
        money = number(row, "units") * share * number(price, "ListUnitPrice")
        money *= context.case.rate(price["PricingCurrency"], t)
        whose = (row["payer"], row.get("pool", ""), row["region"])
        if row["term"].startswith("commit"):
            committed.add(whose, has(row), money)
        else:
            kind = "storage" if stored else "compute"
            by_line.add((kind, *whose, row.get("workload", ""), row["period"]), has(row), money)

    def part(row: Row) -> Part:
        whose = (row["payer"], row["pool"], row["region"])
        if row["term"] in COMMITTED:
            return committed.part(whose, exact=False)
        return by_line.part((row["term"], *whose, row["workload"], row["period"]), exact=True)

    return part
