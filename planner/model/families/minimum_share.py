"""Minimum share: domestic vendor groups have at least a floor of what is contestable."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import INF, Block, make_block
from planner.model.columns import Columns
from planner.model.index import Index


def minimum_share(index: Index, columns: Columns) -> Block:
    """Purpose: give homegrown vendors a share.

    Equation: Σ_{g domestic} amount[g,scope,t] − floor · Σ_g amount[g,scope,t] ≥ 0 for each period
    the rule binds and each rule of kind ``minimum_share``. A group is domestic when its parent's
    jurisdiction is the home country of the case.

    Units: of the scope's amount. Keys: rule (position in ``index.share_rules``), scope, t.

    Dual: money that one more unit of domestic amount costs; times one hundredth of the total it is
    what one point of floor costs in the period.
    """
    keys, entries = weighted_totals(index, columns, "minimum_share", "floor", domestic_groups(index))
    return make_block("minimum_share", keys, [entries], 0.0, INF)


def weighted_totals(
    index: Index, columns: Columns, kind: str, parameter: str, counted: np.ndarray
) -> tuple[pd.DataFrame, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Rows Σ_{g counted} amount − parameter · Σ_g amount of the rules of a kind: keys and entries."""
    amounts = columns.amount.keys.assign(col=columns.amount.numbers)
    parts = [
        amounts.loc[(amounts["scope"] == r.scope) & r.periods[amounts["t"].to_numpy()], ["scope", "t"]]
        .drop_duplicates()
        .assign(rule=number)
        for number, r in enumerate(index.share_rules)
        if r.rule.kind == kind
    ]
    keys = pd.concat([*parts, amounts.iloc[:0].assign(rule=0)])[["rule", "scope", "t"]].reset_index(drop=True)
    limit = np.array([float(r.rule.parameters.get(parameter, 0.0)) for r in index.share_rules])
    pairs = keys.assign(row=np.arange(len(keys))).merge(amounts, on=["scope", "t"])
    value = counted[pairs["g"].to_numpy()] - limit[pairs["rule"].to_numpy()]
    return keys, (pairs["row"].to_numpy(), pairs["col"].to_numpy(), value)


def domestic_groups(index: Index) -> np.ndarray:
    """Which groups of the market have their parent at home: boolean array (group,)."""
    regions = index.inputs.regions
    home = regions["parent_jurisdiction"] == index.inputs.case.settings.home_country
    names = set(regions.loc[home & regions["market"], "vendor_group"])
    return np.array([g in names for g in index.groups], dtype=bool)
