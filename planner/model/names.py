"""The names that people know, for the numbers that keys of rows and columns hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from planner.model.column_keys import ARCHITECTURES
from planner.model.context import Context
from planner.model.vendor_costs import bill_names, engagement_names


def decode(context: Context, keys: pd.DataFrame) -> pd.DataFrame:
    """Replace numbers by names: w, r, t, s, q, g, a, scope and rule."""
    index = context.index
    case = index.case
    names: dict[str, tuple[str, Any]] = {
        "w": ("workload", case.workloads["workload"].to_numpy()),
        "other": ("other", case.workloads["workload"].to_numpy()),
        "r": ("region", index.case.regions["region"].to_numpy()),
        "e": ("event", np.array(index.events, dtype=object)),
        "r2": ("standby", index.case.regions["region"].to_numpy()),
        "t": ("period", case.periods["period"].to_numpy()),
        "s": ("sku", case.catalog.skus["SkuId"].to_numpy()),
        "l": ("slice", np.array(list(case.settings.slices), dtype=object)),
        "t0": ("from", case.periods["period"].to_numpy()),
        "q": ("pool", index.pools["name"].to_numpy()),
        "g": ("group", np.array(index.groups, dtype=object)),
        "a": ("architecture", np.array(ARCHITECTURES, dtype=object)),
        "contract": ("contract", case.contracts["contract"].to_numpy()),
        "scope": ("scope", np.array([s.name for s in index.scopes], dtype=object)),
        "k": ("engagement", np.array(engagement_names(index), dtype=object)),
        "c": ("bill", np.array(bill_names(index), dtype=object)),
        "rule": ("rule", np.array([r.rule.id for r in index.share_rules], dtype=object)),
    }
    out: dict[str, Any] = {}
    for column in keys.columns:
        if column in ("n", "amount"):
            continue
        if column not in names or not pd.api.types.is_integer_dtype(keys[column]):
            out[column] = keys[column].to_numpy()
            continue
        name, values = names[column]
        at = keys[column].to_numpy(dtype=np.int64)
        out[name] = [values[i] if i >= 0 else "" for i in at]
    return pd.DataFrame(out, index=keys.index)
