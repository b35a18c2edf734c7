"""Steady: what of a workload tolerates no spot machine has others to run on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.schema import SIZED
from planner.model.block import INF, Block, make_block, numbers_of
from planner.model.carried import carried_at
from planner.model.column_keys import ARCHITECTURES
from planner.model.columns import Columns
from planner.model.context import Context
from planner.model.families.fleet import FLEET_RESOURCES
from planner.model.family import Family
from planner.model.index import Index

_SITE = ["r", "t", "l"]
_KEY = ["w", "q", "r", "a", "t", "l", "k"]


def steady(context: Context) -> Block | None:
    """Purpose: put on spot no more of a workload than it tolerates to lose at once (``spot_share``).

    Equation, with σ[w] the share and the sum over machines that are not spot: on platform ``vm``
    Σ_s use[w,s,t,l] / n[w,s,t,l] ≥ (1 − σ[w]) place[w,r,t]; on platform ``container``, for k in vCPU and
    memory, Σ_s a[s,k] (run + Σ cover)[q,s,t,l] ≥ (1 + h) Σ_{w in q} (1 − σ[w]) load[w,l] d[w,k,t]
    serve[w,r,a,t,l]. Only where a workload tolerates a part and spot is sold.

    Units: shares (``vm``), vCPU or GiB. Keys: w (-1 for a fleet), q, r, a (architecture, -1 on ``vm``), t,
    l, k (resource, blank on ``vm``).

    Dual: money that tolerating spot for one more whole workload, or vCPU or GiB, would save.
    """
    index, columns = context.index, context.columns
    spot = index.case.catalog.skus["spot"].to_numpy(dtype=bool)
    if not (index.steady > 0).any() or not spot.any():
        return None
    machines, fleets = _machines(index, columns, spot), _fleets(index, columns, spot)
    lines = pd.concat([machines, fleets], ignore_index=True)
    keys = lines.loc[lines["owes"], _KEY].drop_duplicates().sort_values(_KEY, ignore_index=True)
    lines = lines.merge(keys, on=_KEY)
    entries = [(numbers_of(keys, _KEY, lines), lines["col"], lines["value"])]
    return make_block(keys, entries, 0.0, INF)


def _machines(index: Index, columns: Columns, spot: np.ndarray) -> pd.DataFrame:
    """On platform ``vm``: parts carried by machines that stay, and what has to be."""
    use = columns.use.numbered
    use = use[(index.steady[use["w"].to_numpy(np.int64)] > 0) & ~spot[use["s"].to_numpy(np.int64)]]
    owed = carried_at(index, columns)
    owed = owed.assign(steady=index.steady[owed["w"].to_numpy(np.int64)])
    owed = owed[(owed["steady"] > 0) & ~index.container[owed["w"].to_numpy(np.int64)]]
    sold = np.unique(index.offers.sku_region[spot])
    owed = owed[owed["r"].isin(sold)].merge(index.slices[["t", "l"]], on="t")
    owed = owed[index.runs[tuple(owed[c].to_numpy(dtype=np.int64) for c in "wtl")]]
    names = ["w", *_SITE, "col", "value", "owes"]
    have = use.assign(value=1.0 / use["n"].to_numpy(dtype="float64"), owes=False)[names]
    due = owed.assign(value=-owed["steady"] * owed["part"], owes=True)[names]
    both: pd.DataFrame = pd.concat([have, due], ignore_index=True)
    return both.assign(q=-1, a=-1, k="")


def _fleets(index: Index, columns: Columns, spot: np.ndarray) -> pd.DataFrame:
    """On platform ``container``: what machines that stay yield, and what has to be carried by them."""
    case = index.case
    run = pd.concat(
        [f.keys[["q", *_SITE, "s"]].assign(col=f.numbers) for f in (columns.run, columns.cover)],
        ignore_index=True,
    )
    architecture = case.catalog.skus["architecture"].map({a: i for i, a in enumerate(ARCHITECTURES)})
    s = run["s"].to_numpy(np.int64)
    run = run.assign(a=architecture.to_numpy()[s])
    run = run[(index.pools["platform"] == "container").to_numpy()[run["q"].to_numpy(np.int64)] & ~spot[s]]
    serve = columns.serve.numbered
    serve = serve[index.steady[serve["w"].to_numpy(np.int64)] > 0]
    serve = serve[serve["r"].isin(np.unique(index.offers.sku_region[spot]))]
    w, t, part = (serve[c].to_numpy(np.int64) for c in ("w", "t", "l"))
    factor = (1.0 + (case.settings.container_headroom or 0.0)) * case.load[w, part] * index.steady[w]
    names, parts = ["q", *_SITE, "a", "col", "value", "owes", "k"], []
    for k in FLEET_RESOURCES:
        at = SIZED.index(k)
        yields = index.yields[run["s"].to_numpy(np.int64), at]
        parts.append(run.assign(value=yields, owes=False, k=k)[names])
        parts.append(serve.assign(value=-factor * index.machine_demand[w, at, t], owes=True, k=k)[names])
    both: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return both.assign(w=-1).astype({"a": "int64"})


FAMILY = Family("steady", steady, _KEY)
