"""Ceiling: the cash that may be spent under a contract."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import INF, Block, make_block
from planner.model.context import Context
from planner.model.family import MONEY, Family
from planner.model.objective.lines import cash


def ceiling(context: Context) -> Block | None:
    """Purpose: stay within what a contract allows to be called off.

    Equation: Σ cash with tax of the lines bought under the contract ≤ ceiling, for each contract that
    has one. What the user's own tables state (activation, placement, moves) lies outside every
    contract; a commitment is paid under the contract that held when it was bought, to its end.

    Units: ``unit`` units of money. Keys: contract.

    Dual: money saved by one more unit of money under the contract.
    """
    index, lines, unit = context.index, context.lines, context.unit
    contracts = index.case.contracts
    keys = contracts.loc[contracts["ceiling"].notna(), ["contract", "ceiling"]].sort_values(
        "contract", ignore_index=True
    )
    if keys.empty:
        return None
    names = np.append(contracts["contract"].to_numpy(dtype=object), "")
    under = names[lines["contract"].to_numpy(dtype=np.int64)]
    spent = pd.DataFrame({"contract": under, "col": lines["col"], "cash": cash(lines)})
    pairs = keys.assign(row=np.arange(len(keys))).merge(spent, on="contract")
    entries = [(pairs["row"], pairs["col"], pairs["cash"] / unit)]
    return make_block(keys, entries, -INF, keys["ceiling"].to_numpy(dtype="float64") / unit)


FAMILY = Family(
    "ceiling",
    ceiling,
    ("contract", "ceiling"),
    role="limit",
    states="other",
    of_machines=True,
    unit=MONEY,
    subject=lambda row: str(row.names["contract"]),
    binds="{per} for {subject} would save",
    broken=("{rule}: contract {subject}", "comes to {unit} {value:,.0f} against {bound:,.0f}"),
)
