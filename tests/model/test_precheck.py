"""The pre-check's reasons are proofs: told when they hold, never when a plan exists.

Random cases are in ``test_against_brute_force``; here are the reasons one by one, each with a case
just inside the limit that has a plan.
"""

import pytest
from support.cases import World
from support.plans import model_of, plan_of

from planner.errors import Infeasible


def market(*vendors, **more):
    """Vendors with a region each; ``home`` has its parent at home."""
    world = World(**more)
    for vendor in vendors:
        world.vendor(vendor, jurisdiction="MY" if vendor == "home" else "XX")
        world.region(f"{vendor}:x").machine(f"{vendor}:x", "m4", 4, 16, 1.0)
    return world


def only(world, workloads, vendors):
    """Keep a project's workloads to some vendors."""
    for row in world.tables["workloads"]:
        if row["workload"] in workloads:
            row["project"] = "kept"
    return world.rule(
        "panel", "vendor_panel", {"vendors": vendors}, select={"workload": {"project": ["kept"]}}
    )


def reasons(world):
    with pytest.raises(Infeasible) as caught:
        model_of(world)
    return caught.value.reasons


VCPU = {"basis": "resource", "resource": "vcpu"}


@pytest.mark.parametrize("basis", [VCPU, {"basis": "spend"}, {"basis": "reference_spend"}])
def test_a_cap_needs_as_many_groups_as_it_takes_to_reach_the_whole(basis):
    """Two groups at 49 % each reach 98 %; at 50 % they reach it all."""
    tight = market("aa", "bb").workload("web").rule("cap", "vendor_share", {"cap": 0.49, **basis})
    (told,) = reasons(tight)
    assert "cap of 49%" in told
    assert "2 vendor groups" in told
    assert "98%" in told
    assert told.endswith("[cap]")
    fits = market("aa", "bb").workload("web").rule("cap", "vendor_share", {"cap": 0.5, **basis})
    assert plan_of(fits).head["status"] == "optimal"


def test_a_cap_counts_only_what_each_group_may_host():
    """Three groups at 40 %; web (16 of 20 vCPU) may run at aa and bb, api at any: reach 40 + 40 + 20 %."""
    world = market("aa", "bb", "cc").workload("web", demand={"vcpu": 16, "memory_gib": 16}).workload("api")
    only(world, {"web"}, ["aa", "bb"]).rule("cap", "vendor_share", {"cap": 0.4, **VCPU})
    assert plan_of(world).head["status"] == "optimal"
    world.tables["demand"][0]["amount"] = 17
    world.tables["demand"][2]["amount"] = 3
    (told,) = reasons(world)
    assert "95%" in told


def test_what_may_leave_the_market_need_not_fit_under_a_cap():
    """Two groups at 40 % reach 80 %, but the own data centre, outside all shares, may take the rest."""
    world = market("aa", "bb").vendor("gov", market=False).region("gov:x").machine("gov:x", "m4", 4, 16, 9.0)
    world.capacity("gov:x", "vcpu", 1e6)
    plan = plan_of(world.workload("web").rule("cap", "vendor_share", {"cap": 0.4, **VCPU}))
    assert set(plan.placements["region"]) == {"gov:x"}


def test_what_costs_nothing_has_no_share_of_the_spend():
    """Free machines: spend is 0 everywhere and 0 ≤ 0.4 · 0."""
    world = market("aa", "bb").workload("web").rule("cap", "vendor_share", {"cap": 0.4, "basis": "spend"})
    for row in world.tables["prices"]:
        row["ListUnitPrice"] = 0.0
    assert plan_of(world).head["objective"] == 0.0


def test_a_floor_needs_somebody_at_home_who_may_host_enough():
    world = (
        market("aa", "bb")
        .workload("web")
        .rule("floor", "minimum_share", {"floor": 0.1, "of": "domestic", **VCPU})
    )
    (told,) = reasons(world)
    assert "at least 10%" in told
    assert told.endswith("[floor]")


def test_a_floor_counts_only_what_those_at_home_may_host():
    """web, 12 of 16 vCPU, may not run at home: at most 25 %."""
    world = market("aa", "bb", "home").workload("web", demand={"vcpu": 12, "memory_gib": 16}).workload("api")
    only(world, {"web"}, ["aa", "bb"])
    world.rule("floor", "minimum_share", {"floor": 0.25, "of": "domestic", **VCPU})
    assert plan_of(world).head["status"] == "optimal"
    world.rules[-1]["parameters"]["floor"] = 0.26
    (told,) = reasons(world)
    assert "25%" in told


def test_a_limit_that_captive_work_exceeds():
    world = market("aa", "bb").workload("web", demand={"vcpu": 8, "memory_gib": 8}).workload("api")
    only(world, {"web"}, ["aa"]).capacity("aa:x", "vcpu", 7.9)
    (told,) = reasons(world)
    assert "aa:x has 7.9 vcpu" in told
    assert "need 8: web" in told
    world.tables["capacity"][0]["amount"] = 8
    assert plan_of(world).head["status"] == "optimal"


def test_a_payers_limit_counts_its_own_captive_work():
    world = (
        market("aa").workload("web", "mof").workload("api", "moh").capacity("aa:x", "vcpu", 4, payer="moh")
    )
    assert plan_of(world).head["status"] == "optimal"
    world.tables["capacity"][0]["amount"] = 3
    (told,) = reasons(world)
    assert "api" in told
    assert "web" not in told


def test_captive_work_that_is_busy_at_different_hours_fits_one_after_the_other():
    """Each needs 8 vCPU at its peak, one by day, one by night: 8 + 2 vCPU in either slice."""
    world = market("aa", slices={"day": 0.5, "night": 0.5})
    for name, day, night in (("web", 1, 0.25), ("batch", 0.25, 1)):
        world.workload(name, demand={"vcpu": 8, "memory_gib": 8})
        world.add("loads", workload=name, slice="day", factor=day)
        world.add("loads", workload=name, slice="night", factor=night)
    world.capacity("aa:x", "vcpu", 12)
    assert plan_of(world).head["status"] == "optimal"
    world.tables["capacity"][0]["amount"] = 9
    (told,) = reasons(world)
    assert "need 10" in told


def test_every_resource_that_is_short_is_told_and_every_payers_own():
    """8 vCPU and 32 GiB of each of two payers, who may have 4 vCPU each; 40 GiB of memory are there."""
    world = market("aa").workload("web", "mof", demand={"vcpu": 8, "memory_gib": 32})
    world.workload("api", "moh", demand={"vcpu": 8, "memory_gib": 32})
    world.capacity("aa:x", "memory_gib", 40)
    world.capacity("aa:x", "vcpu", 4, payer="mof").capacity("aa:x", "vcpu", 4, payer="moh")
    told = reasons(world)
    assert [line.partition(" in ")[0] for line in told] == [
        "aa:x has 40 memory_gib",
        "aa:x has 4 vcpu",
        "aa:x has 4 vcpu",
    ]
    assert [line.rpartition(": ")[2] for line in told[1:]] == ["web [capacity]", "api [capacity]"]
