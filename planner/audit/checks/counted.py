"""Is what counts of commitments in shares of spend what runs, and no more than that?

Only plans that state ``used`` in purchases.csv and ``counted`` in costs.csv are judged; without them
shares of spend are bounded, see :mod:`planner.audit.amounts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from planner.audit.case import ONE, SIZED, ZERO, Case
from planner.audit.checks.contracts import at_start, granted, landed, under
from planner.audit.claims import Placement
from planner.audit.context import Context
from planner.audit.findings import Finding, text
from planner.audit.held import LENGTHS, begun_units, months_left, part
from planner.audit.reading import Row, number

_CENT = Decimal("0.01")
_SLACK = Decimal("1e-6")
USED = "commitment used"
HELD = "commitment held"

Kind = tuple[str, str, str]
"""Payer, SKU, term."""

Key = tuple[str, str, int]
"""Payer, region, period."""


@dataclass
class _Group:
    """What one payer has at a region in a period."""

    bought: list[Row] = field(default_factory=list)
    placed: list[Placement] = field(default_factory=list)


def check(context: Context) -> Iterable[Finding]:
    """``used`` within what was bought and fit for what is placed, ``counted`` its landed price."""
    costs, purchases = context.claims.costs, context.claims.purchases
    if not costs or not purchases or "counted" not in costs[0]:
        return
    if "used" not in purchases[0]:
        message = "costs.csv states what counts of commitments, purchases.csv does not state what is used"
        yield Finding("counted", "fail", "purchases.csv", message)
        return
    found = [*_rows(purchases), *_money(context), *_carried(context)]
    yield from found
    if not found:
        message = "what counts of commitments is the landed price of what is used of them"
        yield Finding("counted", "pass", "costs.csv", message)


def _rows(purchases: list[Row]) -> Iterable[Finding]:
    for row in purchases:
        units, used = number(row, "units"), number(row, "used")
        near = _SLACK * max(ONE, units)
        if row["term"].startswith("commit"):
            if not -near <= used <= units + near:
                numbers = {"used": text(used), "units": text(units)}
                message = f"more or less is used than the commitment of {row['period']} holds"
                yield Finding("counted", "fail", row["sku"], message, numbers)
        elif abs(used - units) > near:
            numbers = {"used": text(used), "units": text(units)}
            message = f"what was bought {row['term'][:40]} in {row['period']} is not all used"
            yield Finding("counted", "fail", row["sku"], message, numbers)


def _money(context: Context) -> Iterable[Finding]:
    """``counted`` against used units × hours × price × rate, landed by the contract of its start.

    Where commitments in one row may have begun under several contracts, anything between them passes.
    By pool; by payer where a commitment was held before, which all pools of its payer may use.
    """
    case, costs, purchases = context.case, context.claims.costs or (), context.claims.purchases or ()
    at = {name: t for t, name in enumerate(case.names)}
    common = {(r["payer"], r["region"], r["period"]) for r in costs if r["term"] == HELD}

    def key(row: Row) -> tuple[str, str, str, int]:
        shared = (row["payer"], row["region"], row["period"]) in common
        return row["payer"], "" if shared else row.get("pool", ""), row["region"], at[row["period"]]

    stated: dict[tuple[str, str, str, int], Decimal] = {}
    started = begun_units(case, purchases)
    least: dict[tuple[str, str, str, int], Decimal] = {}
    most: dict[tuple[str, str, str, int], Decimal] = {}
    for row in costs:
        if row["term"] == USED:
            stated[key(row)] = stated.get(key(row), ZERO) + number(row, "counted")
    for row in purchases:
        price = case.prices.get((row["sku"], row["term"]))
        if not row["term"].startswith("commit") or price is None:
            continue  # check ``prices`` says so
        t = at[row["period"]]
        listed = number(row, "used") * case.periods[t].hours * number(price, "ListUnitPrice")
        listed *= case.rate(price["PricingCurrency"], t)
        agreed = [granted(case, c, row["sku"], row["term"]) for c in contracts_of(case, row, t, started)]
        amounts = [landed(listed, contract) for contract in agreed]
        least[key(row)] = least.get(key(row), ZERO) + min(amounts)
        most[key(row)] = most.get(key(row), ZERO) + max(amounts)
    for payer, pool, region, t in sorted(stated.keys() | most.keys()):
        said, low, high = (d.get((payer, pool, region, t), ZERO) for d in (stated, least, most))
        near = _CENT + abs(high) * Decimal("1e-8")
        if not low - near <= said <= high + near:
            numbers = {"stated": text(said), "found": text(high)}
            numbers |= {"or at least": text(low)} if low != high else {}
            message = f"what counts of commitments at {region} in {case.names[t]} is not what is used of them"
            yield Finding("counted", "fail", pool or payer, message, numbers)


def contracts_of(case: Case, row: Row, t: int, started: Mapping[Kind, list[Decimal]]) -> list[Row | None]:
    """Contracts that commitments of a row of purchases keep: begun in the plan, or held before."""
    kind = (row["payer"], row["sku"], row["term"])
    own = [h for h in case.held if (h["payer"], h["sku"], h["term"]) == kind]
    kept = [under(case, h) for h in own if part(case, t, months_left(case, h)) > 0]
    span = LENGTHS.get(row["term"], 0) // case.periods[t].months
    for t0, units in enumerate(started.get(kind, [])[: t + 1]):
        if t0 > t - span and units > _SLACK:
            kept.append(at_start(case, row["region"], t0))
    return kept or [at_start(case, row["region"], t)]


def _carried(context: Context) -> Iterable[Finding]:
    """What is used carries what is placed, and machines of whole workloads no more than that.

    Not where workloads state yields of their own or machines are whole: there what runs is not told by
    demand alone.
    """
    if context.case.yields or not context.case.in_parts:
        return
    for (payer, region, t), group in sorted(_groups(context).items()):
        fault = _too_little(context, group, t) or _too_much(context, group, t)
        if fault:
            message = f"{fault} at {region} in {context.case.names[t]}"
            yield Finding("counted", "fail", payer, message)


def _groups(context: Context) -> dict[Key, _Group]:
    """Payers, regions and periods in which a commitment runs."""
    case = context.case
    at = {name: t for t, name in enumerate(case.names)}
    groups: dict[Key, _Group] = {}
    for row in context.claims.purchases or ():
        if row["term"].startswith("commit"):
            groups.setdefault((row["payer"], row["region"], at[row["period"]]), _Group())
    for row in context.claims.purchases or ():
        group = groups.get((row["payer"], row["region"], at[row["period"]]))
        if group is not None and not case.skus[row["sku"]]["resource"]:
            group.bought.append(row)
    for p in context.claims.placements:
        group = groups.get((case.payer(p.workload), p.region, p.t))
        if group is not None and p.role != "backup":
            group.placed.append(p)
    return groups


def mean(case: Case, row: Row) -> Decimal:
    """Units used, as the mean over the hours of the period."""
    part = row.get("slice", "all")
    return number(row, "used") * (ONE if part == "all" else case.slices.get(part, ZERO))


def factor(case: Case, workload: str, part: str) -> Decimal:
    """Part of the peak that a workload has in a slice."""
    return case.factors.get((workload, part), ONE)


def _too_little(context: Context, group: _Group, t: int) -> str:
    case = context.case
    for k in SIZED:
        need = ZERO
        for p in group.placed:
            spare = ONE + case.headroom if case.workloads[p.workload]["platform"] == "container" else ONE
            whole = sum((h * factor(case, p.workload, part) for part, h in case.slices.items()), ZERO)
            need += case.need(p.workload, k, t) * case.kept(p.workload, k, p.role) * p.share * spare * whole
        had = sum((mean(case, r) * case.draws(r["sku"], k, True) for r in group.bought), ZERO)
        if had < need - _SLACK * max(ONE, need):
            return f"less {k} is used than is placed"
    return ""


def _too_much(context: Context, group: _Group, t: int) -> str:
    """No split of the machines in use over the workloads would fit them all.

    A share of a workload takes that share of the units which would carry it whole, so units over the
    most that any workload needs, added over SKUs, are no more than the shares. Where only one SKU
    runs, what is used is exactly what is placed. A fleet of containers may run unevenly: no bound.
    """
    case = context.case
    if any(case.workloads[p.workload]["platform"] == "container" for p in group.placed):
        return ""
    carried = [(p, p.share * kept(case, p)) for p in group.placed]
    shares = sum((share for _, share in carried), ZERO)
    used: dict[str, Decimal] = {}
    for row in group.bought:
        used[row["sku"]] = used.get(row["sku"], ZERO) + mean(case, row)
    used = {sku: units for sku, units in used.items() if units > _SLACK}
    taken = ZERO
    for sku, units in used.items():
        by_slice = [
            {part: context.places.units(p.workload, sku, t, factor(case, p.workload, part))
             for part in case.slices}
            for p, _ in carried
        ]  # fmt: skip
        most = max((n for parts in by_slice for n in parts.values() if n), default=ZERO)
        if not most:
            return f"{sku} is used and carries nothing placed"
        taken += units / most
        if len(used) == 1:
            whole = sum(
                (share * (parts[part] or ZERO) * hours
                 for (_, share), parts in zip(carried, by_slice, strict=True)
                 for part, hours in case.slices.items()),
                ZERO,
            )  # fmt: skip
            if abs(units - whole) > _SLACK * max(ONE, whole) * 10:
                return f"{text(units)} units of {sku} are used where {text(whole)} are placed"
    return "more is used than is placed" if taken > shares + _SLACK * max(ONE, shares) * 10 else ""


def kept(case: Case, p: Placement) -> Decimal:
    """Part of its machines that a placement keeps; the largest over the resources in use."""
    return max((case.kept(p.workload, k, p.role) for k in SIZED), default=ONE)
