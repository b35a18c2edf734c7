"""No dearer virtual machine is bought to widen a share, solved by hand.

``db`` needs 4 vCPU and 64 GiB: at bb one ``r`` (2.00 an hour) or two ``b`` (1.50 each); ``etl`` 4 vCPU and
8 GiB: one ``b``, where ``r`` is dearer. At aa each machine costs half. January to March 2027 have 2,160
hours. aa may have 60 % of the spend, so a part y of db goes to bb, where all of it costs 10,000.00 besides,
outside shares.
"""

from __future__ import annotations

import dataclasses

import pytest
from audit.small_plan import edit, where
from support.audit_plan import audited
from support.cases import World
from support.plans import bought, cost, placed, plan_of, read, whole_plan

from planner.lp.problem import Problem
from planner.model.to_arrays import to_arrays
from planner.money import CENT
from planner.planning import build_model


def world(**more):
    made = World(**more).vendor("aa").vendor("bb")
    made.region("aa:x").machine("aa:x", "r", 4, 64, 1.0).machine("aa:x", "b", 4, 8, 0.75)
    made.region("bb:x").machine("bb:x", "r", 4, 64, 2.0).machine("bb:x", "b", 4, 32, 1.5)
    made.workload("db", demand={"vcpu": 4, "memory_gib": 64})
    made.workload("etl", demand={"vcpu": 4, "memory_gib": 8})
    # A quota far away keeps machines from folding.
    made.capacity("aa:x", "vcpu", 900).capacity("bb:x", "vcpu", 900)
    made.place_cost("db", "bb:x", 10_000).place_cost("etl", "bb:x", 90_000)
    return made.rule("cap", "vendor_share", {"cap": 0.6, "basis": "spend"})


def without_rows(made):
    """The cheapest cost if dearer machines could be bought."""
    model = build_model(read(made))
    loose = dataclasses.replace(model, blocks=tuple(b for b in model.blocks if b.family != "cheapest"))
    return Problem(to_arrays(loose)).solve().objective * model.unit


def test_a_share_is_not_widened_by_a_dearer_machine_that_a_pool_mate_keeps():
    """0.4 (0.75 + 1 − y) = 0.6 × 2 y, y = 0.4375: 2,160 × (0.75 + 0.5625 + 0.875) + 4,375 = 9,100.00.

    On ``b``, which etl keeps to choose from, db would spend 3.00 an hour at bb: y = 0.7 / 2.2, 8,336.36.
    """
    assert without_rows(world()) == pytest.approx(8_336.36, abs=CENT)
    plan = plan_of(world())
    assert cost(plan) == pytest.approx(9_100.00, abs=CENT)
    assert bought(plan) == pytest.approx({"aa:x:b": 1.0, "aa:x:r": 0.5625, "bb:x:r": 0.4375})


def test_what_draws_less_on_a_limit_may_be_dearer():
    """6 vCPU at bb: ``b`` with one vCPU less than ``r`` is no waste for db, and may carry it."""
    made = world()
    made.tables["skus"][-1].update(vcpu=1.5)
    assert cost(plan_of(made)) == pytest.approx(without_rows(made), abs=CENT)


def test_commitments_carry_anybody():
    """Two ``b`` held at bb until the end of March carry db though ``r`` is cheaper: they are paid anyway."""
    made = world().held("bb:x:b", 2, "2026-04").committed("bb:x:b", 1.5, 1)
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(without_rows(made), abs=CENT)
    assert not (plan.purchases["sku"] == "bb:x:r").any() and placed(plan)["db", "bb:x"] > 0.3


def test_whole_machines_are_not_dearer_either():
    """At home (bb) three quarters are due: db on ``r`` makes 2.00 of 2.75, on two ``b`` 3.00 of 3.75.

    The dearer is no way out, so both are at home, though etl costs 90,000.00 there.
    """
    made = world()
    made.tables["vendors"][1]["parent_jurisdiction"] = "MY"
    made.rules.clear()
    made.rule("home", "minimum_share", {"floor": 0.75, "of": "domestic", "basis": "spend"})
    made.tables["workloads"][0]["divisible"] = made.tables["workloads"][1]["divisible"] = False
    assert bought(whole_plan(made)) == pytest.approx({"bb:x:b": 1.0, "bb:x:r": 1.0})


def test_the_audit_fails_a_dearer_machine(tmp_path):
    """The plan that carries db on ``b`` at bb, though its own figures agree."""
    made = world()
    assert {f.status for f in audited(made, tmp_path / "good") if f.check == "cheapest"} == {"pass"}

    def swapped(plan):
        other = {"sku": lambda v: "bb:x:b", "units": lambda v: str(2 * float(v))}
        edit(plan / "purchases.csv", where(lambda r: r["sku"] == "bb:x:r", **other))

    found = audited(made, tmp_path / "bad", swapped)
    (wrong,) = [f for f in found if f.check == "cheapest"]
    assert (wrong.status, wrong.numbers) == ("fail", {"too many": "0.875"})
