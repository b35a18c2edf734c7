"""What the map shows: regions, places with their users, and flows between them in the last period."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from planner.report.background import users_by_site_and_region
from planner.report.figures.context import Context


@dataclass(frozen=True)
class Region:
    """A region with its number on the map; ``workloads`` and ``share`` of users are those served."""

    number: int
    key: str
    name: str
    city: str
    group: str
    home: bool
    announced: bool
    lon: float
    lat: float
    workloads: int
    share: float

    @property
    def used(self) -> bool:
        return self.workloads > 0


@dataclass(frozen=True)
class Site:
    """A place with its users, summed over workloads."""

    node: str
    name: str
    rural: bool
    lon: float
    lat: float
    users: float


@dataclass(frozen=True)
class Flow:
    """Users at a place who are served by a region, summed over workloads."""

    site: str
    region: str
    users: float


def flows_of(context: Context) -> list[Flow]:
    """Flows, most users first."""
    if context.background.nodes is None or context.background.users.empty:
        return []
    last = len(context.periods) - 1
    table = users_by_site_and_region(context.background, context.plan.placements, last, context.periods[last])
    sums = table.groupby(["site", "region"], as_index=False)["users"].sum()
    rows = sums.itertuples(index=False, name=None)
    flows = [Flow(str(site), str(region), float(users)) for site, region, users in rows if users > 0]
    return sorted(flows, key=lambda f: (-f.users, f.site, f.region))


def sites_of(context: Context) -> list[Site]:
    """Places with users, most users first."""
    nodes, users = context.background.nodes, context.background.users
    if nodes is None or users.empty:
        return []
    here = users[users["t"] == len(context.periods) - 1].groupby("site")["users"].sum()
    columns = nodes[["node", "name", "rural", "lon", "lat"]]
    sites = [
        Site(str(n), str(name), bool(rural), float(lon), float(lat), float(here[n]))
        for n, name, rural, lon, lat in columns.itertuples(index=False, name=None)
        if n in here.index
    ]
    return sorted(sites, key=lambda s: (-s.users, s.node))


def regions_of(context: Context, flows: list[Flow]) -> list[Region]:
    """Regions by the share of users that they serve, the largest first, numbered in this order."""
    background, plan = context.background, context.plan
    groups = dict(zip(background.vendors["vendor"], background.vendors["vendor_group"], strict=True))
    placed = plan.placements[plan.placements["period"] == context.periods[-1]]
    count = placed.loc[placed["role"] == "primary", "region"].value_counts()
    users = pd.Series([f.users for f in flows], index=[f.region for f in flows], dtype=float)
    served, total = users.groupby(level=0).sum(), float(users.sum())
    rows = [
        (
            str(groups[vendor]) not in context.market,
            str(groups[vendor]),
            str(key),
            name,
            city,
            country,
            status,
            lon,
            lat,
        )
        for vendor, key, name, city, country, status, lon, lat in background.regions[
            ["vendor", "region", "name", "city", "country", "status", "lon", "lat"]
        ].itertuples(index=False, name=None)
    ]
    return [
        Region(
            number, key, str(name), str(city), group, country == background.home_country,
            status == "announced", float(lon), float(lat), int(count.get(key, 0)),
            float(served.get(key, 0.0)) / total if total else 0.0,
        )
        for number, (_, group, key, name, city, country, status, lon, lat) in enumerate(
            sorted(rows, key=lambda row: (-served.get(row[2], 0.0), -count.get(row[2], 0), row[:3])), start=1
        )
    ]  # fmt: skip
