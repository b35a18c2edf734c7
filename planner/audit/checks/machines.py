"""Is what was bought whole machines, and has every workload whole ones of its own?

On platform ``vm`` a machine serves one workload at a time: ``machines.csv`` says which serve which in each
slice, on demand or committed. Fleets of containers share theirs. Not where the case asks for parts of
machines (``[units] whole = false``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_CEILING, Decimal

from planner.audit.amounts import in_pool
from planner.audit.case import CARRIED, ONE, ZERO, Case
from planner.audit.context import Context
from planner.audit.findings import Finding, text
from planner.audit.held import months_left, part
from planner.audit.reading import Row, number

FILE = "machines.csv"
_SLACK = Decimal("1e-6")
_TOLD = 20

Site = tuple[str, str, int, str]
"""Workload (or payer), region, period, slice."""


def check(context: Context) -> Iterable[Finding]:
    """Whole numbers bought; each workload carried by whole machines of its own, all of them bought."""
    if context.case.in_parts or context.claims.purchases is None:
        return
    faults = list(_bought(context))
    if context.claims.machines is None:
        if any(_machines_needed(context)):
            faults.append(context.missing("machines", FILE))
    else:
        faults += [*_rows(context), *_carried(context), *_shared(context)]
        if len(context.claims.machines) < len(context.folder.optional(FILE, ()) or ()):
            message = "has rows that name what the case does not have, so not all of it was checked"
            faults.append(Finding("machines", "fail", FILE, message))
    yield from faults[:_TOLD]
    if not faults:
        yield Finding("machines", "pass", FILE, "every workload has whole machines of its own")


def _bought(context: Context) -> Iterator[Finding]:
    """Machines in whole numbers, but for the mean of what was held before and ends within a period."""
    for row in context.claims.purchases or ():
        if context.case.skus[row["sku"]]["resource"]:
            continue
        units = number(row, "units") - _ending(context.case, row)
        if abs(units - units.to_integral_value()) > _SLACK:
            numbers = {"units": text(units), "period": row["period"], "slice": row.get("slice", "all")}
            message = f"{row['sku']} is not bought in whole machines"
            yield Finding("machines", "fail", row["payer"], message, numbers)


def _ending(case: Case, row: Row) -> Decimal:
    """Mean over a period's hours of what was committed before and ends within it: no whole number."""
    t, kind = case.names.index(row["period"]), (row["payer"], row["sku"], row["term"])
    mine = [h for h in case.held if (h["payer"], h["sku"], h["term"]) == kind]
    return sum((number(h, "units") * part(case, t, months_left(case, h)) for h in mine), ZERO)


def _machines_needed(context: Context) -> Iterator[bool]:
    for p in context.claims.placements:
        needs = any(context.case.need(p.workload, k, p.t) for k in CARRIED)
        yield p.role != "backup" and needs and not _container(context.case, p.workload)


def _container(case: Case, workload: str) -> bool:
    return case.workloads[workload]["platform"] == "container"


def _rows(context: Context) -> Iterator[Finding]:
    """Each row of ``machines.csv``: a whole number of machines that may carry its workload."""
    case = context.case
    for row in context.claims.machines or ():
        units, workload = number(row, "units"), row["workload"]
        fault = ""
        if units < 0 or units != units.to_integral_value():
            fault = f"{text(units)} of {row['sku']} is no whole number of machines"
        elif _container(case, workload):
            fault = "runs on a fleet of containers and has no machines of its own"
        elif case.skus[row["sku"]]["region"] != row["region"] or row.get("slice") not in case.slices:
            fault = f"{row['sku']} is not at {row['region']}, or there is no such slice"
        elif row["sku"] not in context.places.machines(workload):
            fault = f"may not run on {row['sku']}"
        if fault:
            yield Finding("machines", "fail", workload, f"{fault} ({row['period']})")


def _carried(context: Context) -> Iterator[Finding]:
    """The machines of a workload carry what is placed; none of them could be left out."""
    case, at = context.case, {name: t for t, name in enumerate(context.case.names)}
    need: dict[Site, Decimal] = {}
    for p in context.claims.placements:
        if p.role != "backup" and not _container(case, p.workload):
            ready = max((case.kept(p.workload, k, p.role) for k in CARRIED), default=ZERO)
            for slice_ in case.slices:
                site = (p.workload, p.region, p.t, slice_)
                need[site] = need.get(site, ZERO) + p.share * ready
    have: dict[Site, Decimal] = {}
    least: dict[Site, Decimal] = {}
    for row in context.claims.machines or ():
        t = at[row["period"]]
        site = (row["workload"], row["region"], t, row.get("slice", ""))
        factor = case.factors.get((row["workload"], site[3]), ONE)
        all_of_it = context.places.units(row["workload"], row["sku"], t, factor)
        if all_of_it and (units := number(row, "units")) > 0:
            one = ONE / (all_of_it * (ONE - _SLACK)).to_integral_value(ROUND_CEILING)
            have[site] = have.get(site, ZERO) + units * one
            least[site] = max(least.get(site, ZERO), one)
    for site, share in sorted(need.items()):
        workload, region, t, slice_ = site
        factor, had = case.factors.get((workload, slice_), ONE), have.pop(site, ZERO)
        if not factor or not any(case.need(workload, k, t) for k in CARRIED):
            share = ZERO
        where = f"at {region} in {case.names[t]}, {slice_}"
        numbers = {"placed": text(share), "carried": text(had)}
        if had < share - _SLACK:
            yield Finding("machines", "fail", workload, f"too few machines of its own {where}", numbers)
        elif had - share > least.get(site, ZERO) + _SLACK or (had > 0 and not share):
            yield Finding("machines", "fail", workload, f"a machine for nothing {where}", numbers)
    for workload, region, t, slice_ in sorted(have):
        message = f"machines where nothing of it is placed, at {region} in {case.names[t]}, {slice_}"
        yield Finding("machines", "fail", workload, message)


def _shared(context: Context) -> Iterator[Finding]:
    """All machines of a payer's workloads are bought; what is bought on demand all serves one."""
    case, at = context.case, {name: t for t, name in enumerate(context.case.names)}
    serve: dict[tuple[str, str, str, int, str], Decimal] = {}
    for row in context.claims.machines or ():
        key = (case.payer(row["workload"]), row["sku"], row.get("spot", ""), at[row["period"]], row["slice"])
        serve[key] = serve.get(key, ZERO) + number(row, "units")
    had: dict[tuple[str, str, str, int, str], Decimal] = {}
    on_demand: dict[tuple[str, str, str, int, str], Decimal] = {}
    fleets = {row["pool"] for row in context.claims.purchases or () if _is_fleet(context, row)}
    for row in context.claims.purchases or ():
        if case.skus[row["sku"]]["resource"] or (
            row["pool"] in fleets and not row["term"].startswith("commit")
        ):
            continue
        spot = "true" if row["term"] == "spot" else "false"
        for slice_ in case.slices if row.get("slice", "all") == "all" else (row["slice"],):
            key = (row["payer"], row["sku"], spot, at[row["period"]], slice_)
            had[key] = had.get(key, ZERO) + number(row, "units")
            if not row["term"].startswith("commit"):
                on_demand[key] = on_demand.get(key, ZERO) + number(row, "units")
    for key in sorted(serve.keys() | on_demand.keys()):
        payer, sku, _, t, slice_ = key
        used, where = serve.get(key, ZERO), f"{sku} in {case.names[t]}, {slice_}"
        if used > had.get(key, ZERO) + _SLACK * 10:
            numbers = {"serve": text(used), "bought": text(had.get(key, ZERO))}
            yield Finding("machines", "fail", payer, f"more machines serve than are bought: {where}", numbers)
        if used < on_demand.get(key, ZERO) - _SLACK * 10:
            numbers = {"serve": text(used), "bought on demand": text(on_demand[key])}
            yield Finding("machines", "fail", payer, f"bought on demand and serve nothing: {where}", numbers)


def _is_fleet(context: Context, row: Row) -> bool:
    """Is the pool of a purchase one of containers?"""
    case, pool = context.case, row.get("pool", "")
    return any(
        _container(case, w) and case.payer(w) == row["payer"] and in_pool(context, w, pool)
        for w in case.workloads
    )
