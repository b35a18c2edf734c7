"""Rounding up and repairing: what is held stays, what is free gets better, what breaks is told."""

import numpy as np
import pytest
from support.cases import World
from support.plans import read

from planner.answer.parts import as_planned, parts
from planner.answer.whole import _restated
from planner.lp.arrays import Arrays, held_at
from planner.lp.repair import Parts, repair
from planner.model.to_arrays import to_arrays
from planner.planning import solve


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


PARTS = Parts(pool=np.array([0, 0, 1, 1]), period=np.full(4, -1), limit=np.array([False, False, True]))
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


@pytest.mark.parametrize("container", [False, True])
def test_the_plan_in_fractions_is_a_plan_of_the_program_in_whole_machines(container):
    """Machines that the first program chose beforehand are columns of the second: same cost, same rows."""
    made = World(headroom=0.0).vendor("aa").region("aa:x").machine("aa:x", "m", 4, 16, 1.0)
    made.machine("aa:x", "big", 8, 32, 1.9).agency("mof")
    more = {"platform": "container", "pod_vcpu": 1, "pod_memory_gib": 4} if container else {}
    for name, vcpu in (("web", 6), ("tax", 10)):
        made.workload(name, agency="mof", demand={"vcpu": vcpu, "memory_gib": 4 * vcpu}, **more)
    first = solve(read(made))
    again = _restated(first.model)
    x = as_planned(first.model, first.outcome.x, again)
    assert again.objective @ x == pytest.approx(first.model.objective @ first.outcome.x)
    arrays = to_arrays(again)
    row = np.repeat(np.arange(len(arrays.row_lower)), np.diff(arrays.start))
    value = np.bincount(row, arrays.value * x[arrays.index], minlength=len(arrays.row_lower))
    limit = parts(again).limit
    assert (value >= arrays.row_lower - 1e-9)[~limit].all()
    assert (value <= arrays.row_upper + 1e-9)[~limit].all()
