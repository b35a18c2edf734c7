"""What differs between two states of a catalog on one day: rows of every table, prices with their ratio."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from planner.catalog.facts import HISTORY
from planner.catalog.load import Catalog
from planner.catalog.schema import (
    ACCELERATORS,
    BENCHMARKS,
    ENERGY,
    GRID,
    NOT_SOLD,
    PRICES,
    RATES,
    REGIONS,
    SKUS,
    TRANSFER,
    VENDORS,
)
from planner.tables import Table

ADDED, GONE, CHANGED, REPRICED = "added", "gone", "changed", "repriced"
PRICE_KEYS = {PRICES.name: ("SkuId", "term"), TRANSFER.name: ("region", "destination", "from_gib")}
"""What names a price on one day; ``valid_from`` does not."""
_COMPARED = (
    VENDORS,
    REGIONS,
    SKUS,
    PRICES,
    TRANSFER,
    NOT_SOLD,
    ACCELERATORS,
    BENCHMARKS,
    RATES,
    GRID,
    ENERGY,
    HISTORY,
)
_PROVENANCE = ("basis", "source", "as_of", "confirmed", "valid_from", "valid_to")
"""Columns that say where a figure comes from; a row that differs in nothing else is the same."""


@dataclass(frozen=True)
class Difference:
    """What :func:`compare` finds among the vendors that both hold.

    Attributes
    ----------
    only_before, only_after
        Vendors that only one of the two holds; nothing else is said of them.
    rows
        One row a difference: ``table``, ``change`` (added, gone, changed), ``key``, ``columns`` that differ.
    prices
        One row a price: ``change`` (added, gone, repriced), ``table``, ``price`` (its key), ``before``,
        ``after``, ``currency``, ``ratio``; the largest changes first.
    """

    prices_as_of: date
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    rows: pd.DataFrame
    prices: pd.DataFrame

    @property
    def same(self) -> bool:
        """Do the two say the same?"""
        return self.rows.empty and self.prices.empty and not self.only_before and not self.only_after

    def counts(self) -> pd.DataFrame:
        """``table``, ``change``, ``count`` of all differences."""
        both = pd.concat([self.rows[["table", "change"]], self.prices[["table", "change"]]])
        return both.groupby(["table", "change"], sort=True).size().reset_index(name="count")

    def document(self) -> dict[str, Any]:
        """All of it as plain values, for JSON."""
        prices = self.prices.astype(object).where(self.prices.notna(), None)
        return {
            "prices_as_of": self.prices_as_of.isoformat(),
            "only_before": list(self.only_before),
            "only_after": list(self.only_after),
            "rows": self.rows.to_dict("records"),
            "prices": prices.to_dict("records"),
        }


def compare(before: Catalog, after: Catalog) -> Difference:
    """What is in one catalog and not, or otherwise, in the other; both as of the same day.

    Vendors that both hold are compared row by row, and tables that belong to no vendor where both have them.
    """
    held = [set(catalog.vendors["vendor"]) for catalog in (before, after)]
    both = held[0] & held[1]
    rows: list[tuple[str, str, str, str]] = []
    prices = []
    for table in _COMPARED:
        old, new = (_frame(catalog, table, both) for catalog in (before, after))
        if table.name in PRICE_KEYS:
            prices.append(_prices(table, old, new))
        elif _of_vendors(table) or (len(old) and len(new)):
            rows += _rows(table, old, new)
    told = pd.concat(prices, ignore_index=True)
    told["order"] = told["change"].map({REPRICED: 0, GONE: 1, ADDED: 2})
    told["moved"] = (told["ratio"].fillna(1.0) - 1).abs()
    told = told.sort_values(["order", "moved", "price"], ascending=[True, False, True], ignore_index=True)
    return Difference(
        after.prices_as_of,
        tuple(sorted(held[0] - both)),
        tuple(sorted(held[1] - both)),
        pd.DataFrame(rows, columns=["table", "change", "key", "columns"]),
        told.drop(columns=["order", "moved"]),
    )


def _of_vendors(table: Table) -> bool:
    return table.key[0] in ("vendor", "region", "SkuId") and table is not GRID


def _frame(catalog: Catalog, table: Table, vendors: set[str]) -> pd.DataFrame:
    """A table of a catalog, of these vendors only where it is about vendors."""
    frame: pd.DataFrame = getattr(catalog, "history" if table is HISTORY else table.name)
    if not _of_vendors(table):
        return frame
    return frame[frame[table.key[0]].str.split(":").str[0].isin(vendors)]


def _rows(table: Table, before: pd.DataFrame, after: pd.DataFrame) -> Iterator[tuple[str, str, str, str]]:
    kept = [c.name for c in table.columns if c.name not in _PROVENANCE]
    old, new = (
        {_name(row, table.key): row for row in frame[kept].to_dict("records")} for frame in (before, after)
    )
    for name in sorted(old.keys() | new.keys()):
        if name not in new or name not in old:
            yield table.name, ADDED if name in new else GONE, name, ""
        elif columns := [c for c in kept if str(old[name][c]) != str(new[name][c])]:
            yield table.name, CHANGED, name, ", ".join(columns)


def _name(row: Any, key: tuple[str, ...]) -> str:
    return " ".join(f"{row[k]:g}" if isinstance(row[k], float) else str(row[k]) for k in key)


def _prices(table: Table, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    key = list(PRICE_KEYS[table.name])
    columns = [*key, "ListUnitPrice", "PricingCurrency"]
    both = before[columns].merge(after[columns], on=key, how="outer", suffixes=("_a", "_b"), indicator="side")
    change = both["side"].map({"left_only": GONE, "right_only": ADDED, "both": REPRICED}).astype(object)
    differs = (both["ListUnitPrice_a"] != both["ListUnitPrice_b"]) | (
        both["PricingCurrency_a"] != both["PricingCurrency_b"]
    )
    one_currency = both["PricingCurrency_a"] == both["PricingCurrency_b"]
    told = pd.DataFrame(
        {
            "change": change,
            "table": table.name,
            "price": [_name(row, tuple(key)) for row in both[key].to_dict("records")],
            "before": both["ListUnitPrice_a"],
            "after": both["ListUnitPrice_b"],
            "currency": both["PricingCurrency_b"].fillna(both["PricingCurrency_a"]).astype(object),
            "ratio": (both["ListUnitPrice_b"] / both["ListUnitPrice_a"]).where(
                one_currency & (both["ListUnitPrice_a"] > 0)
            ),
        }
    )
    return told[differs]
