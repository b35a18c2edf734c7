"""Outlines of countries for small maps, and a plain projection to inches."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

from planner.report.figures.placing import Box
from planner.report.texts import tr_noop

Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

CREDIT = tr_noop("outlines: Natural Earth, public domain, simplified; they state nothing about borders")


@dataclass(frozen=True)
class Projection:
    """Longitude and latitude to inches: equirectangular, true to scale at the middle latitude."""

    west: float
    south: float
    inches: float
    squeeze: float
    x: float
    y: float

    def __call__(self, lon: Sequence[float] | np.ndarray, lat: Sequence[float] | np.ndarray) -> np.ndarray:
        """Places in inches, (n, 2)."""
        across = self.x + (np.asarray(lon, dtype=float) - self.west) * self.inches * self.squeeze
        return np.column_stack([across, self.y + (np.asarray(lat, dtype=float) - self.south) * self.inches])


def view(lon: np.ndarray, lat: np.ndarray, margin: float = 0.9) -> Bounds:
    """West, south, east, north around points, never narrower than 4° nor flatter than 2.2 to 1."""
    west, east = float(lon.min()) - margin, float(lon.max()) + margin
    south, north = float(lat.min()) - margin, float(lat.max()) + margin
    least = max(4.0, (north - south) * 0.9)
    if east - west < least:
        west, east = (west + east - least) / 2, (west + east + least) / 2
    least = (east - west) / 2.2
    if north - south < least:
        south, north = (south + north - least) / 2, (south + north + least) / 2
    return west, south, east, north


def widened(bounds: Bounds, box: Box) -> Bounds:
    """``bounds`` with more east and west until they fill the box."""
    west, south, east, north = bounds
    squeeze = max(0.2, math.cos(math.radians((south + north) / 2)))
    more = max(0.0, (north - south) * box[2] / box[3] / squeeze - (east - west)) / 2
    return west - more, south, east + more, north


def project(bounds: Bounds, box: Box) -> Projection:
    """The projection that fits ``bounds`` into ``box``, centred."""
    west, south, east, north = bounds
    squeeze = max(0.2, math.cos(math.radians((south + north) / 2)))
    inches = min(box[2] / ((east - west) * squeeze), box[3] / (north - south))
    width, height = (east - west) * squeeze * inches, (north - south) * inches
    return Projection(
        west, south, inches, squeeze, box[0] + (box[2] - width) / 2, box[1] + (box[3] - height) / 2
    )


def outlines() -> dict[str, list[np.ndarray]]:
    """Rings (n, 2) of longitude and latitude by country (ISO 3166, two letters)."""
    text = (files("planner.report") / "data" / "outlines.json").read_text(encoding="utf-8")
    return {
        country: [np.array(ring, dtype=float).reshape(-1, 2) / 100 for ring in rings]
        for country, rings in json.loads(text)["countries"].items()
    }
