"""One-off and per-place costs: activation, placement costs, labour and transfer of migration."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.schema import RESOURCES, STORED
from planner.model.columns import Columns
from planner.model.index import Index
from planner.model.objective.egress import require_price
from planner.model.objective.lines import NO_LINES, make_lines, nobody


def one_off(index: Index, columns: Columns) -> pd.DataFrame:
    """What the user's tables say of places and moves.

    ``activation.csv``: once, in the first period in which ``active`` is 1, by its ``payer`` (booked to the
    payer's first pool) or, where that is blank, in common. ``placement_costs.csv``:
    on ``place`` in each period, or on ``enter``; a workload that is new pays ``once`` with its first
    placement. ``[migration] labour``: on ``enter``, for moving a whole workload. ``[replan]
    change_price``: on ``change``, for each period in which a whole workload is elsewhere.
    These amounts are stated with tax and outside every contract. Data that leave a
    region pay its first paid egress tier on ``leave``, for all that is stored before the move: the vendor's
    price, under its contract and taxed like other egress. None of it counts in a share.
    """
    parts = [_activation(index, columns), _placement(index, columns)]
    if index.case.settings.replan is not None:
        parts.append(_change(index, columns))
    if index.case.settings.labour is not None:
        parts += [_labour(index, columns), _transfer(index, columns)]
    return pd.concat(parts, ignore_index=True)


def _stated(lines: pd.DataFrame) -> pd.DataFrame:
    """An amount of the user's own table: no contract, no part of a share, an assumption."""
    return lines.assign(discount=0.0, margin=0.0, tax=0.0, counted=0.0, contract=-1)


def _lines(
    index: Index, term: str, keys: pd.DataFrame, listed: np.ndarray, assumed: np.ndarray
) -> pd.DataFrame:
    w, r, t, col = (keys[c].to_numpy(dtype=np.int64) for c in ("w", "r", "t", "col"))
    return _stated(make_lines(index, term, col, w, index.pool_of[w], r, nobody(col), t, listed, assumed))


def _activation(index: Index, columns: Columns) -> pd.DataFrame:
    """Amount · (active[t] − active[t−1]): paid on ``active`` and given back on the period after."""
    table = index.case.activation
    if table.empty:
        return NO_LINES.copy()
    keys = columns.active.numbered.merge(table, on="subject")
    regions = index.case.regions
    at = {name: r for r, name in reversed(list(enumerate(regions["region"])))}
    first = {name: r for r, name in reversed(list(enumerate(regions["vendor"])))}
    r = keys["subject"].map(at).fillna(keys["subject"].map(first)).to_numpy(dtype=np.int64)
    last = len(index.case.periods) - 1
    t, col = keys["t"].to_numpy(dtype=np.int64), keys["col"].to_numpy(dtype=np.int64)
    amount, assumed = keys["amount"].to_numpy(), (keys["basis"] == "assumed").to_numpy()
    none = nobody(col)
    q = keys["payer"].map({**index.first_pool, "": -1}).to_numpy(dtype=np.int64)
    paid = make_lines(index, "activation", col, none, q, r, none, t, amount, assumed)
    back = paid.assign(t=paid["t"] + 1, list=-paid["list"])
    return _stated(pd.concat([paid, back[t < last]]))


def _placement(index: Index, columns: Columns) -> pd.DataFrame:
    case = index.case
    if case.placement_costs.empty:
        return NO_LINES.copy()
    w = case.placement_costs["workload"].map({n: i for i, n in enumerate(case.workloads["workload"])})
    r = case.placement_costs["region"].map({n: i for i, n in enumerate(index.case.regions["region"])})
    table = case.placement_costs.assign(w=w.astype("int64"), r=r.astype("int64"))
    place = columns.place.keys[["w", "r", "t"]].assign(col=columns.place.numbers)
    each = place.merge(table[table["when"] == "period"], on=["w", "r"])
    # A workload that begins has no ``enter``: its first placement is when it is set up.
    enter = columns.enter.numbered
    begins = place.merge(enter[["w", "t"]].drop_duplicates(), on=["w", "t"], how="left", indicator=True)
    new = place[(begins["_merge"] == "left_only").to_numpy()]
    once = pd.concat([enter, new]).merge(table[table["when"] == "once"], on=["w", "r"])
    parts = []
    for term, lines in (("placement", each), ("placement once", once)):
        assumed = (lines["basis"] == "assumed").to_numpy()
        parts.append(_lines(index, term, lines, lines["amount"].to_numpy(), assumed))
    return pd.concat(parts)


def _labour(index: Index, columns: Columns) -> pd.DataFrame:
    enter = columns.enter.numbered
    enter = enter[enter["r"] >= 0]
    labour = np.full(len(enter), index.case.settings.labour or 0.0)
    return _lines(index, "migration labour", enter, labour, np.ones(len(enter), dtype=bool))


def _change(index: Index, columns: Columns) -> pd.DataFrame:
    """The price of being elsewhere than an earlier plan said, in each period that is not frozen."""
    replan = index.case.settings.replan
    keys = columns.change.numbered
    price = np.full(len(keys), replan.change_price if replan else 0.0)
    return _lines(index, "change", keys, price, np.ones(len(keys), dtype=bool))


def _transfer(index: Index, columns: Columns) -> pd.DataFrame:
    leave = columns.leave.numbered
    # What leaves a site outside the catalogs costs the same whatever is planned.
    leave = leave[leave["r"] >= 0]
    w, r, t = (leave[c].to_numpy() for c in "wrt")
    stored = sum(index.case.demand[w, RESOURCES.index(k), np.maximum(t - 1, 0)] for k in STORED)
    price = index.offers.egress[r, t]
    require_price(index, r[np.isnan(price) & (stored > 0)], "migration")
    price = np.where(stored > 0, price, 0.0)
    col, q = leave["col"].to_numpy(dtype=np.int64), index.pool_of[w]
    assumed = index.offers.egress_assumed[r]
    made = make_lines(index, "migration transfer", col, w, q, r, nobody(col), t, price * stored, assumed)
    return made.assign(counted=0.0)
