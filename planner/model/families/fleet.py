"""Fleet: a pool's machines of one architecture yield what its containers need, with headroom."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.schema import SIZED
from planner.model.block import INF, Block, Entries, make_block, numbers_of
from planner.model.column_keys import ARCHITECTURES
from planner.model.context import Context
from planner.model.family import Family

_KEY = ["q", "r", "a", "t", "l"]
FLEET_RESOURCES = ("vcpu", "memory_gib")


def fleet(context: Context) -> Block | None:
    """Purpose: on platform ``container`` add up resources over a region's fleet of one architecture.

    Equation, for k in vCPU and memory: Σ_{s in (r,a)} a[s,k] (run + Σ_p cover)[q,s,t,l]
    − (1 + h) Σ_{w in q} load[w,l] d[w,k,t] serve[w,r,a,t,l] ≥ 0; and for each w that needs m > 1 machines:
    Σ_{s in (r,a)} (run + Σ_p cover)[q,s,t,l] − m serve[w,r,a,t,l] ≥ 0.

    Units: vCPU, GiB, machines; h is the packing headroom of the case. That the largest pod fits on
    one machine is a filter on SKUs. Keys: q, r, a, t, l, k (resource or ``units``), w (-1 for a
    resource).

    Dual: money that one more vCPU or GiB of pods costs the pool in that region.
    """
    index, columns = context.index, context.columns
    if columns.serve.keys.empty:
        return None
    case = index.case
    serve = columns.serve.numbered
    architecture = case.catalog.skus["architecture"].map({a: i for i, a in enumerate(ARCHITECTURES)})
    run = pd.concat(
        [f.keys[["q", "r", "s", "t", "l"]].assign(col=f.numbers) for f in (columns.run, columns.cover)]
    )
    run = run[(index.pools["platform"] == "container").to_numpy()[run["q"].to_numpy()]]
    run = run.assign(a=architecture.to_numpy()[run["s"].to_numpy()].astype(np.int64))
    headroom = 1.0 + (case.settings.container_headroom or 0.0)
    fleets = serve[_KEY].drop_duplicates()
    spread = serve[index.min_units[serve["w"].to_numpy()] > 1]
    parts = [fleets.assign(k=k, w=-1) for k in FLEET_RESOURCES] + [spread[[*_KEY, "w"]].assign(k="units")]
    keys: pd.DataFrame = pd.concat(parts).sort_values([*_KEY, "k", "w"], ignore_index=True)
    full = [*_KEY, "k", "w"]
    entries: list[Entries] = []
    for k in FLEET_RESOURCES:
        at = SIZED.index(k)
        lines = serve.assign(k=k)
        need = index.machine_demand[lines["w"].to_numpy(), at, lines["t"].to_numpy()]
        need = need * index.case.load[lines["w"].to_numpy(), lines["l"].to_numpy()]
        entries.append((numbers_of(keys, full, lines.assign(w=-1)), lines["col"], -headroom * need))
        yields = index.yields[run["s"].to_numpy(), at]
        entries.append((numbers_of(keys, full, run.assign(k=k, w=-1)), run["col"], yields))
    lines = spread.assign(k="units")
    entries.append((numbers_of(keys, full, lines), lines["col"], -index.min_units[lines["w"].to_numpy()]))
    machines = lines[[*full]].merge(run[[*_KEY, "col"]], on=_KEY)
    entries.append((numbers_of(keys, full, machines), machines["col"], 1.0))
    return make_block(keys, entries, 0.0, INF)


FAMILY = Family("fleet", fleet, (*_KEY, "k", "w"))
