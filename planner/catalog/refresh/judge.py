"""What a list changes: what is plausible, what it no longer has, and what moved most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from statistics import median

from planner.catalog.refresh.rows import KEYS
from planner.catalog.supersede import Change, Row
from planner.tables import Table

_FARTHEST = Decimal(3)
"""A price that is so many times another of the same SKU and term is held back as implausible."""


def plausible(
    rows: Iterable[Row], old: Iterable[Row], key: tuple[str, ...], far: list[tuple[str, str]]
) -> list[Row]:
    """Rows without those far from what the same SKU costs now, or costs in the other regions of the list."""
    rows = list(rows)
    before = {tuple(row[k] for k in key): row for row in old if not row["valid_to"]}
    elsewhere: dict[tuple[str, ...], list[Decimal]] = {}
    for row in rows:
        elsewhere.setdefault(_anywhere(row, key), []).append(Decimal(row["ListUnitPrice"]))
    result = []
    for row in rows:
        price, now = Decimal(row["ListUnitPrice"]), before.get(tuple(row[k] for k in key))
        reason = ""
        others = elsewhere[_anywhere(row, key)]
        if now is not None and now["PricingCurrency"] == row["PricingCurrency"]:
            if _apart(price, Decimal(now["ListUnitPrice"])):
                reason = "implausible: more than three times, or less than a third of, the price before"
        elif len(others) > 2 and _apart(price, Decimal(median(others))):
            reason = "implausible: far from the same thing in other regions"
        if reason:
            far.append((reason, " ".join((*(row[k] for k in key), row["ListUnitPrice"]))))
        else:
            result.append(row)
    return result


def _anywhere(row: Row, key: tuple[str, ...]) -> tuple[str, ...]:
    name = row[key[0]]
    return (name.split(":", 2)[2] if key[0] == "SkuId" else "", *(row[k] for k in key[1:]))


def _apart(one: Decimal, other: Decimal) -> bool:
    if not one or not other:
        return one != other
    return max(one, other) > _FARTHEST * min(one, other)


def gone_of(
    merged: Iterable[Row],
    listed: Iterable[Row],
    key: tuple[str, ...],
    valid_from: str,
) -> set[tuple[str, ...]]:
    """Open prices that a list which covers their kind no longer has.

    A list covers what it prices at least once: machines or disks of a region under a term, tiers of a
    region's egress to a destination.
    """
    listed = list(listed)
    names = {tuple(row[k] for k in key) for row in listed}
    covered = {_cover(row, key) for row in listed}
    return {
        name
        for row in merged
        if not row["valid_to"] and row["valid_from"] < valid_from
        for name in [tuple(row[k] for k in key)]
        if name not in names and _cover(row, key) in covered
    }


def _cover(row: Row, key: tuple[str, ...]) -> tuple[str, ...]:
    if key[0] == "SkuId":
        return (":".join(row["SkuId"].split(":")[:2]), row[key[1]], row.get("PricingUnit", ""))
    return (row["region"], row["destination"])


def told_changes(changes: Iterable[tuple[Table, Change]]) -> Iterable[dict[str, str]]:
    for table, change in changes:
        if change.kind == "confirmed":
            continue
        before = change.before["ListUnitPrice"] if change.before else ""
        yield _line(table, change.kind, change.after, before, change.after["ListUnitPrice"])


def told_ended(ended: Iterable[tuple[Table, Row]]) -> Iterable[dict[str, str]]:
    for table, row in ended:
        yield _line(table, "gone", row, row["ListUnitPrice"], "")


def _line(table: Table, kind: str, row: Row, before: str, after: str) -> dict[str, str]:
    ratio = f"{Decimal(after) / Decimal(before):.4f}" if before and after and Decimal(before) else ""
    name = " ".join(row[k] for k in KEYS[table.name])
    return {
        "change": kind, "table": table.name, "price": name, "before": before, "after": after,
        "currency": row["PricingCurrency"], "ratio": ratio,
    }  # fmt: skip


def size_of_change(line: Mapping[str, str]) -> tuple[str, float, str]:
    """Repriced before the rest, those that moved most first."""
    order = {"repriced": "0", "gone": "1", "added": "2"}[line["change"]]
    moved = abs(float(line["ratio"]) - 1) if line["ratio"] else 0.0
    return (order, -moved, line["price"])
