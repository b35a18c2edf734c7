"""A program with whole numbers: an incumbent between the dual bound and the gap."""

from __future__ import annotations

from dataclasses import replace

import highspy
import numpy as np
import pytest

from planner.lp import watch
from planner.lp.arrays import Arrays
from planner.lp.outcome import Status
from planner.lp.policy import SolvePolicy
from planner.lp.problem import Problem
from planner.lp.solve import solve


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


@pytest.mark.parametrize("seed", range(12))
def test_an_incumbent_lies_between_the_dual_bound_and_the_gap(seed: int):
    arrays = assignment(seed)
    best = Problem(arrays, EXACT).solve().objective
    found = solve(arrays, SolvePolicy(gap=0.5))
    x = found.outcome.x
    assert x == pytest.approx(np.round(x), abs=1e-6)
    value = np.add.reduceat(arrays.value * x[arrays.index], arrays.start[:-1])
    assert (value >= arrays.row_lower - 1e-6).all() and (value <= arrays.row_upper + 1e-6).all()
    assert found.outcome.objective == pytest.approx(float(arrays.cost @ x))
    assert found.bound - 1e-6 <= best <= found.outcome.objective + 1e-6
    assert found.gap <= 0.5
    assert found.outcome.duals_hold  # of the program with its whole numbers fixed
    assert solve(arrays, EXACT).outcome.objective == pytest.approx(best)


def test_no_solution_is_told_as_such():
    """No room: in the relaxation, or only for whole items (two of three for two bins of two each)."""
    assert solve(assignment(0, room=0.9)).status is Status.INFEASIBLE
    assert solve(assignment(3, items=5, bins=4, room=1.0)).status is Status.INFEASIBLE


def test_a_search_that_is_stopped_gives_its_incumbent_with_its_gap():
    arrays = assignment(3, items=30, bins=12, room=1.01)
    found = solve(arrays, SolvePolicy(gap=0.0, nodes=1))
    assert found.status is Status.STOPPED
    assert found.outcome.objective == pytest.approx(float(arrays.cost @ found.outcome.x))
    assert found.bound < found.outcome.objective and found.gap > 0.0


def test_a_basis_that_the_solver_cannot_go_on_from_is_dropped(monkeypatch: pytest.MonkeyPatch):
    """HiGHS answers a warm start that it cannot factorise with an error; cold it finds the optimum."""
    problem = Problem(assignment(1).relaxation(), SolvePolicy(method="simplex"))
    cold = problem.solve()
    run, errors = watch.run, [highspy.HighsStatus.kError]

    def run_once_in_vain(highs):
        ran = run(highs)
        return replace(ran, status=errors.pop()) if errors else ran

    monkeypatch.setattr(watch, "run", run_once_in_vain)
    again = problem.solve()
    assert not errors
    assert again.status is Status.OPTIMAL
    assert again.objective == pytest.approx(cold.objective)
