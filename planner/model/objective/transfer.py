"""Transfer: data that a workload sends to another one elsewhere."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.columns import Columns
from planner.model.index import Index
from planner.model.objective.egress import require_price
from planner.model.objective.lines import NO_LINES, make_lines, nobody


def transfer(index: Index, columns: Columns) -> pd.DataFrame:
    """Cost of data between workloads: egress price of the sender's region × GiB that are not local.

    Stated as the whole on the sender's ``place``, given back on ``local``. The price is the first paid
    tier to the internet, which is never below what a path between regions costs at list. It counts in no
    share, towards no agreement and in no accrual: there spending more can pay, and ``local`` has no lower
    bound, so the program would pay for data that never leave.
    """
    rows = index.dependencies[index.dependencies["gib_per_month"] > 0]
    if rows.empty:
        return NO_LINES.copy()
    place = columns.place.numbered
    sent = rows.merge(place.rename(columns={"w": "w1"}), on=["w1", "t"])
    kept = columns.local.numbered.merge(rows, on=["d", "t"])
    return pd.concat([_lines(index, sent, 1.0), _lines(index, kept, -1.0)], ignore_index=True)


def _lines(index: Index, rows: pd.DataFrame, sign: float) -> pd.DataFrame:
    w, r, t, col = (rows[c].to_numpy(dtype=np.int64) for c in ("w1", "r", "t", "col"))
    months = index.case.periods["months"].to_numpy()[t]
    price = index.offers.egress[r, t]
    require_price(index, r[np.isnan(price)], "data between workloads")
    listed = sign * price * rows["gib_per_month"].to_numpy() * months
    assumed = index.offers.egress_assumed[r]
    made = make_lines(index, "transfer", col, w, index.pool_of[w], r, nobody(col), t, listed, assumed)
    return made.assign(counted=0.0)
