"""The index tables of a run: everything numbered once, before any column or row exists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from planner.case.schema import SIZED
from planner.case.sizing import CARRIED_AT, machine_yields, units_needed
from planner.case.yields import among, own_yields
from planner.catalog.schema import COMMITMENTS
from planner.catalog.spot import SUFFIX
from planner.eligibility import Eligibility
from planner.inputs import Case
from planner.model.carbon import Carbon, read_carbon, with_known_carbon
from planner.model.coverage import coverage_of, wanted_coverage
from planner.model.losses import Losses, read_losses
from planner.model.offers import Offers, read_offers
from planner.model.plan_rules import PlanRule, plan_rules
from planner.model.pools import make_pools
from planner.model.resilience import ready_of, tiers_of
from planner.model.scopes import Scope, ShareRule, share_rules
from planner.tolerances import WHOLE


@dataclass(frozen=True)
class Index:
    """Numbered entities: workloads w, regions r, periods t, slices l, SKUs s, pools q, groups g.

    Attributes
    ----------
    yields
        What one unit of a SKU yields to a workload (SKU, resource of ``CARRIED``).
    own
        Yields of workloads themselves, in their place: w, s, k, amount.
    drawn
        What one unit draws on capacity (SKU, resource of ``SIZED``): as ``yields``, but a burstable
        machine draws all its vCPU, which is what quotas count.
    groups
        Vendor groups of the market, sorted; ``group_of`` is the group of each region, -1 outside
        the market.
    slices
        One row a (t, l): name and hours.
    held
        Commitments bought before that still run: owner (payer), s, term, start_month (negative,
        from the first month of the horizon), months_left in the horizon and after, units.
    capacity
        Dense capacity rows: subject, r (-1 for a group), s (-1 for a region or group), payer ("" =
        all), resource, t, amount.
    members
        SKUs of each subject of capacity: subject, s.
    today
        Where workloads run today (primary role): w, r (-1 outside the catalogs), share.
    every_machine
        Leave out no machine, though another one is never worse: what is never worse in one scenario
        may be in the next.
    pinned
        Workloads that are held where they are today, in parts if they are.
    """

    case: Case
    eligibility: Eligibility
    offers: Offers
    yields: np.ndarray
    own: pd.DataFrame
    drawn: np.ndarray
    scopes: tuple[Scope, ...]
    share_rules: tuple[ShareRule, ...]
    pools: pd.DataFrame
    pool_of: np.ndarray
    groups: tuple[str, ...]
    group_of: np.ndarray
    slices: pd.DataFrame
    capacity: pd.DataFrame
    members: pd.DataFrame
    held: pd.DataFrame
    today: pd.DataFrame
    every_machine: bool = False
    pinned: frozenset[int] = frozenset()

    @cached_property
    def carbon(self) -> Carbon:
        """Greenhouse gas of each SKU, its price and its caps."""
        return read_carbon(self.case)

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """What each region reaches of a workload's users: w, r, t, coverage, mean_ms, p95_ms."""
        return coverage_of(self.case)

    @cached_property
    def wanted_coverage(self) -> pd.DataFrame:
        """What hard rules ask of it: w, t, share, rule; one line a row of the family ``latency``."""
        return wanted_coverage(self.case)

    @cached_property
    def exits(self) -> tuple[PlanRule, ...]:
        """Hard rules on what leaving a vendor group may cost."""
        return plan_rules(self.case, "exit")

    @cached_property
    def budgets(self) -> tuple[PlanRule, ...]:
        """Hard rules on cash."""
        return plan_rules(self.case, "budget")

    @cached_property
    def contract_terms(self) -> np.ndarray:
        """Discount, margin and tax of each contract (contract, 3); the last row, -1, is none."""
        terms = self.case.contracts[["discount", "margin", "tax"]].to_numpy(dtype="float64")
        return np.vstack([terms, np.zeros((1, 3))])

    @cached_property
    def machine_demand(self) -> np.ndarray:
        """Demand for machines (workload, resource of ``CARRIED``, period)."""
        return self.case.demand[:, CARRIED_AT, :]

    @cached_property
    def container(self) -> np.ndarray:
        """Boolean (workload,): runs on a shared fleet of containers?"""
        return np.asarray(self.case.workloads["platform"] == "container")

    @cached_property
    def needs_machine(self) -> np.ndarray:
        """Boolean (workload, period)."""
        return np.asarray((self.machine_demand > 0).any(axis=1))

    @cached_property
    def runs(self) -> np.ndarray:
        """Boolean (workload, period, slice): does it need a machine then? None where its load is zero."""
        return np.asarray(self.needs_machine[:, :, None] & (self.case.load > 0)[:, None, :])

    @cached_property
    def min_units(self) -> np.ndarray:
        """Machines that each workload needs at least (workload,)."""
        return self.case.workloads["min_units"].to_numpy(dtype="float64")

    @cached_property
    def coupled(self) -> np.ndarray:
        """Boolean (region,): is there a limit on machines or a commitment, so that nothing folds?"""
        limited = self.capacity.loc[self.capacity["resource"].isin((*SIZED, "units")), "subject"]
        flags = np.full(len(self.case.regions), self.carbon.counts)
        within = self.members.loc[self.members["subject"].isin(limited), "s"].to_numpy(dtype=np.int64)
        flags[self.offers.sku_region[within]] = True
        for price in self.offers.commit.values():
            flags[self.offers.sku_region[~np.isnan(price[:, 0])]] = True
        flags[self.offers.sku_region[self.held["s"].to_numpy(dtype=np.int64)]] = True
        if (self.steady > 0).any():
            flags[self.offers.sku_region[self.case.catalog.skus["spot"].to_numpy(dtype=bool)]] = True
        return flags

    @cached_property
    def steady(self) -> np.ndarray:
        """Part (workload,) that spot machines may not carry, of workloads that may run on them at all."""
        workloads = self.case.workloads
        part = 1.0 - workloads["spot_share"].fillna(1.0).to_numpy(dtype="float64")
        return np.where(workloads["spot_ok"].to_numpy(dtype=bool), part, 0.0)

    @cached_property
    def draws(self) -> np.ndarray:
        """What one unit of each SKU draws on each limit on machines (limit, SKU)."""
        limits = self.capacity[["subject", "resource"]].drop_duplicates()
        limits = limits[limits["resource"].isin((*SIZED, "units"))]
        draws = np.zeros((len(limits), len(self.drawn)))
        within = {subject: part.to_numpy() for subject, part in self.members.groupby("subject")["s"]}
        for row, (subject, resource) in zip(draws, limits.to_numpy(), strict=True):
            skus = within.get(subject, np.empty(0, dtype=np.int64))
            row[skus] = 1.0 if resource == "units" else self.drawn[skus, SIZED.index(resource)]
        # Carbon is drawn like capacity: a dearer machine that emits less is kept. So is one that is not spot.
        if self.carbon.counts:
            draws = np.vstack([draws, np.nan_to_num(self.carbon.emission)])
        spot = self.case.catalog.skus["spot"].to_numpy(dtype="float64")
        return np.vstack([draws, spot]) if (self.steady > 0).any() else draws

    @cached_property
    def tiers(self) -> pd.DataFrame:
        """The resilience tier of each workload, along workloads."""
        return tiers_of(self.case)

    @cached_property
    def ready(self) -> np.ndarray:
        """φ (workload,): part of its machines that a workload keeps running at its standby region."""
        return ready_of(self.case)

    @cached_property
    def dependencies(self) -> pd.DataFrame:
        """Dependencies while both ends are alive: d, w1, w2, t, gib_per_month, latency_ms."""
        case = self.case
        number = {name: w for w, name in enumerate(case.workloads["workload"])}
        rows = case.dependencies
        rows = rows.assign(
            d=np.arange(len(rows)),
            w1=rows["from_workload"].map(number).astype("int64"),
            w2=rows["to_workload"].map(number).astype("int64"),
        )
        t = rows["t"].to_numpy(dtype=np.int64)
        both = case.alive[rows["w1"].to_numpy(), t] & case.alive[rows["w2"].to_numpy(), t]
        kept: pd.DataFrame = rows[both]
        return kept[["d", "w1", "w2", "t", "gib_per_month", "latency_ms"]].reset_index(drop=True)

    @cached_property
    def losses(self) -> Losses:
        """What must survive which loss, as the case and its rules ask."""
        return read_losses(self.case, self.groups)

    @property
    def events(self) -> tuple[str, ...]:
        """Losses to survive, one at a time: groups or regions of the market."""
        return self.losses.events

    @cached_property
    def hit(self) -> np.ndarray:
        """Boolean (event, region): is the region gone in the event?"""
        regions = self.case.regions
        rows = [((regions["vendor_group"] == e) | (regions["region"] == e)).to_numpy() for e in self.events]
        return np.array(rows, dtype=bool).reshape(len(self.events), len(regions))

    @cached_property
    def agreements(self) -> pd.DataFrame:
        """Spend commitments in each period in which they run, with the money of the whole period.

        Columns: agreement, vendor, payer, offered, r (the vendor's first region), q (the payer's first
        pool, -1 for all payers), t, committed, discount, most (NaN without a limit), basis.
        """
        case, months = self.case, self.case.settings.months
        table = case.agreements
        first = {v: r for r, v in reversed(list(enumerate(self.case.regions["vendor"])))}
        begin = np.array([pd.Period(s, freq="M").ordinal for s in table["start"]], dtype=np.int64)
        begin -= pd.Period(case.settings.start, freq="M").ordinal
        table = table.assign(
            begin=begin,
            offered=table["status"] == "offered",
            r=table["vendor"].map(first).astype("int64"),
            q=table["payer"].map({**self.first_pool, "": -1}).astype("int64"),
            committed=table["amount"] * months,
            most=table["up_to"] * months,
        )
        runs = table.merge(pd.DataFrame({"t": range(len(case.periods))}), how="cross")
        at = runs["t"] * months - runs["begin"]
        runs = runs[(at >= 0) & (at < runs["months"])]
        keys = ["agreement", "vendor", "payer", "offered", "r", "q", "t"]
        return runs[[*keys, "committed", "discount", "most", "basis"]].sort_values(
            ["agreement", "t"], ignore_index=True
        )

    @cached_property
    def first_pool(self) -> dict[str, int]:
        """The first pool of each payer, to which a commitment that the payer holds is booked."""
        return {payer: q for q, payer in reversed(list(enumerate(self.pools["payer"])))}

    @property
    def counts_moves(self) -> bool:
        """Does the case price or limit moving?"""
        case = self.case
        once = bool((case.placement_costs["when"] == "once").any())
        return once or case.settings.labour is not None or not case.move_limits.empty

    def span(self, term: str) -> int:
        """Length of a term of commitment in periods."""
        return COMMITMENTS[term] // self.case.settings.months

    @cached_property
    def split(self) -> np.ndarray:
        """Boolean (workload,): may a part of it be somewhere, kept ready too?"""
        split = self.case.workloads["divisible"].to_numpy(dtype=bool) | (self.ready > 0)
        split[list(self.pinned)] = True
        return np.asarray(split)

    def units(self, workloads: np.ndarray, skus: np.ndarray, whole: bool | None = None) -> np.ndarray:
        """Units n (workload, SKU, period, slice) of the given SKUs that carry the given workloads.

        In whole machines (``whole``, by default as the case says) the next whole number above, as a machine
        serves one workload at a time; fleets of containers share theirs.
        """
        n = units_needed(
            self.machine_demand[workloads],
            self.case.load[workloads],
            self.yields[skus],
            among(self.own, workloads, skus),
            self.min_units[workloads],
        )
        if self.case.settings.whole_units if whole is None else whole:
            own = ~self.container[workloads]
            n[own] = np.ceil(n[own] * (1.0 - WHOLE))
        return n


def make_index(case: Case, eligibility: Eligibility, opened: bool = False) -> Index:
    """Number everything.

    ``opened``: the eligibility opens places that rules close (:func:`with_known_carbon`).
    """
    skus = case.catalog.skus
    yields = machine_yields(skus, case.catalog.accelerators)
    drawn = yields.copy()
    drawn[:, 0] = skus["vcpu"].fillna(0.0)
    scopes, rules = share_rules(case, eligibility)
    eligibility = replace(eligibility, admitted=_without_spot(case, eligibility.admitted))
    eligibility = with_known_carbon(case, eligibility, read_carbon(case), opened)
    pools, pool_of = make_pools(case.workloads, case.alive, scopes, eligibility.admitted)
    market = case.regions["market"].to_numpy()
    names = case.regions["vendor_group"].to_numpy()
    groups = tuple(sorted(set(names[market])))
    group_of = np.array(
        [groups.index(g) if m else -1 for g, m in zip(names, market, strict=True)], dtype=np.int64
    )
    offers = read_offers(case)
    return Index(
        case=case,
        eligibility=eligibility,
        offers=offers,
        yields=yields,
        own=own_yields(case.yields, list(case.workloads["workload"]), list(skus["SkuId"])),
        drawn=drawn,
        scopes=scopes,
        share_rules=rules,
        pools=pools,
        pool_of=pool_of,
        groups=groups,
        group_of=group_of,
        slices=_slices(case),
        capacity=_capacity(case, offers),
        members=_members(case),
        today=_today(case),
        held=_held(case),
    )


def _without_spot(case: Case, admitted: np.ndarray) -> np.ndarray:
    """Workloads that keep something ready run on no spot machine: it may be taken back at any time."""
    tiers = case.resilience
    ready = set(tiers.loc[tiers["standby"] != "none", "tier"])
    keeps = case.workloads["resilience"].isin(ready).to_numpy()
    return np.asarray(admitted & ~(keeps[:, None] & case.catalog.skus["spot"].to_numpy(dtype=bool)))


def _capacity(case: Case, offers: Offers) -> pd.DataFrame:
    table = case.capacity
    region_at = {name: r for r, name in enumerate(case.regions["region"])}
    sku_at = {name: s for s, name in enumerate(case.catalog.skus["SkuId"])}
    s = table["subject"].map(sku_at).fillna(-1).astype("int64")
    own = np.where(s >= 0, np.append(offers.sku_region, -1)[s], -1)
    r = table["subject"].map(region_at).fillna(pd.Series(own, index=table.index)).astype("int64")
    return table.assign(s=s, r=r)[["subject", "s", "r", "payer", "resource", "t", "amount"]]


def _members(case: Case) -> pd.DataFrame:
    """SKUs of each subject; a machine's limit counts it on spot too, since it is the same machine."""
    skus = case.catalog.skus
    machine = skus["SkuId"].where(~skus["spot"].astype(bool), skus["SkuId"].str.removesuffix(SUFFIX))
    skus = skus.assign(machine=machine)
    numbered = skus.assign(s=np.arange(len(skus)))
    own = ("region", "machine", "SkuId")
    parts = [numbered[[column, "s"]].rename(columns={column: "subject"}) for column in own]
    for row in case.capacity_groups.to_dict("records"):
        match = np.ones(len(skus), dtype=bool)
        names = {"region": "region", "family": "family", "category": "category", "sku": "machine"}
        for column, name in names.items():
            if row[column]:
                match &= (skus[name] == row[column]).to_numpy()
        parts.append(pd.DataFrame({"subject": row["group"], "s": np.flatnonzero(match)}))
    return pd.concat(parts).drop_duplicates().sort_values(["subject", "s"], ignore_index=True)


def _today(case: Case) -> pd.DataFrame:
    current = case.current
    current = current[current["role"] == "primary"]
    w = current["workload"].map({n: i for i, n in enumerate(case.workloads["workload"])})
    r = current["region"].map({n: i for i, n in enumerate(case.regions["region"])}).fillna(-1)
    return pd.DataFrame({"w": w.astype("int64"), "r": r.astype("int64"), "share": current["share"]})


def _slices(case: Case) -> pd.DataFrame:
    shares = case.settings.slices
    hours = case.periods["hours"].to_numpy()
    rows = [
        (t, position, name, share * hours[t])
        for t in range(len(hours))
        for position, (name, share) in enumerate(shares.items())
    ]
    return pd.DataFrame(rows, columns=["t", "l", "name", "hours"])


def _held(case: Case) -> pd.DataFrame:
    sku_at = {name: s for s, name in enumerate(case.catalog.skus["SkuId"])}
    first = pd.Period(case.settings.start, freq="M").ordinal
    rows = []
    for line in case.held.to_dict("records"):
        months = pd.Period(line["start"], freq="M").ordinal - first
        left = months + COMMITMENTS[line["term"]]
        if left > 0:
            rows.append((line["payer"], sku_at[line["sku"]], line["term"], months, left, line["units"]))
    return pd.DataFrame(rows, columns=["owner", "s", "term", "start_month", "months_left", "units"]).astype(
        {"s": "int64"}
    )
