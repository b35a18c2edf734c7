"""Plans of equal cost: fewest moves first, then the lowest latency, then the order of the regions."""

import pytest
from support.cases import World
from support.plans import cost, placed, plan_of

from planner.money import CENT

FOUR_QUARTERS = ("2027-01", "2027-04", "2027-07", "2027-10")


def world(prices=(("aa", 1.0), ("bb", 1.0), ("cc", 1.0)), **more):
    made = World(periods=4, **more)
    for vendor, price in prices:
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m4", 4, 16, price)
    return made


def by_period(plan):
    return [placed(plan, period) for period in FOUR_QUARTERS]


@pytest.mark.parametrize("today", ["aa:x", "bb:x", "cc:x"])
def test_a_workload_stays_where_it_is(today):
    plan = plan_of(world().workload("web").today("web", today))
    assert by_period(plan) == [{("web", today): 1.0}] * 4


def test_without_a_place_today_the_first_region_keeps_it_throughout():
    assert by_period(plan_of(world().workload("web"))) == [{("web", "aa:x"): 1.0}] * 4


def test_a_split_of_today_stays_split():
    plan = plan_of(world().workload("web").today("web", "bb:x", 0.25).today("web", "cc:x", 0.75))
    assert by_period(plan) == [{("web", "bb:x"): 0.25, ("web", "cc:x"): 0.75}] * 4


def test_cost_comes_before_moves():
    """web runs at bb today, but bb costs a cent an hour more: it moves once, to aa: 8,760.00."""
    plan = plan_of(world((("aa", 1.0), ("bb", 1.01))).workload("web").today("web", "bb:x"))
    assert by_period(plan) == [{("web", "aa:x"): 1.0}] * 4
    assert cost(plan) == pytest.approx(8_760.00, abs=CENT)


def test_what_must_be_split_is_split_once():
    """A cap of 50 % with equal prices: any split in halves costs the same; it never flips over."""
    made = world().workload("web").workload("api")
    made.rule("cap", "vendor_share", {"cap": 0.5, "basis": "resource", "resource": "vcpu"})
    plan = plan_of(made)
    first, *others = by_period(plan)
    assert others == [first] * 3


def test_a_move_away_and_back_costs_two_moves_so_it_never_happens():
    """aa is closed to web in April to June only; bb costs the same, so web is at bb throughout."""
    made = world((("aa", 1.0), ("bb", 1.0))).workload("web")
    made.capacity("aa:x", "vcpu", [1000, 0, 1000])
    assert by_period(plan_of(made)) == [{("web", "bb:x"): 1.0}] * 4


def test_a_region_today_outside_the_catalog_is_left_for_the_nearest_in_the_order():
    plan = plan_of(world().workload("web").today("web", "elsewhere:old"))
    assert by_period(plan) == [{("web", "aa:x"): 1.0}] * 4


def test_of_equal_cost_and_moves_the_lowest_latency():
    """Town reaches bb:x in 5 ms, aa:x and cc:x in 30 ms."""
    made = world().workload("web").users("web", Town=10).node("Town", "site")
    for region, ms in (("aa:x", 30), ("bb:x", 5), ("cc:x", 30)):
        made.node(region, "region").link("Town", region, ms, "access")
    assert by_period(plan_of(made)) == [{("web", "bb:x"): 1.0}] * 4


def test_moves_come_before_latency():
    """web runs at cc today; bb:x is nearer and as cheap, but going there is a move."""
    made = world().workload("web").users("web", Town=10).node("Town", "site").today("web", "cc:x")
    for region, ms in (("aa:x", 30), ("bb:x", 5), ("cc:x", 30)):
        made.node(region, "region").link("Town", region, ms, "access")
    assert by_period(plan_of(made)) == [{("web", "cc:x"): 1.0}] * 4
