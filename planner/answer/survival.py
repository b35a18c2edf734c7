"""Where critical work would run in each loss that a case or a rule asks to survive."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.answer.extract import in_order, names_of, tidy
from planner.model.build import Model
from planner.model.copies import lost_places
from planner.plan.plan import SURVIVAL


def survival(model: Model, x: np.ndarray) -> pd.DataFrame:
    """Where critical work would run in each event: on paid standby, and beyond it."""
    index, names = model.index, names_of(model)
    if not index.events:
        return pd.DataFrame(columns=list(SURVIVAL))
    extra = model.columns.extra.keys.assign(extra=x[model.columns.extra.numbers], standby=0.0)
    pair = model.columns.pair.keys.assign(x=x[model.columns.pair.numbers])
    lost = lost_places(index, model.columns.place.keys).merge(pair, on=["w", "r", "t"])
    lost = lost[~index.hit[lost["e"].to_numpy(), lost["r2"].to_numpy(dtype=np.int64)]]
    carried = lost["x"].to_numpy() * index.ready[lost["w"].to_numpy()]
    ready = lost.assign(r=lost["r2"], standby=carried, extra=0.0)
    both = pd.concat([extra, ready])[["e", "w", "r", "t", "standby", "extra"]]
    both = both.groupby(["e", "w", "r", "t"], as_index=False).sum()
    both["extra"] = _needed(model, x, both)
    shares = tidy(both[["standby", "extra"]].to_numpy(dtype="float64"))
    w, r, t, e = (both[c].to_numpy(dtype=np.int64) for c in "wrte")
    frame = pd.DataFrame(
        {
            "event": np.array(index.events, dtype=object)[e],
            "workload": names["w"][w],
            "period": names["t"][t],
            "region": names["r"][r],
            "standby": shares[:, 0],
            "extra": shares[:, 1],
        }
    )
    return in_order(pd.DataFrame(frame[(shares > 0).any(axis=1)]), SURVIVAL)


def _needed(model: Model, x: np.ndarray, both: pd.DataFrame) -> np.ndarray:
    """Of ``extra`` what is lost at all: it costs nothing, so the solver may take too much of it."""
    columns, key = model.columns, ["e", "w", "t"]
    place = columns.place.keys.assign(x=x[columns.place.numbers])
    lost = lost_places(model.index, place).groupby(key)["x"].sum()
    ready = both.groupby(key)["standby"].sum()
    short = lost.subtract(ready, fill_value=0.0).clip(lower=0.0)
    before = both.groupby(key)["extra"].cumsum() - both["extra"]
    left = short.reindex(pd.MultiIndex.from_frame(both[key])).fillna(0.0).to_numpy() - before.to_numpy()
    needed: np.ndarray = np.clip(both["extra"].to_numpy(), 0.0, np.maximum(left, 0.0))
    return needed
