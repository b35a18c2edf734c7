"""Is what is to be signed what is bought: group, contract, units at once and months of each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from planner.audit.case import ZERO
from planner.audit.context import Context
from planner.audit.reading import Row, number

COLUMNS = ("vendor_group", "vendor", "agreement", "family", "term", "units", "unit", "start", "end", "months",
           "contract_end")  # fmt: skip
_NEAR = Decimal("1e-5")
_AGREED = "spend commitment"


def faults(context: Context, rows: Sequence[Row]) -> Iterator[str]:
    """What of ``signing.csv`` purchases, contracts and the calendar contradict, in words."""
    case = context.case
    groups = {region["vendor"]: region["vendor_group"] for region in case.regions.values()}
    ends = {row["contract"]: row["valid_to"] for row in case.contracts if "contract" in row}
    agreed = {row["agreement"] for row in case.agreements}
    units, stored = _most_at_once(context), {s["family"] for s in case.skus.values() if s["resource"]}
    stated = {(row["vendor"], row["family"], row["term"]) for row in rows if row["term"]}
    for vendor, family, term in sorted(units.keys() - stated):
        yield f"{vendor}: {family} on {term} is bought, and no row says so"
    for row in rows:
        where = f"{row['vendor'][:60]} {row['family'][:60]} {row['term'][:20]}".strip()
        if groups.get(row["vendor"]) != row["vendor_group"]:
            yield f"{where}: its vendor group is {groups.get(row['vendor'], 'none')}"
        named = row["agreement"]
        names = agreed if row["family"] == _AGREED else {"", *ends}
        if named not in names:
            yield f"{where}: there is no agreement {named[:60]!r}"
        elif row["family"] != _AGREED and row["contract_end"] != ends.get(named, ""):
            yield f"{where}: the contract ends {ends.get(named) or 'on no day that is stated'}"
        key = (row["vendor"], row["family"], row["term"])
        due = units.get(key)
        if row["term"] and (due is None or not row["units"] or abs(number(row, "units") - due) > _NEAR):
            yield f"{where}: {row['units'][:40] or 'no'} units; purchases.csv has {due or 'none'} at once"
        unit = "" if not row["term"] else "GiB" if row["family"] in stored else "machines"
        if row["unit"] != unit:
            yield f"{where}: its unit is not {row['unit'][:20]!r}"
        if not row["term"] and row["units"]:
            yield f"{where}: has units of nothing"
        if not _lasts(row):
            yield f"{where}: its months are not those from {row['start'][:10]} to {row['end'][:10]}"


def _lasts(row: Row) -> bool:
    """Do start and end lie as many months apart as the row says?"""
    try:
        start, end = date.fromisoformat(row["start"]), date.fromisoformat(row["end"])
    except ValueError:
        return False
    apart = (end.year - start.year) * 12 + end.month - start.month
    return start.day == end.day == 1 and max(apart, 1) == number(row, "months")


def _most_at_once(context: Context) -> dict[tuple[str, str, str], Decimal]:
    """Units bought at once, at most, by vendor, family and term: of slices the fullest."""
    units_of: dict[tuple[str, str, str], dict[str, dict[str, Decimal]]] = {}
    for row in context.claims.purchases or []:
        sku = context.case.skus.get(row["sku"])
        family = sku["family"] if sku else ""
        vendor = (
            context.case.regions[row["region"]]["vendor"] if row["region"] in context.case.regions else ""
        )
        by_slice = units_of.setdefault((vendor, family, row["term"]), {}).setdefault(row["period"], {})
        part = row.get("slice", "all")
        by_slice[part] = by_slice.get(part, ZERO) + number(row, "units")
    return {
        key: max(
            max((n for part, n in parts.items() if part != "all"), default=ZERO) + parts.get("all", ZERO)
            for parts in periods.values()
        )
        for key, periods in units_of.items()
    }
