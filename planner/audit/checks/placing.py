"""Is every workload placed, whole, once, while it lives?"""

from __future__ import annotations

from collections.abc import Iterable

from planner.audit.case import ONE, ZERO
from planner.audit.context import TOLERANCE, Context
from planner.audit.findings import Finding, spans, text


def whole(context: Context) -> Iterable[Finding]:
    """Shares of primaries sum to 1 in each period in which the workload needs anything."""
    case = context.case
    for workload in case.workloads:
        short = []
        worst = ONE
        for period in case.periods:
            placed = context.claims.primary.get((workload, period.t), [])
            total = sum((p.share for p in placed), ZERO)
            wanted = ONE if case.alive(workload, period.t) else ZERO
            if abs(total - wanted) > TOLERANCE or any(p.share < 0 for p in placed):
                short.append(period.t)
                worst = total
        if short:
            message = f"is not placed whole in {spans(case.names, short)}"
            yield Finding("whole", "fail", workload, message, {"placed": text(worst)})
        else:
            yield Finding("whole", "pass", workload, "is placed whole in every period in which it lives")


def undivided(context: Context) -> Iterable[Finding]:
    """A workload that may not be split runs in one region at a time."""
    for workload, row in context.case.workloads.items():
        if row["divisible"] == "true":
            continue
        split = [
            p.t
            for p in context.case.periods
            if sum(x.share > TOLERANCE for x in context.claims.primary.get((workload, p.t), [])) > 1
        ]
        if split:
            message = f"may not be split, but is in {spans(context.case.names, split)}"
            yield Finding("undivided", "fail", workload, message)
        else:
            yield Finding("undivided", "pass", workload, "is in one region at a time")
