"""What the rows of a program are made from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.model.columns import Columns
from planner.model.index import Index


@dataclass(frozen=True, kw_only=True)
class Context:
    """Index, columns and money of a program, before it has rows.

    Attributes
    ----------
    lines
        Cost lines per unit of a column, in the case's currency (see ``objective.lines``).
    unit
        Power of ten of money in which objective and amounts are stated, so that coefficients stay
        near one.
    reference
        Reference spend (workload, period): list price of the cheapest way to run it on the market.
    pinned
        Placements that are held: w, r, t, share; ``None`` where the program chooses.
    """

    index: Index
    columns: Columns
    lines: pd.DataFrame
    unit: float
    reference: np.ndarray
    pinned: pd.DataFrame | None = None
