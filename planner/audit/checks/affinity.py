"""Is every row of ``affinity.csv`` obeyed: together, apart, pin, forbid, least share?"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.case import ONE, ZERO
from planner.audit.context import TOLERANCE, Context
from planner.audit.findings import Finding, spans, text
from planner.audit.reading import Row, number

Shares = dict[str, Decimal]


def check(context: Context) -> Iterable[Finding]:
    """Each row in every period in which all its workloads live."""
    case = context.case
    for row in case.affinity:
        others = [w for w in (row["workload"], row["other"]) if w]
        parts = (row["kind"], " and ".join(others), f"at {row['region']}" if row["region"] else "")
        subject = " ".join(part for part in parts if part)[:240]
        if any(w not in case.workloads for w in others):
            yield Finding("affinity", "fail", subject, "affinity.csv names a workload that the case lacks")
            continue
        wrong = []
        for t in range(len(case.periods)):
            if all(case.alive(w, t) for w in others):
                placed = [_placed(context, w, t) for w in others]
                if not _obeyed(row, placed[0], placed[-1]):
                    wrong.append(t)
        if wrong:
            where = ", ".join(
                f"{r} {text(s)}" for r, s in sorted(_placed(context, others[0], wrong[0]).items())
            )
            message = f"is not obeyed in {spans(case.names, wrong)}"
            yield Finding("affinity", "fail", subject, message, {"placed": where, "value": row["value"]})
        else:
            yield Finding("affinity", "pass", subject, "is obeyed in every period")


def _placed(context: Context, workload: str, t: int) -> Shares:
    return {p.region: p.share for p in context.claims.primary.get((workload, t), [])}


def _obeyed(row: Row, own: Shares, other: Shares) -> bool:
    kind = row["kind"]
    if kind == "together":
        return all(abs(own.get(r, ZERO) - other.get(r, ZERO)) <= TOLERANCE for r in own.keys() | other.keys())
    if kind == "apart":
        return all(min(own[r], other[r]) <= TOLERANCE for r in own.keys() & other.keys())
    if kind == "forbid":
        return own.get(row["region"], ZERO) <= TOLERANCE
    least = number(row, "value", ONE)
    if kind == "pin":
        return own.get(row["region"], ZERO) >= least - TOLERANCE
    here = {r: s for r, s in own.items() if row["region"] in ("", r)}
    return all(share <= TOLERANCE or share >= least - TOLERANCE for share in here.values())
