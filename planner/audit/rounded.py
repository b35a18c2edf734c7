"""The plan in whole machines, judged again as a plan of its own.

``rounded.csv`` is either each purchase of machines rounded up, or, where ``plan.json`` says that a plan in
whole machines was found, that plan's machines, with ``rounded_placements.csv``, ``rounded_costs.csv`` and
``rounded_survival.csv``. Of the first are checked the rounding, its price and the limits of capacity that
it exceeds; of the second all that is checked of a plan: is everything placed, is enough bought, does
each rule hold, is each sum worked out from price rows, whole numbers besides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal
from typing import Any

from planner.audit.case import ONE, STORED, ZERO, Case
from planner.audit.checks import capacity
from planner.audit.checks.contracts import at_start, parts
from planner.audit.checks.costs import discount_factor
from planner.audit.claims import (
    COSTS,
    PURCHASES,
    RECORD,
    SURVIVAL,
    Claims,
    Placement,
    by_workload,
    named,
    read_placed,
)
from planner.audit.context import Context
from planner.audit.findings import Finding, text
from planner.audit.held import months_left, part
from planner.audit.reading import Row, number
from planner.audit.registry import ALWAYS, KINDS
from planner.policy.kinds import KINDS as SCHEMAS

NAME = "rounded"
FILE = "rounded.csv"
AGAIN = (
    "whole", "undivided", "frozen", "places", "resilience", "survival", "enough", "capacity", "budget",
    "ceiling", "moves", "affinity", "dependencies", "prices", "costs", "held",
    "due",
)  # fmt: skip
"""Checks of any plan that are made of the plan in whole machines too."""

_SLACK = Decimal("1e-6")
_CENT = Decimal("0.02")
_RELATIVE = Decimal("1e-8")
_TOLD = 20


def check(context: Context, failed: frozenset[str]) -> Iterable[Finding]:
    """Whole numbers, prices and rules of what ``rounded.csv`` says, and what ``plan.json`` says of it.

    Parameters
    ----------
    failed
        Rules and checks that the plan itself fails. They are not told a second time, and a plan that fails
        any is no measure for what ``rounded.csv`` says beside it.
    """
    names: list[Finding] = []
    rows = named(context.folder, context.case, NAME, (*PURCHASES, "whole", "extra"), names)
    if rows is None:
        if context.made_by_planner:
            yield context.missing(NAME, FILE)
        return
    head = context.claims.head or {}
    said = head.get("whole", {})
    found = isinstance(said, dict) and said.get("status") == "found"
    faults = list(_numbers(context, rows, not failed))
    if found:
        faults += _repaired(context, rows, head, names, failed)
    else:
        faults += _rounded_up(context, rows, head, failed)
    faults = [*names, *faults]
    yield from faults[:_TOLD]
    if not any(f.status == "fail" for f in faults):
        what = "a plan in whole machines that obeys every rule" if found else "each purchase rounded up"
        yield Finding(NAME, "pass", FILE, f"is {what}, at the price that is said")


def _fault(subject: str, message: str, **numbers: Decimal) -> Finding:
    return Finding(NAME, "fail", subject[:120], message, {k: text(v) for k, v in numbers.items()})


def _numbers(context: Context, rows: list[Row], sound: bool) -> Iterator[Finding]:
    """Whole units, the units of the plan beside them, and what the difference costs."""
    key = ("payer", "pool", "sku", "term", "period", "slice")
    beside: dict[tuple[str, ...], Decimal] = {}
    for row in context.claims.purchases or ():
        if not context.case.skus[row["sku"]]["resource"]:
            at = tuple(row.get(c, "") for c in key)
            beside[at] = beside.get(at, ZERO) + number(row, "units")
    for row in rows:
        whole, extra = number(row, "whole"), number(row, "extra")
        bought = whole - _left(context.case, row)
        fraction = bought - bought.to_integral_value()
        if whole < 0 or (whole != whole.to_integral_value() and abs(fraction) > _SLACK):
            yield _fault(row["sku"], f"{row['period']}: is no whole number of machines", whole=whole)
        due = (whole - number(row, "units")) * _price(context.case, row)
        if sound and abs(extra - due) > _SLACK * 10 + abs(due) * _RELATIVE:
            message = f"{row['period']}: whole machines do not cost that much more"
            yield _fault(row["sku"], message, stated=extra, found=due)
        at = tuple(row.get(c, "") for c in key)
        beside[at] = beside.get(at, ZERO) - number(row, "units")
    for at, left in sorted(beside.items()) if sound and context.claims.purchases is not None else ():
        if abs(left) > _SLACK:
            yield _fault(
                at[2], f"{at[4]}: the plan does not buy so many beside the whole ones", difference=left
            )


def _price(case: Case, row: Row) -> Decimal:
    """Cash with tax of one machine in its period and slice, at the price row and its contract."""
    listed, t = case.prices.get((row["sku"], row["term"])), case.names.index(row["period"])
    if listed is None:
        return ZERO  # check ``prices`` says so
    hours = case.periods[t].hours * (ONE if row["slice"] == "all" else case.slices.get(row["slice"], ZERO))
    discount, margin, tax = parts(at_start(case, row["region"], t))
    money = number(listed, "ListUnitPrice") * case.rate(listed["PricingCurrency"], t)
    return money * hours * (ONE - discount + margin + tax)


def _rounded_up(
    context: Context, rows: list[Row], head: Mapping[str, Any], failed: frozenset[str]
) -> Iterator[Finding]:
    """Each purchase rounded up, the price of that, and the limits that it exceeds."""
    extra = ZERO
    for row in rows:
        units, whole = number(row, "units"), number(row, "whole")
        if whole != _whole(units):
            yield _fault(row["sku"], f"{row['period']}: is not rounded up", whole=whole, units=units)
        t = context.case.names.index(row["period"])
        extra += (whole - units) * _price(context.case, row) * discount_factor(context.case, t)
    stated = head.get("rounding")
    if stated is not None and not failed:
        yield from _stated("rounding", Decimal(str(stated)), extra)
    over = [f for f in capacity.within(_with(context, _machines(rows), None)) if f.status == "fail"]
    over = [f for f in over if f.subject.split(": ")[1].split(" for ")[0] not in STORED]
    told = head.get("rounding_over")
    if isinstance(told, list) and "capacity" not in failed:
        mine, theirs = (
            sorted(f.subject.split(": ")[0] for f in over),
            sorted(str(o).split(": ")[0] for o in told),
        )
        if mine != theirs:
            message = f"plan.json says that whole machines exceed {', '.join(theirs) or 'nothing'}"
            yield _fault(RECORD, f"{message[:240]}; it is {', '.join(mine) or 'nothing'}"[:480])


def _repaired(
    context: Context,
    rows: list[Row],
    head: Mapping[str, Any],
    names: list[Finding],
    failed: frozenset[str],
) -> Iterator[Finding]:
    """A plan of its own: judged by the checks of any plan, and against what is said of it."""
    folder, case = context.folder, context.case
    placements = read_placed(folder, case, "rounded_placements.csv", names)
    costs = named(folder, case, "rounded_costs", COSTS, names)
    machines = _machines(rows)
    whole = _with(context, [*machines, *_stored(context, placements)], placements, costs)
    whole.claims.survival = named(folder, case, "rounded_survival", SURVIVAL, names)
    if costs is None:
        yield Finding(NAME, "not checked", "rounded_costs.csv", "without cost lines its cost is not known")
    for finding in _judged(whole):
        by = finding.rule or finding.check
        if finding.status == "fail" and by not in failed:
            message = f"in whole machines, {by}: {finding.message}"
            yield replace(finding, check=NAME, rule="", label="", message=message)
    yield from _counted(costs or [])
    said = head["whole"]
    if costs is not None:
        cost = sum((number(row, "objective") for row in costs), ZERO)
        yield from _stated("whole: cost", _decimal(said, "cost"), cost)
    if costs is not None and not failed:
        yield from _stated("rounding", _decimal(head, "rounding"), cost - _decimal(head, "objective"))
        run = head.get("run", {})
        low = min(_decimal(run, "bound" if "bound" in run else "objective"), cost)
        yield from _stated("whole: no_less_than", _decimal(said, "no_less_than"), low)
    away = _elsewhere(context.claims.placements, placements)
    if said.get("elsewhere") != away and not failed:
        yield _fault(RECORD, "plan.json names other workloads as placed elsewhere in whole machines")


def _judged(whole: Context) -> Iterator[Finding]:
    for name in AGAIN:
        if whole.claims.costs is not None or name not in ("costs", "budget", "ceiling", "held", "due"):
            yield from ALWAYS[name](whole)
    for rule in whole.rules:
        if rule.severity == "hard" and SCHEMAS[rule.kind].effect in ("filter", "row"):
            yield from KINDS[rule.kind](whole, rule)


def _counted(costs: list[Row]) -> Iterator[Finding]:
    """What counts of commitments is no more than what is paid for them."""
    left: dict[tuple[str, str, str], Decimal] = {}
    for row in costs:
        if "counted" in row and row["term"] in ("commitment", "commitment held", "commitment used"):
            key = (row["payer"], row["region"], row["period"])
            left[key] = left.get(key, ZERO) + number(row, "amortised") - number(row, "counted")
    for (payer, region, period), money in sorted(left.items()):
        if money < -_CENT:
            message = f"more of commitments at {region} counts in {period} than is paid for them"
            yield _fault(payer, message, difference=-money)


def _machines(rows: list[Row]) -> list[Row]:
    return [{**row, "units": row["whole"]} for row in rows if number(row, "whole")]


def _stored(context: Context, placements: list[Placement]) -> list[Row]:
    """Purchases of storage for what is placed: at the SKU that is the cheapest in the first period."""
    case = context.case
    need: dict[tuple[str, str, int, str], Decimal] = {}
    for p in placements:
        for k in STORED:
            kept = case.kept(p.workload, k, p.role)
            gib = case.need(p.workload, k, p.t) * kept if p.role != "backup" else ZERO
            if p.role == "backup" and k == "object_gib":
                gib = case.backup(p.workload, p.t)
            if gib:
                key = (case.payer(p.workload), p.region, p.t, k)
                need[key] = need.get(key, ZERO) + gib * p.share
    rows: list[Row] = []
    for (payer, region, t, k), gib in sorted(need.items()):
        sold = [s for s in sorted(context.places.sold(region)) if case.skus[s]["resource"] == k]
        prices = [(_listed(case, sku), sku) for sku in sold]
        if prices:  # else check ``places`` says so
            sku = min(prices)[1]
            row = case.prices[sku, "on_demand"]
            rows.append({
                "payer": payer, "region": region, "sku": sku, "term": "on_demand", "period": case.names[t],
                "slice": "all", "units": text(gib), "unit_price": row["ListUnitPrice"],
                "currency": row["PricingCurrency"],
            })  # fmt: skip
    return rows


def _listed(case: Case, sku: str) -> Decimal:
    row = case.prices[sku, "on_demand"]
    return number(row, "ListUnitPrice") * case.rate(row["PricingCurrency"], 0)


def _with(
    context: Context,
    purchases: list[Row],
    placements: list[Placement] | None,
    costs: list[Row] | None = None,
) -> Context:
    """The same case with a plan in whole machines; earlier commitments are whole in it too."""
    committed = {key: _whole(units) for key, units in context.case.committed.items()}
    placed = context.claims.placements if placements is None else placements
    claims = Claims(
        placements=placed, purchases=purchases, costs=costs, pools=context.claims.pools,
        head=context.claims.head, primary=by_workload(placed),
    )  # fmt: skip
    return replace(context, case=replace(context.case, committed=committed), claims=claims, found={})


def _left(case: Case, row: Row) -> Decimal:
    """Mean over a period's hours of what was committed before and ends within it: no whole number."""
    t = case.names.index(row["period"])
    mine = [
        h for h in case.held if (h["payer"], h["sku"], h["term"]) == (row["payer"], row["sku"], row["term"])
    ]
    return sum((number(h, "units") * part(case, t, months_left(case, h)) for h in mine), ZERO)


def _whole(units: Decimal) -> Decimal:
    return (units - _SLACK).to_integral_value(ROUND_CEILING)


def _elsewhere(plan: list[Placement], whole: list[Placement]) -> list[str]:
    """Workloads of which at least a hundredth is placed elsewhere in some period."""
    apart: dict[tuple[str, str, int, str], Decimal] = {}
    for sign, placements in ((ONE, plan), (-ONE, whole)):
        for p in placements:
            key = (p.workload, p.region, p.t, p.role)
            apart[key] = apart.get(key, ZERO) + sign * p.share
    return sorted({key[0] for key, share in apart.items() if abs(share) >= Decimal("0.01")})


def _decimal(said: Mapping[str, Any], key: str) -> Decimal:
    return Decimal(str(said[key]))


def _stated(what: str, stated: Decimal, found: Decimal) -> Iterator[Finding]:
    if abs(stated - found) > _CENT + abs(found) * _RELATIVE:
        yield _fault(RECORD, f"plan.json states another {what}", stated=stated, found=found)
