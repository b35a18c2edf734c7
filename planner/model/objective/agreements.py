"""Agreements: what a spend commitment takes off the spend it covers, and its shortfall."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.columns import Columns
from planner.model.index import Index
from planner.model.objective.lines import NO_LINES, make_lines, nobody


def agreements(index: Index, columns: Columns) -> pd.DataFrame:
    """Cost of agreements: − discount × committed × ``covered``, and committed × ``short``.

    ``agreement discount`` is a negative list amount, ``agreement shortfall`` a positive one; both bear
    the tax of the vendor's contract in the period, lie outside its ceiling and count in no share:
    shares count spend as billed before an agreement. Booked to the vendor's first region and the
    payer's first pool; an agreement of all payers is paid in common.
    """
    if columns.agreement.keys.empty:
        return NO_LINES.copy()
    keys = columns.agreement.numbered
    keys = keys[keys["t"] >= 0].merge(index.agreements, on=["agreement", "t"])
    parts = []
    for kind, term in (("covered", "agreement discount"), ("short", "agreement shortfall")):
        mine = keys[keys["k"] == kind]
        part = -mine["discount"].to_numpy() if kind == "covered" else np.ones(len(mine))
        parts.append(_lines(index, term, mine, part * mine["committed"].to_numpy()))
    return pd.concat(parts, ignore_index=True)


def _lines(index: Index, term: str, keys: pd.DataFrame, money: np.ndarray) -> pd.DataFrame:
    q, r, t, col = (keys[c].to_numpy(dtype=np.int64) for c in ("q", "r", "t", "col"))
    assumed = (keys["basis"] == "assumed").to_numpy()
    made = make_lines(index, term, col, nobody(col), q, r, nobody(col), t, money, assumed)
    plain = {"discount": 0.0, "margin": 0.0, "counted": 0.0, "contract": -1}
    return made.assign(**plain, tax=money * index.offers.tax[r, t])
