"""Standbys and backups, solved by hand. January to March 2027 has 2,160 hours.

web needs ten machines at 1.00 an hour at aa:x, 1.20 at aa:y, 1.50 at bb:x and 1.10 at cc:x, which is abroad;
1,000 GiB of it cost 0.10 a month as blocks and 0.05 as objects at all of them.
"""

import pytest
from support.cases import World
from support.plans import cost, plan_of

from planner.errors import Infeasible
from planner.money import CENT

STORED = 3 * 1000 * 0.10


def world(**more) -> World:
    made = World(**more)
    for region, price, country in (
        ("aa:x", 1.0, "MY"), ("aa:y", 1.2, "MY"), ("bb:x", 1.5, "MY"), ("cc:x", 1.1, "SG"),
    ):  # fmt: skip
        if region[:2] not in {v["vendor"] for v in made.tables["vendors"]}:
            made.vendor(region[:2])
        made.region(region, country=country).machine(region, "m4", 4, 16, price)
        made.store(region, "block_gib", 0.10).store(region, "object_gib", 0.05)
    return made


def web(made: World, tier: str) -> World:
    need = {"vcpu": 40, "memory_gib": 160, "block_gib": 1000}
    return made.workload("web", demand=need, resilience=tier)


def at_home(made: World, *roles: str) -> World:
    return made.rule("home", "residency", {"countries": ["MY"], "roles": list(roles)})


def copies(plan) -> dict[tuple[str, str], float]:
    rows = plan.placements[plan.placements["role"] != "primary"]
    return {(r.role, r.region): round(float(r.share), 9) for r in rows.itertuples()}


@pytest.mark.parametrize(
    ("standby", "roles", "where", "price"),
    [
        ("other_region", (), "cc:x", 1.1),
        ("other_region", ("standby",), "aa:y", 1.2),
        ("other_group", ("primary", "standby"), "bb:x", 1.5),
    ],
)
def test_half_is_kept_ready_where_the_tier_and_its_own_rule_allow(standby, roles, where, price):
    """Ten machines at aa:x and five ready: 2,160 × (10 × 1.00 + 5 × price), blocks one and a half times."""
    made = web(world().tier("warm", standby, ready=0.5), "warm")
    plan = plan_of(at_home(made, *roles) if roles else made)
    assert copies(plan) == {("standby", where): 1.0}
    assert cost(plan) == pytest.approx(2160 * (10 + 5 * price) + 1.5 * STORED, abs=CENT)


def test_active_active_keeps_all_of_it_running_twice():
    """All parts 1: whichever place is gone, the other runs all of it. 2,160 × 10 × (1.00 + 1.10)."""
    plan = plan_of(web(world().tier("active-active", "other_region", ready=1.0), "active-active"))
    assert cost(plan) == pytest.approx(2160 * 21 + 2 * STORED, abs=CENT)


def test_each_of_two_places_stands_ready_for_what_is_at_the_other():
    """Room for 15 machines at aa:x and 5 at cc:x: of ten that run and ten that are ready no more than ten can
    be at aa:x, as nothing is ready where it runs; five are at cc:x and five at aa:y.
    """
    made = web(world().tier("active-active", "other_region", ready=1.0), "active-active")
    plan = plan_of(made.capacity("aa:x", "vcpu", 60).capacity("cc:x", "vcpu", 20))
    assert cost(plan) == pytest.approx(2160 * (10 * 1.0 + 5 * 1.1 + 5 * 1.2) + 2 * STORED, abs=CENT)


@pytest.mark.parametrize(
    ("roles", "allowed"), [((), {"aa:y", "bb:x", "cc:x"}), (("backup",), {"aa:y", "bb:x"})]
)
def test_a_backup_is_objects_where_its_own_rule_allows_and_the_system_is_not(roles, allowed):
    """2 × 1,000 GiB as objects: 3 × 2,000 × 0.05 = 300.00, beside 2,160 × 10 and the blocks."""
    made = web(world().tier("kept", backup=2.0), "kept")
    plan = plan_of(at_home(made, *roles) if roles else made)
    assert {region for _, region in copies(plan)} <= allowed
    assert cost(plan) == pytest.approx(21_600.00 + STORED + 300.00, abs=CENT)


def test_a_backup_that_may_lie_nowhere_else_moves_the_system():
    """Backups may only lie at aa:x, so the system runs at cc:x: 2,160 × 10 × 1.10."""
    made = web(world().tier("kept", backup=1.0), "kept")
    for row in made.tables["regions"]:
        row["country"] = "MY" if row["region"] == "aa:x" else "SG"
    plan = plan_of(at_home(made, "backup"))
    assert copies(plan) == {("backup", "aa:x"): 1.0}
    assert cost(plan) == pytest.approx(2160 * 11 + STORED + 150.00, abs=CENT)


def test_a_standby_that_has_no_place_has_no_plan():
    made = web(world().tier("warm", "other_group", ready=0.5), "warm")
    for row in made.tables["regions"]:
        row["country"] = "MY" if row["region"].startswith("aa") else "SG"
    with pytest.raises(Infeasible):
        plan_of(at_home(made, "primary", "standby"))
