"""Does each purchase and cost line belong to whom it says: payer, pool and workload that fit together?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planner.audit.amounts import in_pool
from planner.audit.case import Case
from planner.audit.context import Context
from planner.audit.findings import Finding
from planner.audit.reading import Row
from planner.audit.vendor_costs import KINDS

NAME = "owners"
COMMON = ("activation", "agreement discount", "agreement shortfall", *KINDS)
"""Terms of cost that may be paid in common, by nobody's pool."""
RUNNING = ("on_demand", "spot")
"""Terms on which a pool buys only where work of it is; commitments may outlive that."""
_TOLD = 20


def check(context: Context) -> Iterable[Finding]:
    """Payer, pool and workload of each row, from ``agencies.csv``, ``pools.csv`` and the pools' names."""
    tables = {"purchases.csv": context.claims.purchases, "costs.csv": context.claims.costs}
    faults = [f for file, rows in tables.items() for f in _table(context, file, rows or [])]
    faults += [*_repeated(context), *_pools(context)]
    yield from faults[:_TOLD]
    if not faults:
        message = "each line has the payer of its workload or pool, and a pool that they belong to"
        yield Finding(NAME, "pass", ", ".join(tables), message)


def _table(context: Context, file: str, rows: list[Row]) -> Iterator[Finding]:
    case = context.case
    payers = {case.payer(name) for name in case.workloads}
    members: dict[str, set[str]] = {}
    pool_of: dict[str, str] = {}
    at = {period.name: period.t for period in case.periods}
    placed = {(p.workload, p.region, p.t) for p in context.claims.placements}
    for row in rows:
        pool, workload, payer = row.get("pool", ""), row.get("workload", ""), row["payer"]
        where = f"{row.get('sku') or row.get('term', '')} at {row['region']} in {row['period']}"
        if pool and pool not in members:
            members[pool] = _members(context, pool)
        if workload:
            if payer != case.payer(workload):
                yield _fault(file, f"{where} is paid by {payer[:80]!r}, not by the payer of {workload}")
            if pool and (workload not in members[pool] or pool_of.setdefault(workload, pool) != pool):
                yield _fault(file, f"{where} is in pool {pool[:80]!r}, where {workload} is not")
            elif not pool and "pool" in row:
                yield _fault(file, f"{where} has no pool")
        elif pool:
            if not any(case.payer(w) == payer for w in members[pool]):
                yield _fault(file, f"{where} is in pool {pool[:80]!r}, which is none of {payer[:80]!r}")
            elif row.get("term") in RUNNING and not any(
                (w, row["region"], at.get(row["period"], -1)) in placed for w in members[pool]
            ):
                yield _fault(file, f"{where} is in pool {pool[:80]!r}, of which nothing is there")
        elif "pool" in row and (row.get("term") not in COMMON or payer not in (*payers, "")):
            yield _fault(file, f"{where} names no workload and no pool")


def _members(context: Context, pool: str) -> set[str]:
    known: Case = context.case
    if context.claims.pools:
        return context.claims.pools.get(pool, set()) & known.workloads.keys()
    return {w for w in known.workloads if in_pool(context, w, pool)}


def _pools(context: Context) -> Iterator[Finding]:
    """Each workload of the case once in ``pools.csv``, in a pool whose name fits it."""
    if context.claims.pooled is None:
        return
    stated = [row["workload"] for row in context.claims.pooled]
    if sorted(stated) != sorted(context.case.workloads):
        yield _fault("pools.csv", "does not have each workload of the case once")
    for row in context.claims.pooled:
        if row["workload"] in context.case.workloads and not in_pool(context, row["workload"], row["pool"]):
            yield _fault(
                "pools.csv", f"puts {row['workload']} in {row['pool'][:120]}, where it does not belong"
            )


def _repeated(context: Context) -> Iterator[Finding]:
    """Two rows with one key: a plan sums what it buys and pays under a key."""
    keys = {
        "purchases.csv": ("payer", "pool", "workload", "region", "sku", "term", "period", "slice"),
        "costs.csv": ("term", "region", "payer", "pool", "workload", "period"),
    }
    for file, rows in (("purchases.csv", context.claims.purchases), ("costs.csv", context.claims.costs)):
        seen: set[tuple[str, ...]] = set()
        for row in rows or ():
            key = tuple(row.get(column, "") for column in keys[file])
            if key in seen and all(column in row for column in keys[file]):
                yield _fault(file, f"states twice {' '.join(part for part in key if part)[:200]}")
            seen.add(key)


def _fault(file: str, message: str) -> Finding:
    return Finding(NAME, "fail", file, message)
