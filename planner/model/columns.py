"""The columns of the program, all at least zero, only what is eligible and alive.

==========  ====================================================================================
``place``   share of workload w at region r in period t
``use``     units of SKU s serving workload w (platform ``vm``, only where machines do not fold)
``serve``   share of workload w on the fleet of one architecture a at region r (``container``)
``run``     units of SKU s that pool q runs on demand
``amount``  amount of a vendor group in a scope of shares, in units of money or of a resource
==========  ====================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.model.folding import cheapest_machines, undominated_fleet, undominated_machines
from planner.model.index import Index

ARCHITECTURES = ("arm", "x86")


@dataclass(frozen=True)
class ColumnFamily:
    """Columns of one kind: a key frame, and the number of the first in the whole program."""

    name: str
    keys: pd.DataFrame
    start: int

    @property
    def numbers(self) -> np.ndarray:
        """Column numbers along ``keys``."""
        return np.arange(self.start, self.start + len(self.keys))


@dataclass(frozen=True)
class Columns:
    """All columns of a program.

    ``place.keys`` holds w, r, t and the folded machine: ``sku`` and ``units`` (-1 and 0 where
    nothing is folded). ``use.keys``: w, q, r, s, t, l, n. ``serve.keys``: w, q, r, a, t, l.
    ``run.keys``: q, r, s, t, l. ``amount.keys``: scope, g, t.
    """

    place: ColumnFamily
    use: ColumnFamily
    serve: ColumnFamily
    run: ColumnFamily
    amount: ColumnFamily

    @property
    def families(self) -> tuple[ColumnFamily, ...]:
        return (self.place, self.use, self.serve, self.run, self.amount)

    @property
    def count(self) -> int:
        return sum(len(f.keys) for f in self.families)


def make_columns(index: Index) -> Columns:
    """Number the columns of a program."""
    place = _place(index)
    use, run_vm = _use(index, place)
    serve, run_fleet = _serve(index, place)
    run = (
        pd.concat([run_vm, run_fleet])
        .drop_duplicates()
        .sort_values(["q", "r", "s", "t", "l"], ignore_index=True)
    )
    frames = {"place": place, "use": use, "serve": serve, "run": run, "amount": _amount(index)}
    families, start = {}, 0
    for name, keys in frames.items():
        families[name] = ColumnFamily(name, keys, start)
        start += len(keys)
    return Columns(**families)


def _place(index: Index) -> pd.DataFrame:
    w, r, t = np.nonzero(index.eligibility.allowed)
    place = pd.DataFrame({"w": w, "r": r, "t": t}).sort_values(["w", "t", "r"], ignore_index=True)
    folds = ~index.container[place["w"]] & ~index.coupled[place["r"]]
    sku, units = cheapest_machines(index, place[folds])
    return place.assign(sku=_spread(folds, sku, -1), units=_spread(folds, units, 0.0))


def _spread(mask: np.ndarray, values: np.ndarray, rest: float) -> np.ndarray:
    out = np.full(len(mask), rest, dtype=values.dtype)
    out[np.asarray(mask)] = values
    return out


def _use(index: Index, place: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Columns ``use`` where machines do not fold, and the ``run`` keys that they need."""
    w, r, t = (place[c].to_numpy() for c in "wrt")
    mask = ~index.container[w] & index.coupled[r] & index.needs_machine[w, t]
    parts = []
    chosen = place.loc[mask, ["w", "r", "t"]].assign(q=index.pool_of[w[mask]])
    for (q, region), group in chosen.groupby(["q", "r"], sort=True):
        who = np.unique(group["w"].to_numpy())
        skus = undominated_machines(index, who, int(region))
        n = index.units(who, skus)
        at_w = np.searchsorted(who, group["w"].to_numpy())
        ok = index.eligibility.admitted[np.ix_(who, skus)][at_w]
        i, j = np.nonzero(ok)
        line = group.iloc[i]
        parts.append(
            pd.DataFrame(
                {
                    "w": line["w"].to_numpy(),
                    "q": q,
                    "r": region,
                    "s": skus[j],
                    "t": line["t"].to_numpy(),
                    "n": n[at_w[i], j, line["t"].to_numpy()],
                }
            )
        )
    columns = ["w", "q", "r", "s", "t", "l", "n"]
    if not parts:
        nothing = _nothing(columns)
        return nothing, nothing[["q", "r", "s", "t", "l"]]
    use = pd.concat(parts).merge(index.slices[["t", "l"]], on="t")[columns]
    use = use.sort_values(["w", "t", "l", "r", "s"], ignore_index=True)
    return use, use[["q", "r", "s", "t", "l"]]


def _serve(index: Index, place: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Columns ``serve`` of container workloads, and the ``run`` keys of their fleets."""
    w, t = place["w"].to_numpy(), place["t"].to_numpy()
    mask = index.container[w] & index.needs_machine[w, t]
    chosen = place.loc[mask, ["w", "r", "t"]].assign(q=index.pool_of[w[mask]])
    architecture = index.inputs.case.catalog.skus["architecture"].to_numpy()
    serve, run = [], []
    for (q, region), group in chosen.groupby(["q", "r"], sort=True):
        who = np.unique(group["w"].to_numpy())
        spread = bool((index.min_units[who] > 1).any())
        admitted = index.eligibility.admitted[who].all(axis=0) & (index.offers.sku_region == region)
        for a, name in enumerate(ARCHITECTURES):
            candidates = np.flatnonzero(admitted & (architecture == name))
            if not len(candidates):
                continue
            kept = undominated_fleet(index, int(region), name, candidates, spread)
            serve.append(group.assign(a=a))
            periods = np.unique(group["t"].to_numpy())
            grid = pd.MultiIndex.from_product([[q], [region], kept, periods], names=["q", "r", "s", "t"])
            run.append(grid.to_frame(index=False))
    columns = ["w", "q", "r", "a", "t", "l"]
    if not serve:
        return _nothing(columns), _nothing(["q", "r", "s", "t", "l"])
    slices = index.slices[["t", "l"]]
    all_serve = pd.concat(serve).merge(slices, on="t")[columns]
    all_run = pd.concat(run).merge(slices, on="t")[["q", "r", "s", "t", "l"]]
    return all_serve.sort_values(["w", "t", "l", "r", "a"], ignore_index=True), all_run


def _amount(index: Index) -> pd.DataFrame:
    rows = [
        (scope, g, t)
        for scope, definition in enumerate(index.scopes)
        for t in np.flatnonzero(definition.member.any(axis=0)).tolist()
        for g in range(len(index.groups))
    ]
    return pd.DataFrame(rows, columns=["scope", "g", "t"]).astype("int64")


def _nothing(columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame({c: pd.Series(dtype="float64" if c == "n" else "int64") for c in columns})
