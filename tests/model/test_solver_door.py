"""The one door to HiGHS: what it proved, in a word that never flatters."""

import numpy as np
import pytest
from support.cases import World
from support.plans import model_of

from planner.lp.arrays import Arrays
from planner.lp.problem import Problem, Status, solve_arrays
from planner.model.to_arrays import to_arrays

INF = np.inf


def program(cost, rows, row_lower, row_upper, lower=0.0, upper=INF, integer=False):
    """A program from a dense matrix."""
    matrix = np.array(rows, dtype="float64").reshape(len(row_lower), len(cost))
    n = len(cost)
    at = [np.flatnonzero(line) for line in matrix]
    return Arrays(
        cost=np.array(cost, dtype="float64"),
        lower=np.full(n, lower),
        upper=np.full(n, upper),
        row_lower=np.array(row_lower, dtype="float64"),
        row_upper=np.array(row_upper, dtype="float64"),
        start=np.concatenate([[0], np.cumsum([len(i) for i in at])]).astype(np.int64),
        index=np.concatenate([*at, np.empty(0)]).astype(np.int64),
        value=np.concatenate([*(line[i] for line, i in zip(matrix, at, strict=True)), np.empty(0)]),
        integer=np.full(n, integer),
    )


def test_an_optimum_with_its_duals():
    """min x + 2y, x + y = 10, x ≤ 6: x = 6, y = 4, 14; the cap on x is worth 1, the demand 2."""
    outcome = solve_arrays(program([1, 2], [[1, 1], [1, 0]], [10, -INF], [10, 6]))
    assert outcome.status is Status.OPTIMAL
    assert outcome.x.tolist() == [6, 4]
    assert outcome.objective == 14
    assert outcome.dual.tolist() == [2, -1]
    assert outcome.dual_objective == 14
    assert outcome.duals_hold


def test_what_cannot_be_is_infeasible():
    assert solve_arrays(program([1], [[1], [1]], [2, -INF], [INF, 1])).status is Status.INFEASIBLE


def test_what_has_no_end_is_unbounded():
    outcome = solve_arrays(program([-1, 0], [[1, -1]], [-INF], [5]))
    assert outcome.status in (Status.UNBOUNDED, Status.INFEASIBLE)
    assert outcome.status is not Status.OPTIMAL


def test_a_program_without_anything_is_solved():
    outcome = solve_arrays(program([], [], [], []))
    assert outcome.status is Status.OPTIMAL
    assert outcome.objective == 0
    assert outcome.residual == 0


BARE = [(0, 0, "optimal"), (-1, 1, "optimal"), (1, 1, "infeasible"), (-INF, -1, "infeasible")]


@pytest.mark.parametrize(("low", "high", "status"), BARE)
def test_rows_without_columns_hold_only_if_zero_is_within_them(low, high, status):
    """HiGHS calls a program without columns empty and looks at no row."""
    assert solve_arrays(program([], [[]], [low], [high])).status is Status(status)


def test_whole_numbers_are_whole_and_have_no_duals_to_show():
    """max of 5 in steps of 2 whole units: 2 units, though 2.5 would fit."""
    outcome = solve_arrays(program([-1], [[2]], [-INF], [5], upper=10.0, integer=True))
    assert outcome.x.tolist() == [2]
    assert outcome.gap == 0
    assert outcome.bound == -2


def test_out_of_time_is_stopped_never_optimal():
    world = World(periods=4)
    for vendor in ("aa", "bb", "cc"):
        world.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m4", 4, 16, 1.0)
        world.capacity(f"{vendor}:x", "vcpu", 30)
    for w in range(8):
        world.workload(f"w{w}", demand={"vcpu": 4 + w, "memory_gib": 9})
    world.rule("cap", "vendor_share", {"cap": 0.4, "basis": "spend"})
    arrays = to_arrays(model_of(world))
    assert Problem(arrays, time_limit=1e-9).solve().status is Status.STOPPED
    assert Problem(arrays).solve().status is Status.OPTIMAL


def test_the_same_program_is_solved_again_from_its_basis_with_another_objective():
    session = Problem(program([1, 2], [[1, 1]], [10], [10]))
    assert session.solve().x.tolist() == [10, 0]
    session.set_cost(np.array([3.0, 2.0]))
    assert session.solve().x.tolist() == [0, 10]


def test_the_optimal_face_keeps_what_has_a_reduced_cost():
    """min x + y + 3z over x + y + z = 1: the face is z = 0; preferring z then cannot bring it back."""
    session = Problem(program([1, 1, 3], [[1, 1, 1]], [1], [1]))
    first = session.solve()
    session.fix_face(first)
    session.set_cost(np.array([0.0, -1.0, -9.0]))
    assert session.solve().x.tolist() == [0, 1, 0]
