"""Rounding up and repairing: what is held stays, what is free gets better, what breaks is told."""

import numpy as np
import pytest

from planner.lp.arrays import Arrays, held_at
from planner.lp.repair import Parts, nearest, repair


def program(limit):
    """Two pools of 1.5 machines each at 1.00, no more than ``limit`` of them; elsewhere at 1.40."""
    return Arrays(
        cost=np.array([1.0, 1.4, 1.0, 1.4]),
        lower=np.zeros(4),
        upper=np.full(4, 9.0),
        row_lower=np.array([1.5, 1.5, -np.inf]),
        row_upper=np.array([np.inf, np.inf, limit]),
        start=np.array([0, 2, 4, 6]),
        index=np.array([0, 1, 2, 3, 0, 2]),
        value=np.ones(6),
        integer=np.ones(4, dtype=bool),
    )


PARTS = Parts(
    pool=np.array([0, 0, 1, 1]),
    period=np.full(4, -1),
    machine=np.ones(4, dtype=bool),
    limit=np.array([False, False, True]),
)
FRACTIONS = np.array([1.5, 0.0, 1.5, 0.0])


def test_one_pool_gives_way_where_both_rounded_up_do_not_fit():
    found = repair(program(3.0), PARTS, FRACTIONS)
    assert len(found.broken) == 0
    assert program(3.0).cost @ found.x == pytest.approx(4.4)
    assert found.x[[0, 2]].sum() == 3.0


def test_where_nothing_gives_way_the_broken_row_is_named():
    arrays = program(3.0)
    arrays.upper[[1, 3]] = 0.0
    found = repair(arrays, PARTS, FRACTIONS)
    assert found.broken.tolist() == [2]
    assert found.x.tolist() == [2.0, 0.0, 2.0, 0.0]


def test_what_is_held_counts_in_the_bounds_of_what_is_free():
    """With pool 1 held at 2 of 3 machines, 1 is left for pool 0."""
    part, columns, rows = held_at(
        program(3.0), np.array([True, True, False, False]), np.array([0, 0, 2.0, 0])
    )
    assert columns.tolist() == [0, 1]
    assert rows.tolist() == [0, 2]
    assert part.row_upper.tolist() == [np.inf, 1.0]
    assert part.index.tolist() == [0, 1, 0]


def test_what_even_parts_of_machines_break_is_named():
    """1.5 and 1.5 in parts do not fit 2.5 either, and nothing else is sold: the limit is broken."""
    arrays = program(2.5)
    arrays.upper[[1, 3]] = 0.0
    found = nearest(arrays, PARTS)
    assert found is not None
    assert found.broken.tolist() == [2]


def test_a_contradiction_that_is_no_limit_has_nothing_nearest():
    arrays = program(3.0)
    arrays.upper[:2] = 0.5
    assert nearest(arrays, PARTS) is None
