"""Is what was bought enough for what was placed, and within what can be had?"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.case import CARRIED, ONE, STORED, ZERO, Case
from planner.audit.context import Context
from planner.audit.findings import Finding, of_limit, spans, text
from planner.audit.reading import Row, number

_SLACK = Decimal("1e-6")
Needs = dict[tuple[str, str, int, str, str], Decimal]
"""Amounts by payer, region, period, slice and resource."""
ALL = "all"


def bought(case: Case, rows: Iterable[Row], part: str) -> Iterable[tuple[Row, Decimal]]:
    """Purchases that are there in a slice, with their units: those of the slice and of all slices."""
    for row in rows:
        if row.get("slice", ALL) in (ALL, part):
            yield row, number(row, "units")


def within(context: Context) -> Iterable[Finding]:
    """Purchases and stored data against each row of ``capacity.csv``, in every slice."""
    case, purchases = context.case, context.claims.purchases
    if not case.capacity:
        return
    if purchases is None:
        yield context.missing("capacity", "purchases.csv")
        return
    for limit, allowed in case.capacity:
        subject, resource, payer = limit["subject"], limit["resource"], limit["payer"]
        name = f"{subject}: {resource}" + (f" for {payer}" if payer else "")
        if not (subject in case.regions or subject in case.skus or subject in case.groups):
            yield Finding(
                "capacity", "not checked", name, "the subject is no region, SKU or group of the case"
            )
            continue
        over: dict[int, Decimal] = {}
        for t, amount in enumerate(allowed):
            mine = [
                row
                for row in purchases
                if row["period"] == case.names[t]
                and (subject in (row["region"], row["sku"]) or in_group(case, subject, row["sku"]))
                and payer in ("", row["payer"])
            ]
            drawn = max(
                sum((n * case.draws(r["sku"], resource, False) for r, n in bought(case, mine, part)), ZERO)
                for part in case.slices
            )
            if amount is not None and drawn > amount + _SLACK * max(ONE, amount):
                over[t] = drawn - amount
        good, bad = "what was bought is within it", "more was bought than there is"
        yield of_limit("capacity", name, case.names, over, good, bad)


def in_group(case: Case, group: str, sku: str) -> bool:
    """Does a SKU match any row of a named group? A blank cell matches all."""
    row = case.skus[sku]
    return any(
        member["sku"] in ("", sku)
        and all(member[c] in ("", row.get(c, "")) for c in ("region", "family", "category"))
        for member in case.groups.get(group, ())
    )


def enough(context: Context) -> Iterable[Finding]:
    """What each payer bought in a region yields what is placed there, resource by resource."""
    case, purchases = context.case, context.claims.purchases
    if purchases is None:
        yield context.missing("enough", "purchases.csv")
        return
    at = {name: t for t, name in enumerate(case.names)}
    there = _there(context)
    yields, stays = Needs(), Needs()
    machines: dict[tuple[str, str, int], set[str]] = {}
    for row in purchases:
        key = (row["payer"], row["region"], at[row["period"]])
        units = number(row, "units")
        if units < 0:
            yield Finding("enough", "fail", row["payer"][:120], "a purchase has negative units")
        if not case.skus[row["sku"]]["resource"] and not row["term"].startswith("commit"):
            machines.setdefault(key, set()).add(row["sku"])
        for part in case.slices if row.get("slice", ALL) == ALL else (row["slice"],):
            for k in (*CARRIED, *STORED):
                had = units * _yield(case, row, k, there.get(key, ()))
                if had:
                    yields[(*key, part, k)] = yields.get((*key, part, k), ZERO) + had
                    if row["term"] != "spot":
                        stays[(*key, part, k)] = stays.get((*key, part, k), ZERO) + had
    needs, steady, fitting = _needs(context)
    short: dict[tuple[str, str], list[int]] = {}
    detail: dict[tuple[str, str], dict[str, str]] = {}
    for what, need in needs.items():
        payer, region, t, _, resource = what
        had = yields.get(what, ZERO)
        if had < need - _SLACK * max(ONE, need):
            short.setdefault((payer, region), []).append(t)
            detail[payer, region] = {"resource": resource, "needed": text(need), "bought": text(had)}
    for (payer, region), periods in sorted(short.items()):
        message = f"less was bought at {region} than is placed there, in {spans(case.names, periods)}"
        yield Finding("enough", "fail", payer, message, detail[payer, region])
    for what, need in sorted(steady.items()):
        payer, region, t, _, resource = what
        had = stays.get(what, ZERO)
        if had < need - _SLACK * max(ONE, need) and (payer, region) not in short:
            short[payer, region] = [t]
            message = f"runs more on spot at {region} in {case.names[t]} than what is placed there tolerates"
            numbers = {"resource": resource, "must stay": text(need), "stays": text(had)}
            yield Finding("enough", "fail", payer, message, numbers)
    for key, skus in sorted(machines.items()):
        unfit = skus - fitting.get(key, frozenset())
        if unfit:
            short[key[0], key[1]] = [key[2]]
            message = f"bought machines at {key[1]} in {case.names[key[2]]} that carry nothing placed there"
            yield Finding("enough", "fail", key[0], message, {"SKU": sorted(unfit)[0]})
    if not short:
        yield Finding("enough", "pass", "purchases.csv", "what was bought carries what is placed")


def _there(context: Context) -> dict[tuple[str, str, int], list[str]]:
    """Workloads with yields of their own and the others, where they run, by (payer, region, period)."""
    case, there = context.case, dict[tuple[str, str, int], list[str]]()
    for p in context.claims.placements if case.yields else ():
        if p.role != "backup":
            there.setdefault((case.payer(p.workload), p.region, p.t), []).append(p.workload)
    return there


def _yield(case: Case, row: Row, resource: str, there: Iterable[str]) -> Decimal:
    """What a unit yields: to its workload, else the most to any that runs there."""
    if row.get("workload"):
        return case.serves(row["workload"], row["sku"], resource)
    most = [case.serves(workload, row["sku"], resource) for workload in there]
    return max(most, default=case.draws(row["sku"], resource, True))


def _needs(
    context: Context,
) -> tuple[Needs, Needs, dict[tuple[str, str, int], frozenset[str]]]:
    """What is placed, what of its machines may not be spot, and the machines that may carry it."""
    case = context.case
    needs, steady = Needs(), Needs()
    fitting: dict[tuple[str, str, int], frozenset[str]] = {}
    for p in context.claims.placements:
        key = (case.payer(p.workload), p.region, p.t)
        if p.role != "backup":
            fitting[key] = fitting.get(key, frozenset()) | context.places.machines(p.workload)
        spare = ONE + case.headroom if case.workloads[p.workload]["platform"] == "container" else ONE
        for part in case.slices:
            factor = case.factors.get((p.workload, part), ONE)
            for k in (*CARRIED, *STORED):
                need = case.need(p.workload, k, p.t) * case.kept(p.workload, k, p.role)
                need *= factor * spare if k in CARRIED else ONE
                if k == "object_gib" and p.role == "backup":
                    need = case.backup(p.workload, p.t)
                if (need := need * p.share) > 0:
                    needs[(*key, part, k)] = needs.get((*key, part, k), ZERO) + need
                    stays = ONE - _on_spot(case, p.workload) if k in CARRIED else ZERO
                    if stays:
                        steady[(*key, part, k)] = steady.get((*key, part, k), ZERO) + need * stays
    return needs, steady, fitting


def _on_spot(case: Case, workload: str) -> Decimal:
    """Part of a workload that may run on spot machines: none of what keeps a standby."""
    row, tier = case.workloads[workload], case.tier(workload)
    if row.get("spot_ok") != "true" or (tier is not None and tier["standby"] != "none"):
        return ZERO
    return number(row, "spot_share", ONE)
