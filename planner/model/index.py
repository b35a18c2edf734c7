"""The index tables of a run: everything numbered once, before any column or row exists."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from planner.case.schema import SIZED
from planner.case.sizing import SIZED_AT, machine_yields, units_needed
from planner.eligibility import Eligibility
from planner.inputs import Inputs
from planner.model.offers import Offers, read_offers
from planner.model.pools import make_pools
from planner.model.scopes import Scope, ShareRule, share_rules


@dataclass(frozen=True)
class Index:
    """Numbered entities: workloads w, regions r, periods t, slices l, SKUs s, pools q, groups g.

    Attributes
    ----------
    yields
        What one unit of a SKU yields to a workload (SKU, resource of ``SIZED``).
    drawn
        What one unit draws on capacity (SKU, resource of ``SIZED``): as ``yields``, but a burstable
        machine draws all its vCPU, which is what quotas count.
    groups
        Vendor groups of the market, sorted; ``group_of`` is the group of each region, -1 outside
        the market.
    slices
        One row a (t, l): name and hours. This version has one slice a period.
    capacity
        Dense capacity rows with numbers: r, s (-1 for a region), payer ("" = all), resource, t,
        amount; ``limit`` numbers the rows of capacity.csv.
    """

    inputs: Inputs
    eligibility: Eligibility
    offers: Offers
    yields: np.ndarray
    drawn: np.ndarray
    scopes: tuple[Scope, ...]
    share_rules: tuple[ShareRule, ...]
    pools: pd.DataFrame
    pool_of: np.ndarray
    groups: tuple[str, ...]
    group_of: np.ndarray
    slices: pd.DataFrame
    capacity: pd.DataFrame

    @cached_property
    def machine_demand(self) -> np.ndarray:
        """Demand for machines (workload, resource of ``SIZED``, period)."""
        return self.inputs.case.demand[:, SIZED_AT, :]

    @cached_property
    def container(self) -> np.ndarray:
        """Boolean (workload,): runs on a shared fleet of containers?"""
        return np.asarray(self.inputs.case.workloads["platform"] == "container")

    @cached_property
    def needs_machine(self) -> np.ndarray:
        """Boolean (workload, period)."""
        return np.asarray((self.machine_demand > 0).any(axis=1))

    @cached_property
    def min_units(self) -> np.ndarray:
        """Machines that each workload needs at least (workload,)."""
        return self.inputs.case.workloads["min_units"].to_numpy(dtype="float64")

    @cached_property
    def coupled(self) -> np.ndarray:
        """Boolean (region,): does a limit on machines couple its workloads, so that nothing folds?"""
        machines = self.capacity[self.capacity["resource"].isin((*SIZED, "units"))]
        flags = np.zeros(len(self.inputs.regions), dtype=bool)
        flags[machines["r"].to_numpy(dtype=np.int64)] = True
        return flags

    def units(self, workloads: np.ndarray, skus: np.ndarray) -> np.ndarray:
        """Units n (workload, SKU, period) of the given SKUs that carry the given workloads."""
        return units_needed(self.machine_demand[workloads], self.yields[skus], self.min_units[workloads])


def make_index(inputs: Inputs, eligibility: Eligibility, limits: bool = True) -> Index:
    """Number everything; without ``limits`` no row of ``capacity.csv`` is kept."""
    case = inputs.case
    skus = case.catalog.skus
    yields = machine_yields(skus, case.catalog.accelerators)
    drawn = yields.copy()
    drawn[:, 0] = skus["vcpu"].fillna(0.0)
    scopes, rules = share_rules(inputs, eligibility)
    pools, pool_of = make_pools(case.workloads, eligibility.contestable, scopes, eligibility.admitted)
    market = inputs.regions["market"].to_numpy()
    names = inputs.regions["vendor_group"].to_numpy()
    groups = tuple(sorted(set(names[market])))
    group_of = np.array(
        [groups.index(g) if m else -1 for g, m in zip(names, market, strict=True)], dtype=np.int64
    )
    offers = read_offers(inputs)
    count = len(case.periods)
    slices = pd.DataFrame({"t": range(count), "l": 0, "name": "all", "hours": case.periods["hours"]})
    return Index(
        inputs, eligibility, offers, yields, drawn, scopes, rules, pools, pool_of, groups, group_of, slices,
        _capacity(inputs, offers, limits),
    )  # fmt: skip


def _capacity(inputs: Inputs, offers: Offers, limits: bool) -> pd.DataFrame:
    table = inputs.case.capacity if limits else inputs.case.capacity.iloc[:0]
    region_at = {name: r for r, name in enumerate(inputs.regions["region"])}
    sku_at = {name: s for s, name in enumerate(inputs.case.catalog.skus["SkuId"])}
    sku = table["subject"].map(sku_at).fillna(-1).astype("int64")
    of_sku = pd.Series(offers.sku_region[sku.to_numpy()], index=table.index) if len(sku_at) else sku
    region = table["subject"].map(region_at).fillna(of_sku).astype("int64")
    return table.assign(s=sku, r=region)[["subject", "s", "r", "payer", "resource", "t", "amount"]]
