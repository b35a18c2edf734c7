"""An enlarged part of the map, where regions stand so close that their marks would cover the country."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.report.figures.outlines import Bounds
from planner.report.figures.placing import Box, clusters

FEWEST = 5
"""So many regions close together are a crowd."""
_REACH = 0.4
"""Inches within which they are close."""
_SIZE = (2.05, 1.7)
"""Inches: width and height of the enlarged part."""
_STEP = 0.1
_LEAST = 0.32
"""Degrees that the enlarged part shows at least."""


def crowd_of(anchors: np.ndarray, off: np.ndarray) -> list[int]:
    """The largest crowd of places (n, 2), in inches; empty where there is none. ``off``: off the map."""
    here = np.flatnonzero(~off.any(axis=1))
    groups = [[int(here[i]) for i in group] for group in clusters(anchors[here], _REACH)]
    largest = max(groups, key=len, default=[])
    return sorted(largest) if len(largest) >= FEWEST else []


def box_of(frame: Box, crowd: np.ndarray, taken: np.ndarray) -> Box | None:
    """Where the enlarged part goes: near the crowd, over neither it nor what is ``taken``.

    ``taken`` are x, y, radius (m, 3) of what must not be covered. ``None`` where there is no such room.
    """
    width, height = _SIZE
    x0, y0, w, h = frame
    if width + 0.2 > w or height + 0.2 > h:
        return None
    xs = np.arange(x0 + 0.08, x0 + w - width - 0.079, _STEP)
    ys = np.arange(y0 + 0.08, y0 + h - height - 0.079, _STEP)
    corners = np.array([(x, y) for x in xs for y in ys]).reshape(-1, 2)
    discs = np.vstack([taken, np.column_stack([crowd, np.full(len(crowd), 0.25)])])
    low, high = corners[:, None, :], corners[:, None, :] + np.array(_SIZE)
    nearest = np.clip(discs[None, :, :2], low, high)
    apart = np.hypot(*np.moveaxis(nearest - discs[None, :, :2], 2, 0))
    free = (apart > discs[None, :, 2]).all(axis=1)
    if not free.any():
        return None
    away = np.hypot(*(corners + np.array(_SIZE) / 2 - crowd.mean(axis=0)).T)
    x, y = corners[int(np.argmin(np.where(free, np.round(away, 6), np.inf)))]
    return float(x), float(y), width, height


def bounds_of(lon: Sequence[float], lat: Sequence[float]) -> Bounds:
    """What the enlarged part shows, in degrees: its places with room around them, in its own proportions."""
    width, height = _SIZE
    middle = ((min(lon) + max(lon)) / 2, (min(lat) + max(lat)) / 2)
    tall = max(_LEAST, 2.0 * (max(lat) - min(lat)), 2.0 * (max(lon) - min(lon)) * height / width)
    wide = tall * width / height
    return middle[0] - wide / 2, middle[1] - tall / 2, middle[0] + wide / 2, middle[1] + tall / 2


def discs(box: Box) -> np.ndarray:
    """A box as discs (x, y, radius) that marks keep off."""
    x, y, w, h = box
    grid = np.array([(x + a * w, y + b * h) for a in np.linspace(0, 1, 7) for b in np.linspace(0, 1, 6)])
    return np.column_stack([grid, np.full(len(grid), 0.24)])
