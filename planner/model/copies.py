"""Keys of columns for copies: what is kept ready elsewhere, backed up, or flees from a loss."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.schema import STORED
from planner.model.index import Index


def pair_keys(index: Index, place: pd.DataFrame) -> pd.DataFrame:
    """Where a workload may be kept ready: another region, or one of another vendor group."""
    columns = ["w", "r", "r2", "t"]
    kept = place[(index.tiers["standby"] != "none").to_numpy()[place["w"].to_numpy()]]
    if kept.empty:
        return no_keys(columns)
    w, r2, t = np.nonzero(index.eligibility.standby)
    pair = kept.merge(pd.DataFrame({"w": w, "r2": r2, "t": t}), on=["w", "t"])
    group = index.case.regions["vendor_group"].to_numpy()
    apart = (index.tiers["standby"] == "other_group").to_numpy()[pair["w"].to_numpy()]
    same = group[pair["r"].to_numpy()] == group[pair["r2"].to_numpy()]
    pair = pair[(pair["r"] != pair["r2"]).to_numpy() & ~(apart & same)]
    ordered: pd.DataFrame = pair[columns].sort_values(["w", "t", "r", "r2"], ignore_index=True)
    return ordered


def backup_keys(index: Index) -> pd.DataFrame:
    """Regions that may hold a workload's backup and sell the storage for it."""
    sells = index.offers.storage[:, STORED.index("object_gib")] >= 0
    backed = (index.tiers["backup"] > 0).to_numpy()
    w, r, t = np.nonzero(index.eligibility.backup & sells[None, :, None] & backed[:, None, None])
    return pd.DataFrame({"w": w, "r": r, "t": t}).sort_values(["w", "t", "r"], ignore_index=True)


def extra_keys(index: Index, place: pd.DataFrame) -> pd.DataFrame:
    """Where critical work could go in each event that may take one of its places away."""
    columns = ["e", "w", "r", "t"]
    if not index.events:
        return no_keys(columns)
    lost = lost_places(index, place)[["e", "w", "t"]].drop_duplicates()
    w, r, t = np.nonzero(index.eligibility.standby)
    refuge = lost.merge(pd.DataFrame({"w": w, "r": r, "t": t}), on=["w", "t"])
    refuge = refuge[~index.hit[refuge["e"].to_numpy(), refuge["r"].to_numpy()]]
    ordered: pd.DataFrame = refuge[columns].sort_values(columns, ignore_index=True)
    return ordered


def lost_places(index: Index, place: pd.DataFrame) -> pd.DataFrame:
    """Places that an event takes away of what must survive it: e and the columns of ``place``."""
    w, r, t = (place[c].to_numpy(dtype=np.int64) for c in ("w", "r", "t"))
    asked, hit = index.losses.asked, index.hit
    parts = [place[asked[e, w, t] & hit[e, r]].assign(e=e) for e in range(len(index.events))]
    lost: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return lost


def no_keys(columns: list[str]) -> pd.DataFrame:
    """No line of keys; n is a number of units, all others count."""
    return pd.DataFrame({c: np.empty(0, dtype="float64" if c == "n" else "int64") for c in columns})
