"""Cost lines: what one unit of a column costs, stated once for every use of it.

The objective, shares, budgets and ``costs.csv`` all add up the same lines.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.index import Index

_INTEGERS = ("col", "w", "q", "r", "s", "t", "contract")
MONEY = ("list", "discount", "margin", "tax", "counted", "prepaid", "tail", "late", "worth")
COLUMNS = ("col", "term", "w", "q", "r", "s", "t", *MONEY, "contract", "assumed")
"""col: column number; w: workload, -1 where a pool owns it; q: pool, -1 where a payer owns it; r:
region, -1 outside; s: SKU, -1 if none; t: period; list, discount, margin, tax: money of the case for
one unit of the column, paid in the period; counted: the part that counts in shares; prepaid: what is
paid in the period for others, with tax, and less than zero where it was paid before; tail: what falls
due after the horizon, with tax, less than zero where it was paid before; late: what the objective weighs
beyond cash of the period, discounted: of a tail, and of what is paid on the first day of a period the
difference to what falls due evenly in it; worth: what the objective weighs although nobody pays it;
contract: number of the contract under which it is bought, -1 without one; assumed: 1 where the price is
an assumption, else 0."""
_KINDS = {name: "int64" if name in _INTEGERS else "float64" for name in COLUMNS} | {"term": "str"}


HELD_TAIL = "commitment held tail"
"""What falls due after the horizon for commitments held before it: told, and no part of the objective."""

NO_LINES = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _KINDS.items()})
"""A term that has nothing to charge in this case."""


def make_lines(
    index: Index,
    term: str,
    col: np.ndarray,
    w: np.ndarray,
    q: np.ndarray,
    r: np.ndarray,
    s: np.ndarray,
    t: np.ndarray,
    listed: np.ndarray,
    assumed: np.ndarray,
    contract: np.ndarray | None = None,
    sold: np.ndarray | None = None,
) -> pd.DataFrame:
    """Lines at list price, landed by the contract of the region's vendor.

    Parameters
    ----------
    index
        Holds the contracts' discount, margin and tax.
    contract
        Number of the contract that holds, -1 for none; by default that of region and period. A
        commitment keeps the contract under which it began.
    sold
        Term on which each SKU is bought; by default on demand.
    """
    if not len(col):
        return NO_LINES.copy()
    number = index.offers.contract[r, t] if contract is None else contract
    terms = index.contract_terms[number]
    discount = listed * _discounts(index, number, s, sold, terms[:, 0])
    margin = (listed - discount) * terms[:, 1]
    tax = (listed - discount + margin) * terms[:, 2]
    frame = {
        "col": col, "term": term, "w": w, "q": q, "r": r, "s": s, "t": t, "list": listed,
        "discount": discount, "margin": margin, "tax": tax, "counted": listed - discount + margin,
        "prepaid": np.zeros(len(col)), "tail": np.zeros(len(col)), "late": np.zeros(len(col)),
        "worth": np.zeros(len(col)),
        "contract": number, "assumed": np.asarray(assumed, dtype="float64"),
    }  # fmt: skip
    return pd.DataFrame(frame)


def _discounts(
    index: Index, number: np.ndarray, s: np.ndarray, sold: np.ndarray | None, flat: np.ndarray
) -> np.ndarray:
    """Part off the list price of each line: that of its SKU and term, or the contract's own (``flat``)."""
    off = index.offers.off
    if not off:
        return flat
    discounts = np.array(off["on_demand"][number, s])
    for term in off if sold is not None else ():
        mine = sold == term
        discounts[mine] = off[term][number[mine], s[mine]]
    return discounts


def nobody(col: np.ndarray) -> np.ndarray:
    """-1 along ``col``: no workload, pool or SKU."""
    return np.full(len(col), -1, dtype=np.int64)


def before_tax(lines: pd.DataFrame) -> pd.Series:
    """Amortised money before tax: list less discount plus margin."""
    return lines["list"] - lines["discount"] + lines["margin"]


def cash(lines: pd.DataFrame) -> pd.Series:
    """Money paid in the period, with tax. Budgets use it, and discounted it is the objective."""
    return before_tax(lines) + lines["tax"] + lines["prepaid"]


def objective(index: Index, lines: pd.DataFrame) -> pd.Series:
    """Discounted money: cash and worth of the period; the tail when it falls due, less its credit.

    What was paid before of a tail comes off whole, so that its credit is the same however it is paid.
    """
    case = index.case
    factor = case.periods["discount"].to_numpy()[lines["t"].to_numpy()]
    late = np.where(lines["tail"] > 0, 1.0 - case.settings.tail_credit, 1.0) * lines["late"]
    discounted: pd.Series = (cash(lines) + lines["worth"]) * factor + late
    return discounted
