"""Regions, sites and cables as GeoJSON (RFC 7946), for anybody's map."""

from __future__ import annotations

from typing import Any

import pandas as pd

from planner.latency.network import Network

_REGION = ("region", "name", "vendor", "country", "deployment", "status", "zones", "basis", "source", "as_of")
_NODE = ("node", "name", "kind", "state", "country", "population", "basis", "source", "as_of")
_LINK = ("name", "kind", "a", "b", "rtt_us", "basis", "source", "as_of")


def collection(regions: pd.DataFrame, network: Network | None) -> dict[str, Any]:
    """One feature collection: a point a region and a node, a line a segment of cable or route.

    Parameters
    ----------
    regions
        A catalog's ``regions``.
    network
        Its sites, hubs, landing stations and exchanges, and the links between places apart; links within one
        place have no line. ``None`` for regions alone.

    Returns
    -------
    A GeoJSON object in longitude and latitude (WGS 84). ``layer`` of each feature is region, site (and the
    other kinds of nodes) or link; a line is straight and takes the shorter way around the globe. Segments of
    one cable share its ``name``.
    """
    features = [_point("region", row, _REGION) for row in regions.to_dict("records")]
    if network is not None:
        known = set(regions["region"])
        nodes = [row for row in network.nodes.to_dict("records") if row["node"] not in known]
        features += [_point(str(row["kind"]), row, _NODE) for row in nodes]
        place = {row["node"]: _position(row) for row in network.nodes.to_dict("records")}
        for row in network.links.to_dict("records"):
            if place[row["a"]] != place[row["b"]]:
                features.append(_feature("link", row, _LINK, _line(place[row["a"]], place[row["b"]])))
    return {"type": "FeatureCollection", "features": features}


def _point(layer: str, row: Any, columns: tuple[str, ...]) -> dict[str, Any]:
    return _feature(layer, row, columns, {"type": "Point", "coordinates": _position(row)})


def _feature(layer: str, row: Any, columns: tuple[str, ...], geometry: dict[str, Any]) -> dict[str, Any]:
    shown = {c: _plain(row[c]) for c in columns if c in row}
    return {"type": "Feature", "geometry": geometry, "properties": {"layer": layer, **shown}}


def _plain(value: Any) -> Any:
    if value != value or value == "":
        return None
    return int(value) if isinstance(value, float) and value == int(value) else value


def _position(row: Any) -> list[float]:
    return [float(row["lon"]), float(row["lat"])]


def _line(a: list[float], b: list[float]) -> dict[str, Any]:
    """A straight line; in two parts where the shorter way crosses the antimeridian."""
    (x1, y1), (x2, y2) = sorted((a, b))
    if x2 - x1 <= 180:
        return {"type": "LineString", "coordinates": [a, b]}
    east = 180 - x2
    middle = y2 + (y1 - y2) * east / (east + 180 + x1) if east + 180 + x1 else y2
    parts = [[[x2, y2], [180.0, middle]], [[-180.0, middle], [x1, y1]]]
    return {"type": "MultiLineString", "coordinates": parts}
