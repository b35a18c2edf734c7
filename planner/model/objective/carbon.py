"""Carbon: what the case says a tonne is worth, beside all that is paid."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.columns import Columns
from planner.model.emitted import emitted
from planner.model.index import Index
from planner.model.objective.lines import make_lines


def carbon(index: Index, columns: Columns) -> pd.DataFrame:
    """Worth of carbon: tonnes × ``[carbon] price``, in the objective only.

    Nobody is paid, so the lines have no list price, no tax and no part in shares, budgets or cash;
    ``worth`` is discounted like cash of the period.
    """
    price = index.carbon.price
    lines = emitted(index, columns) if price is not None else _none()
    col, w, q, r, s, t = (lines[c].to_numpy(dtype=np.int64) for c in ("col", "w", "q", "r", "s", "t"))
    nothing = np.zeros(len(lines))
    made = make_lines(index, "carbon", col, w, q, r, s, t, nothing, nothing)
    worth = lines["kg"].to_numpy() / 1000.0 * (price[t] if price is not None else nothing)
    return made.assign(worth=worth, contract=-1)


def _none() -> pd.DataFrame:
    return pd.DataFrame({c: pd.Series(dtype="float64") for c in ("col", "w", "q", "r", "s", "t", "kg")})
