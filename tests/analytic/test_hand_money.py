"""Prices, dates, exchange and discount, solved by hand. January to March 2027 has 2,160 hours."""

import math

import pytest
from support.cases import World
from support.plans import bought, cash, cost, plan_of

from planner.money import CENT

NOTHING = {"vcpu": 0, "memory_gib": 0}


def world(price=1.0, currency="MYR", **more):
    return World(**more).vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, price, currency)


def test_terms_are_reported_one_by_one():
    """One machine 2,160.00; 100 GiB block × 0.20 × 3 = 60.00; 500 GiB object × 0.05 × 3 = 75.00;
    40 GiB a month × 0.10 × 3 = 12.00; together 2,307.00.
    """
    made = world().store("aa:x", "block_gib", 0.2).store("aa:x", "object_gib", 0.05).egress("aa:x", 0.1)
    need = {"vcpu": 4, "memory_gib": 16, "block_gib": 100, "object_gib": 500, "egress_gib": 40}
    plan = plan_of(made.workload("web", demand=need))
    assert cash(plan, term="compute") == pytest.approx(2_160.00, abs=CENT)
    assert cash(plan, term="storage") == pytest.approx(135.00, abs=CENT)
    assert cash(plan, term="egress") == pytest.approx(12.00, abs=CENT)
    assert cost(plan) == pytest.approx(2_307.00, abs=CENT)
    assert bought(plan) == {"aa:x:m4": 1.0, "aa:x:block_gib": 100.0, "aa:x:object_gib": 500.0}


def test_storage_is_bought_where_it_is_cheapest_in_the_region():
    """gp at 0.20, io at 0.30: 100 × 0.20 × 3 = 60.00."""
    made = world().store("aa:x", "block_gib", 0.3, "io").store("aa:x", "block_gib", 0.2, "gp")
    plan = plan_of(made.workload("disk", demand={**NOTHING, "block_gib": 100}))
    assert cost(plan) == pytest.approx(60.00, abs=CENT)
    assert bought(plan) == {"aa:x:gp": 100.0}


def test_egress_is_paid_at_the_first_paid_tier():
    """Free up to 100 GiB, then 0.09, from 10,240 GiB 0.05: 20,000 × 0.09 × 3 = 5,400.00."""
    made = world().egress("aa:x", 0.0, 0).egress("aa:x", 0.09, 100).egress("aa:x", 0.05, 10240)
    plan = plan_of(made.workload("video", demand={**NOTHING, "egress_gib": 20_000}))
    assert cost(plan) == pytest.approx(5_400.00, abs=CENT)


def test_egress_that_is_always_free_costs_nothing():
    plan = plan_of(
        world().egress("aa:x", 0.0).workload("video", demand={"vcpu": 4, "memory_gib": 16, "egress_gib": 9})
    )
    assert cost(plan) == pytest.approx(2_160.00, abs=CENT)


def test_everything_free_is_a_plan_that_costs_nothing():
    plan = plan_of(world(price=0.0).workload("web"))
    assert cost(plan) == 0.0
    assert bought(plan) == {"aa:x:m4": 1.0}


def test_the_place_is_chosen_by_the_sum_of_all_terms():
    """bb's machine costs 1.05, aa's 1.00, but 1,000 GiB out of aa cost 0.10 each, out of bb 0.01.

    aa: 2,160 + 300 = 2,460.00; bb: 2,268 + 30 = 2,298.00.
    """
    made = world().egress("aa:x", 0.1).vendor("bb").region("bb:x").machine("bb:x", "m4", 4, 16, 1.05)
    made.egress("bb:x", 0.01).workload("web", demand={"vcpu": 4, "memory_gib": 16, "egress_gib": 1000})
    assert cost(plan_of(made)) == pytest.approx(2_298.00, abs=CENT)


def test_demand_grows_and_a_need_may_begin_later():
    """web needs 1, 1, then 3 machines; api nothing until July, then 2.

    2,160 + 2,184 + 5 × 2,208 = 15,384.00.
    """
    made = world(periods=3).workload("web", demand={"vcpu": [4, 4, 12], "memory_gib": [16, 16, 48]})
    made.workload("api", demand={"vcpu": [0, 0, 8], "memory_gib": [0, 0, 32]})
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(15_384.00, abs=CENT)
    assert set(plan.placements.loc[plan.placements["workload"] == "api", "period"]) == {"2027-07"}


def test_foreign_prices_at_the_rate_and_buffer_of_each_year():
    """USD 0.50 an hour. 2027: 8,760 h × 0.50 × 4.00 × 1.05 = 18,396.00; 2028 (leap year): 8,784 × 0.50
    × 4.50 × 1.10 = 21,740.40; together 40,136.40.
    """
    made = world(0.5, "USD", periods=2, months=12).rate("USD", 2027, 4.0, 0.05).rate("USD", 2028, 4.5, 0.1)
    plan = plan_of(made.workload("web"))
    assert cash(plan, period="2027-01") == pytest.approx(18_396.00, abs=CENT)
    assert cash(plan, period="2028-01") == pytest.approx(21_740.40, abs=CENT)
    assert cost(plan) == pytest.approx(40_136.40, abs=CENT)
    assert set(plan.purchases["currency"]) == {"USD"}


def test_the_rate_decides_who_is_cheapest():
    """aa sells at USD 1.00, bb at MYR 4.10: aa in 2027 (rate 4.00), bb in 2028 (rate 4.20)."""
    made = world(1.0, "USD", periods=2, months=12).rate("USD", 2027, 4.0).rate("USD", 2028, 4.2)
    made.vendor("bb").region("bb:x").machine("bb:x", "m4", 4, 16, 4.1)
    plan = plan_of(made.workload("web"))
    assert cost(plan) == pytest.approx(8760 * 4.0 + 8784 * 4.1, abs=CENT)


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-03-01", 2160.0), ("2026-05-31", 2160.0), ("2026-06-01", 3240.0)]
)
def test_prices_are_those_of_the_day(day, expected):
    """1.00 until 31 May 2026, 1.50 from 1 June; 9.00 from 1 December is not known on any of the days."""
    made = World(prices_as_of=day).vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, None)
    for price, start, end in (
        (1.0, "2026-01-01", "2026-06-01"),
        (1.5, "2026-06-01", "2026-12-01"),
        (9.0, "2026-12-01", ""),
    ):
        made.price("aa:x:m4", price, "Hour", valid_from=start, valid_to=end)
    assert cost(plan_of(made.workload("web"))) == pytest.approx(expected, abs=CENT)


def test_a_year_is_discounted_as_money_that_falls_due_evenly():
    """10 % a year over 8,760 hours: mean of 1.1^−h/8760 = (1 − 1/1.1) / ln 1.1 = 0.953824…

    8,760 × 0.953824… = 8,355.49. Cash is not discounted.
    """
    plan = plan_of(world(months=12, discount_rate=0.1).workload("web"))
    assert cost(plan) == pytest.approx(8760 * (1 - 1 / 1.1) / math.log(1.1), abs=CENT)
    assert cost(plan) == pytest.approx(8_355.49, abs=CENT)
    assert cash(plan) == pytest.approx(8_760.00, abs=CENT)


@pytest.mark.parametrize("discount", [0.0, 0.04, 0.3])
def test_cutting_periods_changes_no_cost(discount):
    """The same year as 1 × 12, 2 × 6, 4 × 3 and 12 × 1 months costs the same, discounted or not."""
    costs = []
    for months in (12, 6, 3, 1):
        made = world(price=7.0, months=months, periods=12 // months, discount_rate=discount)
        made.workload("web", demand={"vcpu": 40, "memory_gib": 160})
        costs.append(cost(plan_of(made)))
    assert costs == pytest.approx([costs[0]] * 4, abs=CENT / 100)


def test_cutting_periods_changes_no_cost_of_storage_and_egress():
    """Half a year from July 2027 has two quarters of 92 days; 10,000 GiB × 0.20 and 5,000 × 0.10 a month."""
    costs = []
    for months in (6, 3):
        made = world(start="2027-07", months=months, periods=6 // months, discount_rate=0.1)
        made.store("aa:x", "block_gib", 0.2).egress("aa:x", 0.1)
        need = {"vcpu": 4, "memory_gib": 16, "block_gib": 10_000, "egress_gib": 5_000}
        costs.append(cost(plan_of(made.workload("web", demand=need))))
    assert costs[0] == pytest.approx(costs[1], abs=CENT / 100)


def test_what_rests_on_assumed_prices_is_counted():
    """Compute is published here, storage assumed: 60.00 of 2,220.00."""
    made = world().store("aa:x", "block_gib", 0.2)
    made.tables["prices"][0]["basis"] = "published"
    plan = plan_of(made.workload("web", demand={"vcpu": 4, "memory_gib": 16, "block_gib": 100}))
    assert plan.head["amortised"] == pytest.approx(2_220.00, abs=CENT)
    assert plan.head["assumed"] == pytest.approx(60.00, abs=CENT)
