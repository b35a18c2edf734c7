"""What a SKU yields to a workload itself, solved by hand. January to March 2027 has 2,160 hours."""

import itertools

import pytest
from support.cases import World
from support.plans import bought, cost, excuses, plan_of

from planner.money import CENT


def world(**more):
    """m (4 vCPU, 16 GiB) at 1.00, c (8 vCPU, 16 GiB) at 1.50."""
    made = World(**more).vendor("aa").region("aa:x").machine("aa:x", "m", 4, 16, 1.0)
    return made.machine("aa:x", "c", 8, 16, 1.5)


NEED = {"vcpu": 0, "memory_gib": 0, "requests": 9000}


@pytest.mark.parametrize("quota", [None, 10_000])
def test_requests_choose_the_machine_by_what_it_serves(quota):
    """9,000 an hour. m serves 2,000: 4.5 × 1.00 = 4.50; c serves 4,000: 2.25 × 1.50 = 3.375.

    3.375 × 2,160 = 7,290.00, whether the choice folds or a quota keeps it in the program.
    """
    made = world().workload("web", demand=NEED).yields("web", "aa:x:m", 2000).yields("web", "aa:x:c", 4000)
    if quota:
        made.capacity("aa:x", "vcpu", quota)
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(7_290.00, abs=CENT)
    assert bought(plan) == {"aa:x:c": 2.25}


def test_a_machine_without_a_yield_serves_no_requests():
    """Only m has a row: 4.5 × 2,160 = 9,720.00, though c would be cheaper by the vCPU."""
    plan = plan_of(world().workload("web", demand=NEED).yields("web", "aa:x:m", 2000))
    assert cost(plan) == pytest.approx(9_720.00, abs=CENT)
    assert bought(plan) == {"aa:x:m": 4.5}


def test_a_region_where_nothing_serves_requests_is_an_excuse():
    """bb:x sells b for a cent, but nobody measured it."""
    made = world().vendor("bb").region("bb:x").machine("bb:x", "b", 4, 16, 0.01)
    plan = plan_of(made.workload("web", demand=NEED).yields("web", "aa:x:m", 2000))
    assert cost(plan) == pytest.approx(9_720.00, abs=CENT)
    assert [e[:2] for e in excuses(plan)] == [("web", "bb:x")]


def test_the_tightest_of_requests_and_resources_counts():
    """40 GiB takes 2.5 m, 9,000 requests at 2,000 take 4.5, at 6,000 only 1.5: max(2.5, 1.5) × 2,160."""
    need = {"vcpu": 0, "memory_gib": 40, "requests": 9000}
    plan = plan_of(world().workload("web", demand=need).yields("web", "aa:x:m", 6000))
    assert cost(plan) == pytest.approx(2.5 * 2160, abs=CENT)


def test_an_own_yield_takes_the_place_of_the_catalogs_for_its_workload_alone():
    """fast gets 8 vCPU of an m: 1 m for 8 vCPU; slow gets 4: 1 c at 1.50 or 2 m at 1.00 for 8 vCPU.

    fast 1.00, slow 1 c (8 vCPU, 16 GiB) 1.50: 2.50 × 2,160 = 5,400.00.
    """
    made = world().workload("fast", demand={"vcpu": 8, "memory_gib": 8})
    made.workload("slow", demand={"vcpu": 8, "memory_gib": 8}).yields("fast", "aa:x:m", 8, "vcpu")
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(5_400.00, abs=CENT)
    assert bought(plan) == {"aa:x:m": 1.0, "aa:x:c": 1.0}


def test_requests_follow_the_slices():
    """Half the hours at the peak, half at a tenth: 4.5 and max(0.45, 1) m. (4.5 + 1) × 1,080 = 5,940.00."""
    made = world(slices={"day": 0.5, "night": 0.5}).workload("web", demand=NEED)
    made.yields("web", "aa:x:m", 2000).load("web", day=1.0, night=0.1)
    assert cost(plan_of(made)) == pytest.approx(5_940.00, abs=CENT)


def test_spot_machines_yield_what_the_machine_does():
    """4.5 m on spot at 0.40: 1.80 × 2,160 = 3,888.00."""
    made = world().workload("web", demand=NEED, spot_ok=True).yields("web", "aa:x:m", 2000)
    plan = plan_of(made.spot("aa:x:m", 0.4).offer("spot"))
    assert cost(plan) == pytest.approx(3_888.00, abs=CENT)


def test_every_choice_of_yields_costs_what_enumeration_says():
    """Cost = least over machines of price × max(1, requests / own yield), for a grid of yields."""
    for requests, m, c in itertools.product((500, 9000, 12_345), (300, 2000), (700, 1900, 4000)):
        made = world().workload("web", demand={**NEED, "requests": requests})
        made.yields("web", "aa:x:m", m).yields("web", "aa:x:c", c)
        by_hand = min(1.0 * max(1, requests / m), 1.5 * max(1, requests / c)) * 2160
        assert cost(plan_of(made)) == pytest.approx(by_hand, abs=CENT)
