"""Commitments: machines paid for the whole of a term, whether they run or not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.columns import Columns
from planner.model.commitments import active_periods, held_periods, tail_months
from planner.model.committed import held_contracts
from planner.model.index import Index
from planner.model.objective.lines import NO_LINES, make_lines, nobody

HOURS_PER_MONTH = 8760.0 / 12.0


def commitments(index: Index, columns: Columns) -> pd.DataFrame:
    """Cost of commitments without upfront payment: price an hour × all hours of the term.

    ``commit`` pays in each period of the horizon in which it runs; what runs on after the horizon
    is its tail. ``held`` pays likewise, in the period in which it ends for the hours before its end.
    ``cover`` costs nothing, but counts in shares: the price of
    the hours in which a committed machine runs. The contract is that under which the commitment began,
    in cash and in shares alike and to its end; exchange is at the rate of the period in which it is paid.
    """
    if columns.commit.keys.empty and columns.held.keys.empty:
        return NO_LINES.copy()
    parts = [_bought(index, columns), _held(index, columns), _tail(index, columns), _counted(index, columns)]
    return pd.concat(parts, ignore_index=True)


def _prices(index: Index, term: np.ndarray, s: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    price, assumed = np.zeros(len(s)), np.zeros(len(s), dtype=bool)
    for name, table in index.offers.committed.items():
        mine = term == name
        price[mine] = table[s[mine], t[mine]]
        assumed[mine] = index.offers.committed_assumed[name][s[mine]]
    return price, assumed


def _bought(index: Index, columns: Columns) -> pd.DataFrame:
    lines = active_periods(index, columns)
    q, r, s, t, col, t0 = (lines[c].to_numpy(dtype=np.int64) for c in ("q", "r", "s", "t", "col", "t0"))
    price, assumed = _prices(index, lines["term"].to_numpy(), s, t)
    listed = price * index.inputs.case.periods["hours"].to_numpy()[t]
    begun = index.offers.contract[r, t0]
    made = make_lines(index, "commitment", col, nobody(col), q, r, s, t, listed, assumed, begun)
    return made.assign(counted=0.0)


def _held(index: Index, columns: Columns) -> pd.DataFrame:
    lines = held_periods(index, columns)
    r, s, t, col = (lines[c].to_numpy(dtype=np.int64) for c in ("r", "s", "t", "col"))
    price, assumed = _prices(index, lines["term"].to_numpy(), s, t)
    listed = price * index.inputs.case.periods["hours"].to_numpy()[t] * lines["part"].to_numpy()
    q = lines["owner"].map(index.first_pool).to_numpy(dtype=np.int64)
    kept = held_contracts(index)[lines["h"].to_numpy(dtype=np.int64)]
    made = make_lines(index, "commitment held", col, nobody(col), q, r, s, t, listed, assumed, kept)
    return made.assign(counted=0.0)


def _tail(index: Index, columns: Columns) -> pd.DataFrame:
    keys = columns.commit.keys.assign(col=columns.commit.numbers, months=tail_months(index, columns))
    keys = keys[keys["months"] > 0]
    q, r, s, col, t0 = (keys[c].to_numpy(dtype=np.int64) for c in ("q", "r", "s", "col", "t0"))
    last = np.full(len(keys), len(index.inputs.case.periods) - 1)
    price, assumed = _prices(index, keys["term"].to_numpy(), s, last)
    listed = price * keys["months"].to_numpy() * HOURS_PER_MONTH
    begun = index.offers.contract[r, t0]
    made = make_lines(index, "commitment tail", col, nobody(col), q, r, s, last, listed, assumed, begun)
    due = made["list"] - made["discount"] + made["margin"] + made["tax"]
    nothing = dict.fromkeys(("list", "discount", "margin", "tax", "counted"), 0.0)
    return made.assign(tail=due, **nothing)


def _counted(index: Index, columns: Columns) -> pd.DataFrame:
    cover = columns.cover.keys.assign(col=columns.cover.numbers).merge(
        index.slices, on=["t", "l"], how="left"
    )
    q, r, s, t, col = (cover[c].to_numpy(dtype=np.int64) for c in ("q", "r", "s", "t", "col"))
    price, assumed = _prices(index, cover["term"].to_numpy(), s, t)
    listed, kept = price * cover["hours"].to_numpy(), cover["contract"].to_numpy(dtype=np.int64)
    made = make_lines(index, "commitment used", col, nobody(col), q, r, s, t, listed, assumed, kept)
    return made.assign(**dict.fromkeys(("list", "discount", "margin", "tax"), 0.0))
