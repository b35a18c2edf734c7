"""What a catalog that holds together is worth: coverage, basis, age, outliers, currencies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from planner.catalog.coverage import NOT_SOLD, PRICED, UNKNOWN, coverage, unpriced_regions
from planner.catalog.freshness import freshness, last_stated
from planner.catalog.load import Catalog
from planner.catalog.outliers import outliers
from planner.errors import StaleData

MAX_AGE = 365
"""Days after which a price counts as stale where nobody says otherwise."""


@dataclass(frozen=True)
class Appraisal:
    """What :func:`appraise` finds.

    Attributes
    ----------
    counts
        Rows of each table.
    coverage
        One row a vendor: cells (known region × family × term) that are ``priced``, ``not sold``, ``unknown``.
    basis
        One row a vendor: prices of each basis.
    fresh
        As :func:`planner.catalog.freshness.freshness` gives it.
    outliers
        As :func:`planner.catalog.outliers.outliers` gives them.
    unpriced
        Regions without any price.
    without_rate
        Currencies of prices for which no exchange rate is stated although there are several currencies.
    """

    prices_as_of: date
    max_age: int
    counts: Mapping[str, int]
    coverage: pd.DataFrame
    basis: pd.DataFrame
    fresh: pd.DataFrame
    outliers: pd.DataFrame
    unpriced: tuple[str, ...]
    without_rate: tuple[str, ...]

    @property
    def stale(self) -> int:
        """Prices that no source stated within ``max_age`` days."""
        return int(self.fresh["stale"].sum())

    def demand_fresh(self) -> None:
        """Refuse prices that no source stated within ``max_age`` days.

        Raises
        ------
        StaleData
            With how many there are, and the oldest.
        """
        if not self.stale:
            return
        prices, oldest = int(self.fresh["prices"].sum()), min(day for day in self.fresh["oldest"] if day)
        raise StaleData(
            f"{self.stale} of {prices} prices are older than {self.max_age} days, the oldest of {oldest}; "
            "refresh them or allow a greater --max-age"
        )

    def document(self) -> dict[str, Any]:
        """All of it as plain values, for JSON."""
        return {
            "prices_as_of": self.prices_as_of.isoformat(),
            "max_age": self.max_age,
            "problems": [],
            **self.counts,
            "coverage": self.coverage.to_dict("records"),
            "basis": self.basis.to_dict("records"),
            "freshness": self.fresh.to_dict("records"),
            "outliers": self.outliers.to_dict("records"),
            "unpriced_regions": list(self.unpriced),
            "currencies_without_rate": list(self.without_rate),
        }


def appraise(catalog: Catalog, max_age: int = MAX_AGE) -> Appraisal:
    """Appraise a catalog that was read without a problem; ``max_age`` in days."""
    frames = {
        "vendors": catalog.vendors, "regions": catalog.regions, "skus": catalog.skus,
        "prices": catalog.prices, "transfer": catalog.transfer, "accelerators": catalog.accelerators,
        "rates": catalog.rates,
    }  # fmt: skip
    return Appraisal(
        catalog.prices_as_of,
        max_age,
        {"files": len(catalog.files), **{name: len(frame) for name, frame in frames.items()}},
        _by_vendor(coverage(catalog), "status", (PRICED, NOT_SOLD, UNKNOWN)),
        _by_vendor(stated := last_stated(catalog), "basis", tuple(sorted(set(stated["basis"])))),
        freshness(catalog, max_age),
        outliers(catalog),
        tuple(unpriced_regions(catalog)),
        _without_rate(catalog),
    )


def _by_vendor(rows: pd.DataFrame, column: str, values: tuple[str, ...]) -> pd.DataFrame:
    counts = rows.groupby(["vendor", column]).size().unstack(fill_value=0) if len(rows) else pd.DataFrame()
    return (
        counts.reindex(columns=list(values), fill_value=0)
        .astype(int)
        .rename_axis(columns=None)
        .reset_index(names="vendor")
    )


def _without_rate(catalog: Catalog) -> tuple[str, ...]:
    used = set(catalog.prices["PricingCurrency"]) | set(catalog.transfer["PricingCurrency"])
    rated = set(catalog.rates["currency"]) | set(catalog.rates["quote"])
    return tuple(sorted(used - rated)) if len(used | rated) > 1 else ()
