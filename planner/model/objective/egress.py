"""Egress: data that leave a region for users on the internet."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.schema import RESOURCES
from planner.errors import BadInput, Issue
from planner.model.columns import Columns
from planner.model.index import Index
from planner.model.objective.lines import NO_LINES, make_lines, nobody
from planner.model.tiers import steps

TIERS = "egress tiers"


def egress(index: Index, columns: Columns) -> pd.DataFrame:
    """Cost of egress: price of a GiB at the first paid tier × GiB a month × months of the period.

    Prices fall with volume: beyond a free tier the first paid one never understates a bill, and it
    overstates that of a large sender. Shares count egress at this price, whatever the tiers.
    """
    case = index.case
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


def egress_tiers(index: Index, columns: Columns) -> pd.DataFrame:
    """What exact tiers make of that, with ``[egress] tiers = "exact"``: on ``used`` of each tier.

    Price of the tier less that of the first paid one × length of the tier × months. Booked to the payer's
    first pool; under the vendor's contract like egress; counts in no share, as spend before an agreement.
    """
    keys = columns.tier.numbered
    keys = keys[keys["k"] == "used"]
    if keys.empty:
        return NO_LINES.copy()
    keys = keys.merge(steps(index), on=["payer", "r", "t", "tier"])
    col, q, r, t = (keys[c].to_numpy(dtype=np.int64) for c in ("col", "q", "r", "t"))
    months = index.case.periods["months"].to_numpy()[t]
    listed = (keys["less"] * keys["length"]).to_numpy(dtype="float64") * months
    assumed = keys["assumed"].to_numpy()
    made = make_lines(index, TIERS, col, nobody(col), q, r, nobody(col), t, listed, assumed)
    return made.assign(counted=0.0)


def require_price(index: Index, regions: np.ndarray, why: str) -> None:
    """Refuse to plan where data must leave a region that states no price for it.

    Raises
    ------
    BadInput
        Naming the regions: a missing price is never zero.
    """
    names = index.case.regions["region"].to_numpy()[np.unique(regions)]
    mend = f"Add its egress price to transfer.csv (e.g. with basis assumed): {why} needs it."
    if len(names):
        raise BadInput(
            [
                Issue("transfer.csv", 0, "region", str(n), "has no price for data that leave it", mend)
                for n in names
            ]
        )
