"""Storage: GiB-months of block and object storage, of standbys and backups too."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.schema import RESOURCES, STORED
from planner.model.columns import Columns
from planner.model.index import Index
from planner.model.objective.lines import make_lines

AT = [RESOURCES.index(k) for k in STORED]


def storage(index: Index, columns: Columns) -> pd.DataFrame:
    """Cost of what is stored: price of a GiB-month × months of the period × GiB stored.

    Each resource at the region's cheapest SKU that yields it: the whole on ``place``, the part that
    the tier keeps on ``pair``, and on ``backup`` the tier's part of everything as object storage.
    """
    stored = stored_at(index, columns)
    w, r, t, s, col = (stored[c].to_numpy(dtype=np.int64) for c in ("w", "r", "t", "s", "col"))
    months = index.case.periods["months"].to_numpy()[t]
    listed = index.offers.price[s, t] * months * stored["gib"].to_numpy()
    return make_lines(index, "storage", col, w, index.pool_of[w], r, s, t, listed, index.offers.assumed[s])


def stored_at(index: Index, columns: Columns) -> pd.DataFrame:
    """What is stored where: w, r, t, s (SKU), k (of ``STORED``), the column that asks for it, gib.

    ``gib`` is what one whole unit of the column stores.
    """
    demand = index.case.demand
    tiers = index.tiers[["block_gib", "object_gib"]].to_numpy()
    place, pair, backup = columns.place.keys, columns.pair.keys, columns.backup.keys
    parts: list[tuple[np.ndarray, ...]] = []
    for k in range(len(STORED)):
        gib = demand[:, AT[k], :]
        w, t = place["w"].to_numpy(), place["t"].to_numpy()
        parts.append(_lines(w, place["r"].to_numpy(), t, k, columns.place.numbers, gib[w, t]))
        w, t = pair["w"].to_numpy(), pair["t"].to_numpy()
        parts.append(_lines(w, pair["r2"].to_numpy(), t, k, columns.pair.numbers, gib[w, t] * tiers[w, k]))
    w, t = backup["w"].to_numpy(), backup["t"].to_numpy()
    everything = demand[:, AT, :].sum(axis=1)[w, t] * index.tiers["backup"].to_numpy()[w]
    k = STORED.index("object_gib")
    parts.append(_lines(w, backup["r"].to_numpy(), t, k, columns.backup.numbers, everything))
    *keys, gib = (np.concatenate(column) for column in zip(*parts, strict=True))
    some = gib > 0
    w, r, t, at, col = (key[some].astype(np.int64) for key in keys)
    sku = index.offers.storage[r, at]
    return pd.DataFrame({"w": w, "r": r, "t": t, "k": at, "col": col, "gib": gib[some], "s": sku})


def _lines(
    w: np.ndarray, r: np.ndarray, t: np.ndarray, k: int, col: np.ndarray, gib: np.ndarray
) -> tuple[np.ndarray, ...]:
    return w, r, t, np.full(len(w), k), col, gib
