"""What leaving each vendor group would cost as a plan goes on: the measure of leverage at each renewal."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.answer.stakes import stakes
from planner.model.build import Model
from planner.plan.plan import LEAVING


def leaving(model: Model, x: np.ndarray) -> pd.DataFrame:
    """Stakes of every vendor group of the market at the beginning of each period but the first.

    ``total`` is egress at list price (a waiver for a full exit takes it off), labour and what is still
    owed; labour that the case does not price is left out, an unknown price of egress makes it blank.
    """
    groups = model.index.case.regions["vendor_group"].to_numpy()
    rows = []
    for group in model.index.groups:
        for stake in stakes(model, x, groups == group):
            if stake.systems <= 0 and stake.stranded <= 0:
                continue
            known = stake.egress is not None
            total = (stake.egress or 0.0) + (stake.labour or 0.0) + stake.stranded
            row = stake.flat() | {"vendor_group": group, "owed": round(stake.stranded, 2)}
            rows.append(row | {"total": round(total, 2) if known else np.nan})
    return pd.DataFrame(rows, columns=list(LEAVING))
