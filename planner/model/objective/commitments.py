"""Commitments: machines paid for the whole of a term, whether they run or not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.columns import Columns
from planner.model.commitments import active_periods, held_periods, prepaid_part, tail_months
from planner.model.committed import held_contracts
from planner.model.index import Index
from planner.model.objective.lines import HELD_TAIL, NO_LINES, cash, make_lines, nobody
from planner.model.tail import after_horizon

TAIL, PREPAID = "commitment tail", "commitment upfront"
"""What falls due after the horizon; what is paid at the start of a commitment for its other periods."""


def commitments(index: Index, columns: Columns) -> pd.DataFrame:
    """Cost of commitments: price an hour × all hours of the term.

    ``commit`` pays in each period of the horizon in which it runs; what runs on after the horizon
    is its tail, by the calendar: hours of each month, at the rate of its year, discounted when it falls due.
    ``held`` pays likewise, in the period in which it ends for the hours before its end; what
    it costs beyond the horizon is told, and no part of the objective.
    What a term asks for at its start moves from the periods in which it runs, and from the tail, to the
    first day of the first (``PREPAID``, money of other periods, which is accrued where it was); of ``held``
    it was paid.
    ``cover`` costs nothing, but counts in shares: the price of
    the hours in which a committed machine runs. The contract is that under which the commitment began,
    in cash and in shares alike and to its end; exchange is at the rate of the period in which it is paid.
    """
    if columns.commit.keys.empty and columns.held.keys.empty:
        return NO_LINES.copy()
    bought, held, tail = _bought(index, columns), _held(index, columns), _tail(index, columns)
    paid = _prepaid(index, columns, pd.concat([bought, held, tail], ignore_index=True))
    parts = [bought, held, tail, _counted(index, columns), paid, _held_tail(index, columns)]
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
    listed = price * index.case.periods["hours"].to_numpy()[t]
    begun = index.offers.contract[r, t0]
    made = make_lines(
        index, "commitment", col, nobody(col), q, r, s, t, listed, assumed, begun, lines["term"].to_numpy()
    )
    return made.assign(counted=0.0)


def _held(index: Index, columns: Columns) -> pd.DataFrame:
    lines = held_periods(index, columns)
    r, s, t, col = (lines[c].to_numpy(dtype=np.int64) for c in ("r", "s", "t", "col"))
    price, assumed = _prices(index, lines["term"].to_numpy(), s, t)
    listed = price * index.case.periods["hours"].to_numpy()[t] * lines["part"].to_numpy()
    q = lines["owner"].map(index.first_pool).to_numpy(dtype=np.int64)
    kept = held_contracts(index)[lines["h"].to_numpy(dtype=np.int64)]
    made = make_lines(
        index,
        "commitment held",
        col,
        nobody(col),
        q,
        r,
        s,
        t,
        listed,
        assumed,
        kept,
        lines["term"].to_numpy(),
    )
    return made.assign(counted=0.0)


def _tail(index: Index, columns: Columns) -> pd.DataFrame:
    keys = columns.commit.keys.assign(col=columns.commit.numbers, months=tail_months(index, columns))
    r, t0 = (keys[c].to_numpy(dtype=np.int64) for c in ("r", "t0"))
    return _beyond(index, TAIL, keys.assign(contract=index.offers.contract[r, t0]))


def _held_tail(index: Index, columns: Columns) -> pd.DataFrame:
    case, s = index.case, index.held["s"].to_numpy(dtype=np.int64)
    months = index.held["months_left"] - len(case.periods) * case.settings.months
    q = index.held["owner"].map(index.first_pool)
    held = index.held.assign(col=columns.held.numbers, months=months, q=q, r=index.offers.sku_region[s])
    made = _beyond(index, HELD_TAIL, held.assign(contract=held_contracts(index)))
    left = 1.0 - prepaid_part(index, columns)[made["col"].to_numpy(dtype=np.int64)]
    return made.assign(tail=made["tail"] * left, late=0.0)


def _beyond(index: Index, name: str, keys: pd.DataFrame) -> pd.DataFrame:
    """What is due after the horizon, with tax."""
    keys = keys[keys["months"] > 0]
    q, r, s, col, kept = (keys[c].to_numpy(dtype=np.int64) for c in ("q", "r", "s", "col", "contract"))
    last = np.full(len(keys), len(index.case.periods) - 1)
    price, assumed = _prices(index, keys["term"].to_numpy(), s, last)
    currency = _currencies(index, keys["term"].to_numpy(), s)
    months = keys["months"].to_numpy(dtype=np.int64)
    after = after_horizon(index.case, sorted(set(currency)), int(months.max(initial=0)))
    hours, weighed = np.zeros(len(keys)), np.zeros(len(keys))
    for name_of, summed in after.converted.items():
        mine = currency == name_of
        hours[mine], weighed[mine] = summed[months[mine]], after.weighed[name_of][months[mine]]
    term = keys["term"].to_numpy()
    made = make_lines(index, name, col, nobody(col), q, r, s, last, price * hours, assumed, kept, term)
    due = made["list"] - made["discount"] + made["margin"] + made["tax"]
    nothing = dict.fromkeys(("list", "discount", "margin", "tax", "counted"), 0.0)
    return made.assign(tail=due, late=due * (weighed / hours), **nothing)


def _currencies(index: Index, term: np.ndarray, s: np.ndarray) -> np.ndarray:
    """Currency in which each commitment is priced."""
    prices = index.case.catalog.prices
    of = dict(zip(prices["SkuId"] + "|" + prices["term"], prices["PricingCurrency"], strict=True))
    skus = index.case.catalog.skus["SkuId"].to_numpy(dtype=object)[s]
    return np.array([of[f"{sku}|{name}"] for sku, name in zip(skus, term, strict=True)], dtype=object)


def _prepaid(index: Index, columns: Columns, lines: pd.DataFrame) -> pd.DataFrame:
    """The part paid at the start: at the rate of that period for all hours; taken off every line."""
    part = prepaid_part(index, columns)
    if not part.any():
        return NO_LINES.copy()
    off = lines.assign(part=part[lines["col"].to_numpy(dtype=np.int64)])
    off = off[off["part"] > 0]
    off = off.assign(
        prepaid=-off["part"] * cash(off), tail=-off["part"] * off["tail"], late=-off["part"] * off["late"]
    ).drop(columns="part")
    parts = [off, _at_start(index, columns, part)]
    nothing = dict.fromkeys(("list", "discount", "margin", "tax", "counted"), 0.0)
    return pd.concat(parts, ignore_index=True).assign(term=PREPAID, **nothing)


def _at_start(index: Index, columns: Columns, part: np.ndarray) -> pd.DataFrame:
    """What is paid on the first day of a commitment, for all hours of its term, at the rate of that year."""
    hours = active_periods(index, columns)
    hours = hours.assign(hours=index.case.periods["hours"].to_numpy()[hours["t"].to_numpy(np.int64)])
    total = hours.groupby("col")["hours"].sum()
    keys = columns.commit.keys.assign(col=columns.commit.numbers, months=tail_months(index, columns))
    keys = keys[part[columns.commit.numbers] > 0]
    q, r, s, col, t0 = (keys[c].to_numpy(dtype=np.int64) for c in ("q", "r", "s", "col", "t0"))
    price, assumed = _prices(index, keys["term"].to_numpy(), s, t0)
    months = keys["months"].to_numpy(dtype=np.int64)
    beyond = after_horizon(index.case, [], int(months.max(initial=0))).hours[months]
    whole = keys["col"].map(total).to_numpy(dtype="float64") + beyond
    term, begun = keys["term"].to_numpy(), index.offers.contract[r, t0]
    made = make_lines(index, PREPAID, col, nobody(col), q, r, s, t0, price * whole, assumed, begun, term)
    paid = part[col] * cash(made)
    return made.assign(prepaid=paid, late=paid * _first_day(index)[t0]) if len(made) else made


def _first_day(index: Index) -> np.ndarray:
    """What money weighs more on the first day of each period than falling due evenly in it (period,)."""
    case = index.case
    hours = case.periods["hours"].to_numpy(dtype="float64")
    begins = (1.0 + case.settings.discount_rate) ** (-(np.cumsum(hours) - hours) / 8760.0)
    return np.asarray(begins - case.periods["discount"].to_numpy())


def _counted(index: Index, columns: Columns) -> pd.DataFrame:
    cover = columns.cover.numbered.merge(index.slices, on=["t", "l"], how="left")
    q, r, s, t, col = (cover[c].to_numpy(dtype=np.int64) for c in ("q", "r", "s", "t", "col"))
    price, assumed = _prices(index, cover["term"].to_numpy(), s, t)
    listed, kept = price * cover["hours"].to_numpy(), cover["contract"].to_numpy(dtype=np.int64)
    term = cover["term"].to_numpy()
    made = make_lines(index, "commitment used", col, nobody(col), q, r, s, t, listed, assumed, kept, term)
    return made.assign(**dict.fromkeys(("list", "discount", "margin", "tax"), 0.0))
