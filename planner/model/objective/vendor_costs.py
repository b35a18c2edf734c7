"""What vendors cost while they are used: support by spend, and what is owed by the month."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.columns import Columns
from planner.model.index import Index
from planner.model.objective.lines import NO_LINES, make_lines, nobody
from planner.model.vendor_costs import bills, unit_of

TERM = "vendor "
UNTAXED = ("staff",)
"""Kinds that the vendor does not sell."""


def vendor_costs(index: Index, columns: Columns) -> pd.DataFrame:
    """Months × bill a month: on ``bill`` where a part of the spend is owed, else the minimum on ``used``.

    One term a kind: ``vendor support``, ``vendor interconnect``, ``vendor staff``. Support and interconnect
    bear the tax of the vendor's contract in the period; none has its discount or margin, counts in a share or
    under its ceiling. Booked to the region named, or the vendor's first, and to the payer's first pool;
    without a payer they are paid in common.
    """
    if columns.engaged.keys.empty:
        return NO_LINES.copy()
    table = bills(index)
    bill = columns.bill.numbered
    by_spend = table.merge(bill.loc[bill["what"] == "bill", ["c", "t", "col"]], on=["c", "t"])
    by_spend = by_spend.assign(money=by_spend["c"].map(unit_of(index)))
    engaged = columns.engaged.numbered
    used = engaged.loc[engaged["what"] == "used", ["k", "t", "col"]]
    fixed = table.merge(bill[["c", "t"]].drop_duplicates(), on=["c", "t"], how="left", indicator=True)
    fixed = (
        fixed[fixed["_merge"] == "left_only"].merge(used, on=["k", "t"]).assign(money=lambda f: f["least"])
    )
    parts = []
    for kind, rows in pd.concat([by_spend, fixed], ignore_index=True).groupby("kind", sort=True):
        q, r, t, col = (rows[c].to_numpy(dtype=np.int64) for c in ("q", "r", "t", "col"))
        listed = rows["money"].to_numpy(dtype="float64") * index.case.settings.months
        made = make_lines(
            index, f"{TERM}{kind}", col, nobody(col), q, r, nobody(col), t, listed, rows["assumed"].to_numpy()
        )
        tax = np.zeros(len(col)) if kind in UNTAXED else listed * index.offers.tax[r, t]
        parts.append(made.assign(discount=0.0, margin=0.0, counted=0.0, contract=-1, tax=tax))
    return pd.concat(parts, ignore_index=True)
