"""A program with whole numbers: an incumbent between the dual bound and the gap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.lp.arrays import Arrays
from planner.lp.outcome import Status
from planner.lp.policy import Search, SolvePolicy
from planner.lp.problem import Problem
from planner.lp.solve import solve
from planner.lp.tree import PROGRAMS, Tree


def assignment(seed: int, items: int = 10, bins: int = 3, room: float = 1.2) -> Arrays:
    """Whole items into bins with room, and a cost to open each bin: dear to round, as cases are."""
    draw = np.random.default_rng(seed)
    size = draw.integers(3, 12, items).astype(float)
    cost = np.concatenate([draw.integers(5, 30, items * bins).astype(float), np.full(bins, 40.0)])
    full = room * size.sum() / bins
    rows, low, high = [], [], []
    for i in range(items):
        rows.append(([i * bins + b for b in range(bins)], [1.0] * bins))
        low.append(1.0)
        high.append(1.0)
    for b in range(bins):
        rows.append(([*(i * bins + b for i in range(items)), items * bins + b], [*size, -full]))
        low.append(-np.inf)
        high.append(0.0)
    n = items * bins + bins
    return Arrays(
        cost=cost,
        lower=np.zeros(n),
        upper=np.ones(n),
        row_lower=np.array(low),
        row_upper=np.array(high),
        start=np.cumsum([0, *(len(c) for c, _ in rows)]).astype(np.int64),
        index=np.concatenate([c for c, _ in rows]).astype(np.int64),
        value=np.concatenate([v for _, v in rows]),
        integer=np.ones(n, dtype=bool),
    )


EXACT = SolvePolicy(gap=0.0)


@pytest.mark.parametrize("search", ["solver", "tree"])
@pytest.mark.parametrize("seed", range(12))
def test_an_incumbent_lies_between_the_dual_bound_and_the_gap(seed: int, search: Search):
    arrays = assignment(seed)
    best = Problem(arrays, EXACT).solve().objective
    found = solve(arrays, SolvePolicy(gap=0.5, search=search))
    x = found.outcome.x
    assert x == pytest.approx(np.round(x), abs=1e-6)
    value = np.add.reduceat(arrays.value * x[arrays.index], arrays.start[:-1])
    assert (value >= arrays.row_lower - 1e-6).all() and (value <= arrays.row_upper + 1e-6).all()
    assert found.outcome.objective == pytest.approx(float(arrays.cost @ x))
    assert found.bound - 1e-6 <= best <= found.outcome.objective + 1e-6
    assert found.gap <= 0.5
    assert found.outcome.duals_hold  # of the program with its whole numbers fixed
    assert solve(arrays, replace(EXACT, search=search)).outcome.objective == pytest.approx(best)


@pytest.mark.parametrize("search", ["solver", "tree"])
def test_no_solution_is_told_as_such(search: Search):
    """No room: in the relaxation, or only for whole items (two of three for two bins of two each)."""
    policy = SolvePolicy(search=search)
    assert solve(assignment(0, room=0.9), policy).status is Status.INFEASIBLE
    assert solve(assignment(3, items=5, bins=4, room=1.0), policy).status is Status.INFEASIBLE


def test_a_search_that_is_stopped_gives_its_incumbent_with_its_gap():
    arrays = assignment(3, items=30, bins=12, room=1.01)
    found = solve(arrays, SolvePolicy(gap=0.0, nodes=1))
    assert found.status is Status.STOPPED
    assert found.outcome.objective == pytest.approx(float(arrays.cost @ found.outcome.x))
    assert found.bound < found.outcome.objective and found.gap > 0.0


def relaxation(arrays: Arrays) -> Problem:
    return Problem(arrays.relaxation())


@pytest.mark.parametrize("gap", [0.0, 0.05])
def test_a_tree_alone_proves_what_it_found(gap: float):
    for seed in range(6):
        arrays = assignment(seed)
        best = Problem(arrays, EXACT).solve().objective
        problem = relaxation(arrays)
        tree = Tree(problem, arrays, gap)
        if not tree.search(problem.solve()):
            assert tree.programs >= PROGRAMS
            assert tree.bound <= best + 1e-6
            continue
        assert tree.best is not None
        assert tree.bound - 1e-6 <= best <= tree.best.objective + 1e-6
        assert tree.best.objective - tree.bound <= gap * tree.best.objective + 1e-6


def test_a_tree_keeps_a_plan_that_it_was_given_and_cannot_better():
    arrays = assignment(1)
    best = Problem(arrays, EXACT).solve()
    problem = relaxation(arrays)
    tree = Tree(problem, arrays, gap=1.0)
    assert tree.search(problem.solve(), best.x)
    assert tree.best is not None
    assert tree.best.objective == pytest.approx(best.objective)


def test_a_tree_without_time_says_that_it_was_stopped():
    arrays = assignment(2)
    problem = relaxation(arrays)
    tree = Tree(problem, arrays, gap=0.0, seconds=0.0)
    assert not tree.search(problem.solve())
    assert tree.stopped and tree.best is None


@pytest.mark.parametrize("steps", [1, 6])
def test_duals_of_a_program_that_was_stopped_prove_more_but_no_more_than_is_true(steps: int):
    for seed in range(6):
        arrays = assignment(seed, items=40, bins=6)
        problem = Problem(arrays.relaxation())
        first = problem.solve()
        basis = problem.basis
        used = np.argsort(-first.x[: 40 * 6])[:15]
        problem.set_column_bounds(used, 0.0, 0.0)
        problem.set_basis(basis)
        stopped = problem.solve(steps)
        assert stopped.status is Status.STOPPED
        assert first.objective < stopped.bound < problem.solve().objective
