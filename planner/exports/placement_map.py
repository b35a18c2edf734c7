"""Where a plan runs as GeoJSON (RFC 7946): regions with money and work, sites with users, who serves whom."""

from __future__ import annotations

import json
from typing import Any

from planner.inputs import Case
from planner.plan.plan import Plan
from planner.report.background import Background, background_of, users_by_site_and_region


def geojson(plan: Plan, case: Case) -> bytes:
    """One feature collection, as UTF-8.

    ``layer`` of a feature is ``region`` (cost over the horizon, amortised before tax; systems placed there),
    ``site`` (users in the last period) or ``served`` (users of a site that a region serves in that period: a
    line between the two). What has no position is named in ``without_position``.
    """
    background = background_of(case)
    regions = case.regions.set_index("region")
    cost = plan.costs.groupby("region")["amortised"].sum()
    systems = plan.placements.groupby("region")["workload"].nunique()
    features, places, lost = [], {}, []
    for region in sorted(systems.index):
        row = regions.loc[region]
        point = [float(row["lon"]), float(row["lat"])]
        if point != point or any(value != value for value in point):
            lost.append(str(region))
            continue
        places[region] = point
        features.append(_feature("region", {"type": "Point", "coordinates": point}, {
            "region": region, "name": str(row["name"]), "vendor": str(row["vendor"]),
            "vendor_group": str(row["vendor_group"]), "country": str(row["country"]),
            "cost": round(float(cost.get(region, 0.0)), 2), "currency": plan.head["currency"],
            "systems": int(systems[region]),
        }))  # fmt: skip
    features += _users(plan, background, places)
    document = {
        "type": "FeatureCollection", "features": features, "title": plan.head["title"],
        "marking": plan.head["marking"], "prices_as_of": plan.head["prices_as_of"],
        "without_position": lost,
    }  # fmt: skip
    return (json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _users(plan: Plan, background: Background, places: dict[str, list[float]]) -> list[dict[str, Any]]:
    """Sites with their users, and lines to the regions that serve them, in the last period."""
    if background.nodes is None or background.users.empty:
        return []
    last = len(plan.periods) - 1
    period = str(plan.periods["period"].iloc[last])
    served = users_by_site_and_region(background, plan.placements, last, period)
    nodes = {str(row["node"]): row for row in background.nodes.to_dict("records")}
    features = []
    for site, part in served.groupby("site", sort=True):
        node = nodes[str(site)]
        here = [float(node["lon"]), float(node["lat"])]
        about = {"site": str(site), "name": str(node["name"]), "period": period}
        users = round(float(part["users"].sum()), 3)
        features.append(_feature("site", {"type": "Point", "coordinates": here}, {**about, "users": users}))
        for region, sum_ in part.groupby("region", sort=True)["users"].sum().items():
            if region in places and places[region] != here:
                line = {"type": "LineString", "coordinates": [here, places[region]]}
                features.append(
                    _feature("served", line, {**about, "region": region, "users": round(sum_, 3)})
                )
    return features


def _feature(layer: str, geometry: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": {"layer": layer, **properties}}
