"""What a plan emits, as its record says it: tonnes CO2e where known, and where not."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.model.build import Model
from planner.model.emitted import emitted


def emissions(model: Model, x: np.ndarray) -> dict[str, Any]:
    """The entry ``carbon`` of ``plan.json``; empty when the case reads no figure of carbon.

    ``unknown`` names regions where the plan runs machines whose energy or grid nobody stated: they
    are in no sum.
    """
    case = model.index.case
    catalog = case.catalog
    if catalog.grid.empty and catalog.energy.empty:
        return {}
    lines = emitted(model.index, model.columns)
    lines = lines.assign(kg=lines["kg"] * x[lines["col"].to_numpy()], x=x[lines["col"].to_numpy()])
    running = lines[lines["x"] > 0]
    known = running[running["kg"].notna()]
    unknown = running.loc[running["kg"].isna(), "r"].unique()
    by_period = known.groupby("t")["kg"].sum() / 1000.0
    names = case.periods["period"]
    return {
        "carbon": {
            "tonnes": round(float(by_period.sum()), 6),
            "by_period": {str(n): round(float(by_period.get(t, 0.0)), 6) for t, n in enumerate(names)},
            "unknown": sorted(str(r) for r in case.regions["region"].to_numpy()[unknown]),
        }
    }
