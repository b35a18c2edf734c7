"""What each contract takes off the list price of each SKU on each term."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.catalog.load import Catalog
from planner.catalog.schema import TERMS
from planner.catalog.spot import SUFFIX


def own_discounts(
    contracts: pd.DataFrame, private: pd.DataFrame, discounts: pd.DataFrame, catalog: Catalog
) -> dict[str, np.ndarray]:
    """Part off the list price under each contract, by term: arrays (contract, SKU).

    The last row stands for no contract and the last column for what is no SKU, so that -1 names them.
    Spot machines are SKUs sold on demand, as :func:`planner.catalog.spot.with_spot` has them. Empty where no
    row states a private price or a discount: then every SKU has the contract's own.
    """
    if private.empty and discounts.empty:
        return {}
    skus = catalog.skus
    names, families = (skus[c].to_numpy(dtype=object) for c in ("SkuId", "family"))
    vendors = np.array([region.split(":")[0] for region in skus["region"]], dtype=object)
    spot = skus["spot"].to_numpy(dtype=bool)
    machines = np.array([n.removesuffix(SUFFIX) if s else n for n, s in zip(names, spot, strict=True)])
    number = {name: i for i, name in enumerate(contracts["contract"])}
    vendor_of = dict(zip(contracts["contract"], contracts["vendor"], strict=True))
    flat = np.append(contracts["discount"].to_numpy(dtype="float64"), 0.0)
    off = {term: np.repeat(flat[:, None], len(names) + 1, axis=1) for term in TERMS if term != "spot"}
    ranked = sorted(discounts.to_dict("records"), key=lambda row: (row["family"] != "") + (row["term"] != ""))
    for row in ranked:
        mine = (vendors == vendor_of[row["contract"]]) & ((families == row["family"]) | (not row["family"]))
        for term in (row["term"],) if row["term"] else TERMS:
            chosen = mine & (spot == (term == "spot")) if term in ("spot", "on_demand") else mine & ~spot
            off[_column(term)][number[row["contract"]], np.flatnonzero(chosen)] = row["discount"]
    listed = dict(
        zip(
            catalog.prices["SkuId"] + "|" + catalog.prices["term"],
            catalog.prices["ListUnitPrice"],
            strict=True,
        )
    )
    for row in private.to_dict("records"):
        if f"{row['sku']}|{row['term']}" not in listed:
            continue  # another state of a catalog than the case's, which was checked
        chosen = (machines == row["sku"]) & (spot == (row["term"] == "spot"))
        # A study may lower list prices below it: nobody pays more than list.
        part = max(0.0, 1.0 - row["price"] / listed[f"{row['sku']}|{row['term']}"])
        off[_column(row["term"])][number[row["contract"]], np.flatnonzero(chosen)] = part
    return off


def _column(term: str) -> str:
    return "on_demand" if term == "spot" else term
