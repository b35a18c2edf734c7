"""Budget: the cash of a payer in a calendar year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import INF, Block, make_block
from planner.model.index import Index
from planner.model.objective.lines import cash

ONE_OFF = ("activation", "migration labour", "migration transfer", "placement once", "change")
"""Terms paid from the development vote; everything else is running cost, the operating vote."""


def budget(index: Index, lines: pd.DataFrame, unit: float) -> Block:
    """Purpose: keep every payer within what was voted.

    Equation: Σ cash with tax of the payer's lines in the year and vote ≤ amount, for each row of
    ``budgets.csv``. A period belongs to the year in which it begins. One-off terms (activation,
    migration, placement once, change) are of the development vote, all others of the operating vote.

    Units: ``unit`` units of money. Keys: agency, year, vote.

    Dual: money saved over the horizon by one more unit of money in that year.
    """
    case = index.inputs.case
    keys = case.budgets[["agency", "year", "vote", "amount"]].sort_values(
        ["agency", "year", "vote"], ignore_index=True
    )
    payer, vote = payers(index, lines), np.where(lines["term"].isin(ONE_OFF), "development", "operating")
    year = case.periods["year"].to_numpy()[lines["t"].to_numpy()]
    spent = pd.DataFrame(
        {"agency": payer, "year": year, "vote": vote, "col": lines["col"], "cash": cash(lines)}
    )
    pairs = keys.assign(row=np.arange(len(keys))).merge(spent, on=["agency", "year", "vote"])
    entries = [(pairs["row"].to_numpy(), pairs["col"].to_numpy(), pairs["cash"].to_numpy() / unit)]
    return make_block("budget", keys, entries, -INF, keys["amount"].to_numpy(dtype="float64") / unit)


def payers(index: Index, lines: pd.DataFrame) -> np.ndarray:
    """Who pays each cost line; "" for what is paid in common (activation)."""
    names = np.append(index.pools["payer"].to_numpy(), "")
    return np.asarray(names[lines["q"].to_numpy(dtype=np.int64)])
