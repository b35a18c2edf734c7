"""Do enough users see the round trip that a workload promises?"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.case import NETWORK, ZERO
from planner.audit.context import TOLERANCE, Context
from planner.audit.filters import Facts, selected
from planner.audit.findings import Finding, of_rule, spans, text
from planner.audit.reading import Row, number
from planner.audit.routes import covered, round_trips
from planner.audit.rules import binds
from planner.policy.rules import Rule


def check(context: Context, rule: Rule) -> Iterable[Finding]:
    """Coverage worked out again from users, links and placements, against ``latency_share``."""
    trips = context.once(trips_of)
    bits = binds(rule, context.case)
    for workload, row in context.case.workloads.items():
        facts = Facts(row, context.case.agencies.get(row["agency"], {}), {})
        if not row.get("latency_ms", "") or not selected(rule, facts):
            continue
        if trips is None:
            yield of_rule(rule, "not checked", workload, "the plan holds no network to check it with", {})
            continue
        required = number(row, "latency_share")
        reached = {
            p.t: reach(context, trips, workload, row, p.t)
            for p in context.case.periods
            if bits >> p.t & 1 and context.case.alive(workload, p.t) and _users(context, workload, p.t)
        }
        if not reached:
            continue
        worst = min(reached.values())
        short = [t for t, share in reached.items() if share < required - TOLERANCE]
        numbers = {
            "target ms": number(row, "latency_ms"),
            "required": required,
            "reached": worst,
            "slack": worst - required,
        }
        if short:
            message = f"{worst:.2%} of users are within the target in {spans(context.case.names, short)}"
            yield of_rule(rule, "fail", workload, f"{message}; {required:.0%} must be", numbers)
        else:
            yield of_rule(
                rule, "pass", workload, f"at least {worst:.2%} of users are within the target", numbers
            )


def recorded(context: Context) -> Iterable[Finding]:
    """``latency.csv`` against coverage worked out again."""
    if context.claims.latency is None:
        if any(row.get("latency_ms") for row in context.case.workloads.values()):
            yield context.missing("latency-recorded", "latency.csv")
        return
    trips = context.once(trips_of)
    at = {name: t for t, name in enumerate(context.case.names)}
    wrong = 0
    for row in context.claims.latency if trips is not None else ():
        workload = context.case.workloads.get(row["workload"])
        t = at.get(row["period"])
        if workload is None or t is None or not workload.get("latency_ms", ""):
            wrong += 1
            yield Finding(
                "latency-recorded", "fail", row["workload"][:120], "latency.csv names what has no target"
            )
            continue
        share, stated = (
            reach(context, trips or {}, row["workload"], workload, t),
            number(row, "reached_share"),
        )
        if abs(share - stated) > TOLERANCE:
            wrong += 1
            numbers = {"stated": text(stated), "found": text(share)}
            message = f"latency.csv states another share for {row['period']}"
            yield Finding("latency-recorded", "fail", row["workload"], message, numbers)
    if not wrong:
        yield Finding(
            "latency-recorded", "pass", "latency.csv", f"{len(context.claims.latency)} shares agree"
        )


def reach(context: Context, trips: dict[str, dict[str, int]], workload: str, row: Row, t: int) -> Decimal:
    """Share of a workload's users within its target in a period, given where it is placed."""
    users, target = _users(context, workload, t), number(row, "latency_ms")
    placed = context.claims.primary.get((workload, t), [])
    return sum((p.share * covered(users, trips[p.region], target) for p in placed), ZERO)


def _users(context: Context, workload: str, t: int) -> dict[str, Decimal]:
    by_period = context.case.users.get(workload)
    return by_period[t] if by_period else {}


def trips_of(context: Context) -> dict[str, dict[str, int]] | None:
    """Round trips from the copied network; ``None`` where it is not whole."""
    return round_trips(context.folder, context.case) if context.holds(NETWORK) else None
