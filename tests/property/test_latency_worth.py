"""Latency weighed on random worlds: a higher worth never makes users wait longer, and the audit agrees."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from support.audit_plan import audited
from support.cases import World
from support.depth import cases
from support.plans import plan_of
from support.random_worlds import worlds

from planner.errors import Infeasible
from planner.plan.plan import Plan, weighed


def with_users(world: World, draw: st.DrawFn) -> World:
    for site in ("Town", "Village"):
        world.node(site, "site")
    for row in world.tables["regions"]:
        world.node(row["region"], "region")
        for site in ("Town", "Village"):
            world.link(site, row["region"], draw(st.sampled_from((5, 20, 20.5, 80))), "access")
    for row in world.tables["workloads"]:
        world.users(row["workload"], Town=draw(st.sampled_from((0, 2000))), Village=1000)
    return world


def waited(plan: Plan, worth: float) -> float:
    """User-weighted round trips over the horizon."""
    return float(weighed(plan.costs)["objective"].sum()) / worth


@given(worlds(rich=True), st.data())
@settings(max_examples=cases(2), phases=(Phase.generate,))
def test_a_higher_worth_never_lengthens_round_trips(world: World, data: st.DataObject) -> None:
    with_users(world, data.draw).latency_worth(0.5)
    try:
        before = waited(plan_of(world), 0.5)
    except Infeasible:
        assume(False)
    worth = data.draw(st.sampled_from((5.0, 500.0)))
    world.latency_worth(worth)
    # Of several cheapest plans either may be found, hence the tolerance and no whole numbers.
    if not any(row["divisible"] is False for row in world.tables["workloads"]):
        assert waited(plan_of(world), worth) <= before * (1 + 1e-6) + 1e-6
    with TemporaryDirectory() as folder:
        wrong = [f for f in audited(world, Path(folder)) if f.status == "fail"]
    assert [(f.check, f.subject, f.message, dict(f.numbers)) for f in wrong] == []
