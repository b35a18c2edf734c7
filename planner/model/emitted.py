"""What columns emit: kg CO2e for one unit of each column that makes a machine run."""

from __future__ import annotations

import pandas as pd

from planner.model.carried import carried_at
from planner.model.columns import Columns
from planner.model.commitments import active_periods, held_periods
from planner.model.index import Index

_KEY = ["col", "w", "q", "r", "s", "t"]


def emitted(index: Index, columns: Columns) -> pd.DataFrame:
    """Greenhouse gas (kg CO2e) of one unit of a column: col, w, q, r, s, t, kg (NaN where unknown).

    kg an hour of the machine × hours × units. A machine on demand emits while it runs; a committed
    one counts for all hours of the period, as nobody says that an idle one is switched off. Storage,
    transfer and what makes the machines are not counted.
    """
    folded = carried_at(index, columns).merge(columns.folded, on=["w", "r", "t"])
    folded = folded.merge(index.slices, on=["t", "l"], how="left")
    folded = folded.assign(
        q=index.pool_of[folded["w"].to_numpy()],
        s=folded["sku"],
        hours=folded["hours"] * folded["units"] * folded["part"],
    )
    run = columns.run.keys.assign(col=columns.run.numbers, w=-1).merge(
        index.slices, on=["t", "l"], how="left"
    )
    hours = index.case.periods["hours"].to_numpy()
    bought = active_periods(index, columns).assign(w=-1)
    held = held_periods(index, columns).assign(w=-1)
    held["q"] = held["owner"].map(index.first_pool)
    parts = [part.assign(hours=hours[part["t"].to_numpy(dtype="int64")]) for part in (bought, held)]
    parts[1]["hours"] *= parts[1]["part"]
    names = [*_KEY, "hours"]
    both = pd.concat([folded[names], run[names], *(part[names] for part in parts)], ignore_index=True)
    both = both.astype(dict.fromkeys(_KEY, "int64")).astype({"hours": "float64"})
    kg = both["hours"].to_numpy() * index.carbon.emission[both["s"].to_numpy()]
    return both.assign(kg=kg)[[*_KEY, "kg"]]
