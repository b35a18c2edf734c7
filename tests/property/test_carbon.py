"""Carbon on random worlds: what is planned is what the audit finds, and weighing it never adds to it."""

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


def with_grids(world: World, draw: st.DrawFn) -> World:
    world.add("energy", resource="vcpu", kwh_per_hour=0.01)
    for row in world.tables["regions"]:
        world.add("grid", region=row["region"], kg_per_kwh=draw(st.sampled_from((0.1, 0.5, 1.0))))
    return world


@given(worlds(rich=True), st.data())
@settings(max_examples=cases(3), phases=(Phase.generate,))
def test_a_price_never_adds_carbon_and_the_audit_agrees(world: World, data: st.DataObject) -> None:
    with_grids(world, data.draw)
    world.carbon_price(1.0)
    try:
        before = plan_of(world).head["carbon"]
    except Infeasible:
        assume(False)
    world.carbon_price(data.draw(st.sampled_from((100.0, 10_000.0))))
    world.rule("carbon-cap", "carbon", {"cap": before["tonnes"] + 1.0, "per": "period"})
    assert before["unknown"] == []
    after = plan_of(world).head["carbon"]
    if not any(row["divisible"] is False for row in world.tables["workloads"]):
        assert after["tonnes"] <= before["tonnes"] * (1 + 1e-6) + 1e-6
    with TemporaryDirectory() as folder:
        wrong = [f for f in audited(world, Path(folder)) if f.status == "fail"]
    assert [(f.check, f.subject, f.message, dict(f.numbers)) for f in wrong] == []
