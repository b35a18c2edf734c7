"""Names: generated ids in the program, keys of people behind them.

Rows and columns are called ``family_number``; whatever a user supplied never becomes a name of the
program, because solvers' formats fold and truncate names without a word.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from planner.model.build import Model
from planner.model.columns import ARCHITECTURES


def column_names(model: Model) -> list[str]:
    """Ids of all columns, in their order."""
    return [f"{f.name}_{i}" for f in model.columns.families for i in range(len(f.keys))]


def row_names(model: Model) -> list[str]:
    """Ids of all rows, in their order; the number counts inside the family."""
    return [f"{b.family}_{i}" for b in model.blocks for i in range(len(b.keys))]


def legend(model: Model, family: str, keys: pd.DataFrame) -> list[str]:
    """What each id of a family with these keys stands for: ``place_3: workload=tax, …``."""
    return [f"{family}_{i}: {line}" for i, line in enumerate(_lines(model, keys))]


def _lines(model: Model, keys: pd.DataFrame) -> list[str]:
    decoded = decode(model, keys)
    return [
        ", ".join(f"{k}={v}" for k, v in row.items() if v != "")
        for row in decoded.astype(str).to_dict("records")
    ]


def decode(model: Model, keys: pd.DataFrame) -> pd.DataFrame:
    """Replace numbers by names: w, r, t, s, q, g, a, scope and rule."""
    index = model.index
    case = index.inputs.case
    names: dict[str, tuple[str, Any]] = {
        "w": ("workload", case.workloads["workload"].to_numpy()),
        "other": ("other", case.workloads["workload"].to_numpy()),
        "r": ("region", index.inputs.regions["region"].to_numpy()),
        "e": ("event", np.array(index.events, dtype=object)),
        "r2": ("standby", index.inputs.regions["region"].to_numpy()),
        "t": ("period", case.periods["period"].to_numpy()),
        "s": ("sku", case.catalog.skus["SkuId"].to_numpy()),
        "l": ("slice", np.array(list(case.settings.slices), dtype=object)),
        "t0": ("from", case.periods["period"].to_numpy()),
        "q": ("pool", index.pools["name"].to_numpy()),
        "g": ("group", np.array(index.groups, dtype=object)),
        "a": ("architecture", np.array(ARCHITECTURES, dtype=object)),
        "contract": ("contract", case.contracts["contract"].to_numpy()),
        "scope": ("scope", np.array([s.name for s in index.scopes], dtype=object)),
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
