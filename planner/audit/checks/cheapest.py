"""Does a dearer virtual machine run on demand than is needed, so that somebody's share is widened?"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING, Decimal

from planner.audit.amounts import owners
from planner.audit.case import CARRIED, ONE, SIZED, ZERO
from planner.audit.checks.capacity import ALL, in_group
from planner.audit.checks.contracts import at_start, granted, parts
from planner.audit.checks.counted import factor, kept
from planner.audit.checks.idle import pays
from planner.audit.context import Context
from planner.audit.emission import emission
from planner.audit.filters import in_market
from planner.audit.findings import Finding, text
from planner.audit.held import hourly
from planner.audit.reading import Row, number

_SLACK = Decimal("1e-6")
_NEAR = Decimal("1e-9")

Key = tuple[str, str, int, str]
"""Pool, SKU, period, slice."""


def check(context: Context) -> Iterable[Finding]:
    """What runs on demand serves workloads for which no other machine there is cheaper and draws no more.

    Judged are machines of the market that workloads on platform ``vm`` run on, where spending more could
    pay, as in check ``idle``. In whole machines against ``machines.csv``, else against all that is placed.
    """
    case, purchases = context.case, context.claims.purchases
    if not purchases or not pays(context):
        return
    number_of = {name: t for t, name in enumerate(case.names)}
    bought: dict[Key, Decimal] = {}
    whose: dict[Key, set[str]] = {}
    for row in purchases:
        if row["term"] != "on_demand" or case.skus[row["sku"]]["resource"]:
            continue
        t, region = number_of[row["period"]], case.regions[row["region"]]
        workloads = {row["workload"]} if row.get("workload") else owners(context, {**row, "workload": ""}, t)
        workloads = {w for w in workloads if case.workloads[w]["platform"] == "vm"}
        if not workloads or not in_market(region):
            continue
        for part in case.slices if row.get("slice", ALL) == ALL else (row["slice"],):
            key = (row.get("pool", "") or row["payer"], row["sku"], t, part)
            bought[key] = bought.get(key, ZERO) + number(row, "units")
            whose.setdefault(key, set()).update(workloads)
    served = _served(context)
    faults = []
    for key, units in sorted(bought.items()):
        _, sku, t, part = key
        apt = [w for w in whose[key] if not _dearer(context, w, sku, t, part)]
        most = sum((served.get((w, sku, t, part), ZERO) for w in apt), ZERO)
        if units > most + _SLACK * max(ONE, most):
            message = (
                f"{sku} runs in {case.names[t]}, {part}, for workloads that a cheaper machine there carries"
            )
            faults.append(Finding("cheapest", "fail", key[0], message, {"too many": text(units - most)}))
    yield from faults[:20]
    if not faults:
        yield Finding("cheapest", "pass", "purchases.csv", "no dearer machine runs than is needed")


def _served(context: Context) -> dict[Key, Decimal]:
    """Machines of a SKU that may serve a workload, by (workload, SKU, period, slice)."""
    case, out = context.case, dict[Key, Decimal]()
    number_of = {name: t for t, name in enumerate(case.names)}
    if not case.in_parts and context.claims.machines is not None:
        for row in context.claims.machines:
            key = (row["workload"], row["sku"], number_of[row["period"]], row.get("slice", ALL))
            out[key] = out.get(key, ZERO) + number(row, "units")
        return out
    for p in context.claims.placements:
        if p.role != "backup":
            for sku in context.places.obtainable(p.workload, p.region):
                for part in case.slices:
                    key = (p.workload, sku, p.t, part)
                    n = context.places.units(p.workload, sku, p.t, factor(case, p.workload, part)) or ZERO
                    out[key] = out.get(key, ZERO) + p.share * kept(case, p) * n
    return out


def _dearer(context: Context, workload: str, sku: str, t: int, part: str) -> bool:
    """Does another machine of the region carry the whole of a workload for less and draw no more?"""
    case, places = context.case, context.places
    region = case.skus[sku]["region"]
    if sku not in places.machines(workload):
        return True
    own = _units_and_price(context, workload, sku, t, part)
    if own is None:
        return False
    measured: list[Decimal] = []
    for other in places.machines(workload) & places.sold(region) - {sku}:
        its = _units_and_price(context, workload, other, t, part)
        if its is None or not its[0] * its[1] < own[0] * own[1] * (ONE - _NEAR):
            continue
        measured = measured or _measures(context, sku, *own)
        pairs = zip(_measures(context, other, *its), measured, strict=True)
        if all(a <= b * (ONE + _NEAR) for a, b in pairs):
            return True
    return False


def _units_and_price(
    context: Context, workload: str, sku: str, t: int, part: str
) -> tuple[Decimal, Decimal] | None:
    """Machines that carry all of a workload and money an hour of one; ``None`` if none does."""
    case = context.case
    n = context.places.units(workload, sku, t, factor(case, workload, part))
    price = hourly(case, sku, "on_demand", t)
    if not n or price is None:
        return None
    if (sku, "on_demand") in case.prices and (case.private_prices or case.discounts):
        contract = at_start(case, case.skus[sku]["region"], t)
        price *= ONE - parts(granted(case, contract, sku, "on_demand"))[0]
    whole = n if case.in_parts else (n * (ONE - _SLACK)).to_integral_value(ROUND_CEILING)
    return whole, price


def _measures(context: Context, sku: str, n: Decimal, price: Decimal) -> list[Decimal]:
    """What is drawn on each limit by all of a workload; in whole ones also by one, price and units."""
    draws = _draws(context, sku)
    if context.case.in_parts:
        return [n * draw for draw in draws]
    return [*(n * draw for draw in draws), price, n, *draws]


def _draws(context: Context, sku: str) -> list[Decimal]:
    """What a machine draws on each limit, and what it emits."""
    draws_of = context.once(_none_yet)
    if sku not in draws_of:
        case = context.case
        draws_of[sku] = [
            case.draws(sku, limit["resource"], False) if _limits(context, limit, sku) else ZERO
            for limit, _ in case.capacity
            if limit["resource"] in (*SIZED, *CARRIED, "units")
        ]
        draws_of[sku].append(emission(context, sku) or ZERO)
    return draws_of[sku]


def _none_yet(context: Context) -> dict[str, list[Decimal]]:
    return {}


def _limits(context: Context, limit: Row, sku: str) -> bool:
    subject = limit["subject"]
    return subject in (sku, context.case.skus[sku]["region"]) or in_group(context.case, subject, sku)
