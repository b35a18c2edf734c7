"""Where a frontier begins to cost, and where it bends: on the curve itself, or of points alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from planner.tolerances import DIGIT, SAME_COST, SUM

STEP = 1e-4
"""Both are told to a hundredth of a point."""

_BENT = 0.05
"""A curve nearer to its chord than this part of its height has no knee worth naming."""
_GOLDEN = (5**0.5 - 1) / 2

Points = Sequence[tuple[float, float]]
"""Values with what they cost, from the loosest on."""


def bends(
    cost: Callable[[float], float], points: Points, loose: float, tight: float
) -> tuple[float | None, float | None]:
    """Where the curve begins to cost, and its knee, between where it is free and where no plan is left.

    Parameters
    ----------
    cost
        Of the cheapest plan at a value; infinite where there is none.
    points
        Those of the curve that are known, to begin from.
    """
    base, top = cost(loose), cost(tight)
    free = base + SAME_COST * max(1.0, abs(base))
    if not top > free:
        return None, None
    not_yet = next((v for v, c in reversed(points) if c <= free), loose)
    costs = next((v for v, c in points if c > free), tight)
    while abs(costs - not_yet) > STEP * (1 + SAME_COST):
        middle = round((costs + not_yet) / 2, 10)
        costs, not_yet = (middle, not_yet) if cost(middle) > free else (costs, middle)
    return costs, _knee(cost, not_yet, base, tight, top)


def _knee(
    cost: Callable[[float], float], begin: float, base: float, tight: float, top: float
) -> float | None:
    """Farthest below the chord between two ends of a curve that bends once, by golden sections."""
    span = tight - begin
    if abs(span) < STEP or top - base <= SUM * max(1.0, abs(base)):
        return None

    def below(part: float) -> float:
        return part - (cost(round(begin + part * span, 10)) - base) / (top - base)

    low, high = 0.0, 1.0
    first, second = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_first, at_second = below(first), below(second)
    while (high - low) * abs(span) > STEP:
        if at_first < at_second:
            low, first, at_first = first, second, at_second
            second = low + _GOLDEN * (high - low)
            at_second = below(second)
        else:
            high, second, at_second = second, first, at_first
            first = high - _GOLDEN * (high - low)
            at_first = below(first)
    middle = (low + high) / 2
    return round(begin + middle * span, 4) if below(middle) >= _BENT else None


def binds_from(points: Points) -> float | None:
    """The first of the points that costs more than the loosest."""
    base = points[0][1] if points else 0.0
    return next((v for v, c in points if c > base + SAME_COST * max(1.0, abs(base))), None)


def knee(points: Points) -> float | None:
    """Where the part of the points that costs lies farthest below the chord between its ends.

    V. Satopää, J. Albrecht, D. Irwin and B. Raghavan, Finding a "kneedle" in a haystack, 2011.
    """
    first = binds_from(points)
    begin = 0 if first is None else max(0, [v for v, _ in points].index(first) - 1)
    costing = points[begin:]
    if len(costing) < 3:
        return None
    x, y = np.array(costing, dtype="float64").T
    if abs(x[-1] - x[0]) < DIGIT or y[-1] - y[0] <= SUM * max(1.0, abs(y[0])):
        return None
    below = (x - x[0]) / (x[-1] - x[0]) - (y - y[0]) / (y[-1] - y[0])
    index = int(np.argmax(below))
    return float(x[index]) if below[index] >= _BENT else None
