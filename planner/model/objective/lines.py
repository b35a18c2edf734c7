"""Cost lines: what one unit of a column costs, stated once for every use of it.

The objective, shares, budgets and ``costs.csv`` all add up the same lines.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

COLUMNS = ("col", "term", "w", "q", "r", "s", "t", "list", "discount", "margin", "tax", "assumed")
"""col: column number; w: workload, -1 where a pool owns it; q: pool; r: region; s: SKU, -1 if none;
t: period; list, discount, margin, tax: money of the case for one unit of the column; assumed: 1
where the price is an assumption, else 0."""


def make_lines(
    term: str,
    col: np.ndarray,
    w: np.ndarray,
    q: np.ndarray,
    r: np.ndarray,
    s: np.ndarray,
    t: np.ndarray,
    listed: np.ndarray,
    assumed: np.ndarray,
) -> pd.DataFrame:
    """Lines at list price: without contracts nothing is discounted, added or taxed."""
    zero = np.zeros(len(col))
    return pd.DataFrame(
        {
            "col": col, "term": term, "w": w, "q": q, "r": r, "s": s, "t": t, "list": listed,
            "discount": zero, "margin": zero, "tax": zero, "assumed": assumed.astype("float64"),
        }
    )  # fmt: skip


def before_tax(lines: pd.DataFrame) -> pd.Series:
    """Amortised money before tax: list less discount plus margin. Shares use it."""
    return lines["list"] - lines["discount"] + lines["margin"]


def cash(lines: pd.DataFrame) -> pd.Series:
    """Money paid, with tax. Budgets use it, and discounted it is the objective."""
    return before_tax(lines) + lines["tax"]
