"""The one door to HiGHS: what it proved, in a word that never flatters."""

import numpy as np
import pytest
from support.cases import World
from support.plans import model_of

from planner.errors import Infeasible, Stopped, Unbounded
from planner.lp.arrays import Arrays
from planner.lp.outcome import Status
from planner.lp.policy import PLANNING, SolvePolicy
from planner.lp.problem import Problem
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


def solve_once(arrays, policy=PLANNING):
    return Problem(arrays, policy).solve()


def test_an_optimum_with_its_duals():
    """min x + 2y, x + y = 10, x ≤ 6: x = 6, y = 4, 14; the cap on x is worth 1, the demand 2."""
    outcome = solve_once(program([1, 2], [[1, 1], [1, 0]], [10, -INF], [10, 6]))
    assert outcome.status is Status.OPTIMAL
    assert outcome.x.tolist() == [6, 4]
    assert outcome.objective == 14
    assert outcome.dual.tolist() == [2, -1]
    assert outcome.dual_objective == 14
    assert outcome.duals_hold


def test_what_cannot_be_is_infeasible():
    assert solve_once(program([1], [[1], [1]], [2, -INF], [INF, 1])).status is Status.INFEASIBLE


def test_what_has_no_end_is_unbounded():
    outcome = solve_once(program([-1, 0], [[1, -1]], [-INF], [5]))
    assert outcome.status is Status.UNBOUNDED
    with pytest.raises(Unbounded):
        outcome.feasible()


@pytest.mark.parametrize("integer", [False, True])
def test_unbounded_and_infeasible_are_told_apart_where_costs_are_negative(integer: bool):
    """min −x − y with x = y + 0: without an end; with x ≤ 1 and y ≥ 2 as well: no solution at all."""
    endless = program([-1, -1], [[1, -1]], [0], [0], integer=integer)
    assert solve_once(endless).status is Status.UNBOUNDED
    rows = [[1, -1, 0], [1, 0, 0], [0, 1, 0]]
    nothing = program([-1, -1, -1], rows, [0, -INF, 2], [0, 1, INF], integer=integer)
    assert solve_once(nothing).status is Status.INFEASIBLE


def test_what_is_not_optimal_is_one_error_each():
    assert solve_once(program([1], [[1]], [2], [INF])).optimum("none").objective == 2
    with pytest.raises(Infeasible, match="no plan at all"):
        solve_once(program([1], [[1], [1]], [2, -INF], [INF, 1])).optimum("no plan at all")
    stopped = solve_once(program([1, 2], [[1, 1]], [2], [INF]), SolvePolicy(time_limit=1e-12))
    with pytest.raises(Stopped, match="on the way"):
        stopped.optimum("none", "stopped on the way")


CHANGES = {
    "held": lambda p: p.held(np.array([0]), 3.0),
    "opened": lambda p: p.opened(np.array([0]), 1.0),
    "relaxed": lambda p: p.relaxed(np.array([1])),
    "priced": lambda p: p.priced(np.array([5.0, 1.0])),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_holds_inside_its_context_and_is_put_back_after_it(name: str):
    """min x + 2y, x + y = 10, x ≤ 6 as a row: 14; each change alone gives another optimum."""
    stated = program([1, 2], [[1, 1], [1, 0]], [10, -INF], [10, 6])
    problem = Problem(stated)
    assert problem.solve().objective == 14
    if name == "opened":
        stated = program([1, 2], [[1, 1], [1, 0]], [10, -INF], [10, 6], upper=4.0)
        problem = Problem(stated.bounded(np.array([1]), 0.0, INF))
        assert problem.solve().objective == 16
    before = problem.solve().objective
    with CHANGES[name](problem):
        inside = problem.solve().objective
        assert inside == pytest.approx(solve_once(problem.arrays).objective)
        assert inside != before
    again = problem.solve()
    assert again.objective == before and again.iterations == 0


def test_coefficients_that_are_set_stand_in_the_arrays_and_are_put_back():
    """One that is there, one that is not: the arrays solved anew give what the held program gives."""
    problem = Problem(program([1, 2], [[1, 1], [1, 0]], [10, -INF], [10, 6]))
    stated, first = problem.arrays, problem.solve()
    with problem.changed():
        problem.set_coefficients(np.array([1, 0]), np.array([1, 0]), np.array([0.5, 2.0]))
        changed = problem.solve()
        assert changed.objective == pytest.approx(solve_once(problem.arrays).objective)
        assert changed.objective != first.objective
    assert problem.arrays is stated
    assert problem.solve().objective == first.objective


def test_a_program_without_anything_is_solved():
    outcome = solve_once(program([], [], [], []))
    assert outcome.status is Status.OPTIMAL
    assert outcome.objective == 0
    assert outcome.residual == 0


BARE = [(0, 0, "optimal"), (-1, 1, "optimal"), (1, 1, "infeasible"), (-INF, -1, "infeasible")]


@pytest.mark.parametrize(("low", "high", "status"), BARE)
def test_rows_without_columns_hold_only_if_zero_is_within_them(low, high, status):
    """HiGHS calls a program without columns empty and looks at no row."""
    assert solve_once(program([], [[]], [low], [high])).status is Status(status)


def test_whole_numbers_are_whole_and_have_no_duals_to_show():
    """max of 5 in steps of 2 whole units: 2 units, though 2.5 would fit."""
    outcome = solve_once(program([-1], [[2]], [-INF], [5], upper=10.0, integer=True))
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
    assert solve_once(arrays, SolvePolicy(time_limit=1e-9)).status is Status.STOPPED
    assert Problem(arrays).solve().status is Status.OPTIMAL


def test_the_same_program_is_solved_again_from_its_basis_with_another_objective():
    problem = Problem(program([1, 2], [[1, 1]], [10], [10]))
    assert problem.solve().x.tolist() == [10, 0]
    problem.set_cost(np.array([3.0, 2.0]))
    assert problem.solve().x.tolist() == [0, 10]


def test_the_optimal_face_keeps_what_has_a_reduced_cost():
    """min x + y + 3z over x + y + z = 1: the face is z = 0; preferring z then cannot bring it back."""
    problem = Problem(program([1, 1, 3], [[1, 1, 1]], [1], [1]))
    first = problem.solve()
    problem.fix_face(first)
    problem.set_cost(np.array([0.0, -1.0, -9.0]))
    assert problem.solve().x.tolist() == [0, 1, 0]
