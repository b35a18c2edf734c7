"""What a report needs beside the plan: names, places, users, rules. Plain data, no program.

A plan folder keeps its inputs, so the same background can be rebuilt later from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.policy.rules import Rule
from planner.tables import BASES

if TYPE_CHECKING:
    from planner.inputs import Case

PRICES = ("region", "skus", "prices", "oldest", "newest", *BASES)
"""Columns of ``Background.prices``: what is priced in a region, from when, on which basis."""


@dataclass(frozen=True)
class Background:
    """Inputs of a plan as a reader needs them.

    Attributes
    ----------
    home_country
        ISO 3166 code; regions and outlines of this country are drawn as home.
    vendors, regions
        Frames of :mod:`planner.catalog.schema`; regions with ``vendor_group`` and ``market``.
    workloads
        Columns of :data:`planner.case.schema.WORKLOADS` with ``level``, ``state`` and ``payer`` of
        their agency.
    users
        Dense: workload, site, t (number of the period, from 0), users. May be empty.
    nodes
        Nodes of the network (:data:`planner.latency.schema.NODES`); ``None`` without a network.
    rules
        In the order in which they apply.
    rtt
        Mean round trip in µs, site × region; ``None`` without a network or users.
    prices
        One row a region that has prices (:data:`PRICES`), counting price and transfer rows.
    """

    home_country: str
    vendors: pd.DataFrame
    regions: pd.DataFrame
    workloads: pd.DataFrame
    users: pd.DataFrame
    nodes: pd.DataFrame | None
    rules: Sequence[Rule]
    rtt: pd.DataFrame | None
    prices: pd.DataFrame


def background_of(case: Case) -> Background:
    """The background of a plan made from ``inputs``."""
    owner = case.agencies.set_index("agency")[["level", "state", "payer"]]
    workloads = case.workloads.drop(columns=[c for c in owner if c in case.workloads])
    return Background(
        home_country=case.settings.home_country,
        vendors=case.catalog.vendors,
        regions=case.regions,
        workloads=workloads.join(owner, on="agency"),
        users=case.users,
        nodes=None if case.network is None else case.network.nodes,
        rules=case.rules,
        rtt=case.rtt_us,
        prices=price_summary(case.catalog.skus, case.catalog.prices, case.catalog.transfer),
    )


def price_summary(skus: pd.DataFrame, prices: pd.DataFrame, transfer: pd.DataFrame) -> pd.DataFrame:
    """Count priced SKUs and price rows of each region by basis, with the range of their dates."""
    sold = prices[["SkuId", "basis", "as_of"]].merge(skus[["SkuId", "region"]], on="SkuId")
    rows = pd.concat([sold, transfer[["region", "basis", "as_of"]]], ignore_index=True)
    rows["as_of"] = rows["as_of"].astype(str)
    grouped = rows.groupby("region", sort=True)
    table = pd.DataFrame(
        {
            "skus": grouped["SkuId"].nunique(),
            "prices": grouped.size(),
            "oldest": grouped["as_of"].min(),
            "newest": grouped["as_of"].max(),
        }
    )
    counts = pd.crosstab(rows["region"], rows["basis"]).reindex(columns=BASES, fill_value=0)
    return table.join(counts).rename_axis("region").reset_index()[list(PRICES)]


def market_groups(background: Background) -> set[str]:
    """Vendor groups with at least one vendor in the market."""
    return set(background.vendors.loc[background.vendors["market"].astype(bool), "vendor_group"])


def users_by_site_and_region(
    background: Background, placements: pd.DataFrame, t: int, period: str
) -> pd.DataFrame:
    """Who is served where in one period: workload, site, region, users.

    ``users`` of a workload at a site × the share of the workload whose primary is at the region.
    """
    users = background.users
    here = users[(users["t"] == t) & (users["users"] > 0)]
    placed = placements[(placements["period"] == period) & (placements["role"] == "primary")]
    joined = here.merge(placed[["workload", "region", "share"]], on="workload")
    joined["users"] = joined["users"] * joined["share"]
    return joined[["workload", "site", "region", "users"]].reset_index(drop=True)


def weighted_percentile(values: np.ndarray, weights: np.ndarray, q: float) -> float:
    """Smallest value that at least the share ``q`` of the weight does not exceed."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) >= q * weights.sum() * (1 - 1e-12)
    return float(values[order][int(np.argmax(reached))])
