"""Planning again on random worlds: a dearer change never changes more, one for nothing is a fresh plan."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from support.cases import World
from support.plans import read
from support.random_worlds import worlds

from planner.errors import Infeasible
from planner.lp.outcome import Outcome, Status
from planner.lp.policy import SolvePolicy
from planner.lp.problem import Problem
from planner.model.build import Model
from planner.model.to_arrays import to_arrays
from planner.planning import build_model

STATED = 40.0


def program(world: World) -> tuple[Model, Problem]:
    """The program of a world."""
    model = build_model(read(world))
    return model, Problem(to_arrays(model), SolvePolicy(gap=1e-9))


def shares(model: Model, outcome: Outcome) -> dict[tuple[str, str, str], float]:
    """(workload, region, period) to share."""
    case, place = model.index.case, model.columns.place
    names = case.workloads["workload"], case.regions["region"], case.periods["period"]
    keys = zip(*(n.to_numpy()[place.keys[c]] for n, c in zip(names, "wrt", strict=True)), strict=True)
    return dict(zip(keys, outcome.x[place.numbers].round(12).tolist(), strict=True))


@given(worlds(rich=True), st.data())
@settings(max_examples=3, phases=(Phase.generate,))
def test_a_dearer_change_never_changes_more_and_one_for_nothing_is_a_fresh_plan(world, data):
    """Undiscounted, so that a share elsewhere counts alike in all periods. The earlier plan is one that
    other costs of places would have made best.
    """
    world.discount_rate = 0.0
    try:
        model, session = program(world)
    except Infeasible:
        assume(False)
    fresh = session.solve()
    assume(fresh.status is Status.OPTIMAL)
    alone, other = fresh.objective * model.unit, model.objective.copy()
    for number in model.columns.place.numbers:
        other[number] += data.draw(st.sampled_from((-1e4, 0.0, 1e4))) / model.unit
    session.set_cost(other)
    before = shares(model, session.solve())
    for (workload, region, period), share in before.items():
        if share > 0:
            world.add("earlier_placements", workload=workload, region=region, period=period,
                      role="primary", share=share)  # fmt: skip
    world.replan = {"freeze": 0, "change_price": STATED}
    model, session = program(world)
    change, found = model.columns.change.numbers, []
    for price in (STATED, 0.0, 900.0, 1e6):
        cost = model.objective.copy()
        cost[change] *= price / STATED
        session.set_cost(cost)
        again = session.solve()
        moved = sum(max(0.0, x - before[key]) for key, x in shares(model, again).items())
        assert price == 0 or again.x[change].sum() == pytest.approx(moved, abs=1e-6)
        found.append((price, moved, again.objective * model.unit - price * moved))
    found.sort()
    assert found[0][2] == pytest.approx(alone, rel=1e-6, abs=1e-6)
    for (_, more, cheaper), (_, less, dearer) in pairwise(found):
        assert less <= more + 1e-5
        assert cheaper <= dearer + 1e-5 * max(1.0, dearer)
