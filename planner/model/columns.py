"""The columns of the program, all at least zero, only what is eligible and alive.

==========  ====================================================================================
``place``   share of workload w at region r in period t
``pair``    share of workload w at region r that is kept ready at region r2
``backup``  share of what workload w stores that is backed up at region r
``use``     units of SKU s serving workload w (platform ``vm``, only where machines do not fold)
``serve``   share of workload w on the fleet of one architecture a at region r (``container``)
``run``     units of SKU s that pool q runs on demand
``commit``  units of SKU s that pool q commits to in period t0 for the whole of a term
``held``    units of a commitment bought before the plan (fixed)
``cover``   units of SKU s of pool q that run under a commitment, bought or held
``enter``   share of workload w that moves to region r at the beginning of period t
``leave``   share of workload w that moves away from region r at the beginning of period t
``at``      1 where a workload has any part in region r in period t, binary
``local``   part of the data between two workloads that stays inside region r
``extra``   share of workload w that region r would take on, beyond paid standby, if event e, which w
            must survive, took its places away in period t
``active``  1 from the period in which a region or vendor is first used, binary
``change``  share of workload w at region r in period t beyond the earlier plan's, when planning again
``agreement`` of a spend commitment: ``signed`` (binary), and in each period ``covered`` and ``short``
            in units of the amount committed
``tier``    of a payer's egress from a region: ``used`` part of a tier, and ``full`` (binary)
``engaged`` of a vendor that costs while it is used: ``used`` in a period (binary), and ``ended``
``bill``    of a vendor's bill by spend: ``bill``, ``spend`` of a band, and ``chosen`` of a band (binary)
``amount``  amount of a vendor group in a scope of shares, in units of money or of a resource
==========  ====================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.model.agreements import agreement_bounds, agreement_keys
from planner.model.committed import commit_keys, cover_keys
from planner.model.copies import backup_keys, extra_keys, no_keys, pair_keys
from planner.model.earlier import earlier_places
from planner.model.folding import (
    cheapest_machines,
    folds_beforehand,
    undominated_fleet,
    undominated_machines,
)
from planner.model.index import Index
from planner.model.placing import least_share, most_regions
from planner.model.tiers import tier_keys
from planner.model.vendor_costs import bill_keys, engaged_keys

ARCHITECTURES = ("arm", "x86")
RUN = ["q", "r", "s", "t", "l"]


@dataclass(frozen=True)
class ColumnFamily:
    """Columns of one kind: a key frame, bounds, which are whole, the number of the first of them all."""

    name: str
    keys: pd.DataFrame
    start: int
    lower: np.ndarray
    upper: np.ndarray
    integer: np.ndarray

    @property
    def numbers(self) -> np.ndarray:
        """Column numbers along ``keys``."""
        return np.arange(self.start, self.start + len(self.keys))

    @property
    def numbered(self) -> pd.DataFrame:
        """``keys`` with ``col``, the number of each column."""
        return self.keys.assign(col=self.numbers)


@dataclass(frozen=True)
class Columns:
    """All columns of a program.

    Keys: ``place`` w, r, t; ``pair`` w, r, r2, t; ``backup`` w, r, t; ``use`` w, q, r, s, t, l, n;
    ``serve`` w, q, r, a, t, l; ``run`` q, r, s, t, l; ``commit`` q, r, s, term, t0; ``held`` h;
    ``cover`` q, r, s, term, h, t, l, contract with h = -1 for what the plan buys itself; ``enter``, ``leave``
    and ``at`` w, r, t; ``local`` d (row of dependencies), r, t; ``active`` subject, t; ``amount``
    scope, g, t; ``region_amount`` scope, r, t; ``change`` w, r, t; ``agreement`` agreement, k, t with
    t = -1 for ``signed``; ``tier`` payer, r, t, tier, k; ``engaged`` k, what, t; ``bill`` c, t, what, band.

    ``folded`` holds the machines chosen beforehand: w, r, t, l, sku, units, one line for each place
    where the workload may run or be kept ready.
    """

    place: ColumnFamily
    pair: ColumnFamily
    backup: ColumnFamily
    use: ColumnFamily
    serve: ColumnFamily
    run: ColumnFamily
    commit: ColumnFamily
    held: ColumnFamily
    cover: ColumnFamily
    enter: ColumnFamily
    leave: ColumnFamily
    at: ColumnFamily
    local: ColumnFamily
    extra: ColumnFamily
    active: ColumnFamily
    agreement: ColumnFamily
    tier: ColumnFamily
    engaged: ColumnFamily
    bill: ColumnFamily
    amount: ColumnFamily
    region_amount: ColumnFamily
    change: ColumnFamily
    folded: pd.DataFrame

    @property
    def families(self) -> tuple[ColumnFamily, ...]:
        again = (self.change,) if len(self.change.keys) else ()
        return (
            self.place, self.pair, self.backup, self.use, self.serve, self.run, self.commit, self.held,
            self.cover, self.enter, self.leave, self.at, self.local, self.extra, self.active, self.amount,
            self.region_amount, *again,
            *(f for f in (self.agreement, self.tier, self.engaged, self.bill) if len(f.keys)),
        )  # fmt: skip

    @property
    def count(self) -> int:
        return sum(len(f.keys) for f in self.families)


def make_columns(index: Index) -> Columns:
    """Number the columns of a program."""
    place = _place(index)
    pair = pair_keys(index, place)
    ready = pair[["w", "r2", "t"]].rename(columns={"r2": "r"})
    sites = pd.concat([place, ready]).drop_duplicates().sort_values(["w", "t", "r"], ignore_index=True)
    use, run_vm = _use(index, sites)
    serve, run_fleet = _serve(index, sites)
    run = pd.concat([run_vm, run_fleet]).drop_duplicates().sort_values(RUN, ignore_index=True)
    commit = commit_keys(index, run)
    held = pd.DataFrame({"h": range(len(index.held))})
    moves = _moves(index)
    frames = {
        "place": place,
        "pair": pair,
        "backup": backup_keys(index),
        "use": use,
        "serve": serve,
        "run": run,
        "commit": commit,
        "held": held,
        "cover": cover_keys(index, run, commit),
        "enter": moves,
        "leave": moves,
        "at": _at(index, place),
        "local": _local(index, place),
        "extra": extra_keys(index, place),
        "active": _active(index),
        "amount": _amount(index),
        "region_amount": _region_amount(index),
        "change": _change(index, place),
        "agreement": agreement_keys(index),
        "tier": tier_keys(index),
        "engaged": engaged_keys(index),
        "bill": bill_keys(index),
    }
    families, start = {}, 0
    for name, keys in frames.items():
        lower, upper = np.zeros(len(keys)), np.full(len(keys), np.inf)
        integer = np.zeros(len(keys), dtype=bool)
        if name == "held":
            lower = upper = index.held["units"].to_numpy(dtype="float64")
        if name in ("active", "at"):
            upper, integer = np.ones(len(keys)), np.ones(len(keys), dtype=bool)
        if name in ("use", "run", "commit") and index.case.settings.whole_units:
            integer = np.ones(len(keys), dtype=bool)
        if name == "run":
            # A machine that is sold by commitment only never runs on demand.
            on_demand = index.offers.price[keys["s"].to_numpy(np.int64), keys["t"].to_numpy(np.int64)]
            upper = np.where(np.isnan(on_demand), 0.0, np.inf)
        if name == "tier":
            upper, integer = np.ones(len(keys)), (keys["k"] == "full").to_numpy()
        if name == "engaged":
            upper, integer = np.ones(len(keys)), (keys["what"] == "used").to_numpy()
        if name == "bill":
            integer = (keys["what"] == "chosen").to_numpy()
            upper = np.where(integer, 1.0, np.inf)
        if name == "agreement":
            lower, upper, integer = agreement_bounds(index, keys)
        if name == "place":
            integer = ~index.case.workloads["divisible"].to_numpy()[keys["w"].to_numpy()]
        families[name] = ColumnFamily(name, keys, start, lower, upper, integer)
        start += len(keys)
    return Columns(**families, folded=_folded(index, sites))


def _place(index: Index) -> pd.DataFrame:
    w, r, t = np.nonzero(index.eligibility.allowed)
    return pd.DataFrame({"w": w, "r": r, "t": t}).sort_values(["w", "t", "r"], ignore_index=True)


def _folded(index: Index, sites: pd.DataFrame) -> pd.DataFrame:
    folds = sites[folds_beforehand(index)[sites["w"], sites["r"]]].reset_index(drop=True)
    chosen = cheapest_machines(index, folds)
    keys = folds.iloc[chosen["at"].to_numpy()].reset_index(drop=True)
    folded: pd.DataFrame = keys.assign(l=chosen["l"], sku=chosen["sku"], units=chosen["units"])
    return folded


def _use(index: Index, sites: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Columns ``use`` where machines do not fold, and the ``run`` keys that they need."""
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
        nothing = no_keys(columns)
        return nothing, nothing[RUN]
    use = pd.concat(parts)[columns].sort_values(["w", "t", "l", "r", "s"], ignore_index=True)
    return use, use[RUN]


def _serve(index: Index, sites: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
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
            kept = undominated_fleet(index, candidates, spread)
            serve.append(group.assign(a=a))
            periods = np.unique(group["t"].to_numpy())
            grid = {"s": np.repeat(kept, len(periods)), "t": np.tile(periods, len(kept))}
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


def _moves(index: Index) -> pd.DataFrame:
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


def _at(index: Index, place: pd.DataFrame) -> pd.DataFrame:
    """Only for workloads kept apart from others, with a least share or a limit on regions."""
    case = index.case
    rows = case.affinity[case.affinity["kind"].isin(("apart", "least_share"))]
    names = set(rows["workload"]) | set(rows["other"])
    wanted = case.workloads["workload"].isin(names).to_numpy()
    wanted = wanted | (least_share(case) > 0) | (most_regions(case) > 0)
    kept: pd.DataFrame = place[wanted[place["w"].to_numpy()]].reset_index(drop=True)
    return kept


def _local(index: Index, place: pd.DataFrame) -> pd.DataFrame:
    """Regions where both ends of a dependency may be."""
    rows = index.dependencies[index.dependencies["gib_per_month"] > 0]
    if rows.empty:
        return no_keys(["d", "r", "t"])
    sender = rows.merge(place, left_on=["w1", "t"], right_on=["w", "t"])[["d", "w2", "r", "t"]]
    both = sender.merge(place, left_on=["w2", "r", "t"], right_on=["w", "r", "t"])
    ordered: pd.DataFrame = both[["d", "r", "t"]].sort_values(["d", "t", "r"], ignore_index=True)
    return ordered


def _active(index: Index) -> pd.DataFrame:
    subjects = index.case.activation["subject"].tolist()
    grid = pd.MultiIndex.from_product([subjects, range(len(index.case.periods))], names=["subject", "t"])
    return grid.to_frame(index=False)


def _amount(index: Index) -> pd.DataFrame:
    return _amounts(index, range(len(index.scopes)), "g", range(len(index.groups)))


def _region_amount(index: Index) -> pd.DataFrame:
    """Amounts by region exist only for scopes that a rule on region shares uses."""
    scopes = sorted({r.scope for r in index.share_rules if r.rule.kind == "region_share"})
    return _amounts(index, scopes, "r", np.flatnonzero(index.group_of >= 0).tolist())


def _change(index: Index, place: pd.DataFrame) -> pd.DataFrame:
    """Where an earlier plan placed a workload in a period that is not frozen."""
    if (replan := index.case.settings.replan) is None:
        return no_keys(["w", "r", "t"])
    known = earlier_places(index, "primary")[["w", "t"]].drop_duplicates()
    later: pd.DataFrame = place[place["t"] >= replan.freeze].merge(known, on=["w", "t"])
    return later.sort_values(["w", "t", "r"], ignore_index=True)


def _amounts(index: Index, scopes: Iterable[int], holder: str, holders: Sequence[int]) -> pd.DataFrame:
    rows = [
        (scope, held_by, t)
        for scope in scopes
        for t in np.flatnonzero(index.scopes[scope].member.any(axis=0)).tolist()
        for held_by in holders
    ]
    return pd.DataFrame(rows, columns=["scope", holder, "t"]).astype("int64")
