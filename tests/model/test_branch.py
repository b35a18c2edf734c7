"""The dive for large programs with integers, on small ones: a solution between the bound and the gap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.lp.arrays import Arrays
from planner.lp.branch import quick
from planner.lp.problem import Problem, Status
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


@pytest.mark.parametrize("seed", range(12))
def test_a_dive_is_a_solution_between_its_bound_and_the_gap(seed: int):
    arrays = assignment(seed)
    best = Problem(arrays, gap=0.0).solve().objective
    found = quick(arrays, gap=0.5, large=0)
    x = found.outcome.x
    assert x == pytest.approx(np.round(x), abs=1e-6)
    value = np.add.reduceat(arrays.value * x[arrays.index], arrays.start[:-1])
    assert (value >= arrays.row_lower - 1e-6).all() and (value <= arrays.row_upper + 1e-6).all()
    assert found.outcome.objective == pytest.approx(float(arrays.cost @ x))
    assert found.bound - 1e-6 <= best <= found.outcome.objective + 1e-6
    assert found.gap <= 0.5


def test_a_small_gap_is_kept_though_the_dive_misses_it():
    missed = 0
    for seed in range(6):
        arrays = assignment(seed)
        best = Problem(arrays, gap=0.0).solve().objective
        missed += quick(arrays, gap=0.5, large=0).outcome.objective > best + 1e-6
        assert quick(arrays, gap=0.0, large=0).outcome.objective == pytest.approx(best)
        assert quick(arrays, gap=0.5).outcome.objective == pytest.approx(best)  # small: HiGHS alone
    assert missed, "the dive finds every optimum here, so this shows nothing"


def test_no_plan_is_told_as_such():
    """No room: in the relaxation, or only for whole items (two of three for two bins of two each)."""
    for large in (0, 100_000):
        assert quick(assignment(0, room=0.9), gap=0.1, large=large).status is Status.INFEASIBLE
    tight = assignment(3, items=5, bins=4, room=1.0)
    assert Problem(tight).solve().status is Status.INFEASIBLE
    assert quick(tight, gap=0.1, large=0).status is Status.INFEASIBLE


def relaxation(arrays: Arrays) -> Problem:
    return Problem(replace(arrays, integer=np.zeros(len(arrays.integer), dtype=bool)))


@pytest.mark.parametrize("gap", [0.0, 0.05])
def test_a_tree_alone_proves_what_it_found(gap: float):
    for seed in range(6):
        arrays = assignment(seed)
        best = Problem(arrays, gap=0.0).solve().objective
        session = relaxation(arrays)
        tree = Tree(session, arrays, gap)
        if not tree.search(session.solve()):
            assert tree.programs >= PROGRAMS
            assert tree.bound <= best + 1e-6
            continue
        assert tree.best is not None
        assert tree.bound - 1e-6 <= best <= tree.best.objective + 1e-6
        assert tree.best.objective - tree.bound <= gap * tree.best.objective + 1e-6


def test_a_tree_keeps_a_plan_that_it_was_given_and_cannot_better():
    arrays = assignment(1)
    best = Problem(arrays, gap=0.0).solve()
    session = relaxation(arrays)
    tree = Tree(session, arrays, gap=1.0)
    assert tree.search(session.solve(), best.x)
    assert tree.best is not None
    assert tree.best.objective == pytest.approx(best.objective)


def test_a_tree_without_time_says_that_it_was_stopped():
    arrays = assignment(2)
    session = relaxation(arrays)
    tree = Tree(session, arrays, gap=0.0, seconds=0.0)
    assert not tree.search(session.solve())
    assert tree.stopped and tree.best is None


@pytest.mark.parametrize("steps", [1, 6])
def test_duals_of_a_program_that_was_stopped_prove_more_but_no_more_than_is_true(steps: int):
    for seed in range(6):
        arrays = assignment(seed, items=40, bins=6)
        session = relaxation(arrays)
        first = session.solve()
        basis = session.basis
        used = np.argsort(-first.x[: 40 * 6])[:15]
        session.set_column_bounds(used, np.zeros(len(used)), np.zeros(len(used)))
        session.set_basis(basis)
        stopped = session.solve(steps)
        assert stopped.status is Status.STOPPED
        assert first.objective < stopped.bound < session.solve().objective
