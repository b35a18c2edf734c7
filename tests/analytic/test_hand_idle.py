"""Idle machines of a fleet, solved by hand.

``api`` runs on containers and needs 40 vCPU and 160 GiB without headroom: 10 machines m4 at aa:x or
bb:x, MYR 1.00 an hour each, 21,600.00 for the 2,160 hours of January to March 2027. Serving all of it
at bb:x costs another 100,000.00, which counts in no share. aa may have 60 % of the spend.
"""

from __future__ import annotations

import dataclasses

import pytest
from audit.small_plan import edit, where, without
from support.audit_plan import audited
from support.cases import World
from support.plans import bought, cost, placed, plan_of, read

from planner.lp.problem import Problem
from planner.model.to_arrays import to_arrays
from planner.money import CENT
from planner.planning import build_model


def world(vcpu=40, memory=160, **more):
    made = World(headroom=0.0, **more).vendor("aa").vendor("bb")
    for region in ("aa:x", "bb:x"):
        made.region(region)
    made.machine("aa:x", "m4", 4, 16, 1.0)
    made.workload("api", platform="container", pod_vcpu=1, pod_memory_gib=4,
                  demand={"vcpu": vcpu, "memory_gib": memory})  # fmt: skip
    made.place_cost("api", "bb:x", 100_000)
    return made.rule("cap", "vendor_share", {"cap": 0.6, "basis": "spend"})


def without_rows(made):
    """The cheapest cost if idle machines could be bought."""
    model = build_model(read(made))
    loose = dataclasses.replace(model, blocks=tuple(b for b in model.blocks if b.family != "idle"))
    return Problem(to_arrays(loose)).solve().objective * model.unit


def test_a_share_is_not_thinned_out_by_idle_machines():
    """Four tenths must be served at bb: 21,600 + 0.4 × 100,000 = 61,600.00.

    Without the rows all would be served at aa, and 6 2/3 machines stand idle at bb, so that aa has 60 %:
    21,600 + 14,400 = 36,000.00.
    """
    made = world().machine("bb:x", "m4", 4, 16, 1.0)
    assert without_rows(made) == pytest.approx(36_000.00, abs=CENT)
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(61_600.00, abs=CENT)
    assert placed(plan)["api", "bb:x"] == pytest.approx(0.4)
    assert bought(plan) == pytest.approx({"aa:x:m4": 6.0, "bb:x:m4": 4.0})


def test_a_fleet_of_two_machines_runs_no_more_than_one_of_them_would():
    """40 vCPU and 40 GiB: 10 of c (4 vCPU, 4 GiB, 1.00) or 20 of r (2 vCPU, 16 GiB, 0.90) carry it alone.

    At aa 10.00 an hour, at bb at most 20 × 0.90 = 18.00 for the whole: 4 (1 − y) = 0.6 × 18 y, y = 4 / 14.8.
    (10 × 10.8 + 18 × 4) / 14.8 × 2,160 + 100,000 × 4 / 14.8 = 53,297.30. Both full would spend 28.00.
    """
    made = world(memory=40).machine("bb:x", "c", 4, 4, 1.0).machine("bb:x", "r", 2, 16, 0.9)
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(53_297.30, abs=CENT)
    assert placed(plan)["api", "bb:x"] == pytest.approx(4 / 14.8)


def test_headroom_slices_and_least_numbers_are_needed():
    """By night a quarter of the load, but at least 4 machines of w: with a quarter of headroom 12.5 by day.

    4 by night where the load would take 3.125. One vendor serves it: half the hours each,
    (12.5 + 4) × 1,080 = 17,820.00, and nothing is left out of the fleet.
    """
    made = world(slices={"day": 0.5, "night": 0.5})
    made.headroom = 0.25
    made.tables["workloads"][0]["min_units"] = 4
    made.load("api", day=1.0, night=0.25)
    made.rules[0]["parameters"]["cap"] = 1.0
    made.machine("bb:x", "m4", 4, 16, 1.0)
    assert cost(plan_of(made)) == pytest.approx(17_820.00, abs=CENT)


def test_a_commitment_held_may_lie_idle():
    """8 machines held at bb until June at 0.50 are paid, used or not: 8 × 0.50 × 2,160 = 8,640.00.

    Used they would count 0.50 an hour and aa could serve 3/7 only. So 4 run on demand at 1.00 beside them:
    8,640 + 61,600 = 70,240.00.
    """
    made = world().machine("bb:x", "m4", 4, 16, 1.0).committed("bb:x:m4", 0.5).held("bb:x:m4", 8, "2026-07")
    plan = plan_of(made.offer())
    assert cost(plan) == pytest.approx(70_240.00, abs=CENT)
    (held,) = plan.purchases[plan.purchases["term"] == "commit_1y"].itertuples()
    assert (held.units, held.used) == (8.0, 0.0)


def test_the_audit_fails_a_fleet_that_runs_idle(tmp_path):
    """Spoilt: twice as much runs at bb, with what it costs, so that aa has less than 60 %."""
    made = world().machine("bb:x", "m4", 4, 16, 1.0)

    def twice(plan):
        double = {"units": lambda v: str(2 * float(v))}
        edit(plan / "purchases.csv", where(lambda r: r["region"] == "bb:x", **double))
        money = dict.fromkeys(("list", "amortised", "cash", "objective"), double["units"])
        here = where(lambda r: r["region"] == "bb:x" and r["term"] == "compute", **money)
        edit(plan / "costs.csv", here)
        edit(plan / "shares.csv", without(lambda r: True))

    assert {f.status for f in audited(made, tmp_path / "good") if f.check == "idle"} == {"pass"}
    found = audited(made, tmp_path / "bad", twice)
    (wrong,) = [f for f in found if f.check == "idle"]
    assert (wrong.status, wrong.numbers) == ("fail", {"too much an hour": "4"})
    assert not [f for f in found if f.check == "vendor_share" and f.status == "fail"]
