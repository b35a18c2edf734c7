"""Planned again: are the frozen periods those of the earlier plan?"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.case import ONE, ZERO
from planner.audit.context import TOLERANCE, Context
from planner.audit.findings import Finding, text
from planner.audit.reading import number


def kept(context: Context) -> Iterable[Finding]:
    """Placements and commitments of the first ``freeze`` periods agree with the earlier plan's tables."""
    replan = context.case.settings.get("replan")
    if replan is None:
        return
    freeze, names = int(replan.get("freeze", 0)), context.case.names
    off = _placements(context, freeze)
    if context.claims.purchases is None or "earlier_commitments" in context.case.left_out:
        message = "commitments were left out, so it was not checked that those of the earlier plan are kept"
        yield Finding("frozen", "not checked", "commitments", message)
    else:
        off += _commitments(context, freeze)
    for subject, t, said, due in off[:20]:
        numbers = {"planned": text(said), "earlier": text(due)}
        yield Finding("frozen", "fail", subject, f"is not as in the earlier plan in {names[t]}", numbers)
    if not off:
        yield Finding("frozen", "pass", "earlier plan", f"its first {freeze} periods are kept")


def _placements(context: Context, freeze: int) -> list[tuple[str, int, Decimal, Decimal]]:
    case = context.case
    due = {(w, r, t, role): share for w, r, t, role, share in case.earlier}
    known = {(w, t, role) for w, _, t, role in due if t < freeze and w in case.workloads and case.alive(w, t)}
    said = {(p.workload, p.region, p.t, p.role): p.share for p in context.claims.placements}
    wanted = sorted(k for k in due.keys() | said.keys() if (k[0], k[2], k[3]) in known)
    return [
        (f"{w} at {r} ({role})", t, said.get((w, r, t, role), ZERO), due.get((w, r, t, role), ZERO))
        for w, r, t, role in wanted
        if abs(said.get((w, r, t, role), ZERO) - due.get((w, r, t, role), ZERO)) > TOLERANCE
    ]


def _commitments(context: Context, freeze: int) -> list[tuple[str, int, Decimal, Decimal]]:
    at = {name: t for t, name in enumerate(context.case.names)}
    said: dict[tuple[str, str, str, int], Decimal] = {}
    for row in context.claims.purchases or ():
        if row["term"].startswith("commit_") and "pool" in row:
            key = (row["pool"], row["sku"], row["term"], at[row["period"]])
            said[key] = said.get(key, ZERO) + number(row, "units")
    due = context.case.committed
    keys = sorted(k for k in due.keys() | said.keys() if k[3] < freeze)
    return [
        (f"{term} of {sku} for {pool}", t, said.get(key, ZERO), due.get(key, ZERO))
        for key in keys
        for pool, sku, term, t in [key]
        if abs(said.get(key, ZERO) - due.get(key, ZERO)) > TOLERANCE * max(ONE, due.get(key, ZERO))
    ]
