"""Do enough users see the round trip that a workload promises?"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.case import NETWORK, ZERO
from planner.audit.context import TOLERANCE, Context
from planner.audit.filters import Facts, selected
from planner.audit.findings import Finding, of_rule, spans
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
