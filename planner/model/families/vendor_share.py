"""Vendor share: no vendor group has more than its cap of what is contestable."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import INF, Block, make_block, no_rows, numbers_of
from planner.model.columns import ColumnFamily, Columns
from planner.model.index import Index


def vendor_share(index: Index, columns: Columns) -> Block:
    """Purpose: limit dependence on one vendor group.

    Equation: amount[g,scope,t] − cap · Σ_g' amount[g',scope,t] ≤ 0 for each group g of the market,
    each period the rule binds and each rule of kind ``vendor_share``.

    Units: of the scope's amount. Keys: rule (position in ``index.share_rules``), scope, g, t.

    Dual: money saved by one more unit of amount that g may have beyond its cap; times one hundredth
    of the total it is what one point of cap saves in the period.
    """
    return share_block(index, columns.amount, "g", "vendor_share", "cap")


def share_block(index: Index, family: ColumnFamily, holder: str, kind: str, parameter: str) -> Block:
    """Rows of a kind on shares: each holder (group g or region r) against ``parameter`` of the total."""
    amounts = family.keys
    parts = [
        amounts[(amounts["scope"] == r.scope) & r.periods[amounts["t"].to_numpy()]].assign(rule=number)
        for number, r in enumerate(index.share_rules)
        if r.rule.kind == kind
    ]
    if not parts:
        return no_rows(kind, ["rule", "scope", holder, "t"])
    keys = pd.concat([*parts, amounts.iloc[:0].assign(rule=0)])[["rule", "scope", holder, "t"]]
    keys = keys.reset_index(drop=True)
    limit = np.array([float(r.rule.parameters.get(parameter, 0.0)) for r in index.share_rules])
    rows = keys.assign(row=np.arange(len(keys)))
    pairs = rows.merge(amounts.assign(col=family.numbers), on=["scope", "t"], suffixes=("", "_other"))
    own = numbers_of(amounts, ["scope", holder, "t"], keys)
    entries = [
        (rows["row"].to_numpy(), family.numbers[own], np.ones(len(rows))),
        (pairs["row"].to_numpy(), pairs["col"].to_numpy(), -limit[pairs["rule"].to_numpy()]),
    ]
    return make_block(kind, keys, entries, -INF, 0.0)
