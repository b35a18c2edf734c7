"""Which machines the program must choose between, and where the choice is made beforehand.

Where nothing couples workloads (no limit on machines, no commitment), each takes its cheapest
machine and the choice folds into the cost of ``place``. Elsewhere a machine is left out only when
another one of the region is never worse: for every workload of the pool, every period and slice it
needs no more money under each term and draws no more on every limit. Anything looser would change
the optimum. In whole machines (``[units] whole``) "what a workload needs" is a whole number of machines
of its own, and of fleets a machine is left out only when one of another is never worse than one of it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.earlier import earlier_commitments
from planner.model.index import Index
from planner.tolerances import DIGIT

_LEFT_OVER = 2
"""So many machines of a fleet that only whole numbers speak for are kept."""


def folds_beforehand(index: Index) -> np.ndarray:
    """Boolean (workload, region): is the choice of its machines made beforehand?

    In whole machines only where it is placed whole and keeps none ready elsewhere: parts of it would be parts
    of machines.
    """
    apart = index.container | (index.split & bool(index.case.settings.whole_units))
    return np.asarray(~apart[:, None] & ~index.coupled[None, :])


def cheapest_machines(
    index: Index, place: pd.DataFrame, whole: bool | None = None, listed: bool = False
) -> pd.DataFrame:
    """The cheapest machine of each placement in each slice, and the units of it.

    Parameters
    ----------
    place
        Columns w, r, t, in any order.
    whole
        Whole machines? As the case says by default.
    listed
        Compare at list price, whatever contracts are in force.

    Returns
    -------
    DataFrame
        Columns at (position in ``place``), l, sku, units: n units of sku carry the whole workload in
        the slice. No line where no machine is needed. Of machines that cost the same, the one
        with the first id.
    """
    slices = index.case.load.shape[1]
    price = index.offers.hourly if listed else index.offers.hourly_paid
    w, r, t = (place[c].to_numpy() for c in "wrt")
    parts = []
    for region in np.unique(r):
        here = np.flatnonzero(index.offers.sku_region == region)
        at = np.flatnonzero((r == region) & index.needs_machine[w, t])
        if not len(here) or not len(at):
            continue
        who, back = np.unique(w[at], return_inverse=True)
        usable = (index.eligibility.admitted[np.ix_(who, here)] & ~_in_part(index, who, here))[
            :, :, None, None
        ]
        n = np.where(usable, index.units(who, here, whole), 0.0)
        cost = np.where(usable, n * price[here][None, :, :, None], np.inf)
        best = np.argmin(cost, axis=1)
        for position in range(slices):
            chosen = best[back, t[at], position]
            units = n[back, chosen, t[at], position]
            parts.append(pd.DataFrame({"at": at, "l": position, "sku": here[chosen], "units": units}))
    columns = {"at": "int64", "l": "int64", "sku": "int64", "units": "float64"}
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})
    return pd.concat(parts).astype(columns).sort_values(["at", "l"], ignore_index=True)


def _in_part(index: Index, workloads: np.ndarray, skus: np.ndarray) -> np.ndarray:
    """Spot machines, of workloads of which they may only carry a part: (workload, SKU)."""
    spot = index.case.catalog.skus["spot"].to_numpy(dtype=bool)[skus]
    return np.asarray((index.steady[workloads] > 0)[:, None] & spot[None, :])


def undominated_machines(index: Index, workloads: np.ndarray, region: int) -> np.ndarray:
    """Machines of a region that a pool on platform ``vm`` must keep to choose from: SKU numbers."""
    here = np.flatnonzero(
        (index.offers.sku_region == region) & index.eligibility.admitted[workloads].any(axis=0)
    )
    if len(here) <= 1 or index.every_machine:
        return here
    usable = index.eligibility.admitted[np.ix_(workloads, here)][:, :, None, None]
    n = np.where(usable, index.units(workloads, here), 0.0)
    measures = [n * price[None, :, :, None] for price in _prices(index, here)]
    measures += [n * draw[None, :, None, None] for draw in _draws(index, here)]
    # One vector a machine: every measure for every workload, period and slice; infinite where the
    # workload may not run on it or the term is not sold.
    vectors = np.concatenate(
        [
            np.where(usable & ~np.isnan(m), m, np.inf).transpose(1, 0, 2, 3).reshape(len(here), -1)
            for m in measures
        ],
        axis=1,
    )
    return np.unique(np.concatenate([here[_minimal(vectors)], _held(index, here)]))


def undominated_fleet(index: Index, candidates: np.ndarray, spread: bool) -> np.ndarray:
    """Machines that a container fleet of one architecture must keep to choose from: SKU numbers.

    A machine is left out when some multiple of another one yields no less of everything for no
    more money under each term and no more draw on each limit. ``spread`` says that the pool needs a
    least number of machines: then a multiple below one would count for fewer and is not enough. In whole
    machines the cheapest of those that only whole numbers speak for are kept besides, for what is left over.
    """
    if len(candidates) <= 1 or index.every_machine:
        return candidates
    kept = candidates[~_dominated(index, candidates, spread, whole=False)]
    if index.case.settings.whole_units:
        whole = candidates[~_dominated(index, candidates, spread, whole=True)]
        others = np.setdiff1d(whole, kept)
        least = index.offers.hourly_paid[others].mean(axis=1)
        kept = np.concatenate([kept, others[np.lexsort((others, least))][:_LEFT_OVER]])
    return np.unique(np.concatenate([kept, _held(index, candidates)]))


def _dominated(index: Index, candidates: np.ndarray, spread: bool, whole: bool) -> np.ndarray:
    """Boolean, a candidate each: is some multiple of another one never worse, or ``whole`` one of it?"""
    yields = index.yields[candidates][:, :2]
    price = np.concatenate([np.nan_to_num(p, nan=np.inf) for p in _prices(index, candidates)], axis=1)
    price = np.unique(price, axis=1)
    # factor[i, j] of machine j yields no less of everything than one of machine i.
    factor = (yields[:, None, :] / yields[None, :, :]).max(axis=2)
    if spread or whole:
        factor = np.maximum(factor, 1.0)
    better: np.ndarray = (factor[:, :, None] * price[None, :, :] <= price[:, None, :] * (1 + DIGIT)).all(
        axis=2
    )
    if whole:
        better &= factor <= 1.0
    for draw in _draws(index, candidates):
        better &= factor * draw[None, :] <= draw[:, None] * (1 + DIGIT)
    # Of two machines that are each as good as the other keep the first; in whole ones the smaller.
    rank = np.arange(len(candidates))
    if index.case.settings.whole_units:
        rank = np.argsort(np.lexsort((rank, price.sum(axis=1))))
    better &= ~better.T | (rank[None, :] < rank[:, None])
    np.fill_diagonal(better, False)
    return np.asarray(better.any(axis=1))


def _held(index: Index, skus: np.ndarray) -> np.ndarray:
    """Machines on which a commitment is already held, or was made by an earlier plan, are always kept."""
    held = index.held["s"].to_numpy(dtype=np.int64)
    if index.case.settings.replan:
        held = np.concatenate([held, earlier_commitments(index)["s"].to_numpy(dtype=np.int64)])
    return np.intersect1d(skus, held)


def _prices(index: Index, skus: np.ndarray) -> list[np.ndarray]:
    """What is paid (SKU, period) on each term; of what is paid in part at the start both parts."""
    prices = [index.offers.paid("on_demand")[skus]]
    for term in index.offers.commit:
        early = index.offers.upfront[term][skus][:, None]
        for price in index.offers.begun(term, skus):
            prices += [price * (1.0 - early), price * early] if early.any() else [price]
    return prices


def _draws(index: Index, skus: np.ndarray) -> np.ndarray:
    """What one unit of each SKU draws on each limit that any of them draws on (limit, SKU)."""
    draws = index.draws[:, skus]
    return draws[draws.any(axis=1)]


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
