"""Where marks and labels go so that none covers another: greedy, largest first, deterministic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Box = tuple[float, float, float, float]
"""x, y of the lower left corner, width, height."""


def clusters(points: np.ndarray, reach: float) -> list[list[int]]:
    """Points (n, 2) in groups: each lies within ``reach`` of its group's first."""
    groups: list[list[int]] = []
    for i, point in enumerate(points):
        for group in groups:
            if np.hypot(*(points[group[0]] - point)) <= reach:
                group.append(i)
                break
        else:
            groups.append([i])
    return groups


def spread(
    anchors: np.ndarray, obstacles: np.ndarray, within: Box, gap: float, most: float = 2.2
) -> np.ndarray:
    """Move marks off each other and off what they would cover.

    Parameters
    ----------
    anchors
        True places (n, 2), in order of precedence.
    obstacles
        x, y, radius (m, 3) of what should rather not be covered.
    within
        The box that marks stay in.
    gap
        Smallest distance between two marks.
    most
        Longest move that is tried.

    Returns
    -------
    numpy.ndarray
        Places (n, 2): the cheapest by distance, covering and leaders crossing; two marks are closer
        than ``gap`` only if nothing free lies within ``most``.
    """
    x, y, width, height = within
    turns = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    radii = np.arange(1.1 * gap, most, 0.3 * gap)
    ring = np.array([[r * np.cos(a), r * np.sin(a)] for r in radii for a in turns])
    offsets = np.vstack([np.zeros((1, 2)), ring])
    placed: list[np.ndarray] = []
    leaders: list[tuple[np.ndarray, np.ndarray]] = []
    for anchor in anchors:
        spots = anchor + offsets
        cost = np.hypot(*offsets.T)
        inside = (
            (spots[:, 0] >= x + gap / 2)
            & (spots[:, 0] <= x + width - gap / 2)
            & (spots[:, 1] >= y + gap / 2)
            & (spots[:, 1] <= y + height - gap / 2)
        )
        cost = cost + np.where(inside, 0.0, 1e6)
        if len(obstacles):
            apart = np.hypot(spots[:, None, 0] - obstacles[:, 0], spots[:, None, 1] - obstacles[:, 1])
            cost = cost + np.maximum(0, gap * 0.62 + obstacles[:, 2] - apart).sum(axis=1) * 14
        for other in placed:
            distance = np.hypot(*(spots - other).T)
            cost = cost + np.where(distance < gap, 1e3 * (gap - distance + 0.01), 0.0)
        for start, end in leaders:
            cost = cost + np.where(_near(spots, start, end) < gap * 0.55, 0.6, 0.0)
            cost = cost + np.where(_crosses(anchor, spots, start, end), 0.6, 0.0)
        best = spots[int(np.argmin(np.round(cost, 9)))]
        placed.append(best)
        leaders.append((anchor, best))
    return np.array(placed).reshape(-1, 2)


def _near(spots: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Distance of each spot from a piece of line."""
    along = end - start
    length = float(along @ along)
    part = np.clip((spots - start) @ along / length, 0, 1) if length > 0 else np.zeros(len(spots))
    return np.asarray(np.hypot(*(spots - start - part[:, None] * along).T))


def _crosses(anchor: np.ndarray, spots: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Whether the line from the anchor to each spot crosses a piece of line."""

    def side(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
        return np.asarray(
            (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1])
            - (b[..., 1] - a[..., 1]) * (c[..., 0] - a[..., 0])
        )

    first = side(start, end, anchor[None]) * side(start, end, spots)
    second = side(anchor[None], spots, start[None]) * side(anchor[None], spots, end[None])
    return np.asarray((first < 0) & (second < 0))


def labels(
    points: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    radii: Sequence[float],
    taken: Sequence[Box],
    within: Box,
) -> list[tuple[float, float] | None]:
    """Lower left corner for each label beside its point, or ``None`` where it would cover something.

    ``sizes`` are widths and heights; ``taken`` are boxes that no label may touch. Where no spot
    beside the point is free, spots further off are tried; the caller draws a line to those.
    """
    boxes = [*taken]
    spots: list[tuple[float, float] | None] = []
    for (px, py), (w, h), r in zip(points, sizes, radii, strict=True):
        tries = (spot for far in (0.035, 0.16, 0.26, 0.36) for spot in _around(px, py, w, h, r + far))
        spot = next(
            (
                (x, y)
                for x, y in tries
                if _free((x, y, w, h), boxes, within) and _clear((px, py), (x, y, w, h), boxes)
            ),
            None,
        )
        spots.append(spot)
        if spot is not None:
            boxes.append((*spot, w, h))
    return spots


def _around(px: float, py: float, w: float, h: float, d: float) -> list[tuple[float, float]]:
    """Eight spots for a label of w × h at distance ``d`` from a point: sides first, then corners."""
    c = d * 0.7
    return [
        (px + d, py - h / 2), (px - d - w, py - h / 2), (px - w / 2, py + d), (px - w / 2, py - d - h),
        (px + c, py + c), (px + c, py - c - h), (px - c - w, py + c), (px - c - w, py - c - h),
    ]  # fmt: skip


def nearest(point: tuple[float, float], box: Box) -> tuple[float, float]:
    """The spot of a box that is nearest to a point: where a leader to it ends."""
    x, y, w, h = box
    return min(max(point[0], x), x + w), min(max(point[1], y), y + h)


def _clear(point: tuple[float, float], box: Box, taken: Sequence[Box]) -> bool:
    """Whether the leader from a point to its label runs over nothing but what the point lies in."""
    end = nearest(point, box)
    others = [b for b in taken if not _holds(b, point)]
    steps = np.linspace(0.1, 1.0, 10)
    spots = [(point[0] + s * (end[0] - point[0]), point[1] + s * (end[1] - point[1])) for s in steps]
    return not any(_holds(other, spot) for other in others for spot in spots)


def _holds(box: Box, point: tuple[float, float]) -> bool:
    x, y, w, h = box
    return x <= point[0] <= x + w and y <= point[1] <= y + h


def _free(box: Box, taken: Sequence[Box], within: Box) -> bool:
    x, y, w, h = box
    bx, by, bw, bh = within
    if x < bx or y < by or x + w > bx + bw or y + h > by + bh:
        return False
    return all(x + w <= tx or tx + tw <= x or y + h <= ty or ty + th <= y for tx, ty, tw, th in taken)
