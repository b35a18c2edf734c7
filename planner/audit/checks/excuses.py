"""Does the plan say, for every place it could not use, every rule that forbids it, and no other?"""

from __future__ import annotations

from collections.abc import Iterable

from planner.audit.case import PLACES
from planner.audit.context import Context
from planner.audit.findings import Finding, spans
from planner.audit.places import BUILT_IN


def check(context: Context) -> Iterable[Finding]:
    """``excuses.csv`` against verdicts worked out again, rule by rule and period by period."""
    stated_rows = context.claims.excuses
    if stated_rows is None:
        yield context.missing("excuses", "excuses.csv")
        return
    if not context.holds(PLACES):
        message = "rows of prices were left out, so which places could be used is not known"
        yield Finding("excuses", "not checked", "excuses.csv", message)
        return
    at = {name: t for t, name in enumerate(context.case.names)}
    stated: dict[tuple[str, str, str], int] = {}
    for row in stated_rows:
        first, last = at.get(row["period_from"]), at.get(row["period_to"])
        if first is None or last is None or last < first:
            yield Finding("excuses", "fail", row["workload"][:120], "an excuse names impossible periods")
            continue
        key = (row["workload"], row["region"], row["rule"])
        stated[key] = stated.get(key, 0) | ((1 << last + 1) - (1 << first))
    due = {
        (workload, region, block.by): block.periods
        for workload in context.case.workloads
        for region in context.case.regions
        for block in context.places.blocks(workload, region)
    }
    known = {rule.id for rule in context.own_rules} | set(BUILT_IN)
    wrong = 0
    for key in sorted(due.keys() | stated.keys()):
        workload, region, rule = (part[:120] for part in key)
        lacking = due.get(key, 0) & ~stated.get(key, 0)
        surplus = stated.get(key, 0) & ~due.get(key, 0)
        if lacking:
            message = f"no excuse names {rule} at {region} in {_shown(context, lacking)}"
            wrong += 1
            yield Finding("excuses", "fail", workload, message)
        if surplus:
            wrong += key[2] in known
            what = (
                f"an excuse names {rule} at {region} in {_shown(context, surplus)}, which does not forbid it"
            )
            yield Finding("excuses", "fail" if key[2] in known else "warn", workload, what)
    if not wrong:
        yield Finding("excuses", "pass", "excuses.csv", f"{len(due)} excuses are due and all are stated")


def _shown(context: Context, periods: int) -> str:
    return spans(context.case.names, [p.t for p in context.case.periods if periods >> p.t & 1])
