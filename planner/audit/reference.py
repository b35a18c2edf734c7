"""Reference spend: what a workload would cost at list where the market is cheapest, wherever it is placed."""

from __future__ import annotations

from decimal import Decimal

from planner.audit.case import CARRIED, ONE, STORED, ZERO, Case
from planner.audit.filters import in_market
from planner.audit.places import Places
from planner.audit.reading import number
from planner.audit.tiers import first_paid


def can_tell(case: Case) -> bool:
    """Whether it can be worked out here: list prices on demand, nothing else on a placement."""
    offered = case.settings.get("terms", {}).get("offer", ["on_demand"])
    return not case.contracts and not case.placement_costs and "spot" not in offered


def reference_spend(case: Case, places: Places, workload: str, t: int) -> Decimal:
    """Least list cost, over the market's regions open to the workload, of the whole of it in a period.

    Its machines are the cheapest that carry it alone, slice by slice; storage is at the region's
    cheapest SKU; egress at the first paid tier. Zero where no region of the market is open to it.
    """
    costs = [
        _machines(case, places, workload, region, t)
        + _stored(case, workload, region, t)
        + _sent(case, workload, region, t)
        for region, row in case.regions.items()
        if in_market(row) and not any(b.periods >> t & 1 for b in places.blocks(workload, region))
    ]
    return min(costs, default=ZERO)


def _machines(case: Case, places: Places, workload: str, region: str, t: int) -> Decimal:
    if not any(case.need(workload, k, t) > 0 for k in CARRIED):
        return ZERO
    fitting = places.machines(workload) & places.sold(region)
    total = ZERO
    for part, share in case.slices.items():
        factor = case.factors.get((workload, part), ONE)
        costs = [
            units * _price(case, sku, t)
            for sku in fitting
            if (units := places.units(workload, sku, t, factor)) is not None
        ]
        total += min(costs) * case.periods[t].hours * share
    return total


def _stored(case: Case, workload: str, region: str, t: int) -> Decimal:
    total = ZERO
    for resource in STORED:
        need = case.need(workload, resource, t)
        if need:
            prices = [
                _price(case, sku, t)
                for sku, row in case.skus.items()
                if row["region"] == region
                and row["resource"] == resource
                and (sku, "on_demand") in case.prices
            ]
            total += need * min(prices) * case.periods[t].months
    return total


def _sent(case: Case, workload: str, region: str, t: int) -> Decimal:
    volume = case.need(workload, "egress_gib", t)
    tier = first_paid(case, region) if volume else None
    if tier is None:
        return ZERO
    price = number(tier, "ListUnitPrice") * case.rate(tier["PricingCurrency"], t)
    return volume * price * case.periods[t].months


def _price(case: Case, sku: str, t: int) -> Decimal:
    row = case.prices[sku, "on_demand"]
    return number(row, "ListUnitPrice") * case.rate(row["PricingCurrency"], t)
