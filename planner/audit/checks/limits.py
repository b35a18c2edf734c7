"""Limits of the case's own tables: how much may move, what a contract lets be called off, and how far
apart workloads that depend on each other may run.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.amounts import OUTSIDE
from planner.audit.case import ZERO
from planner.audit.checks.contracts import holding
from planner.audit.checks.latency import trips_of
from planner.audit.context import TOLERANCE, Context
from planner.audit.findings import Finding, of_limit, spans, text
from planner.audit.moves import moved
from planner.audit.reading import number

_CENT = Decimal("0.01")


def moves(context: Context) -> Iterable[Finding]:
    """What enters regions in a period against each row of ``move_limits.csv``."""
    case = context.case
    for row, allowed in case.move_limits:
        mine = [
            name
            for name, workload in case.workloads.items()
            if row["agency"] in ("", workload["agency"]) and row["workload"] in ("", name)
        ]
        subject = f"{row['workload'] or 'all workloads'} of {row['agency'] or 'all agencies'}"[:240]
        over: dict[int, Decimal] = {}
        for t, amount in enumerate(allowed):
            entered = ZERO
            for workload in mine:
                changes = moved(case, context.claims, workload, t) or {}
                entered += sum((c for r, c in changes.items() if c > 0), ZERO)
            if amount is not None and entered > amount + TOLERANCE * 10:
                over[t] = entered - amount
        good, bad = "no more moves than is allowed", "more moves than is allowed"
        yield of_limit("moves", subject, case.names, over, good, bad)


def ceiling(context: Context) -> Iterable[Finding]:
    """Cash with tax of what is bought under a contract against its ceiling.

    A commitment is paid under the contract that held when it was bought; where a line may hold
    commitments of several contracts it is uncertain which, and the verdict says so.
    """
    case, costs = context.case, context.claims.costs
    limited = [c for c in case.contracts if c.get("ceiling", "")]
    if not limited:
        return
    if costs is None:
        yield context.missing("ceiling", "costs.csv")
        return
    at = {name: t for t, name in enumerate(case.names)}
    sure: dict[str, Decimal] = {}
    maybe: dict[str, Decimal] = {}
    for row in costs:
        cash = number(row, "cash")
        if row["term"] in OUTSIDE or not cash:
            continue
        contracts = holding(case, row, at[row["period"]], case.terms)
        names = {c["contract"] if c else "" for c in contracts}
        for name in names:
            into = sure if len(names) == 1 else maybe
            into[name] = into.get(name, ZERO) + cash
    for contract in limited:
        name, limit = contract["contract"], number(contract, "ceiling")
        low = sure.get(name, ZERO)
        high = low + maybe.get(name, ZERO)
        numbers = {"ceiling": text(limit), "spent": text(low), "slack": text(limit - high)}
        if contract["currency"] != case.settings.get("currency"):
            yield Finding("ceiling", "not checked", name, "the ceiling is in another currency", numbers)
        elif low > limit + _CENT:
            yield Finding("ceiling", "fail", name, "more is called off than the contract allows", numbers)
        elif high > limit + _CENT:
            message = "it cannot be told which commitments were bought under the contract"
            yield Finding("ceiling", "not checked", name, message, numbers)
        else:
            yield Finding("ceiling", "pass", name, "what is called off is within the ceiling", numbers)


def near(context: Context) -> Iterable[Finding]:
    """The part of a workload at a region finds as large a part of what it depends on within reach."""
    case = context.case
    limited = [row for _, by_period in case.dependencies for row in by_period if row and row["latency_ms"]]
    if not limited:
        return
    trips = context.once(trips_of)
    for (sender, receiver), by_period in case.dependencies:
        subject = f"{sender} to {receiver}"[:240]
        if trips is None:
            message = "the plan holds no network to check it with"
            yield Finding("dependencies", "not checked", subject, message)
            continue
        far = []
        for t, row in enumerate(by_period):
            if row is None or not row["latency_ms"]:
                continue
            limit = number(row, "latency_ms") * 1000
            for p in context.claims.primary.get((sender, t), []):
                if not case.alive(receiver, t):
                    continue
                reach = sum(
                    (o.share for o in context.claims.primary.get((receiver, t), [])
                     if o.region == p.region
                     or trips[p.region].get(case.regions[o.region]["node"], limit + 1) <= limit),
                    ZERO,
                )  # fmt: skip
                if p.share > reach + TOLERANCE:
                    far.append(t)
        if far:
            message = f"runs out of reach of what it depends on in {spans(case.names, far)}"
            yield Finding("dependencies", "fail", subject, message)
        else:
            yield Finding("dependencies", "pass", subject, "each part finds the other within its round trip")
