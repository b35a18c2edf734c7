"""Is what ``plan.json`` says of egress, by the first paid tier and by exact tiers, what it comes to?"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.case import ZERO
from planner.audit.checks.contracts import at_start, landed
from planner.audit.claims import RECORD
from planner.audit.context import Context
from planner.audit.findings import Finding, text
from planner.audit.reading import number
from planner.audit.tiers import beyond_first_paid, first_paid

NAME = "egress-recorded"
_CENT = Decimal("0.02")
_RELATIVE = Decimal("1e-8")


def recorded(context: Context) -> Iterable[Finding]:
    """Both bills of what is sent to users, by payer, region and month, landed before tax."""
    case, head = context.case, context.claims.head
    if head is None or not context.made_by_planner:
        return
    volume: dict[tuple[str, str, int], Decimal] = {}
    for p in context.claims.placements:
        gib = case.need(p.workload, "egress_gib", p.t) * p.share if p.role == "primary" else ZERO
        if gib:
            key = (case.payer(p.workload), p.region, p.t)
            volume[key] = volume.get(key, ZERO) + gib
    first, exact = ZERO, ZERO
    for (_, region, t), gib in sorted(volume.items()):
        tier = first_paid(case, region)
        if tier is None:
            continue  # check ``no-price`` says so
        contract, months = at_start(case, region, t), case.periods[t].months
        paid = gib * number(tier, "ListUnitPrice") * case.rate(tier["PricingCurrency"], t)
        first += landed(paid * months, contract)
        exact += landed((paid + beyond_first_paid(case, region, t, gib)) * months, contract)
    said = head.get("egress", {})
    said = said if isinstance(said, dict) else {}
    tiers = case.settings.get("egress", {}).get("tiers", "first-paid")
    if volume and said.get("tiers") != tiers:
        message = f"plan.json does not say that egress is counted by tiers {tiers!r:.40}"
        yield Finding(NAME, "fail", RECORD, message)
    wrong = False
    for bill, found in (("first_paid", first), ("exact", exact)):
        stated = Decimal(str(said.get(bill, 0)))
        if abs(stated - found) > _CENT + abs(found) * _RELATIVE:
            wrong = True
            numbers = {"stated": text(stated), "found": text(found)}
            yield Finding(NAME, "fail", bill, "plan.json states another bill for egress", numbers)
    if not wrong:
        numbers = {"first paid tier": text(first), "exact tiers": text(exact)}
        yield Finding(NAME, "pass", RECORD, "both bills for egress were worked out again", numbers)
