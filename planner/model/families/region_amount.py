"""Region amount: adds up what each region of the market earns or carries in a scope."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import Block
from planner.model.columns import Columns
from planner.model.families.amount import amounts_of
from planner.model.index import Index


def region_amount(
    index: Index, columns: Columns, lines: pd.DataFrame, reference: np.ndarray, unit: float
) -> Block:
    """Purpose: as ``amount``, by region; only for scopes that a rule on region shares uses.

    Equation: region_amount[r,scope,t] − Σ weight · x = 0.

    Units: ``unit`` units of money, or of the resource. Keys: scope, r, t.

    Dual: money that one more unit of the region's amount costs through the rule.
    """
    own = np.where(index.group_of >= 0, np.arange(len(index.group_of)), -1)
    return amounts_of(index, columns, columns.region_amount, own, "r", lines, reference, unit)
