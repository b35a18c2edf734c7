"""More freedom never costs more, and money is money: whatever the case."""

from __future__ import annotations

from copy import deepcopy

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.cases import World
from support.plans import csv_bytes, read, solved
from support.random_worlds import PRICES, SHAPES, worlds

from planner.eligibility import assess
from planner.errors import Infeasible
from planner.model.render_arrays import render_arrays
from planner.solve.solve import build_model
from planner.solve.solve_arrays import Session, Status


def least(world: World) -> float | None:
    """Least discounted cost, None where no plan obeys every rule."""
    try:
        model = build_model(read(world))
    except Infeasible:
        return None
    outcome = Session(render_arrays(model)).solve()
    return outcome.objective * model.unit if outcome.status is Status.OPTIMAL else None


def assert_never_dearer(tight: World, loose: World) -> None:
    before = least(tight)
    assume(before is not None)
    after = least(loose)
    assert after is not None
    assert after <= before + 1e-6 * max(1.0, abs(before))


def capped(world: World) -> World:
    """The world with a cap on shares and a quota, so that there is something to loosen."""
    if not any(rule["kind"] == "vendor_share" for rule in world.rules):
        world.rule("cap", "vendor_share", {"cap": 0.6, "basis": "resource", "resource": "vcpu"})
    if not world.tables["capacity"]:
        world.capacity("aa:x", "vcpu", 16)
    return world


@given(worlds(), st.sampled_from((0, 1, 50)))
@settings(max_examples=8)
def test_raising_a_capacity(world, more):
    tight = capped(world)
    loose = deepcopy(tight)
    for row in loose.tables["capacity"]:
        row["amount"] = 2 * row["amount"] + more
    assert_never_dearer(tight, loose)


@given(worlds())
@settings(max_examples=8)
def test_loosening_caps_and_floors(world):
    tight = capped(world)
    loose = deepcopy(tight)
    for rule in loose.rules:
        if rule["kind"] == "vendor_share":
            rule["parameters"]["cap"] = min(1.0, rule["parameters"]["cap"] + 0.15)
        elif rule["kind"] == "minimum_share":
            rule["parameters"]["floor"] /= 2
    assert_never_dearer(tight, loose)


@given(worlds(), st.data())
@settings(max_examples=8)
def test_dropping_a_rule_on_shares(world, data):
    tight = capped(world)
    loose = deepcopy(tight)
    rows = [r for r in loose.rules if r["kind"] in ("vendor_share", "minimum_share")]
    loose.rules.remove(data.draw(st.sampled_from(rows)))
    assert_never_dearer(tight, loose)


@given(worlds(reference=False), st.sampled_from(SHAPES), st.sampled_from(PRICES))
@settings(max_examples=8)
def test_adding_a_region_while_what_is_contestable_stays_the_same(world, shape, price):
    """Reference spend is left out: a cheaper region changes what every workload counts."""
    tight = capped(world)
    loose = deepcopy(tight)
    loose.region("aa:new").machine("aa:new", "m0", *shape, price).store("aa:new", "block_gib", price)
    loose.egress("aa:new", price)
    before, after = (assess(read(w)).contestable for w in (tight, loose))
    assume((before == after).all())
    assert_never_dearer(tight, loose)


@given(worlds(), st.sampled_from((2.0, 1024.0)))
@settings(max_examples=8)
def test_all_money_times_a_factor_is_the_same_plan_at_the_factor(world, factor):
    dear = deepcopy(world)
    for table in ("prices", "transfer"):
        for row in dear.tables[table]:
            row["ListUnitPrice"] *= factor
    try:
        plan = solved(world).plan
    except Infeasible:
        with pytest.raises(Infeasible):
            solved(dear)
        return
    other = solved(dear).plan
    assert other.costs["objective"].sum() == pytest.approx(factor * plan.costs["objective"].sum(), rel=1e-9)
    assert csv_bytes(other)["placements"] == csv_bytes(plan)["placements"]
