"""What a plan costs beside what it buys: placement costs, and the labour and transfer of moves.

A workload moves when it lives before and after; in the first period against ``current.csv``, which
must name it. What it enters and leaves is the change of its share at a region.
"""

from __future__ import annotations

from decimal import Decimal

from planner.audit.case import STORED, ZERO, Case
from planner.audit.claims import Claims
from planner.audit.reading import Unreadable, number
from planner.audit.tiers import first_paid

Due = dict[tuple[str, str, str, str, int], Decimal]
"""Money by (term, payer, workload, region, period); the workload is blank where it is paid in common."""


def moved(case: Case, claims: Claims, workload: str, t: int) -> dict[str, Decimal] | None:
    """Change of the share at each region at the beginning of a period; ``None`` if it does not move."""
    if not case.alive(workload, t):
        return None
    if t == 0:
        if workload not in case.today:
            return None
        before = case.today[workload]
    elif case.alive(workload, t - 1):
        before = {p.region: p.share for p in claims.primary.get((workload, t - 1), [])}
    else:
        return None
    now = {p.region: p.share for p in claims.primary.get((workload, t), [])}
    return {r: now.get(r, ZERO) - before.get(r, ZERO) for r in before.keys() | now.keys()}


def one_off(case: Case, claims: Claims) -> Due:
    """What ``placement_costs.csv``, ``[migration]`` and ``[replan]`` make a plan cost."""
    due: Due = {}
    costs = {
        (row["workload"], row["region"], row["when"]): number(row, "amount") for row in case.placement_costs
    }
    labour = case.settings.get("migration", {}).get("labour")
    for workload in case.workloads:
        payer = case.payer(workload)
        for t in range(len(case.periods)):
            changes = moved(case, claims, workload, t)
            for p in claims.primary.get((workload, t), []):
                entered = p.share if changes is None else max(ZERO, changes[p.region])
                for term, when, share in (
                    ("placement", "period", p.share), ("placement once", "once", entered),
                ):  # fmt: skip
                    amount = share * costs.get((workload, p.region, when), ZERO)
                    _add(due, (term, payer, workload, p.region, t), amount)
            if changes is not None and labour is not None:
                for region, change in changes.items():
                    if region in case.regions:
                        _moved(case, due, workload, region, t, change, Decimal(labour))
    _changed(case, claims, due)
    for row in case.activation:
        begun = _begun(case, claims, row["subject"])
        if begun is not None:
            region, t = begun
            _add(due, ("activation", row.get("payer", ""), "", region, t), number(row, "amount"))
    return due


def _changed(case: Case, claims: Claims, due: Due) -> None:
    """``[replan] change_price`` for what is elsewhere than in the earlier plan, after the frozen periods."""
    replan = case.settings.get("replan", {})
    price, freeze = Decimal(replan.get("change_price", 0)), int(replan.get("freeze", 0))
    before: dict[tuple[str, int], dict[str, Decimal]] = {}
    for workload, region, t, role, share in case.earlier:
        if role == "primary":
            before.setdefault((workload, t), {})[region] = share
    for (workload, t), shares in before.items():
        for p in claims.primary.get((workload, t), []) if t >= freeze else []:
            more = max(ZERO, p.share - shares.get(p.region, ZERO))
            _add(due, ("change", case.payer(workload), workload, p.region, t), more * price)


def _begun(case: Case, claims: Claims, subject: str) -> tuple[str, int] | None:
    """Region and first period of use, in any role; the first region of a vendor stands for it."""
    used = [p.t for p in claims.placements if subject in (p.region, case.regions[p.region]["vendor"])]
    own = sorted(r for r, row in case.regions.items() if subject in (r, row["vendor"]))
    return (own[0], min(used)) if used and own else None


def _moved(
    case: Case, due: Due, workload: str, region: str, t: int, change: Decimal, labour: Decimal
) -> None:
    payer = case.payer(workload)
    if change > 0:
        _add(due, ("migration labour", payer, workload, region, t), change * labour)
    stored = sum((case.need(workload, k, max(t - 1, 0)) for k in STORED), ZERO)
    if change < 0 and stored:
        tier = first_paid(case, region)
        if tier is None:
            raise Unreadable(f"no price for data that leave {region[:120]}")
        price = number(tier, "ListUnitPrice") * case.rate(tier["PricingCurrency"], t)
        _add(due, ("migration transfer", payer, workload, region, t), -change * stored * price)


def _add(due: Due, key: tuple[str, str, str, str, int], amount: Decimal) -> None:
    if amount:
        due[key] = due.get(key, ZERO) + amount
