"""Status of regions as dated facts: what was last said of each, and when."""

from __future__ import annotations

import pandas as pd

from planner.catalog.facts import HISTORY
from planner.catalog.load import Catalog
from planner.catalog.schema import REGIONS


def last_confirmed(catalog: Catalog) -> pd.DataFrame:
    """What was last said of each region, as it was known on ``prices_as_of``.

    Returns
    -------
    DataFrame
        ``region``, ``status``, ``confirmed`` (YYYY-MM-DD), ``table``: the fact and day of the newest row of
        ``regions_history.csv``; of a region without any the ``status`` and ``as_of`` of ``regions.csv``.
        Along ``catalog.regions``.
    """
    newest = catalog.history.sort_values(["region", "date", "fact"]).groupby("region").last()
    regions = catalog.regions
    has_history = regions["region"].isin(newest.index)
    return pd.DataFrame(
        {
            "region": regions["region"],
            "status": regions["region"]
            .map(newest["fact"])
            .astype(object)
            .where(has_history, regions["status"]),
            "confirmed": regions["region"]
            .map(newest["date"])
            .astype(object)
            .where(has_history, regions["as_of"]),
            "table": has_history.map({True: HISTORY.file, False: REGIONS.file}).astype(object),
        }
    )
