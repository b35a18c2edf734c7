"""Ids: generated names in the program; keys of people stand behind them.

Rows and columns are called ``family_number``; whatever a user supplied never becomes a name of the
program, because solvers' formats fold and truncate names without a word.
"""

from __future__ import annotations

import pandas as pd

from planner.model.build import Model
from planner.model.names import decode


def column_names(model: Model) -> list[str]:
    """Ids of all columns, in their order."""
    return [f"{f.name}_{i}" for f in model.columns.families for i in range(len(f.keys))]


def row_names(model: Model) -> list[str]:
    """Ids of all rows, in their order; the number counts inside the family."""
    return [f"{b.family}_{i}" for b in model.blocks for i in range(len(b.keys))]


def legend(model: Model, family: str, keys: pd.DataFrame) -> list[str]:
    """What each id of a family with these keys stands for: ``place_3: workload=tax, …``."""
    return [f"{family}_{i}: {line}" for i, line in enumerate(_lines(model, keys))]


def _lines(model: Model, keys: pd.DataFrame) -> list[str]:
    decoded = decode(model, keys)
    return [
        ", ".join(f"{k}={v}" for k, v in row.items() if v != "")
        for row in decoded.astype(str).to_dict("records")
    ]
