"""Which machines carry what, solved by hand. January to March 2027 has 2,160 hours."""

import pytest
from support.cases import World
from support.plans import bought, cost, excuses, plan_of

from planner.errors import Infeasible
from planner.money import CENT

HOURS = 2160


def world(*machines, region="aa:x", **more):
    """One region that sells the machines: (name, vCPU, GiB, price)."""
    made = World(**more).vendor(region.split(":")[0]).region(region)
    for machine in machines:
        made.machine(region, *machine)
    return made


def pods(vcpu=1, memory=4):
    return {"platform": "container", "pod_vcpu": vcpu, "pod_memory_gib": memory}


# One machine is one machine

PARTS = (("c", 8, 8, 0.5), ("r", 2, 32, 0.5), ("m", 4, 16, 0.9))


@pytest.mark.parametrize("quota", [None, 10_000])
def test_on_vm_never_a_mix_that_no_machine_could_run(quota):
    """8 vCPU and 32 GiB. In parts, one c and one r hold 10 vCPU and 40 GiB for 1.00 an hour.

    As machines: 4 c (memory decides) or 4 r (vCPU decides) at 2.00, 2 m at 1.80. So 1.80 × 2,160 =
    3,888.00, whether the choice folds into the placement or stays in the program (a quota is there).
    """
    made = world(*PARTS).workload("web", demand={"vcpu": 8, "memory_gib": 32})
    if quota:
        made.capacity("aa:x", "vcpu", quota)
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(3_888.00, abs=CENT)
    assert bought(plan) == {"aa:x:m": 2.0}


MIX = (("c", 4, 4, 0.4), ("r", 2, 16, 0.6))
"""c has 1 GiB a vCPU, r has 8."""


def test_on_containers_two_families_are_cheaper_than_either():
    """10 vCPU and 24 GiB in pods. 6 c cost 2.40, 5 r cost 3.00; 2 c and 1 r hold 10 vCPU and 24 GiB for 1.40.

    1.40 × 2,160 = 3,024.00.
    """
    plan = plan_of(
        world(*MIX, headroom=0.0).workload("web", demand={"vcpu": 10, "memory_gib": 24}, **pods(1, 2))
    )
    assert cost(plan) == pytest.approx(3_024.00, abs=CENT)
    assert bought(plan) == {"aa:x:c": 2.0, "aa:x:r": 1.0}


def test_the_same_need_on_vm_takes_one_family():
    """max(10/4, 24/4) = 6 c at 2.40 or max(10/2, 24/16) = 5 r at 3.00: 2.40 × 2,160 = 5,184.00."""
    plan = plan_of(world(*MIX).workload("web", demand={"vcpu": 10, "memory_gib": 24}))
    assert cost(plan) == pytest.approx(5_184.00, abs=CENT)


def test_headroom_enlarges_the_fleet():
    """A quarter more of both: 3,024.00 × 1.25 = 3,780.00."""
    made = world(*MIX, headroom=0.25).workload("web", demand={"vcpu": 10, "memory_gib": 24}, **pods(1, 2))
    assert cost(plan_of(made)) == pytest.approx(3_780.00, abs=CENT)


# Fleets and pools


def two_containers(agency, **more):
    made = world(("m", 4, 16, 0.7), headroom=0.0, **more)
    made.workload("lean", "mof", demand={"vcpu": 8, "memory_gib": 8}, **pods())
    return made.workload("rich", agency, demand={"vcpu": 4, "memory_gib": 40}, **pods())


def test_containers_of_one_payer_share_a_fleet():
    """12 vCPU and 48 GiB together fill 3 m: 2.10 × 2,160 = 4,536.00."""
    plan = plan_of(two_containers("mof"))
    assert cost(plan) == pytest.approx(4_536.00, abs=CENT)
    assert plan.purchases["workload"].tolist() == [""]


def test_agencies_that_pay_for_themselves_do_not_share():
    """lean alone takes 2 m (8 vCPU), rich alone 2.5 (40 GiB): 4.5 × 0.70 × 2,160 = 6,804.00, each its own."""
    plan = plan_of(two_containers("moh"))
    assert cost(plan) == pytest.approx(6_804.00, abs=CENT)
    paid = plan.costs.groupby("payer")["cash"].sum()
    assert paid["mof"] == pytest.approx(2 * 0.7 * HOURS, abs=CENT)
    assert paid["moh"] == pytest.approx(2.5 * 0.7 * HOURS, abs=CENT)


def test_an_agency_whose_bills_another_pays_shares_with_it():
    """moh's payer is mof: one pool again, 4,536.00."""
    made = World(headroom=0.0).vendor("aa").region("aa:x").machine("aa:x", "m", 4, 16, 0.7)
    made.agency("mof").agency("moh", payer="mof")
    made.workload("lean", "mof", demand={"vcpu": 8, "memory_gib": 8}, **pods())
    made.workload("rich", "moh", demand={"vcpu": 4, "memory_gib": 40}, **pods())
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(4_536.00, abs=CENT)
    assert set(plan.costs["payer"]) == {"mof"}


def test_security_domains_do_not_share():
    """rich is official, lean is open: 6,804.00."""
    made = two_containers("mof")
    made.tables["workloads"][1]["classification"] = "rasmi"
    assert cost(plan_of(made)) == pytest.approx(6_804.00, abs=CENT)


def test_a_pod_must_fit_on_one_machine():
    """s (2 vCPU, 4 GiB) at 0.10 would carry 8 vCPU, 16 GiB for 0.40; a pod of 4 vCPU needs b (8, 32) at 1.00.

    1.00 × 2,160 = 2,160.00; with pods of 2 vCPU and 4 GiB 0.40 × 2,160 = 864.00.
    """
    machines = (("s", 2, 4, 0.1), ("b", 8, 32, 1.0))
    need = {"vcpu": 8, "memory_gib": 16}
    large = plan_of(world(*machines, headroom=0.0).workload("web", demand=need, **pods(4, 4)))
    small = plan_of(world(*machines, headroom=0.0).workload("web", demand=need, **pods(2, 4)))
    assert cost(large) == pytest.approx(2_160.00, abs=CENT)
    assert bought(large) == {"aa:x:b": 1.0}
    assert cost(small) == pytest.approx(864.00, abs=CENT)


def test_a_pod_that_fits_nowhere_is_an_excuse():
    made = world(("s", 2, 4, 0.1), headroom=0.0).workload("web", **pods(4, 4))
    with pytest.raises(Infeasible, match=r"web may run nowhere .*aa:x.*\[no-machine\]"):
        plan_of(made)


def test_containers_with_no_machine_in_common_still_pay_for_machines():
    """wide's pod (8 vCPU, 4 GiB) fits c only, tall's (1, 64) fits m only: each has a fleet of its own.

    wide 16 vCPU: 2 c; tall 128 GiB: 2 m; all at 1.00: 4 × 2,160 = 8,640.00.
    """
    made = world(("c", 8, 16, 1.0), ("m", 4, 64, 1.0), headroom=0.0)
    made.workload("wide", demand={"vcpu": 16, "memory_gib": 16}, **pods(8, 4))
    made.workload("tall", demand={"vcpu": 4, "memory_gib": 128}, **pods(1, 64))
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(8_640.00, abs=CENT)
    assert bought(plan) == {"aa:x:c": 2.0, "aa:x:m": 2.0}


# Least numbers of machines


def test_a_workload_has_its_least_number_of_machines():
    """1 vCPU and 1 GiB, but 3 machines: the cheapest machine counts, 3 × 0.30 × 2,160 = 1,944.00."""
    made = world(("s", 2, 4, 0.3), ("b", 8, 32, 0.8))
    made.workload("web", demand={"vcpu": 1, "memory_gib": 1}, min_units=3)
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(1_944.00, abs=CENT)
    assert bought(plan) == {"aa:x:s": 3.0}


def test_a_fleet_has_the_least_number_of_machines_of_its_workloads():
    """8 vCPU, 32 GiB is one b at 0.80, but 3 machines: 3 s (6 vCPU) are too few vCPU.

    x s and y b with x + y ≥ 3, 2x + 8y ≥ 8, 4x + 32y ≥ 32, at 0.30 and 0.80: rows 1 and 3 bind,
    x = 16/7, y = 5/7 (vCPU 72/7 ≥ 8). (16 × 0.30 + 5 × 0.80) / 7 × 2,160 = 2,715.43.
    """
    made = world(("s", 2, 4, 0.3), ("b", 8, 32, 0.8), headroom=0.0)
    made.workload("web", demand={"vcpu": 8, "memory_gib": 32}, min_units=3, **pods())
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(2_715.43, abs=CENT)
    assert bought(plan)["aa:x:s"] == pytest.approx(16 / 7)


def test_at_least_one_machine():
    """A quarter of a machine's work still takes a whole one on vm: 1.00 × 2,160."""
    plan = plan_of(world(("m", 4, 16, 1.0)).workload("web", demand={"vcpu": 1, "memory_gib": 4}))
    assert cost(plan) == pytest.approx(2_160.00, abs=CENT)


# What a machine counts for


@pytest.mark.parametrize(("allowed", "expected"), [(False, 4320.0), (True, 1728.0)])
def test_burstable_machines_count_what_they_sustain_and_only_where_allowed(allowed, expected):
    """4 vCPU, 8 GiB. b (2 vCPU, sustains 0.5, 4 GiB) at 0.10: 8 of them 0.80; g (4, 16) at 2.00: 1.

    Counted at its 2 vCPU, 2 b would do for 0.20. Allowed: 0.80 × 2,160 = 1,728.00, else 4,320.00.
    """
    made = world(("g", 4, 16, 2.0)).machine("aa:x", "b", 2, 4, 0.1, category="burstable", baseline_vcpu=0.5)
    plan = plan_of(made.workload("web", demand={"vcpu": 4, "memory_gib": 8}, burstable_ok=allowed))
    assert cost(plan) == pytest.approx(expected, abs=CENT)
    assert bought(plan) == ({"aa:x:b": 8.0} if allowed else {"aa:x:g": 1.0})


@pytest.mark.parametrize(("architecture", "expected"), [("any", 1728.0), ("arm", 1728.0), ("x86", 2160.0)])
def test_architecture_decides_which_machines_there_are(architecture, expected):
    """One machine of 4 vCPU: arm at 0.80 or x86 at 1.00."""
    made = world(("m", 4, 16, 1.0)).machine("aa:x", "a", 4, 16, 0.8, architecture="arm")
    assert cost(plan_of(made.workload("web", architecture=architecture))) == pytest.approx(expected, abs=CENT)


def test_a_fleet_has_one_architecture():
    """c (x86, 4 vCPU, 4 GiB) and r (arm, 2, 16) as above may not be mixed for one share of a workload.

    10 vCPU, 24 GiB: all on x86 6 c = 2.40, all on arm 5 r = 3.00. Shares of the workload may lie on
    both, each whole in itself: the cheapest is all on x86, 2.40 × 2,160 = 5,184.00.
    """
    made = world(("c", 4, 4, 0.4), headroom=0.0).machine("aa:x", "r", 2, 16, 0.6, architecture="arm")
    plan = plan_of(made.workload("web", demand={"vcpu": 10, "memory_gib": 24}, **pods(1, 2)))
    assert cost(plan) == pytest.approx(5_184.00, abs=CENT)


def cards():
    made = world().accelerator("L", 0.5, 0.1).accelerator("H", 1.0, 1.0)
    for name, card, price in (("l1", "L", 1.0), ("h1", "H", 3.0)):
        more = {"category": "accelerated", "accelerator": card, "accelerator_count": 1}
        made.machine("aa:x", name, 8, 64, price, **more)
    return made


def test_a_card_counts_by_what_it_is_for():
    """2 reference cards. Inference: 4 L at 1.00 beat 2 H at 3.00. Training: 2 H at 6.00 beat 20 L at 20.00.

    4.00 × 2,160 = 8,640.00 and 6.00 × 2,160 = 12,960.00.
    """
    need = {"vcpu": 1, "memory_gib": 1}
    inference = plan_of(cards().workload("talk", demand={**need, "gpu_inference": 2}))
    training = plan_of(cards().workload("learn", demand={**need, "gpu_training": 2}))
    assert cost(inference) == pytest.approx(8_640.00, abs=CENT)
    assert bought(inference) == {"aa:x:l1": 4.0}
    assert cost(training) == pytest.approx(12_960.00, abs=CENT)


def test_several_cards_in_one_machine():
    """h8 holds 8 H at 20.00: 16 cards are 2 machines, 40.00 × 2,160 = 86,400.00."""
    made = world().accelerator("H", 1.0, 1.0)
    made.machine("aa:x", "h8", 96, 1000, 20.0, category="accelerated", accelerator="H", accelerator_count=8)
    plan = plan_of(made.workload("learn", demand={"vcpu": 1, "memory_gib": 1, "gpu_training": 16}))
    assert cost(plan) == pytest.approx(86_400.00, abs=CENT)


def test_work_without_cards_may_use_a_machine_with_cards_if_it_is_cheapest():
    """Only machines with cards are sold: one l1, 2,160.00."""
    assert cost(plan_of(cards().workload("web"))) == pytest.approx(2_160.00, abs=CENT)


def test_a_machine_without_a_price_is_never_bought():
    """x would need one machine instead of two, but nobody knows its price."""
    made = world(("m", 4, 16, 1.0), ("x", 8, 32, None)).workload("web", demand={"vcpu": 8, "memory_gib": 32})
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(4_320.00, abs=CENT)
    assert bought(plan) == {"aa:x:m": 2.0}
    assert excuses(plan) == []
