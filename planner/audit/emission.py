"""Greenhouse gas of one machine, in decimals, from the copied carbon tables."""

from __future__ import annotations

from decimal import Decimal

from planner.audit.case import ZERO
from planner.audit.context import Context
from planner.audit.reading import number


def emission(context: Context, sku: str) -> Decimal | None:
    """Greenhouse gas (kg CO2e) of one unit in an hour; ``None`` where energy or grid is unknown."""
    case = context.case
    row = case.skus[sku]
    vendor = case.regions[row["region"]]["vendor"]

    def drawn(resource: str) -> Decimal | None:
        own = case.energy.get((resource, vendor)) or case.energy.get((resource, ""))
        return number(own, "kwh_per_hour") if own else None

    grid, core = case.grid.get(row["region"]), drawn("vcpu")
    if grid is None or core is None:
        return None
    kwh = number(row, "vcpu", ZERO) * core
    if row["accelerator"]:
        card = drawn(row["accelerator"])
        if card is None:
            return None
        kwh += number(row, "accelerator_count", ZERO) * card
    return kwh * number(grid, "kg_per_kwh")
