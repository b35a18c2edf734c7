"""More freedom never costs more, and money is money: whatever the case."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.cases import World
from support.depth import cases
from support.plans import csv_bytes, read, solved
from support.random_worlds import PRICES, SHAPES, worlds

from planner.eligibility import assess
from planner.errors import Infeasible
from planner.lp.outcome import Status
from planner.lp.problem import Problem
from planner.model.to_arrays import to_arrays
from planner.planning import build_model


def least(world: World) -> float | None:
    """Least discounted cost, None where no plan obeys every rule."""
    try:
        model = build_model(read(world))
    except Infeasible:
        return None
    outcome = Problem(to_arrays(model)).solve()
    return outcome.objective * model.unit if outcome.status is Status.OPTIMAL else None


def capped(world: World) -> World:
    """The world with a cap on shares and a quota, so that there is something to loosen."""
    if not any(rule["kind"] == "vendor_share" for rule in world.rules):
        world.rule("cap", "vendor_share", {"cap": 0.6, "basis": "resource", "resource": "vcpu"})
    if not world.tables["capacity"]:
        world.capacity("aa:x", "vcpu", 16)
    return world


def more_capacity(world: World, draw: Callable) -> None:
    factor, more = draw(st.sampled_from((1, 2))), draw(st.sampled_from((0, 1, 50)))
    for row in world.tables["capacity"]:
        row["amount"] = factor * row["amount"] + more


def looser_caps_and_floors(world: World, draw: Callable) -> None:
    for rule in world.rules:
        if rule["kind"] == "vendor_share":
            rule["parameters"]["cap"] = min(
                1.0, rule["parameters"]["cap"] + draw(st.sampled_from((0.05, 0.2)))
            )
        elif rule["kind"] == "minimum_share":
            rule["parameters"]["floor"] /= 2


def one_rule_on_shares_less(world: World, draw: Callable) -> None:
    rows = [rule for rule in world.rules if rule["kind"] in ("vendor_share", "minimum_share")]
    world.rules.remove(draw(st.sampled_from(rows)))


def one_region_more(world: World, draw: Callable) -> None:
    price = draw(st.sampled_from(PRICES))
    world.region("aa:new").machine("aa:new", "m0", *draw(st.sampled_from(SHAPES)), price)
    world.store("aa:new", "block_gib", price).egress("aa:new", price)


LOOSER = (more_capacity, looser_caps_and_floors, one_rule_on_shares_less, one_region_more)


@given(worlds(reference=False), st.data())
@settings(max_examples=cases(3))
def test_more_freedom_never_costs_more(world, data):
    """A region counts only while it leaves what is contestable as it is: else it changes the question.

    Reference spend is left out: a cheaper region changes what every workload counts.
    """
    tight = capped(world)
    before = least(tight)
    assume(before is not None)
    for loosen in LOOSER:
        loose = deepcopy(tight)
        loosen(loose, data.draw)
        if loosen is one_region_more and not same_contestable(tight, loose):
            continue
        after = least(loose)
        assert after is not None, loosen.__name__
        assert after <= before + 1e-6 * max(1.0, abs(before)), loosen.__name__


def same_contestable(world: World, other: World) -> bool:
    first, second = (assess(read(w)).contestable for w in (world, other))
    return bool((first == second).all())


@given(worlds(), st.sampled_from((2.0, 1024.0)))
@settings(max_examples=cases(3))
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
