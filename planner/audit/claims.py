"""What the plan claims: its tables and record, as text and decimals, with names checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from planner.audit.case import ZERO, Case
from planner.audit.findings import Finding
from planner.audit.reading import Folder, Row, Unreadable, number

PLACEMENTS = ("workload", "region", "period", "share")
PURCHASES = ("payer", "region", "sku", "term", "period", "units", "unit_price", "currency")
COSTS = (
    "term", "vendor_group", "region", "payer", "pool", "workload", "period",
    "list", "discount", "margin", "tax", "amortised", "cash", "objective",
)  # fmt: skip
SHARES = ("rule", "basis", "period", "subject", "share")
EXCUSES = ("workload", "region", "period_from", "period_to", "rule")
LATENCY = ("workload", "period", "reached_share")
SURVIVAL = ("event", "workload", "period", "region", "standby", "extra")
PERIODS = ("period", "start", "end", "hours", "discount")
MOVES = ("period", "workload", "from", "to", "share", "labour", "once", "transfer", "cost")
MACHINES = ("workload", "region", "sku", "spot", "period", "slice", "units")
RECORD = "plan.json"


@dataclass(frozen=True)
class Placement:
    """A share of a workload at a region in period number ``t``."""

    workload: str
    region: str
    t: int
    role: str
    share: Decimal


@dataclass
class Claims:
    """The plan. A table that the folder lacks is ``None``: it cannot be checked."""

    placements: list[Placement] = field(default_factory=list)
    purchases: list[Row] | None = None
    costs: list[Row] | None = None
    shares: list[Row] | None = None
    excuses: list[Row] | None = None
    latency: list[Row] | None = None
    survival: list[Row] | None = None
    periods: list[Row] | None = None
    machines: list[Row] | None = None
    moves: list[Row] | None = None
    pools: dict[str, set[str]] = field(default_factory=dict)
    pooled: list[Row] | None = None
    head: Mapping[str, Any] | None = None
    primary: dict[tuple[str, int], list[Placement]] = field(default_factory=dict)


def read_claims(folder: Folder, case: Case) -> tuple[Claims, list[Finding]]:
    """Read the plan's own tables. Rows that name unknown things become findings of check ``names``."""
    findings: list[Finding] = []
    claims = Claims(head=folder.json(RECORD) if folder.has(RECORD) else None)
    claims.purchases = named(folder, case, "purchases", PURCHASES, findings)
    claims.costs = named(folder, case, "costs", COSTS, findings)
    claims.periods = folder.optional("periods.csv", PERIODS)
    claims.shares = folder.optional("shares.csv", SHARES)
    claims.excuses = folder.optional("excuses.csv", EXCUSES)
    claims.survival = named(folder, case, "survival", SURVIVAL, findings)
    claims.machines = named(folder, case, "machines", MACHINES, findings)
    claims.moves = folder.optional("moves.csv", MOVES)
    claims.latency = folder.optional("latency.csv", LATENCY)
    claims.pooled = folder.optional("pools.csv", ("pool", "workload"))
    for row in claims.pooled or []:
        claims.pools.setdefault(row["pool"], set()).add(row["workload"])
    claims.placements = read_placed(folder, case, "placements.csv", findings)
    claims.primary = by_workload(claims.placements)
    if not findings:
        findings.append(Finding("names", "pass", "tables of the plan", "name only what the case has"))
    return claims, findings


def by_workload(placements: Iterable[Placement]) -> dict[tuple[str, int], list[Placement]]:
    """Primary placements by workload and period."""
    primary: dict[tuple[str, int], list[Placement]] = {}
    for placement in placements:
        if placement.role == "primary":
            primary.setdefault((placement.workload, placement.t), []).append(placement)
    return primary


def read_placed(folder: Folder, case: Case, table: str, findings: list[Finding]) -> list[Placement]:
    """Placements of a table that are not zero; rows that name unknown things become findings."""
    at = {name: t for t, name in enumerate(case.names)}
    placements: list[Placement] = []
    seen: set[tuple[str, str, int, str]] = set()
    for row in folder.table(table, PLACEMENTS) or []:
        role = row.get("role", "primary")
        unknown = _unknown(row, case)
        try:
            share = number(row, "share")
        except Unreadable as reason:
            folder.bad(table, str(reason), workload=row["workload"])
            continue
        if unknown:
            findings.append(Finding("names", "fail", row["workload"][:120], f"{table} names {unknown}"))
            continue
        placement = Placement(row["workload"], row["region"], at[row["period"]], role, share)
        key = (placement.workload, placement.region, placement.t, role)
        if key in seen:
            findings.append(Finding("names", "fail", placement.workload, "is placed twice in one place"))
        seen.add(key)
        if share != ZERO:
            placements.append(placement)
    return placements


def _unknown(row: Row, case: Case) -> str:
    if row["workload"] not in case.workloads:
        return f"a workload that the case does not have: {row['workload'][:120]}"
    if row["region"] not in case.regions:
        return f"a region that the catalogs do not have: {row['region'][:120]}"
    if row["period"] not in case.names:
        return f"a period that the case does not have: {row['period'][:40]}"
    role = row.get("role", "primary")
    return "" if role in ("primary", "standby", "backup") else f"an unknown role: {role[:40]}"


def named(
    folder: Folder, case: Case, table: str, columns: tuple[str, ...], findings: list[Finding]
) -> list[Row] | None:
    """Rows of an optional table without those that name unknown things, which become findings."""
    rows = folder.optional(f"{table}.csv", columns)
    kept = []
    for row in rows or []:
        unknown = [
            f"{what} {row[column][:120]!r}"
            for what, column, known in (
                ("region", "region", case.regions),
                ("period", "period", case.names),
                ("SKU", "sku", case.skus),
                ("workload", "workload", case.workloads),
            )
            if row.get(column, "") and row[column] not in known
        ]
        group = case.regions.get(row["region"], {}).get("vendor_group", "")
        if row.get("vendor_group", group) != group:
            message = f"names vendor group {row['vendor_group'][:120]!r}, which is not that of its region"
            findings.append(Finding("names", "fail", f"{table}.csv", message))
        seller = case.regions.get(row["region"], {}).get("vendor", "")
        if row.get("vendor", seller) != seller:
            message = f"names vendor {row['vendor'][:120]!r}, which is not that of its region"
            findings.append(Finding("names", "fail", f"{table}.csv", message))
        machine = case.skus.get(row.get("sku", ""), {}).get("region", row["region"])
        if machine != row["region"] and not unknown:
            message = f"names region {row['region'][:120]!r} for what is sold at {machine}"
            findings.append(Finding("names", "fail", f"{table}.csv", message))
        if unknown:
            findings.append(Finding("names", "fail", f"{table}.csv", f"names {', '.join(unknown)}"))
        else:
            kept.append(row)
    return None if rows is None else kept
