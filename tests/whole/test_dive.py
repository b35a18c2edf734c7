"""The dive: what it does where nothing can be rounded."""

import numpy as np

from planner.lp.arrays import Arrays
from planner.lp.dive import STEPS, _Dive


def test_a_fraction_that_can_be_rounded_no_way_ends_the_dive():
    """x ≤ 0.9 and x + y ≥ 1.4 with y ≤ 1: x rounds neither up nor down, and that is seen at once."""
    ones = np.ones(2)
    arrays = Arrays(
        cost=np.array([1.0, 2.0]),
        lower=np.zeros(2),
        upper=ones,
        row_lower=np.array([-np.inf, 1.4]),
        row_upper=np.array([0.9, np.inf]),
        start=np.array([0, 1, 3]),
        index=np.array([0, 0, 1]),
        value=np.ones(3),
        integer=np.array([True, True]),
    )
    made = _Dive(arrays, STEPS)
    assert made.run() is None
    assert made.left > STEPS - 100
