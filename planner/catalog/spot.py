"""Spot capacity as SKUs of their own: the same machine, cheaper, and it may be taken back."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from planner.catalog.load import Catalog

SUFFIX = ":spot"


def with_spot(catalog: Catalog, offered: bool) -> Catalog:
    """Mark SKUs in a new column ``spot``, and add one SKU a spot price where ``offered``.

    The new SKU is called as the machine with ``:spot`` behind; its on-demand price is the spot price.
    """
    skus = catalog.skus.assign(spot=False)
    prices = catalog.prices
    dynamic = prices[prices["term"] == "spot"]
    if not offered or dynamic.empty:
        return replace(catalog, skus=skus)
    more = skus[skus["SkuId"].isin(set(dynamic["SkuId"]))]
    more = more.assign(SkuId=more["SkuId"] + SUFFIX, spot=True)
    sold = dynamic.assign(SkuId=dynamic["SkuId"] + SUFFIX, term="on_demand")
    return replace(
        catalog,
        skus=pd.concat([skus, more]).sort_values("SkuId", ignore_index=True),
        prices=pd.concat([prices, sold]).sort_values(["SkuId", "term"], ignore_index=True),
    )
