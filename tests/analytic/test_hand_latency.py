"""Latency targets, solved by hand.

``near:x`` costs MYR 2.00 an hour, ``far:x`` 1.00. From Town near:x takes 5 ms and far:x 30 ms; from
Village 40 and 65 ms. ``web`` needs 10 machines: 21,600.00 at far:x, 43,200.00 at near:x.
"""

import pytest
from support.cases import World
from support.plans import cost, placed, plan_of

from planner.errors import Infeasible
from planner.money import CENT

TEN = {"vcpu": 40, "memory_gib": 160}


def world(target, share, **users):
    made = World()
    for vendor, price in (("near", 2.0), ("far", 1.0)):
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m4", 4, 16, price)
        made.node(f"{vendor}:x", "region")
    made.node("Town", "site").node("Village", "site").node("Exchange", "hub")
    made.link("Exchange", "Town", 3, "access").link("Exchange", "Village", 38, "access")
    made.link("Exchange", "near:x", 2).link("Exchange", "far:x", 27)
    made.workload("web", demand=TEN, latency_ms=target, latency_share=share)
    made.users("web", **(users or {"Town": 100}))
    return made.rule("quick", "latency", {"statistic": "mean"})


def test_a_target_forces_a_dearer_region():
    """20 ms for all users of Town: only near:x, 43,200.00."""
    plan = plan_of(world(20, 1.0))
    assert cost(plan) == pytest.approx(43_200.00, abs=CENT)
    (line,) = plan.latency.itertuples()
    assert (line.reached_share, line.mean_ms, line.binds) == (1.0, 5.0, True)


def test_a_target_that_every_region_meets_costs_nothing():
    plan = plan_of(world(30, 1.0))
    assert cost(plan) == pytest.approx(21_600.00, abs=CENT)
    assert plan.latency["mean_ms"].tolist() == [30.0]


def test_a_share_of_the_users_moves_a_share_of_the_work():
    """60 % of users within 20 ms: 60 % of the work at near:x, (6 × 2.00 + 4 × 1.00) × 2,160 = 34,560.00.

    One point of users less saves 1 % of 10 machines × 1.00 × 2,160 = 216.00.
    """
    plan = plan_of(world(20, 0.6))
    assert cost(plan) == pytest.approx(34_560.00, abs=CENT)
    assert placed(plan) == {("web", "near:x"): 0.6, ("web", "far:x"): 0.4}
    (line,) = plan.binding.itertuples()
    assert (line.family, line.rule, line.subject) == ("latency", "quick", "web")
    assert line.marginal == pytest.approx(216.00, abs=CENT)


def test_users_are_weights():
    """45 ms: near:x reaches Town and Village, far:x Town only, which has 3 of 4 users.

    90 % wanted: p + 0.75 (1 − p) = 0.9, p = 0.6 at near:x: 34,560.00.
    """
    plan = plan_of(world(45, 0.9, Town=3000, Village=1000))
    assert cost(plan) == pytest.approx(34_560.00, abs=CENT)
    assert plan.latency["reached_share"].tolist() == pytest.approx([0.9])


def test_a_target_that_no_region_meets_is_told_beforehand():
    with pytest.raises(Infeasible) as caught:
        plan_of(world(4, 0.5))
    (told,) = caught.value.reasons
    assert "web: 50% of users must be within 4 ms" in told
    assert "reaches 0.0%" in told
    assert told.endswith("[quick]")


def test_without_a_rule_a_target_is_only_reported():
    made = world(20, 1.0)
    made.rules.clear()
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(21_600.00, abs=CENT)
    (line,) = plan.latency.itertuples()
    assert line.reached_share == 0.0


def test_users_may_come_later():
    """No users until April: far:x in January, near:x from April: 21,600 + 20 × 2,184 = 65,280.00."""
    made = world(20, 1.0, Town=[0, 100])
    made.periods = 2
    assert cost(plan_of(made)) == pytest.approx(65_280.00, abs=CENT)
