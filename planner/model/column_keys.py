"""Keys of the columns of placements, machines, moves and amounts: what is eligible and alive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from planner.model.copies import no_keys
from planner.model.earlier import earlier_places
from planner.model.folding import (
    cheapest_machines,
    folds_beforehand,
    undominated_fleet,
    undominated_machines,
)
from planner.model.index import Index
from planner.model.placing import least_share, most_regions

ARCHITECTURES = ("arm", "x86")
RUN = ["q", "r", "s", "t", "l"]


def place_keys(index: Index) -> pd.DataFrame:
    """Where and when a workload may run."""
    w, r, t = np.nonzero(index.eligibility.allowed)
    return pd.DataFrame({"w": w, "r": r, "t": t}).sort_values(["w", "t", "r"], ignore_index=True)


def folded_machines(index: Index, sites: pd.DataFrame) -> pd.DataFrame:
    """Machines chosen beforehand: w, r, t, l, sku, units, one line for each site where machines fold."""
    folds = sites[folds_beforehand(index)[sites["w"], sites["r"]]].reset_index(drop=True)
    chosen = cheapest_machines(index, folds)
    keys = folds.iloc[chosen["at"].to_numpy()].reset_index(drop=True)
    folded: pd.DataFrame = keys.assign(l=chosen["l"], sku=chosen["sku"], units=chosen["units"])
    return folded


def site_keys(place: pd.DataFrame, pair: pd.DataFrame) -> pd.DataFrame:
    """Where a workload may run or be kept ready."""
    ready = pair[["w", "r2", "t"]].rename(columns={"r2": "r"})
    return pd.concat([place, ready]).drop_duplicates().sort_values(["w", "t", "r"], ignore_index=True)


def use_keys(index: Index, sites: pd.DataFrame) -> pd.DataFrame:
    """Where machines do not fold: each kind that may serve a workload, and how many carry the whole of it."""
    w, r, t = (sites[c].to_numpy() for c in "wrt")
    mask = ~index.container[w] & ~folds_beforehand(index)[w, r] & index.needs_machine[w, t]
    parts = []
    chosen = sites.loc[mask, ["w", "r", "t"]].assign(q=index.pool_of[w[mask]])
    for (q, region), group in chosen.groupby(["q", "r"], sort=True):
        who = np.unique(group["w"].to_numpy())
        skus = undominated_machines(index, who, int(region))
        n = index.units(who, skus)
        at_w = np.searchsorted(who, group["w"].to_numpy())
        usable = index.eligibility.admitted[np.ix_(who, skus)][at_w]
        runs = index.runs[group["w"].to_numpy(), group["t"].to_numpy()]
        i, j, slice_at = np.nonzero(usable[:, :, None] & runs[:, None, :])
        w_i, t_i = group["w"].to_numpy()[i], group["t"].to_numpy()[i]
        units = n[at_w[i], j, t_i, slice_at]
        parts.append(
            pd.DataFrame({"w": w_i, "q": q, "r": region, "s": skus[j], "t": t_i, "l": slice_at, "n": units})
        )
    columns = ["w", "q", "r", "s", "t", "l", "n"]
    if not parts:
        return no_keys(columns)
    return pd.concat(parts)[columns].sort_values(["w", "t", "l", "r", "s"], ignore_index=True)


def serve_keys(index: Index, sites: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Columns ``serve`` of container workloads, and the ``run`` keys of their fleets."""
    w, t = sites["w"].to_numpy(), sites["t"].to_numpy()
    mask = index.container[w] & index.needs_machine[w, t]
    chosen = sites.loc[mask, ["w", "r", "t"]].assign(q=index.pool_of[w[mask]])
    architecture = index.case.catalog.skus["architecture"].to_numpy()
    serve, run = [], []
    for (q, region), group in chosen.groupby(["q", "r"], sort=True):
        who = np.unique(group["w"].to_numpy())
        spread = bool((index.min_units[who] > 1).any())
        admitted = index.eligibility.admitted[who].all(axis=0) & (index.offers.sku_region == region)
        for a, name in enumerate(ARCHITECTURES):
            candidates = np.flatnonzero(admitted & (architecture == name))
            if not len(candidates):
                continue
            undominated = undominated_fleet(index, candidates, spread)
            serve.append(group.assign(a=a))
            periods = np.unique(group["t"].to_numpy())
            grid = {"s": np.repeat(undominated, len(periods)), "t": np.tile(periods, len(undominated))}
            run.append(pd.DataFrame({"q": q, "r": region, **grid}))
    columns = ["w", "q", "r", "a", "t", "l"]
    if not serve:
        return no_keys(columns), no_keys(RUN)
    slices = index.slices[["t", "l"]]
    all_serve = pd.concat(serve).merge(slices, on="t")[columns]
    all_serve = all_serve[index.runs[tuple(all_serve[c].to_numpy(dtype=np.int64) for c in "wtl")]]
    served = all_serve[["q", "r", "t", "l"]].drop_duplicates()
    all_run = pd.concat(run).merge(slices, on="t").merge(served, on=["q", "r", "t", "l"])[RUN]
    return all_serve.sort_values(["w", "t", "l", "r", "a"], ignore_index=True), all_run


def move_keys(index: Index) -> pd.DataFrame:
    """Where moves are counted: with the case's costs or limits of moving, else nowhere.

    A workload moves when it is alive before and after; in the first period against current.csv,
    which must name it. Regions it could be at before or after, and sites of today outside the
    catalogs (r = -1), which it can only leave.
    """
    columns = ["w", "r", "t"]
    if not index.counts_moves:
        return no_keys(columns)
    case = index.case
    allowed = index.eligibility.allowed
    after = allowed.copy()
    after[:, :, 1:] |= allowed[:, :, :-1]
    counted = np.zeros(case.alive.shape, dtype=bool)
    counted[:, 1:] = case.alive[:, 1:] & case.alive[:, :-1]
    counted[np.unique(index.today["w"].to_numpy()), 0] = True
    counted &= case.alive
    for w, r in zip(index.today["w"].tolist(), index.today["r"].tolist(), strict=True):
        if r >= 0:
            after[w, r, 0] = True
    w, r, t = np.nonzero(after & counted[:, None, :])
    outside = index.today[(index.today["r"] < 0) & counted[index.today["w"].to_numpy(), 0]]
    away = pd.DataFrame({"w": outside["w"].to_numpy(), "r": -1, "t": 0}).drop_duplicates()
    moves = pd.concat([pd.DataFrame({"w": w, "r": r, "t": t}), away]).astype("int64")
    ordered: pd.DataFrame = moves.sort_values(["w", "t", "r"], ignore_index=True)
    return ordered


def at_keys(index: Index, place: pd.DataFrame) -> pd.DataFrame:
    """Only for workloads kept apart from others, with a least share or a limit on regions."""
    case = index.case
    rows = case.affinity[case.affinity["kind"].isin(("apart", "least_share"))]
    names = set(rows["workload"]) | set(rows["other"])
    wanted = case.workloads["workload"].isin(names).to_numpy()
    wanted = wanted | (least_share(case) > 0) | (most_regions(case) > 0)
    chosen: pd.DataFrame = place[wanted[place["w"].to_numpy()]].reset_index(drop=True)
    return chosen


def local_keys(index: Index, place: pd.DataFrame) -> pd.DataFrame:
    """Regions where both ends of a dependency may be."""
    rows = index.dependencies[index.dependencies["gib_per_month"] > 0]
    if rows.empty:
        return no_keys(["d", "r", "t"])
    sender = rows.merge(place, left_on=["w1", "t"], right_on=["w", "t"])[["d", "w2", "r", "t"]]
    both = sender.merge(place, left_on=["w2", "r", "t"], right_on=["w", "r", "t"])
    ordered: pd.DataFrame = both[["d", "r", "t"]].sort_values(["d", "t", "r"], ignore_index=True)
    return ordered


def active_keys(index: Index) -> pd.DataFrame:
    """What costs to begin with, in each period."""
    subjects = index.case.activation["subject"].tolist()
    grid = pd.MultiIndex.from_product([subjects, range(len(index.case.periods))], names=["subject", "t"])
    return grid.to_frame(index=False)


def amount_keys(index: Index) -> pd.DataFrame:
    """Each vendor group in each scope of shares and period."""
    return _amounts(index, range(len(index.scopes)), "g", range(len(index.groups)))


def region_amount_keys(index: Index) -> pd.DataFrame:
    """Amounts by region exist only for scopes that a rule on region shares uses."""
    scopes = sorted({r.scope for r in index.share_rules if r.rule.kind == "region_share"})
    return _amounts(index, scopes, "r", np.flatnonzero(index.group_of >= 0).tolist())


def change_keys(index: Index, place: pd.DataFrame) -> pd.DataFrame:
    """Where an earlier plan placed a workload in a period that is not frozen."""
    if (replan := index.case.settings.replan) is None:
        return no_keys(["w", "r", "t"])
    earlier = earlier_places(index, "primary")[["w", "t"]].drop_duplicates()
    later: pd.DataFrame = place[place["t"] >= replan.freeze].merge(earlier, on=["w", "t"])
    return later.sort_values(["w", "t", "r"], ignore_index=True)


def _amounts(index: Index, scopes: Iterable[int], holder: str, holders: Sequence[int]) -> pd.DataFrame:
    rows = [
        (scope, held_by, t)
        for scope in scopes
        for t in np.flatnonzero(index.scopes[scope].member.any(axis=0)).tolist()
        for held_by in holders
    ]
    return pd.DataFrame(rows, columns=["scope", holder, "t"]).astype("int64")
