"""Latency: what the case says users' time is worth, beside all that is paid."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.columns import Columns
from planner.model.index import Index
from planner.model.objective.lines import NO_LINES, make_lines, nobody

THOUSAND = 1000.0


def latency(index: Index, columns: Columns) -> pd.DataFrame:
    """Worth of latency: users / 1,000 × mean round trip in ms × months × ``[latency] worth``, on ``place``.

    Every workload with users counts, with a target or without. As with carbon nobody is paid: the lines
    have no list price, no tax and no part in shares, budgets or cash, and ``worth`` is discounted like
    cash of the period. Standbys serve nobody. A user whom no route reaches, which only a stressor can do,
    adds no round trip: a study keeps work where the fewest are cut off, and tells how many.
    """
    stated, case = index.case.settings.latency, index.case
    if stated is None:
        return NO_LINES.copy()
    place = columns.place.numbered
    seen = place.merge(index.coverage[["w", "r", "t", "mean_ms"]], on=["w", "r", "t"])
    number = {name: w for w, name in enumerate(case.workloads["workload"])}
    users = case.users.assign(w=case.users["workload"].map(number).astype("int64"))
    seen = seen.merge(users.groupby(["w", "t"], as_index=False)["users"].sum(), on=["w", "t"])
    seen = seen[seen["users"] > 0]
    col, w, r, t = (seen[c].to_numpy(dtype=np.int64) for c in ("col", "w", "r", "t"))
    nothing = np.zeros(len(seen))
    made = make_lines(index, "latency", col, w, index.pool_of[w], r, nobody(col), t, nothing, nothing)
    ms = seen["users"].to_numpy() / THOUSAND * seen["mean_ms"].to_numpy()
    worth = ms * case.periods["months"].to_numpy()[t] * _price(index)[t]
    return made.assign(worth=worth, contract=-1)


def _price(index: Index) -> np.ndarray:
    """Money of the case for 1,000 users × ms × month (period,)."""
    case = index.case
    stated = case.settings.latency
    if stated is None:
        return np.zeros(len(case.periods))
    return np.array([stated.worth * case.rates.rate(stated.currency, int(y)) for y in case.periods["year"]])
