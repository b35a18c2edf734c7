"""Prices that look wrong beside others: the same SKU elsewhere, its family, its own other terms.

An outlier is a question to a person, not an error: some vendors do price a region or a size apart.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.catalog.load import Catalog
from planner.catalog.schema import COMMITMENTS

ELSEWHERE = 1.3
"""How many times dearer or cheaper than the median of the same SKU in at least two other regions."""
FAMILY, FAMILY_WITH_CARDS = 1.4, 2.0
"""How many times dearer or cheaper than the median of its family, per vCPU, per GiB and per card alike;
sizes with cards differ more, because vCPU and cards do not grow together."""

COLUMNS = ("SkuId", "term", "ListUnitPrice", "PricingCurrency", "against", "expected", "ratio", "basis")
"""``against`` says with what a price was compared, ``expected`` what it would be if it were like it."""


def outliers(catalog: Catalog) -> pd.DataFrame:
    """Prices that are far from what they are compared with: rows of :data:`COLUMNS`, farthest first.

    Notes
    -----
    Spot prices follow their own market in each region and are only held to the price on demand. A machine
    is far from its family only if it is so per vCPU, per GiB and per card: families whose sizes differ in
    one of them are priced by another.
    """
    prices = catalog.prices.merge(
        catalog.skus[["SkuId", "region", "family", "accelerator", "vcpu", "memory_gib", "accelerator_count"]],
        on="SkuId",
        validate="many_to_one",
    )
    prices = prices[prices["ListUnitPrice"] > 0]
    steady = prices[prices["term"] != "spot"]
    found = pd.concat([_elsewhere(steady), _family(steady), _terms(prices)], ignore_index=True)
    found["distance"] = np.maximum(found["ratio"], 1 / found["ratio"])
    order = found.sort_values(["distance", "SkuId", "term"], ascending=[False, True, True], kind="stable")
    return order[list(COLUMNS)].reset_index(drop=True)


def _elsewhere(prices: pd.DataFrame) -> pd.DataFrame:
    """Against the same SKU in other regions of the vendor, where at least two of them price it."""
    parts = prices["SkuId"].str.split(":", n=2, expand=True)
    by = prices.groupby([parts[0], parts[2], "term", "PricingCurrency"])["ListUnitPrice"]
    expected = by.transform("median").where(by.transform("size") > 2)
    return _beyond(prices, expected, ELSEWHERE, "the same SKU in other regions")


def _family(prices: pd.DataFrame) -> pd.DataFrame:
    """Against the family in its region: the nearest of price per vCPU, per GiB and per card."""
    machines = prices[prices["vcpu"].notna()]
    by = [machines[c] for c in ("region", "family", "accelerator", "term", "PricingCurrency")]
    expected = pd.DataFrame(index=machines.index)
    for measure in ("vcpu", "memory_gib", "accelerator_count"):
        unit = machines["ListUnitPrice"] / machines[measure]
        group = unit.groupby(by)
        expected[measure] = (group.transform("median") * machines[measure]).where(group.transform("size") > 2)
    apart = expected.div(machines["ListUnitPrice"], axis=0).apply(np.log).abs()
    nearest = apart.min(axis=1)
    closest = expected.where(apart.eq(nearest, axis=0)).max(axis=1)
    limit = (machines["accelerator"] != "").map({True: FAMILY_WITH_CARDS, False: FAMILY})
    return _beyond(machines, closest, limit, "its family per vCPU, GiB and card")


def _terms(prices: pd.DataFrame) -> pd.DataFrame:
    """Spot and commitments against the price on demand, which they should not exceed."""
    demand = prices[prices["term"] == "on_demand"].set_index(["SkuId", "PricingCurrency"])["ListUnitPrice"]
    other = prices[prices["term"].isin(("spot", *COMMITMENTS))]
    keys = pd.MultiIndex.from_frame(other[["SkuId", "PricingCurrency"]])
    expected = pd.Series(demand.reindex(keys).to_numpy(), index=other.index)
    dearer = other["ListUnitPrice"] > expected
    return _rows(other[dearer], expected[dearer], "its own price on demand")


def _beyond(
    prices: pd.DataFrame, expected: pd.Series, limit: float | pd.Series, against: str
) -> pd.DataFrame:
    ratio = prices["ListUnitPrice"] / expected
    far = (ratio > limit) | (ratio < 1 / limit)
    return _rows(prices[far], expected[far], against)


def _rows(prices: pd.DataFrame, expected: pd.Series, against: str) -> pd.DataFrame:
    return prices.assign(
        against=against, expected=expected, ratio=prices["ListUnitPrice"] / expected
    ).reindex(columns=list(COLUMNS))
