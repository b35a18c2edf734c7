"""What must be carried where, by which column."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.columns import Columns
from planner.model.index import Index


def carried_at(index: Index, columns: Columns) -> pd.DataFrame:
    """What must be carried where: w, r, t, the column that asks for it and the part of the workload."""
    place = columns.place.keys[["w", "r", "t"]].assign(col=columns.place.numbers, part=1.0)
    pair = columns.pair.keys
    if pair.empty:
        return place
    ready = pd.DataFrame(
        {
            "w": pair["w"],
            "r": pair["r2"],
            "t": pair["t"],
            "col": columns.pair.numbers,
            "part": index.ready[pair["w"].to_numpy(dtype=np.int64)],
        }
    )
    return pd.concat([place, ready[ready["part"] > 0]], ignore_index=True)
