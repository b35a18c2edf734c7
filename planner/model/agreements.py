"""The columns of spend commitments: their keys, bounds, and which are whole."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.index import Index


def agreement_keys(index: Index) -> pd.DataFrame:
    """Keys agreement, k, t of the columns: ``signed`` once, ``covered`` and ``short`` in each period."""
    table, columns = index.agreements, ["agreement", "k", "t"]
    if table.empty:
        return pd.DataFrame({c: pd.Series(dtype="int64" if c == "t" else object) for c in columns})
    signed = table[["agreement"]].drop_duplicates().assign(k="signed", t=-1)
    parts = [signed, *(table[["agreement", "t"]].assign(k=k) for k in ("covered", "short"))]
    keys: pd.DataFrame = pd.concat(parts)[columns].sort_values(columns, ignore_index=True)
    return keys


def agreement_bounds(index: Index, keys: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lower and upper bound of ``agreement`` and which are whole: a held agreement is signed."""
    signed = (keys["k"] == "signed").to_numpy()
    table = index.agreements
    offered = keys["agreement"].isin(table.loc[table["offered"].astype(bool), "agreement"]).to_numpy()
    lower = (signed & ~offered).astype("float64")
    return lower, np.where(signed, 1.0, np.inf), signed & offered
