"""Capacity, solved by hand, with what one more unit of it is worth.

aa:x sells m4 (4 vCPU, 16 GiB) at MYR 1.00 an hour, bb:x at 2.00. January to March 2027 has 2,160
hours, April to June 2,184. ``web`` needs 10 machines.
"""

import pytest
from support.cases import World
from support.plans import bought, cost, placed, plan_of

from planner.money import CENT

TEN = {"vcpu": 40, "memory_gib": 160}
FIVE = {"vcpu": 20, "memory_gib": 80}


def world(**more):
    made = World(**more)
    for vendor, price in (("aa", 1.0), ("bb", 2.0)):
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m4", 4, 16, price)
    return made


def test_capacity_binds_and_its_worth_is_the_difference_of_prices():
    """aa has 24 vCPU, 6 machines: (6 × 1.00 + 4 × 2.00) × 2,160 = 30,240.00.

    One more vCPU is a quarter of a machine: 0.25 × (2.00 − 1.00) × 2,160 = 540.00.
    """
    plan = plan_of(world().workload("web", demand=TEN).capacity("aa:x", "vcpu", 24))
    assert cost(plan) == pytest.approx(30_240.00, abs=CENT)
    assert placed(plan) == {("web", "aa:x"): 0.6, ("web", "bb:x"): 0.4}
    (line,) = plan.binding.itertuples()
    assert (line.family, line.subject, line.period, line.per) == (
        "capacity",
        "aa:x",
        "2027-01",
        "one more vcpu",
    )
    assert line.marginal == pytest.approx(540.00, abs=CENT)


def test_capacity_that_does_not_bind_is_worth_nothing():
    """aa has 48 vCPU, room for 12 machines: 21,600.00 and nothing binds."""
    plan = plan_of(world().workload("web", demand=TEN).capacity("aa:x", "vcpu", 48))
    assert cost(plan) == pytest.approx(21_600.00, abs=CENT)
    assert plan.binding.empty


def test_memory_can_be_what_is_short():
    """aa has 1,000 vCPU but 48 GiB, 3 machines: (3 × 1.00 + 7 × 2.00) × 2,160 = 36,720.00."""
    made = (
        world().workload("web", demand=TEN).capacity("aa:x", "vcpu", 1000).capacity("aa:x", "memory_gib", 48)
    )
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(36_720.00, abs=CENT)
    assert plan.binding["per"].tolist() == ["one more memory_gib"]


def test_a_quota_on_one_sku_counts_machines():
    """aa also sells m8 (8 vCPU, 32 GiB) at 2.40. At most 3 machines m4, so 3.5 machines m8.

    (3 × 1.00 + 3.5 × 2.40) × 2,160 = 24,624.00. One more m4 spares half an m8: 0.20 × 2,160 = 432.00.
    """
    made = world().machine("aa:x", "m8", 8, 32, 2.4).workload("web", demand=TEN)
    plan = plan_of(made.capacity("aa:x:m4", "units", 3))
    assert cost(plan) == pytest.approx(24_624.00, abs=CENT)
    assert bought(plan) == {"aa:x:m4": 3.0, "aa:x:m8": 3.5}
    (line,) = plan.binding.itertuples()
    assert (line.subject, line.per) == ("aa:x:m4", "one more units")
    assert line.marginal == pytest.approx(432.00, abs=CENT)


def test_capacity_holds_until_the_next_row():
    """24 vCPU from January, 40 from April, still 40 from July (2,208 hours).

    14 × 2,160 + 10 × 2,184 + 10 × 2,208 = 74,160.00.
    """
    plan = plan_of(world(periods=3).workload("web", demand=TEN).capacity("aa:x", "vcpu", [24, 40]))
    assert cost(plan) == pytest.approx(74_160.00, abs=CENT)
    assert placed(plan, "2027-01") == {("web", "aa:x"): 0.6, ("web", "bb:x"): 0.4}
    assert placed(plan, "2027-07") == {("web", "aa:x"): 1.0}


def test_capacity_is_shared_by_all_workloads():
    """web and api, 5 machines each, share 24 vCPU at aa: (6 × 1.00 + 4 × 2.00) × 2,160 = 30,240.00."""
    made = (
        world().workload("web", demand=FIVE).workload("api", "moh", demand=FIVE).capacity("aa:x", "vcpu", 24)
    )
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(30_240.00, abs=CENT)
    shares = placed(plan)
    assert shares["web", "aa:x"] + shares.get(("api", "aa:x"), 0.0) == pytest.approx(1.2)


def test_a_payers_quota_binds_its_own_workloads_only():
    """moh may buy 8 vCPU at aa; mof is free: 5 + 2 machines at 1.00, 3 at 2.00.

    (7 × 1.00 + 3 × 2.00) × 2,160 = 28,080.00.
    """
    made = world().workload("web", "mof", demand=FIVE).workload("api", "moh", demand=FIVE)
    plan = plan_of(made.capacity("aa:x", "vcpu", 8, payer="moh"))
    assert cost(plan) == pytest.approx(28_080.00, abs=CENT)
    assert placed(plan) == {("web", "aa:x"): 1.0, ("api", "aa:x"): 0.4, ("api", "bb:x"): 0.6}


def test_the_payer_is_who_pays_not_who_uses():
    """clinic's bills go to moh: its 5 machines and moh's 5 share moh's quota of 8 vCPU.

    (2 × 1.00 + 8 × 2.00) × 2,160 = 38,880.00.
    """
    made = world().agency("moh").agency("clinic", payer="moh")
    made.workload("api", "moh", demand=FIVE).workload("beds", "clinic", demand=FIVE)
    plan = plan_of(made.capacity("aa:x", "vcpu", 8, payer="moh"))
    assert cost(plan) == pytest.approx(38_880.00, abs=CENT)
    assert set(plan.costs["payer"]) == {"moh"}


def test_a_payers_quota_and_one_for_all_hold_together():
    """All together 24 vCPU (6 machines), moh 8 of them (2): mof takes 4, moh 2, the other 4 pay 2.00."""
    made = world().workload("web", "mof", demand=FIVE).workload("api", "moh", demand=FIVE)
    made.capacity("aa:x", "vcpu", 24).capacity("aa:x", "vcpu", 8, payer="moh")
    plan = plan_of(made)
    assert cost(plan) == pytest.approx((6 * 1.0 + 4 * 2.0) * 2160, abs=CENT)
    assert placed(plan).get(("api", "aa:x"), 0.0) <= 0.4 + 1e-9


def test_storage_can_be_what_is_short():
    """1,000 GiB for 3 months, 600 of them at aa for 0.10, the rest at bb for 0.20.

    (600 × 0.10 + 400 × 0.20) × 3 = 420.00. One more GiB saves 0.10 × 3 = 0.30.
    """
    made = world().store("aa:x", "block_gib", 0.1).store("bb:x", "block_gib", 0.2)
    made.workload("disk", demand={"vcpu": 0, "memory_gib": 0, "block_gib": 1000})
    plan = plan_of(made.capacity("aa:x", "block_gib", 600))
    assert cost(plan) == pytest.approx(420.00, abs=CENT)
    (line,) = plan.binding.itertuples()
    assert line.marginal == pytest.approx(0.30, abs=CENT / 100)


def test_a_quota_counts_all_the_vcpu_of_a_burstable_machine():
    """b4 (4 vCPU, sustains 1) at 0.10; batch needs 4 vCPU: 4 machines, 16 vCPU of quota.

    A quota of 8 vCPU lets 2 of them run: half of the work. The other half runs at bb on half an m4:
    (2 × 0.10 + 0.5 × 2.00) × 2,160 = 2,592.00.
    """
    made = World().vendor("aa").region("aa:x").vendor("bb").region("bb:x").machine("bb:x", "m4", 4, 16, 2.0)
    made.machine("aa:x", "b4", 4, 16, 0.1, category="burstable", baseline_vcpu=1)
    made.workload("batch", demand={"vcpu": 4, "memory_gib": 16}, burstable_ok=True)
    plan = plan_of(made.capacity("aa:x", "vcpu", 8))
    assert cost(plan) == pytest.approx(2_592.00, abs=CENT)
    assert bought(plan) == {"aa:x:b4": 2.0, "bb:x:m4": 0.5}


def test_a_quota_of_cards():
    """aa sells g1 (1 card, worth 1 reference card) at 3.00, bb at 5.00; 8 cards needed, quota 6 at aa.

    (6 × 3.00 + 2 × 5.00) × 2,160 = 60,480.00. One more card saves 2.00 × 2,160 = 4,320.00.
    """
    made = World().vendor("aa").region("aa:x").vendor("bb").region("bb:x").accelerator("H", 1, 1)
    for region, price in (("aa:x", 3.0), ("bb:x", 5.0)):
        made.machine(region, "g1", 8, 64, price, category="accelerated", accelerator="H", accelerator_count=1)
    made.workload("train", demand={"vcpu": 8, "memory_gib": 64, "gpu_training": 8})
    plan = plan_of(made.capacity("aa:x", "gpu_training", 6))
    assert cost(plan) == pytest.approx(60_480.00, abs=CENT)
    assert plan.binding["marginal"].tolist() == pytest.approx([4_320.00], abs=CENT)


def test_no_capacity_at_all_closes_a_region():
    """aa's quota is 0: 10 × 2.00 × 2,160 = 43,200.00."""
    plan = plan_of(world().workload("web", demand=TEN).capacity("aa:x", "vcpu", 0))
    assert cost(plan) == pytest.approx(43_200.00, abs=CENT)


def test_capacity_for_a_fleet_of_containers():
    """Containers draw on the same quota: 10 machines' worth, headroom 0, 24 vCPU at aa: 30,240.00."""
    made = world(headroom=0.0).workload("web", demand=TEN, platform="container", pod_vcpu=1, pod_memory_gib=4)
    plan = plan_of(made.capacity("aa:x", "vcpu", 24))
    assert cost(plan) == pytest.approx(30_240.00, abs=CENT)
    assert plan.binding["marginal"].tolist() == pytest.approx([540.00], abs=CENT)


def test_a_dearer_machine_stays_in_a_fleet_when_it_draws_less_on_a_quota():
    """Burstable b (4 vCPU, sustains 2) at 0.40 is cheaper than m4 for anything, but draws twice as much.

    6 vCPU of pods and 8 of quota: x m4 and y b with 4x + 2y = 6 and 4x + 4y ≤ 8, so x = y = 1.
    (1.00 + 0.40) × 2,160 = 3,024.00.
    """
    made = World(headroom=0.0).vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, 1.0)
    made.machine("aa:x", "b", 4, 16, 0.4, category="burstable", baseline_vcpu=2)
    pods = {"platform": "container", "pod_vcpu": 1, "pod_memory_gib": 1, "burstable_ok": True}
    made.workload("web", demand={"vcpu": 6, "memory_gib": 6}, **pods)
    plan = plan_of(made.capacity("aa:x", "vcpu", 8))
    assert cost(plan) == pytest.approx(3_024.00, abs=CENT)
    assert bought(plan) == {"aa:x:b": 1.0, "aa:x:m4": 1.0}
