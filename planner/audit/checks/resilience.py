"""Does every workload keep ready what its resilience tier asks, apart from where it runs?"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.case import ONE, ZERO
from planner.audit.context import TOLERANCE, Context
from planner.audit.findings import Finding, spans
from planner.audit.reading import Row, number

_WORDS = {"other_region": "region", "other_group": "vendor group"}


def check(context: Context) -> Iterable[Finding]:
    """Standbys and backups, whole and apart, in every period in which the workload lives."""
    case = context.case
    kept: dict[tuple[str, str, int], dict[str, Decimal]] = {}
    for p in context.claims.placements:
        kept.setdefault((p.workload, p.role, p.t), {})[p.region] = p.share
    for workload in case.workloads:
        tier = case.tier(workload)
        wrong: dict[str, list[int]] = {}
        for period in case.periods:
            if case.alive(workload, period.t):
                primary = kept.get((workload, "primary", period.t), {})
                for role in ("standby", "backup"):
                    others = kept.get((workload, role, period.t), {})
                    for fault in _faults(context, tier, role, primary, others):
                        wrong.setdefault(fault, []).append(period.t)
        for fault, periods in wrong.items():
            yield Finding("resilience", "fail", workload, f"{fault} in {spans(case.names, periods)}")
        if not wrong:
            asked = f"keeps what tier {tier['tier']} asks" if tier else "keeps nothing, as no tier is stated"
            yield Finding("resilience", "pass", workload, asked)


def _faults(
    context: Context, tier: Row | None, role: str, primary: dict[str, Decimal], others: dict[str, Decimal]
) -> Iterable[str]:
    """What is wrong with a role in one period.

    Shares at r can be paired with standbys elsewhere if and only if, for every place (or vendor
    group), what runs there and what stands ready there are together no more than the whole.
    """
    total = sum(others.values(), ZERO)
    if tier is None or not (tier["standby"] != "none" if role == "standby" else _backup(tier)):
        if others:
            yield f"a {role} is kept that its tier does not ask for"
        return
    if abs(total - ONE) > TOLERANCE:
        yield f"the {role} is not whole"
    grouped = role == "standby" and tier["standby"] == "other_group"
    both: dict[str, Decimal] = {}
    for side in (primary, others):
        for region, share in side.items():
            place = context.case.regions[region]["vendor_group"] if grouped else region
            both[place] = both.get(place, ZERO) + share
    if any(share > ONE + TOLERANCE for share in both.values()):
        apart = _WORDS[tier["standby"]] if role == "standby" else "region"
        yield f"the {role} is in the same {apart} as what it stands for"


def _backup(tier: Row) -> bool:
    return number(tier, "backup", ZERO) > 0
