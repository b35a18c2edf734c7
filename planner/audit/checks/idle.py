"""Does a machine run that nothing placed needs, so that somebody else's share is thinned out?"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.case import ONE, ZERO
from planner.audit.checks.counted import factor, kept, mean
from planner.audit.checks.shares import SHARE_KINDS
from planner.audit.context import Context
from planner.audit.filters import in_market
from planner.audit.findings import Finding, spans, text
from planner.audit.reading import Row

_SLACK = Decimal("1e-6")

Key = tuple[str, str, int]
"""Payer, region, period."""


def check(context: Context) -> Iterable[Finding]:
    """No more of a fleet's machine runs than would carry alone, one by one, all that its payer placed there.

    Judged are machines of the market that containers of the payer may run on, and only where spending
    more could pay: with a share of the spend, a limit on what leaving costs or a commitment to spend.
    Idle commitments count for nothing and pass. Not where machines are whole, as rounding up leaves
    some over, nor where workloads with yields of their own run.
    """
    case, purchases = context.case, context.claims.purchases
    if not purchases or not _pays(context) or case.settings.get("units", {}).get("whole") is True:
        return
    at = {name: t for t, name in enumerate(case.names)}
    running: dict[tuple[Key, str, bool], Decimal] = {}
    for row in purchases:
        committed = row["term"].startswith("commit")
        if not _of_fleet(context, row) or (committed and "used" not in row):
            continue
        key = (row["payer"], row["region"], at[row["period"]]), row["sku"], row["term"] == "spot"
        running[key] = running.get(key, ZERO) + mean(
            case, row if "used" in row else {**row, "used": row["units"]}
        )
    own = {workload for workload, _, _ in case.yields}
    placed: dict[Key, dict[str, Decimal]] = {}
    for p in context.claims.placements:
        if p.role != "backup":
            here = placed.setdefault((case.payer(p.workload), p.region, p.t), {})
            here[p.workload] = here.get(p.workload, ZERO) + p.share * kept(case, p)
    over: dict[tuple[str, str], dict[int, Decimal]] = {}
    for (group, sku, _), units in running.items():
        here = placed.get(group, {})
        most = sum((share * _alone(context, w, sku, group[2]) for w, share in here.items()), ZERO)
        if own.isdisjoint(here) and units > most + _SLACK * max(ONE, most):
            over.setdefault((group[0], sku), {})[group[2]] = units - most
    for (payer, sku), periods in sorted(over.items()):
        message = f"more of {sku} runs than what is placed there needs in {spans(case.names, periods)}"
        yield Finding("idle", "fail", payer, message, {"too much": text(max(periods.values()))})
    if not over:
        yield Finding("idle", "pass", "purchases.csv", "no machine runs that what is placed does not need")


def _of_fleet(context: Context, row: Row) -> bool:
    case = context.case
    return in_market(case.regions[row["region"]]) and any(
        workload["platform"] == "container"
        and case.payer(name) == row["payer"]
        and row["sku"] in context.places.machines(name)
        for name, workload in case.workloads.items()
    )


def _pays(context: Context) -> bool:
    by_spend = [r.parameters.get("basis") == "spend" for r in context.own_rules
                if r.severity == "hard" and r.kind in SHARE_KINDS]  # fmt: skip
    exits = any(r.severity == "hard" and r.kind == "exit" for r in context.own_rules)
    return any(by_spend) or exits or bool(context.case.agreements)


def _alone(context: Context, workload: str, sku: str, t: int) -> Decimal:
    """Machines that carry all of a workload, headroom of containers included: the mean over the hours."""
    case, total = context.case, ZERO
    spare = ONE + case.headroom if case.workloads[workload]["platform"] == "container" else ONE
    if sku not in context.places.machines(workload):
        return ZERO
    for part, share in case.slices.items():
        total += (
            context.places.units(workload, sku, t, factor(case, workload, part) * spare) or ZERO
        ) * share
    return total
