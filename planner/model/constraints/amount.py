"""Amount: adds up what each vendor group earns or carries in a scope, one column each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import Block, make_block, numbers_of
from planner.model.columns import Columns
from planner.model.index import Index
from planner.model.scopes import constant_weight

_KEY = ["scope", "g", "t"]


def amount(index: Index, columns: Columns, lines: pd.DataFrame, reference: np.ndarray, unit: float) -> Block:
    """Purpose: state each amount once, so that rows on shares stay short.

    Equation: amount[g,scope,t] − Σ weight · x = 0. For basis ``spend`` the weight of a column is
    its amortised cost before tax, undiscounted, and x runs over ``place``, ``run`` and ``cover`` of the
    scope's contestable workloads (an idle commitment counts for nothing); for the other bases it is
    the demand or reference spend of a whole workload and x is ``place``.

    Units: ``unit`` units of money, or of the resource. Keys: scope, g, t.

    Dual: money that one more unit of the group's amount costs through the rules on shares.
    """
    keys = columns.amount.keys
    pool_member = _pool_membership(index)
    place = columns.place.keys
    market = index.group_of[place["r"].to_numpy()]
    entries = [(np.arange(len(keys)), columns.amount.numbers, np.ones(len(keys)))]
    for number, scope in enumerate(index.scopes):
        weight = constant_weight(index.inputs, scope, reference)
        if weight is None:
            spent = lines[index.group_of[lines["r"].to_numpy()] >= 0]
            w, q, t = (spent[c].to_numpy() for c in "wqt")
            inside = np.where(w >= 0, scope.member[w, t], pool_member[number][q, t])
            part = spent[inside]
            at = pd.DataFrame({"scope": number, "g": index.group_of[part["r"].to_numpy()], "t": part["t"]})
            value = part["counted"].to_numpy() / unit
            entries.append((numbers_of(keys, _KEY, at), part["col"].to_numpy(), -value))
        else:
            w, t = place["w"].to_numpy(), place["t"].to_numpy()
            inside = scope.member[w, t] & (market >= 0)
            at = pd.DataFrame({"scope": number, "g": market[inside], "t": t[inside]})
            scaled = unit if scope.basis == "reference_spend" else 1.0
            value = weight[w[inside], t[inside]] / scaled
            entries.append((numbers_of(keys, _KEY, at), columns.place.numbers[inside], -value))
    return make_block("amount", keys, entries, 0.0, 0.0)


def _pool_membership(index: Index) -> list[np.ndarray]:
    """Membership of pools (pool, period) in each scope; workloads of a pool lie on one side."""
    out = []
    for scope in index.scopes:
        member = np.zeros((len(index.pools), scope.member.shape[1]), dtype=bool)
        member[index.pool_of] = scope.member
        out.append(member)
    return out
