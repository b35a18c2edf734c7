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
from planner.audit.held import hourly
from planner.audit.reading import Row

_SLACK = Decimal("1e-6")

Key = tuple[str, str, int]
"""Payer, region, period."""


def check(context: Context) -> Iterable[Finding]:
    """A fleet costs at list no more than its workloads would on the dearest machine there, each alone.

    Judged are machines of the market that containers of the payer may run on, by payer, region and
    period, and only where spending more could pay: with a share of the spend, a limit on what leaving
    costs or a commitment to spend. What runs under commitments is priced on demand; idle commitments
    count for nothing and pass. Not where machines are whole, as rounding up leaves some over, nor
    where workloads with yields of their own run.
    """
    case, purchases = context.case, context.claims.purchases
    if not purchases or not pays(context) or not case.in_parts:
        return
    at = {name: t for t, name in enumerate(case.names)}
    running: dict[Key, Decimal] = {}
    for row in purchases:
        if _of_fleet(context, row) and ("used" in row or not row["term"].startswith("commit")):
            key, term = (row["payer"], row["region"], at[row["period"]]), row["term"]
            units = mean(case, row if "used" in row else {**row, "used": row["units"]})
            price = hourly(case, row["sku"], "spot" if term == "spot" else "on_demand", key[2])
            running[key] = running.get(key, ZERO) + units * (price or ZERO)
    own = {workload for workload, _, _ in case.yields}
    placed: dict[Key, dict[str, Decimal]] = {}
    for p in context.claims.placements:
        if p.role != "backup":
            here = placed.setdefault((case.payer(p.workload), p.region, p.t), {})
            here[p.workload] = here.get(p.workload, ZERO) + p.share * kept(case, p)
    over: dict[tuple[str, str], dict[int, Decimal]] = {}
    for (payer, region, t), money in running.items():
        here = placed.get((payer, region, t), {})
        most = sum((share * _alone(context, w, region, t) for w, share in here.items()), ZERO)
        if own.isdisjoint(here) and money > most + _SLACK * max(ONE, most):
            over.setdefault((payer, region), {})[t] = money - most
    for (payer, region), periods in sorted(over.items()):
        when = spans(case.names, periods)
        message = f"more machines of a fleet run at {region} than what is placed there needs in {when}"
        yield Finding("idle", "fail", payer, message, {"too much an hour": text(max(periods.values()))})
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


def pays(context: Context) -> bool:
    by_spend = [r.parameters.get("basis") == "spend" for r in context.own_rules
                if r.severity == "hard" and r.kind in SHARE_KINDS]  # fmt: skip
    exits = any(r.severity == "hard" and r.kind == "exit" for r in context.own_rules)
    return any(by_spend) or exits or bool(context.case.agreements)


def _alone(context: Context, workload: str, region: str, t: int) -> Decimal:
    """An hour of all of a workload, headroom included, on the machine of a region where it is the dearest."""
    case, total = context.case, ZERO
    spare = ONE + case.headroom if case.workloads[workload]["platform"] == "container" else ONE
    machines = context.places.obtainable(workload, region)
    terms = ("on_demand", "spot")
    prices = {sku: max(hourly(case, sku, term, t) or ZERO for term in terms) for sku in machines}
    for part, share in case.slices.items():
        load = factor(case, workload, part) * spare
        costs = [
            price * (context.places.units(workload, sku, t, load) or ZERO) for sku, price in prices.items()
        ]
        total += max(costs, default=ZERO) * share
    return total
