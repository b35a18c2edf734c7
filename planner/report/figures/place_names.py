"""Names of places on the map, set where they cover neither marks nor one another."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from planner.report.figures.placing import Box, labels, nearest
from planner.report.figures.sheet import SMALL, SOFT, Sheet


class PlaceNames:
    """Names of places: the largest find room before the regions' marks do, the others after.

    ``places`` (n, 2) and ``radii`` are those of the circles, in inches, most users first.
    """

    def __init__(
        self, sheet: Sheet, names: Sequence[str], places: np.ndarray, radii: np.ndarray, frame: Box
    ) -> None:
        self.sheet, self.frame = sheet, frame
        self.texts = [sheet.fit(name, 1.2, SMALL) for name in names]
        self.sizes = [(sheet.measure(text, SMALL) + 0.03, 0.115) for text in self.texts]
        self.points = [(float(x), float(y)) for x, y in places]
        self.radii = [float(r) for r in radii]
        self.spots: list[tuple[float, float] | None] = []

    def place(self, until: int, taken: Sequence[Box]) -> None:
        """Find room for the names up to number ``until`` off ``taken`` and all circles and names."""
        circles = [(x - r, y - r, 2 * r, 2 * r) for (x, y), r in zip(self.points, self.radii, strict=True)]
        some = slice(len(self.spots), until)
        boxes = [*taken, *circles, *self._boxes()]
        self.spots += labels(self.points[some], self.sizes[some], self.radii[some], boxes, self.frame)

    def discs(self) -> np.ndarray:
        """The names placed so far as discs (x, y, radius) that marks should keep off."""
        parts = (0.05, 0.275, 0.5, 0.725, 0.95)
        discs = [(x + part * w, y + h / 2, h / 2) for x, y, w, h in self._boxes() for part in parts]
        return np.array(discs).reshape(-1, 3)

    def draw(self) -> None:
        """Set the names that found room, with a line to the place where they stand further off."""
        for i, spot in enumerate(self.spots):
            if spot is None:
                continue
            x, y = self.points[i]
            end = nearest((x, y), (*spot, *self.sizes[i]))
            if math.hypot(end[0] - x, end[1] - y) > self.radii[i] + 0.08:
                self.sheet.lines([[(x, y), end]], SOFT, 0.5, zorder=4.2)
            self.sheet.text(spot[0] + 0.015, spot[1] + 0.025, self.texts[i], size=SMALL, ground=True)

    def _boxes(self) -> list[Box]:
        return [
            (*spot, *size) for spot, size in zip(self.spots, self.sizes, strict=False) if spot is not None
        ]
