"""What vendors cost while they are used, worked out again from placements and the plan's own spend."""

from __future__ import annotations

from decimal import Decimal

from planner.audit.amounts import NOT_COUNTED, TIERS, TRANSFER
from planner.audit.case import ZERO, Case
from planner.audit.claims import Claims
from planner.audit.reading import Row, number

KINDS = ("vendor support", "vendor interconnect", "vendor staff")
UNTAXED = ("vendor staff",)
_SCOPE = ("vendor", "payer", "region", "kind")


def of_vendors(case: Case, claims: Claims) -> dict[tuple[str, str, str, int], Decimal]:
    """Money by (term, payer, region, period), from first use to last: by bands of spend, or the minimum."""
    due: dict[tuple[str, str, str, int], Decimal] = {}
    for scope in sorted({tuple(row[c] for c in _SCOPE) for row in case.vendor_costs}):
        vendor, payer, region, kind = scope
        own = sorted(r for r, row in case.regions.items() if row["vendor"] == vendor and region in ("", r))
        used = [p.t for p in claims.placements if p.region in own and payer in ("", case.payer(p.workload))]
        for t in range(min(used), max(used) + 1) if used else ():
            bands = _held(case, scope, t)
            if not bands:
                continue
            rate, months = case.rate(bands[0]["currency"], t), case.periods[t].months
            spend = _spend(case, claims, own, payer, t) / months / rate
            bill = max(number(bands[0], "minimum", ZERO), _of_bands(bands, spend)) * months * rate
            if bill:
                key = (f"vendor {kind}", payer, own[0], t)
                due[key] = due.get(key, ZERO) + bill
    return due


def _held(case: Case, scope: tuple[str, ...], t: int) -> list[Row]:
    """The bands that hold in a period, from the lowest: those stated last."""
    mine = [row for row in case.vendor_costs if tuple(row[c] for c in _SCOPE) == scope]
    since = max((row["period"] for row in mine if row["period"] <= case.names[t]), default="")
    return sorted((r for r in mine if r["period"] == since), key=lambda row: number(row, "from_amount"))


def _of_bands(bands: list[Row], spend: Decimal) -> Decimal:
    begins = [number(row, "from_amount") for row in bands]
    ends = [*begins[1:], max(spend, begins[-1])]
    return sum(
        (
            max(ZERO, min(spend, end) - begin) * number(row, "share", ZERO)
            for row, begin, end in zip(bands, begins, ends, strict=True)
        ),
        ZERO,
    )


def _spend(case: Case, claims: Claims, regions: list[str], payer: str, t: int) -> Decimal:
    """What counts in shares of what is bought in the regions: after discounts, before tax."""
    left_out = (*NOT_COUNTED, TIERS, TRANSFER)
    return sum(
        (
            number(row, "counted" if "counted" in row else "amortised")
            for row in claims.costs or ()
            if row["region"] in regions
            and row["period"] == case.names[t]
            and payer in ("", row["payer"])
            and row["term"] not in left_out
        ),
        ZERO,
    )
