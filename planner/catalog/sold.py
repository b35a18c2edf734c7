"""What a region sells: its SKUs with a price a term."""

from __future__ import annotations

import pandas as pd

from planner.catalog.load import Catalog
from planner.catalog.schema import PARTIAL, TERMS, UPFRONT


def sold_in(catalog: Catalog, region: str, category: str = "") -> tuple[pd.DataFrame, tuple[str, ...]]:
    """SKUs of a region, of one category or (blank) of all, with their list prices.

    Returns
    -------
    (skus, terms)
        The columns of ``skus.csv``, a column a term with its price (NaN where it is not priced so), and
        currency, unit and ``price_basis`` of the price on demand. Terms that are paid at their start only
        where any is priced.
    """
    skus = catalog.skus[catalog.skus["region"] == region]
    if category:
        skus = skus[skus["category"] == category]
    prices = catalog.prices[catalog.prices["SkuId"].isin(skus["SkuId"])]
    terms = tuple(t for t in TERMS if t in set(prices["term"]) or not t.endswith((PARTIAL, UPFRONT)))
    by_term = prices.pivot(index="SkuId", columns="term", values="ListUnitPrice").reindex(columns=terms)
    demand = prices[prices["term"] == "on_demand"].set_index("SkuId")
    sold = skus.join(by_term, on="SkuId").join(demand[["PricingCurrency", "PricingUnit"]], on="SkuId")
    return sold.assign(price_basis=sold["SkuId"].map(demand["basis"])), terms
