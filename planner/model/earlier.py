"""What an earlier plan placed and committed to, numbered."""

from __future__ import annotations

import pandas as pd

from planner.model.index import Index


def earlier_places(index: Index, role: str) -> pd.DataFrame:
    """Placements of an earlier plan in a role, while the workload is alive: w, r, t, share."""
    case = index.case
    rows = case.earlier_placements
    rows = rows[rows["role"] == role]
    w = rows["workload"].map({n: i for i, n in enumerate(case.workloads["workload"])})
    r = rows["region"].map({n: i for i, n in enumerate(index.case.regions["region"])})
    out = pd.DataFrame(
        {"w": w.astype("int64"), "r": r.astype("int64"), "t": rows["t"], "share": rows["share"]}
    )
    kept: pd.DataFrame = out[case.alive[out["w"].to_numpy(), out["t"].to_numpy()]]
    return kept.reset_index(drop=True)


def earlier_commitments(index: Index) -> pd.DataFrame:
    """Machines that an earlier plan has under commitments: q (-1 if no such pool), s, term, t, units."""
    rows = index.case.earlier_commitments
    skus = index.case.catalog.skus["SkuId"]
    q = rows["pool"].map({n: i for i, n in enumerate(index.pools["name"])}).fillna(-1)
    s = rows["sku"].map({n: i for i, n in enumerate(skus)})
    return pd.DataFrame(
        {
            "q": q.astype("int64"),
            "s": s.astype("int64"),
            "term": rows["term"],
            "t": rows["t"],
            "units": rows["units"],
        }
    )
