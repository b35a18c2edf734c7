"""Tiers of egress: what each step of volume costs, by payer, region and period (``[egress] tiers``)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.schema import RESOURCES
from planner.inputs import Case
from planner.model.index import Index
from planner.model.offers import exchange

EXACT = "exact"
_ROW = ["payer", "r", "t"]


def steps(index: Index) -> pd.DataFrame:
    """Tiers that a payer can reach in a region and period: payer, q, r, t, tier, begins, length, less.

    ``q`` is the payer's first pool; ``length`` GiB a month of the tier, up to all that the payer could
    send from there; ``less`` its price below that of the first paid tier, in the case's currency, so
    negative where the tier is cheaper. Below its first row a region has the price of that row. Nothing
    where every tier in reach costs the same.
    """
    case = index.case
    gib = case.demand[:, RESOURCES.index("egress_gib"), :]
    w, r, t = np.nonzero(index.eligibility.allowed & (gib > 0)[:, None, :])
    payer = case.workloads["payer"].to_numpy()[w]
    sent = pd.DataFrame({"payer": payer, "r": r, "t": t, "gib": gib[w, t]})
    most = sent.groupby(_ROW, as_index=False)["gib"].sum()
    table, price, assumed = price_rows(index.case)
    out = most.merge(table, on="r")
    out = out[out["begins"] < out["gib"]].sort_values([*_ROW, "tier"], ignore_index=True)
    at, when, where = (out[c].to_numpy(dtype=np.int64) for c in ("row", "t", "r"))
    out["length"] = np.minimum(out["ends"], out["gib"]) - out["begins"]
    out["less"] = price[at, when] - index.offers.egress[where, when]
    out["assumed"] = assumed[at] | index.offers.egress_assumed[where]
    out["q"] = out["payer"].map(index.first_pool)
    differs = out["less"].ne(0.0).groupby([out[c] for c in _ROW]).transform("any")
    kept: pd.DataFrame = out[differs][[*_ROW, "q", "tier", "begins", "length", "less", "assumed"]]
    return kept.reset_index(drop=True)


def price_rows(case: Case) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Price rows of data to the internet: r, tier, begins, ends, row; their price (row, period); assumed."""
    region_at = {region: r for r, region in enumerate(case.regions["region"])}
    transfer = case.catalog.transfer
    rows = transfer[transfer["destination"] == "internet"].sort_values(
        ["region", "from_gib"], ignore_index=True
    )
    table = pd.DataFrame({"r": rows["region"].map(region_at).astype("int64"), "begins": rows["from_gib"]})
    table["tier"] = table.groupby("r").cumcount()
    table["begins"] = table["begins"].where(table["tier"] > 0, 0.0).astype("float64")
    table["ends"] = table.groupby("r")["begins"].shift(-1).fillna(np.inf)
    price = exchange(case, rows["ListUnitPrice"].to_numpy(dtype="float64"), rows["PricingCurrency"])
    return table.assign(row=np.arange(len(table))), price, (rows["basis"] == "assumed").to_numpy()


def tier_keys(index: Index) -> pd.DataFrame:
    """Keys payer, r, t, tier, k of the columns: ``used`` of each tier, ``full`` of each but the last."""
    columns = [*_ROW, "tier", "k"]
    if index.case.settings.egress_tiers != EXACT:
        return pd.DataFrame({c: pd.Series(dtype=object if c in ("payer", "k") else "int64") for c in columns})
    table = steps(index)
    last = table["tier"].eq(table.groupby(_ROW)["tier"].transform("max"))
    parts = [table.assign(k="used"), table[~last].assign(k="full")]
    keys: pd.DataFrame = pd.concat(parts)[columns].sort_values(columns, ignore_index=True)
    return keys
