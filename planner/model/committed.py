"""Columns of commitments, and the contract that each keeps: the one under which it began."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.index import Index


def commit_keys(index: Index, run: pd.DataFrame) -> pd.DataFrame:
    """A commitment may begin in any period in which the pool could run the machine."""
    keys = run[["q", "r", "s", "t"]].drop_duplicates().rename(columns={"t": "t0"})
    parts = []
    for term, price in index.offers.commit.items():
        sold = ~np.isnan(price[keys["s"].to_numpy(), keys["t0"].to_numpy()])
        parts.append(keys[sold].assign(term=term))
    columns = ["q", "r", "s", "term", "t0"]
    if not parts:
        return pd.DataFrame({c: pd.Series(dtype=object if c == "term" else "int64") for c in columns})
    commit: pd.DataFrame = pd.concat(parts)[columns].sort_values(columns, ignore_index=True)
    return commit


def cover_keys(index: Index, run: pd.DataFrame, commit: pd.DataFrame) -> pd.DataFrame:
    """What of commitments may run: by the contract that they keep, as that is what counts in shares."""
    columns = ["q", "r", "s", "term", "h", "t", "l", "contract"]
    if commit.empty and index.held.empty:
        return pd.DataFrame({c: pd.Series(dtype=object if c == "term" else "int64") for c in columns})
    bought = run.merge(commit[["q", "r", "s", "term"]].drop_duplicates(), on=["q", "r", "s"]).assign(h=-1)
    bought = bought.merge(_begun_under(index), on=["r", "term", "t"])
    owner = index.pools["payer"].to_numpy()[run["q"].to_numpy(dtype=np.int64)]
    held = index.held.assign(h=range(len(index.held)), contract=held_contracts(index))
    mine = run.assign(owner=owner).merge(
        held[["owner", "s", "h", "term", "months_left", "contract"]], on=["owner", "s"]
    )
    months = index.case.settings.months
    mine = mine[mine["t"] * months < mine["months_left"]]
    out = pd.concat([bought[columns], mine[columns]])
    ordered: pd.DataFrame = out.sort_values(columns, ignore_index=True)
    return ordered


def _begun_under(index: Index) -> pd.DataFrame:
    """Contracts (-1: none) under which a commitment that runs in t may have begun: r, term, t, contract."""
    number = index.offers.contract
    rows = [
        (r, term, t, int(contract))
        for term in index.offers.commit
        for r in range(number.shape[0])
        for t in range(number.shape[1])
        for contract in np.unique(number[r, max(0, t - index.span(term) + 1) : t + 1])
    ]
    frame = pd.DataFrame(rows, columns=["r", "term", "t", "contract"])
    return frame.astype({"r": "int64", "t": "int64", "contract": "int64"})


def held_contracts(index: Index) -> np.ndarray:
    """Contract of each held commitment: the one at its start, of those that the case states.

    Where it states none for that day, the one that holds at the first period; -1 without one.
    """
    case, held = index.case, index.held
    vendor = index.case.regions["vendor"].to_numpy()
    first = pd.Period(case.settings.start, freq="M")
    out = np.full(len(held), -1, dtype=np.int64)
    for i, (s, months) in enumerate(zip(held["s"], held["start_month"], strict=True)):
        r, day = index.offers.sku_region[s], (first + int(months)).start_time.date().isoformat()
        out[i] = index.offers.contract[r, 0]
        for number, line in enumerate(case.contracts.to_dict("records")):
            ends = line["valid_to"]
            if line["vendor"] == vendor[r] and line["valid_from"] <= day and (not ends or day < ends):
                out[i] = number
    return out
