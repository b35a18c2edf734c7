"""The enlarged part of the map: when there is one, where it goes, what it shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import sample_plan
from test_figures import assert_legible

from planner.report.figures.context import context_of
from planner.report.figures.inset import FEWEST, bounds_of, box_of, crowd_of
from planner.report.figures.map import region_map

FRAME = (0.0, 0.0, 7.0, 3.2)


def test_five_places_close_together_are_a_crowd_and_those_off_the_map_are_not():
    near = np.array([[1.0 + 0.05 * i, 1.0] for i in range(FEWEST)])
    far = np.array([[5.0, 2.0], [6.0, 2.0]])
    points, off = np.vstack([far, near]), np.zeros((FEWEST + 2, 2))
    assert crowd_of(points, off) == list(range(2, FEWEST + 2))
    assert crowd_of(points[:-1], off[:-1]) == []
    off[2] = (0.1, 0.0)
    assert crowd_of(points, off) == []
    assert crowd_of(np.empty((0, 2)), np.empty((0, 2))) == []


def test_the_box_lies_within_the_frame_near_the_crowd_and_covers_nothing_taken():
    crowd, taken = np.array([[1.0, 1.0]]), np.array([[3.0, 1.0, 0.2], [6.0, 2.0, 0.3]])
    x, y, w, h = box_of(FRAME, crowd, taken)
    assert x >= 0 and x + w <= 7 and y >= 0 and y + h <= 3.2
    for px, py, r in [*taken, (1.0, 1.0, 0.25)]:
        nearest = (min(max(px, x), x + w), min(max(py, y), y + h))
        assert np.hypot(nearest[0] - px, nearest[1] - py) > r
    everywhere = np.array([(a, b, 0.3) for a in np.arange(0, 7, 0.5) for b in np.arange(0, 3.2, 0.5)])
    assert box_of(FRAME, crowd, everywhere) is None
    assert box_of((0.0, 0.0, 1.5, 1.0), crowd, taken) is None


def test_what_is_enlarged_holds_its_places_with_room_around_them():
    west, south, east, north = bounds_of([101.0, 101.4], [3.0, 3.1])
    assert west < 100.9 and east > 101.5 and south < 2.9 and north > 3.2
    west, south, east, north = bounds_of([101.0] * 5, [3.0] * 5)
    assert east > west and north > south


def test_the_national_map_enlarges_its_crowd_and_numbers_every_region_once():
    context = context_of(sample_plan.plan(), sample_plan.background())
    chart = region_map(context)
    assert_legible(chart)
    texts = [text for text, *_ in chart.sheet.boxes()]
    assert any(text.startswith("enlarged ") for text in texts)
    count = len(context.background.regions)
    numbers = [text for text in texts if text.isdigit()]
    # Once on the map or in its enlarged part, once in the key.
    assert sorted(numbers, key=int) == [str(n) for n in range(1, count + 1) for _ in range(2)]


def test_a_map_without_a_crowd_has_no_enlarged_part():
    background = sample_plan.background()
    apart = np.linspace(0.0, 1.0, len(background.regions))
    regions = background.regions.assign(lon=100 + 18 * apart, lat=1 + 6 * apart[::-1])
    context = context_of(sample_plan.plan(), replace(background, regions=regions))
    texts = [text for text, *_ in region_map(context).sheet.boxes()]
    assert not any(text.startswith("enlarged ") for text in texts)
