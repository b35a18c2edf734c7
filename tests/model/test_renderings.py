"""One model, two renderings: the same matrix to the last bit, the same objective from two solvers."""

import numpy as np
import pytest
from hypothesis import given
from support.plans import read
from support.random_worlds import worlds
from support.solvers import solve_with_cbc

from planner.eligibility import assess
from planner.lp.outcome import Status
from planner.lp.policy import SolvePolicy
from planner.lp.problem import Problem
from planner.lp.pulp_solver import arrays_of
from planner.model.build import build
from planner.model.registry import column_names
from planner.model.to_arrays import to_arrays
from planner.model.to_pulp import to_pulp


@given(worlds(rich=True))
def test_both_renderings_give_the_same_matrix_and_both_solvers_the_same_objective(world):
    case = read(world)
    eligibility = assess(case)
    model = build(case, eligibility)
    arrays, problem = to_arrays(model), to_pulp(model)
    back = arrays_of(problem, column_names(model))
    for name in ("cost", "row_lower", "row_upper", "start", "index", "value"):
        assert np.array_equal(getattr(arrays, name), getattr(back, name)), name
    # PuLP forgets the bounds of columns that neither a row nor the objective uses.
    used = np.union1d(arrays.index, np.flatnonzero(arrays.cost))
    for name in ("lower", "upper", "integer"):
        assert np.array_equal(getattr(arrays, name)[used], getattr(back, name)[used]), name
    highs, cbc = Problem(arrays, SolvePolicy(gap=0.0)).solve(), solve_with_cbc(problem)
    if cbc is None:
        assert highs.status is Status.INFEASIBLE
    else:
        assert highs.status is Status.OPTIMAL
        assert highs.objective == pytest.approx(cbc, rel=1e-6, abs=1e-9)
        if not arrays.integer.any():
            assert highs.dual_objective == pytest.approx(highs.objective, rel=1e-6, abs=1e-9)
