"""What a plan emits, as its record says it: tonnes CO2e where known, and where not."""

from __future__ import annotations

import numpy as np

from planner.model.build import Model
from planner.model.emitted import emitted
from planner.plan.head import Carbon


def emissions(model: Model, x: np.ndarray) -> Carbon | None:
    """The entry ``carbon`` of ``plan.json``; ``None`` when the case reads no figure of carbon.

    ``unknown`` names regions where the plan runs machines whose energy or grid nobody stated: they
    are in no sum.
    """
    case = model.index.case
    catalog = case.catalog
    if catalog.grid.empty and catalog.energy.empty:
        return None
    lines = emitted(model.index, model.columns)
    lines = lines.assign(kg=lines["kg"] * x[lines["col"].to_numpy()], x=x[lines["col"].to_numpy()])
    running = lines[lines["x"] > 0]
    known = running[running["kg"].notna()]
    unknown = running.loc[running["kg"].isna(), "r"].unique()
    by_period = known.groupby("t")["kg"].sum() / 1000.0
    names = case.periods["period"]
    return Carbon(
        tonnes=round(float(by_period.sum()), 6),
        by_period={str(n): round(float(by_period.get(t, 0.0)), 6) for t, n in enumerate(names)},
        unknown=tuple(sorted(str(r) for r in case.regions["region"].to_numpy()[unknown])),
    )
