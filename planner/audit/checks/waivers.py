"""Are the waivers given, complete, in date and allowed? They are counted apart, never silent."""

from __future__ import annotations

from collections.abc import Iterable

from planner.audit.context import Context
from planner.audit.findings import Finding
from planner.audit.places import complete


def check(context: Context) -> Iterable[Finding]:
    """Each row of ``waivers.csv``: its rule may be waived, it is whole, and it had not expired."""
    rules = {rule.id: rule for rule in context.own_rules}
    day = context.case.day("decision_date").isoformat()
    for row in context.case.waivers:
        rule = rules.get(row["rule"])
        subject = f"{row['rule']}: {row['workload'] or 'any workload'} at {row['region'] or 'any region'}"[
            :240
        ]
        numbers = {
            "reason": row["reason"][:240],
            "approver": row["approver"][:120],
            "expires": row["expires"][:10],
        }
        if rule is None:
            yield Finding("waivers", "fail", subject, "waives a rule that no pack of the case has", numbers)
        elif not rule.waivable:
            yield Finding("waivers", "fail", subject, "waives a rule that cannot be waived", numbers)
        elif not complete(row):
            yield Finding("waivers", "fail", subject, "lacks its reason, approver or expiry", numbers)
        elif row["expires"] <= day:
            yield Finding("waivers", "fail", subject, "had expired when the plan was decided", numbers)
        else:
            yield Finding("waivers", "exception", subject, "a waiver is on record", numbers)
