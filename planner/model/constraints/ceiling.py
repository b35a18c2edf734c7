"""Ceiling: the cash that may be spent under a contract."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import INF, Block, make_block
from planner.model.index import Index
from planner.model.objective.lines import cash


def ceiling(index: Index, lines: pd.DataFrame, unit: float) -> Block:
    """Purpose: stay within what a contract allows to be called off.

    Equation: Σ cash with tax of the vendor's lines in the periods in which the contract holds ≤
    ceiling, for each contract that has one.

    Units: ``unit`` units of money. Keys: contract.

    Dual: money saved by one more unit of money under the contract.
    """
    contracts = index.inputs.case.contracts
    keys = contracts.loc[contracts["ceiling"].notna(), ["contract", "ceiling"]].sort_values(
        "contract", ignore_index=True
    )
    names = np.append(contracts["contract"].to_numpy(dtype=object), "")
    at_region = lines["r"].to_numpy() >= 0
    under = np.full(len(lines), "", dtype=object)
    mine = lines[at_region]
    under[at_region] = names[index.offers.contract[mine["r"].to_numpy(), mine["t"].to_numpy()]]
    spent = pd.DataFrame({"contract": under, "col": lines["col"], "cash": cash(lines)})
    pairs = keys.assign(row=np.arange(len(keys))).merge(spent, on="contract")
    entries = [(pairs["row"].to_numpy(), pairs["col"].to_numpy(), pairs["cash"].to_numpy() / unit)]
    return make_block("ceiling", keys, entries, -INF, keys["ceiling"].to_numpy(dtype="float64") / unit)
