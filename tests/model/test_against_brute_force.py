"""The planner's program against one that folds nothing, on random small worlds.

Rules on shares of the spend are left out: where nothing else is left, a program that may choose
could fill a share by buying a dearer machine than needed, which the planner never does.
"""

import pytest
from hypothesis import event, given, settings
from support.brute import brute_force
from support.depth import cases
from support.plans import read
from support.random_worlds import worlds

from planner.errors import Infeasible
from planner.lp.outcome import Status
from planner.lp.problem import Problem
from planner.model.to_arrays import to_arrays
from planner.planning import build_model


@settings(max_examples=cases(8))
@given(worlds(spend=False))
def test_folding_and_dominance_never_change_the_optimum(world):
    """And whoever is refused before solving has no plan in the unfolded program either."""
    expected = brute_force(world)
    try:
        model = build_model(read(world))
    except Infeasible as refused:
        event("refused beforehand")
        assert expected is None, refused.reasons
        return
    outcome = Problem(to_arrays(model)).solve()
    event(outcome.status.value)
    if expected is None:
        assert outcome.status is Status.INFEASIBLE
    else:
        assert outcome.status is Status.OPTIMAL
        assert outcome.objective * model.unit == pytest.approx(expected, rel=1e-6, abs=1e-6)
