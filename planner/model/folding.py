"""Which machines the program must choose between, and where the choice is made beforehand.

Where nothing couples workloads (no limit on machines, no commitment), each takes its cheapest
machine and the choice folds into the cost of ``place``. Elsewhere a machine is left out only when
another one of the region is never worse: for every workload of the pool and every period it needs
no more money and draws no more on every limit. Anything looser would change the optimum.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.schema import SIZED
from planner.model.index import Index


def cheapest_machines(index: Index, place: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The cheapest machine of each placement, and the units of it that carry the whole workload.

    Parameters
    ----------
    place
        Columns w, r, t.

    Returns
    -------
    (sku, units)
        Arrays along ``place``: SKU number (-1 where no machine is needed) and units n. Of machines
        that cost the same, the one with the first id.
    """
    sku = np.full(len(place), -1, dtype=np.int64)
    units = np.zeros(len(place))
    w, r, t = (place[c].to_numpy() for c in "wrt")
    for region in np.unique(r):
        here = np.flatnonzero(index.offers.sku_region == region)
        at = np.flatnonzero(r == region)
        who, back = np.unique(w[at], return_inverse=True)
        if not len(here):
            continue
        usable = index.eligibility.admitted[np.ix_(who, here)][:, :, None]
        n = np.where(usable, index.units(who, here), 0.0)
        cost = np.where(usable, n * index.offers.price[here][None, :, :], np.inf)
        best = np.argmin(cost, axis=1)
        chosen = best[back, t[at]]
        needed = index.needs_machine[w[at], t[at]]
        sku[at] = np.where(needed, here[chosen], -1)
        units[at] = np.where(needed, n[back, chosen, t[at]], 0.0)
    return sku, units


def undominated_machines(index: Index, workloads: np.ndarray, region: int) -> np.ndarray:
    """Machines of a region that a pool on platform ``vm`` must keep to choose from: SKU numbers."""
    here = np.flatnonzero(
        (index.offers.sku_region == region) & index.eligibility.admitted[workloads].any(axis=0)
    )
    if len(here) <= 1:
        return here
    usable = index.eligibility.admitted[np.ix_(workloads, here)][:, :, None]
    n = np.where(usable, index.units(workloads, here), 0.0)
    cost = n * index.offers.price[here][None, :, :]
    measures = [cost] + [n * draw[None, :, None] for draw in _draws(index, region, here)]
    # One vector a machine: every measure for every workload and period; infinite where not admitted.
    vectors = np.concatenate(
        [np.where(usable, m, np.inf).transpose(1, 0, 2).reshape(len(here), -1) for m in measures],
        axis=1,
    )
    return np.asarray(here[_minimal(vectors)])


def undominated_fleet(
    index: Index, region: int, architecture: str, candidates: np.ndarray, spread: bool
) -> np.ndarray:
    """Machines that a container fleet must keep to choose from: SKU numbers.

    A machine is left out when some multiple of another one yields no less of everything for no
    more money and no more draw on each limit. ``spread`` says that the pool needs a least number of
    machines: then a multiple below one would count for fewer and is not enough.
    """
    if len(candidates) <= 1:
        return candidates
    yields = index.yields[candidates][:, :2]
    price = index.offers.price[candidates]
    draws = np.array(_draws(index, region, candidates)).reshape(-1, len(candidates))
    keep = np.ones(len(candidates), dtype=bool)
    for i in range(len(candidates)):
        factor = (yields[i] / yields).max(axis=1)
        if spread:
            factor = np.maximum(factor, 1.0)
        better: np.ndarray = (factor[:, None] * price <= price[i] * (1 + 1e-12)).all(axis=1)
        better &= (factor[None, :] * draws <= draws[:, [i]] * (1 + 1e-12)).all(axis=0)
        better &= keep
        better[i] = False
        # Of two machines that are multiples of each other keep the first.
        same = np.isclose(factor * (yields / yields[i]).max(axis=1), 1.0)
        better &= ~same | (np.arange(len(candidates)) < i) | _strictly(price, factor, i)
        keep[i] = not better.any()
    return candidates[keep]


def _strictly(price: np.ndarray, factor: np.ndarray, i: int) -> np.ndarray:
    return np.asarray((factor[:, None] * price < price[i] * (1 - 1e-12)).any(axis=1))


def _draws(index: Index, region: int, skus: np.ndarray) -> list[np.ndarray]:
    """What one unit of each SKU draws on each limit of the region: one array a limit."""
    limits = index.capacity[index.capacity["r"] == region][["s", "resource"]].drop_duplicates()
    draws = []
    for s, resource in limits.itertuples(index=False):
        if resource in SIZED:
            draw = index.drawn[skus, SIZED.index(resource)]
        elif resource == "units":
            draw = np.ones(len(skus))
        else:
            continue
        draws.append(np.where(skus == s, draw, 0.0) if s >= 0 else draw)
    return draws


def _minimal(vectors: np.ndarray) -> np.ndarray:
    """Positions of rows that no other row is nowhere above; of equal rows the first."""
    keep: list[int] = []
    endless = np.isinf(vectors)
    total = np.where(endless, 0.0, vectors).sum(axis=1)
    for i in np.lexsort((np.arange(len(vectors)), total, endless.sum(axis=1))):
        # A dominating row is infinite in no more places and sums to no more, so it came before.
        if not keep or not (vectors[keep] <= vectors[i]).all(axis=1).any():
            keep.append(int(i))
    return np.array(sorted(keep), dtype=np.int64)
