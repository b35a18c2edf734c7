"""Is every workload placed, whole, once, while it lives, and spread no thinner than its owner wants?"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.case import ONE, ZERO
from planner.audit.context import TOLERANCE, Context
from planner.audit.findings import Finding, spans, text
from planner.audit.reading import number


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


def slivers(context: Context) -> Iterable[Finding]:
    """No share below the least, nor in more regions than may be: ``[placing]``, or its own columns."""
    case = context.case
    stated = case.settings.get("placing", {})
    asked = False
    for workload, row in case.workloads.items():
        if row["divisible"] != "true":
            continue
        least = number(row, "least_share", Decimal(str(stated.get("least_share", 0))))
        most = number(row, "most_regions", Decimal(str(stated.get("most_regions", 0))))
        asked = asked or least > 0 or most > 0
        wrong, worst = [], ""
        for period in case.periods:
            here = [p for p in context.claims.primary.get((workload, period.t), []) if p.share > TOLERANCE]
            thin = [p for p in here if p.share < least - TOLERANCE]
            if thin or (most and len(here) > most):
                wrong.append(period.t)
                worst = worst or ", ".join(f"{p.region} {text(p.share)}" for p in here)
        if wrong:
            message = f"is spread too thin in {spans(case.names, wrong)}"
            numbers = {"placed": worst, "least share": text(least), "most regions": text(most)}
            yield Finding("slivers", "fail", workload, message, numbers)
    if asked:
        yield Finding("slivers", "pass", "placements.csv", "others are spread no thinner than they may be")
