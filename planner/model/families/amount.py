"""Amount: adds up what each vendor group earns or carries in a scope, one column each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import Block, make_block, numbers_of
from planner.model.columns import ColumnFamily
from planner.model.context import Context
from planner.model.family import Family
from planner.model.index import Index
from planner.model.scopes import constant_weight


def amount(context: Context) -> Block | None:
    """Purpose: state each amount once, so that rows on shares stay short.

    Equation: amount[g,scope,t] − Σ weight · x = 0. For basis ``spend`` the weight of a column is
    its amortised cost before tax, undiscounted, and x runs over ``place``, ``run`` and ``cover`` of the
    scope's contestable workloads (an idle commitment counts for nothing); for the other bases it is
    the demand or reference spend of a whole workload and x is ``place``.

    Units: ``unit`` units of money, or of the resource. Keys: scope, g, t.

    Dual: money that one more unit of the group's amount costs through the rules on shares.
    """
    return amounts_of(context, context.columns.amount, context.index.group_of)


def amounts_of(context: Context, family: ColumnFamily, holder_of: np.ndarray) -> Block:
    """Rows that define a family of amounts.

    Parameters
    ----------
    family
        Columns with the keys scope, the holder (group or region) and t.
    holder_of
        Holder of each region (region,), -1 outside the market.
    """
    index, place, unit = context.index, context.columns.place.keys, context.unit
    keys, key = family.keys, list(family.keys.columns)
    pool_member = _pool_membership(index)
    placed = holder_of[place["r"].to_numpy()]
    entries = [(np.arange(len(keys)), family.numbers, 1.0)]
    for number in sorted(set(keys["scope"].tolist())):
        scope = index.scopes[number]
        weight = constant_weight(index.case, scope, context.reference)
        if weight is None:
            spent = context.lines[holder_of[context.lines["r"].to_numpy()] >= 0]
            w, q, t = (spent[c].to_numpy() for c in "wqt")
            part = spent[np.where(w >= 0, scope.member[w, t], pool_member[number][q, t])]
            held_by, t, col = holder_of[part["r"].to_numpy()], part["t"].to_numpy(), part["col"].to_numpy()
            value = part["counted"].to_numpy() / unit
        else:
            w, t = place["w"].to_numpy(), place["t"].to_numpy()
            inside = scope.member[w, t] & (placed >= 0)
            held_by, col = placed[inside], context.columns.place.numbers[inside]
            value = weight[w[inside], t[inside]] / (unit if scope.basis == "reference_spend" else 1.0)
            t = t[inside]
        holders = pd.DataFrame({"scope": number, key[1]: held_by, "t": t})
        entries.append((numbers_of(keys, key, holders), col, -value))
    return make_block(keys, entries, 0.0, 0.0)


def _pool_membership(index: Index) -> list[np.ndarray]:
    """Membership of pools (pool, period) in each scope: workloads that need anything lie on one side."""
    out = []
    for scope in index.scopes:
        member = np.zeros((len(index.pools), scope.member.shape[1]), dtype=bool)
        np.logical_or.at(member, index.pool_of, scope.member)
        out.append(member)
    return out


FAMILY = Family("amount", amount, ("scope", "g", "t"))
