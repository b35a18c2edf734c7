"""Storage: GiB-months of block and object storage."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.schema import RESOURCES, STORED
from planner.model.columns import Columns
from planner.model.index import Index
from planner.model.objective.lines import make_lines


def storage(index: Index, columns: Columns) -> pd.DataFrame:
    """Cost of what is stored: price of a GiB-month × months of the period × GiB stored.

    Each resource at the region's cheapest SKU that yields it.
    """
    case = index.inputs.case
    place = columns.place.keys
    w, r, t = (place[c].to_numpy() for c in "wrt")
    months = case.periods["months"].to_numpy()[t]
    parts = []
    for k, resource in enumerate(STORED):
        stored = case.demand[w, RESOURCES.index(resource), t]
        at = np.flatnonzero(stored > 0)
        s = index.offers.storage[r[at], k]
        listed = index.offers.price[s, t[at]] * months[at] * stored[at]
        parts.append(
            make_lines(
                index,
                "storage",
                columns.place.numbers[at],
                w[at],
                index.pool_of[w[at]],
                r[at],
                s,
                t[at],
                listed,
                index.offers.assumed[s],
            )
        )
    return pd.concat(parts, ignore_index=True)
