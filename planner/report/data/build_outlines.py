"""Rebuild ``outlines.json`` from the TopoJSON of the npm package world-atlas.

Run by hand, never by the planner::

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python build_outlines.py package/countries-10m.json outlines.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

BOX = (92.0, -12.0, 122.0, 22.0)
TOLERANCE = 0.012
SMALLEST = 0.012
"""Degrees: corner points of the box, largest shift of a line, smallest side of an island's box kept."""

ALPHA2 = {
    "050": "BD", "096": "BN", "104": "MM", "116": "KH", "156": "CN", "158": "TW", "344": "HK", "356": "IN",
    "360": "ID", "418": "LA", "446": "MO", "458": "MY", "608": "PH", "626": "TL", "702": "SG", "704": "VN",
    "764": "TH",
}  # fmt: skip
"""ISO 3166-1: numeric code, as in the source, to two letters, as in the catalogs."""


def simplify(points: np.ndarray) -> np.ndarray:
    """Douglas and Peucker's line simplification; both ends stay, so shared borders stay shared."""
    keep = np.zeros(len(points), dtype=bool)
    keep[[0, -1]] = True
    todo = [(0, len(points) - 1)]
    while todo:
        a, b = todo.pop()
        if b - a < 2:
            continue
        base, inner = points[b] - points[a], points[a + 1 : b] - points[a]
        length = float(np.hypot(*base))
        far = (
            np.hypot(*inner.T) if length == 0 else abs(base[0] * inner[:, 1] - base[1] * inner[:, 0]) / length
        )
        worst = int(far.argmax())
        if far[worst] > TOLERANCE:
            keep[a + 1 + worst] = True
            todo += [(a, a + 1 + worst), (a + 1 + worst, b)]
    return points[keep]


def clip(ring: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The part of a ring inside the box (Sutherland and Hodgman)."""
    for axis, bound, sign in ((0, BOX[0], 1), (0, BOX[2], -1), (1, BOX[1], 1), (1, BOX[3], -1)):
        kept: list[tuple[float, float]] = []
        for p, q in zip(ring, ring[1:] + ring[:1], strict=True):
            inside, after = sign * (p[axis] - bound) >= 0, sign * (q[axis] - bound) >= 0
            if inside:
                kept.append(p)
            if inside != after:
                part = (bound - p[axis]) / (q[axis] - p[axis])
                kept.append((p[0] + part * (q[0] - p[0]), p[1] + part * (q[1] - p[1])))
        ring = kept
        if not ring:
            break
    return ring


def rings_of(shape: dict[str, Any], arcs: list[np.ndarray]) -> list[list[tuple[float, float]]]:
    """Outer rings of a country, stitched from arcs; holes are left out (other countries cover them)."""
    polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
    rings = []
    for polygon in polygons:
        parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in polygon[0]]
        points = np.concatenate([part[:-1] for part in parts])
        rings.append([(float(x), float(y)) for x, y in points])
    return rings


def main(source: Path, target: Path) -> None:
    """Clip, simplify, round to a hundredth of a degree and write."""
    atlas = json.loads(source.read_text())
    scale, shift = np.array(atlas["transform"]["scale"]), np.array(atlas["transform"]["translate"])
    arcs = [simplify(np.cumsum(np.array(arc), axis=0) * scale + shift) for arc in atlas["arcs"]]
    countries: dict[str, list[list[int]]] = {}
    for shape in atlas["objects"]["countries"]["geometries"]:
        country = ALPHA2.get(shape.get("id", ""))
        for ring in rings_of(shape, arcs) if country else []:
            points = np.rint(np.array(clip(ring)) * 100).astype(int)
            if len(points) > 2 and np.ptp(points, axis=0).max() >= SMALLEST * 100:
                fresh = np.r_[True, (np.diff(points, axis=0) != 0).any(axis=1)]
                if fresh.sum() > 2:
                    countries.setdefault(str(country), []).append(points[fresh].ravel().tolist())
    document = {
        "source": "Natural Earth 4.1.0, Admin 0 country boundaries, 1:10m, through npm world-atlas 2.0.2",
        "licence": "Natural Earth is in the public domain; world-atlas is under the ISC licence",
        "note": "Clipped and simplified for small maps; it states nothing about any border.",
        "box": BOX,
        "unit": "0.01 degree: longitude, latitude, longitude, latitude ...",
        "countries": dict(sorted(countries.items())),
    }
    target.write_text(json.dumps(document, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
