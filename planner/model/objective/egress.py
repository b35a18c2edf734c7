"""Egress: data that leave a region for users on the internet."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.schema import RESOURCES
from planner.errors import BadInput, Problem
from planner.model.columns import Columns
from planner.model.index import Index
from planner.model.objective.lines import make_lines


def egress(index: Index, columns: Columns) -> pd.DataFrame:
    """Cost of egress: price of a GiB at the first paid tier × GiB a month × months of the period.

    Tiers are concave in volume; the first paid tier never understates the bill of a small sender
    and overstates that of a large one.
    """
    case = index.inputs.case
    place = columns.place.keys
    w, r, t = (place[c].to_numpy() for c in "wrt")
    volume = case.demand[w, RESOURCES.index("egress_gib"), t]
    at = np.flatnonzero(volume > 0)
    months = case.periods["months"].to_numpy()[t[at]]
    listed = index.offers.egress[r[at], t[at]] * volume[at] * months
    none = np.full(len(at), -1, dtype=np.int64)
    return make_lines(
                index,
        "egress", columns.place.numbers[at], w[at], index.pool_of[w[at]], r[at], none, t[at], listed,
        index.offers.egress_assumed[r[at]],
    )  # fmt: skip


def require_price(index: Index, regions: np.ndarray, why: str) -> None:
    """Refuse to plan where data must leave a region that states no price for it.

    Raises
    ------
    BadInput
        Naming the regions: a missing price is never zero.
    """
    names = index.inputs.regions["region"].to_numpy()[np.unique(regions)]
    mend = f"Add its egress price to transfer.csv (e.g. with basis assumed): {why} needs it."
    if len(names):
        raise BadInput(
            [
                Problem("transfer.csv", 0, "region", str(n), "has no price for data that leave it", mend)
                for n in names
            ]
        )
