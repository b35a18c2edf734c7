"""Programs that fall into parts: solved apart or at once, by either method, the optimum is the same."""

from __future__ import annotations

import numpy as np
import pytest
from support.depth import cases

from planner.lp.arrays import Arrays
from planner.lp.components import parts, solve_in_parts
from planner.lp.outcome import Outcome, Status
from planner.lp.policy import Method, SolvePolicy
from planner.lp.problem import Problem

METHODS: tuple[Method, ...] = ("simplex", "interior")


def blocks(draw: np.random.Generator, count: int, alike: bool) -> Arrays:
    """Least-cost mixes, each block with rows and columns of its own, shuffled among one another."""
    cost, low, rows = [], [], []
    for _ in range(count):
        columns, demands = (4, 3) if alike else draw.integers(1, 6, 2)
        first = len(cost)
        cost += draw.uniform(1, 9, columns).tolist()
        for _ in range(demands):
            rows.append([(first + c, v) for c, v in enumerate(draw.uniform(0.2, 2.0, columns))])
            low.append(draw.uniform(1, 5))
    names = draw.permutation(len(cost))
    order = draw.permutation(len(rows))
    entries = [sorted((int(names[c]), v) for c, v in rows[i]) for i in order]
    shuffled = np.empty(len(cost))
    shuffled[names] = cost
    return Arrays(
        cost=shuffled,
        lower=np.zeros(len(cost)),
        upper=np.full(len(cost), 50.0),
        row_lower=np.array(low)[order],
        row_upper=np.full(len(rows), np.inf),
        start=np.cumsum([0, *map(len, entries)]).astype(np.int64),
        index=np.array([c for row in entries for c, _ in row], dtype=np.int64),
        value=np.array([v for row in entries for _, v in row]),
        integer=np.zeros(len(cost), dtype=bool),
    )


def is_optimum(arrays: Arrays, outcome: Outcome) -> bool:
    value = np.bincount(arrays.entry_row, arrays.value * outcome.x[arrays.index], len(arrays.row_lower))
    feasible = (value >= arrays.row_lower - 1e-6).all() and (outcome.x >= -1e-9).all()
    slack = np.bincount(arrays.index, arrays.value * outcome.dual[arrays.entry_row], len(arrays.cost))
    dual = np.abs(arrays.cost - slack - outcome.reduced_cost).max() < 1e-6
    return bool(feasible and dual and outcome.duals_hold and np.allclose(value, outcome.row_value))


@pytest.mark.parametrize("alike", [True, False])
def test_programs_have_the_same_optimum_by_every_method(alike: bool):
    draw = np.random.default_rng(int(alike))
    for _ in range(cases(15)):
        arrays = blocks(draw, int(draw.integers(2, 7)), alike)
        part = parts(arrays, together=1)
        assert part.any()
        apart = solve_in_parts(arrays, part)
        assert is_optimum(arrays, apart)
        for method in METHODS:
            whole = Problem(arrays, SolvePolicy(method=method)).solve()
            assert apart.objective == pytest.approx(whole.objective, rel=1e-6)


def test_parts_share_no_row_and_small_ones_stand_together():
    arrays = blocks(np.random.default_rng(5), 20, alike=True)
    part = parts(arrays, together=1)
    assert part.max() == 19
    for row in range(len(arrays.row_lower)):
        assert len(set(part[arrays.index[arrays.start[row] : arrays.start[row + 1]]])) == 1
    assert 0 < parts(arrays, together=100).max() < 19
    assert not parts(arrays).any()


def test_one_part_without_a_solution_is_the_whole_without_one():
    arrays = blocks(np.random.default_rng(6), 5, alike=True)
    part = parts(arrays, together=1)
    torn = arrays.row_bounded(np.array([7]), 1e6, None)
    assert solve_in_parts(torn, part).status is Status.INFEASIBLE
    endless = arrays.bounded(np.array([3]), -np.inf, None)
    cost = endless.cost.copy()
    cost[3] = -1.0
    endless = Arrays(**{**vars(endless), "cost": cost, "upper": np.full(len(cost), np.inf)})
    assert solve_in_parts(endless, part).status is Status.UNBOUNDED


def test_a_row_without_columns_is_not_forgotten():
    arrays = blocks(np.random.default_rng(7), 3, alike=True)
    asked = Arrays(
        **{
            **vars(arrays),
            "row_lower": np.append(arrays.row_lower, 1.0),
            "row_upper": np.append(arrays.row_upper, np.inf),
            "start": np.append(arrays.start, arrays.start[-1]),
        }
    )
    assert solve_in_parts(asked, parts(asked, together=1)).status is Status.INFEASIBLE
