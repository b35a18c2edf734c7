"""Demand: every live workload is placed whole in every period."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.schema import RESOURCES
from planner.model.block import Block, make_block, numbers_of
from planner.model.context import Context
from planner.model.family import Family, Row
from planner.model.statement import Group, Loosened


def demand(context: Context) -> Block | None:
    """Purpose: serve the whole of each workload.

    Equation: Σ_r place[w,r,t] = 1 for each live (w, t).

    Units: shares. Keys: w, t.

    Dual: money that one more whole placement of w in t costs at the margin.
    """
    index, columns = context.index, context.columns
    w, t = np.nonzero(index.case.alive)
    keys = pd.DataFrame({"w": w, "t": t})
    place = columns.place.keys
    entries = (numbers_of(keys, ["w", "t"], place), columns.place.numbers, 1.0)
    return make_block(keys, [entries], 1.0, 1.0)


def whole_workload(row: Row) -> Group:
    """That the whole of a workload is served and backed up."""
    return Group("workload", str(row.names["workload"]), None, str(row.names["workload"]))


def _said(row: Row, period: int, open_now: np.ndarray) -> str:
    case, w = row.context.index.case, int(row.key("w"))
    amounts = zip(RESOURCES, case.demand[w, :, period], strict=False)
    needs = ", ".join(f"{amount:g} {resource}" for resource, amount in amounts if amount > 0)
    how = "served in full" if case.workloads["divisible"].iloc[w] else "placed whole"
    return f"{row.subject} must be {how}; in {case.periods['period'].iloc[period]} it needs {needs}"


def workload_loosened(by: Loosened) -> str:
    """Of a workload that is not served, or not backed up, in full."""
    return f"{f'serve only {by.needed:.1%} of' if by.needed > 0 else 'leave out'} {by.subject}{by.when}"


FAMILY = Family(
    "demand",
    demand,
    ("w", "t"),
    role="structure",
    states="workload",
    group=whole_workload,
    said=_said,
    loosened=workload_loosened,
)
