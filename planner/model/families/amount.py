"""Amount: adds up what each vendor group earns or carries in a scope, one column each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import Block, make_block, numbers_of
from planner.model.columns import ColumnFamily, Columns
from planner.model.index import Index
from planner.model.scopes import constant_weight


def amount(index: Index, columns: Columns, lines: pd.DataFrame, reference: np.ndarray, unit: float) -> Block:
    """Purpose: state each amount once, so that rows on shares stay short.

    Equation: amount[g,scope,t] − Σ weight · x = 0. For basis ``spend`` the weight of a column is
    its amortised cost before tax, undiscounted, and x runs over ``place``, ``run`` and ``cover`` of the
    scope's contestable workloads (an idle commitment counts for nothing); for the other bases it is
    the demand or reference spend of a whole workload and x is ``place``.

    Units: ``unit`` units of money, or of the resource. Keys: scope, g, t.

    Dual: money that one more unit of the group's amount costs through the rules on shares.
    """
    return amounts_of(index, columns, columns.amount, index.group_of, "g", lines, reference, unit)


def amounts_of(
    index: Index,
    columns: Columns,
    family: ColumnFamily,
    holder_of: np.ndarray,
    holder: str,
    lines: pd.DataFrame,
    reference: np.ndarray,
    unit: float,
) -> Block:
    """Rows that define a family of amounts.

    Parameters
    ----------
    family
        Columns with the keys scope, ``holder`` and t.
    holder_of
        Holder of each region (region,), -1 outside the market.
    """
    keys, key = family.keys, ["scope", holder, "t"]
    pool_member = _pool_membership(index)
    place = columns.place.keys
    placed = holder_of[place["r"].to_numpy()]
    entries = [(np.arange(len(keys)), family.numbers, np.ones(len(keys)))]
    for number in sorted(set(keys["scope"].tolist())):
        scope = index.scopes[number]
        weight = constant_weight(index.inputs, scope, reference)
        if weight is None:
            spent = lines[holder_of[lines["r"].to_numpy()] >= 0]
            w, q, t = (spent[c].to_numpy() for c in "wqt")
            part = spent[np.where(w >= 0, scope.member[w, t], pool_member[number][q, t])]
            held_by, t, col = holder_of[part["r"].to_numpy()], part["t"].to_numpy(), part["col"].to_numpy()
            value = part["counted"].to_numpy() / unit
        else:
            w, t = place["w"].to_numpy(), place["t"].to_numpy()
            inside = scope.member[w, t] & (placed >= 0)
            held_by, col = placed[inside], columns.place.numbers[inside]
            value = weight[w[inside], t[inside]] / (unit if scope.basis == "reference_spend" else 1.0)
            t = t[inside]
        at = pd.DataFrame({"scope": number, holder: held_by, "t": t})
        entries.append((numbers_of(keys, key, at), col, -value))
    return make_block(family.name, keys, entries, 0.0, 0.0)


def _pool_membership(index: Index) -> list[np.ndarray]:
    """Membership of pools (pool, period) in each scope; workloads of a pool lie on one side."""
    out = []
    for scope in index.scopes:
        member = np.zeros((len(index.pools), scope.member.shape[1]), dtype=bool)
        member[index.pool_of] = scope.member
        out.append(member)
    return out
