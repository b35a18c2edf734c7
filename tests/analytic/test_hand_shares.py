"""Rules on shares, solved by hand.

The world of this file: aa:x and bb:x each sell one machine, m4 with 4 vCPU and 16 GiB, at MYR 1.00
and 2.00 an hour. ``web`` needs 40 vCPU and 160 GiB: 10 machines. The period January to March 2027
has 90 days, 2,160 hours; one machine at MYR 1.00 costs 2,160.00. Without any rule the plan costs
10 × 2,160 = 21,600.00.
"""

from datetime import date

import pytest
from support.cases import World
from support.plans import cash, cost, placed, plan_of

from planner.money import CENT

TEN = {"vcpu": 40, "memory_gib": 160}


def world(prices=(("aa", 1.0), ("bb", 2.0)), **more):
    made = World(**more)
    for vendor, price in prices:
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m4", 4, 16, price)
    return made


def cap(made, share, basis="spend", rule="cap", **more):
    resource = {"resource": "vcpu"} if basis == "resource" else {}
    return made.rule(rule, "vendor_share", {"cap": share, "basis": basis, **resource}, **more)


def floor(made, share, basis="spend"):
    resource = {"resource": "vcpu"} if basis == "resource" else {}
    return made.rule("home", "minimum_share", {"floor": share, "of": "domestic", "basis": basis, **resource})


def share_of(plan, rule, subject):
    rows = plan.shares[(plan.shares["rule"] == rule) & (plan.shares["subject"] == subject)]
    return rows["share"].tolist()


def test_without_a_rule_the_cheapest_vendor_has_everything():
    plan = plan_of(world().workload("web", demand=TEN))
    assert cost(plan) == pytest.approx(21_600.00, abs=CENT)
    assert placed(plan) == {("web", "aa:x"): 1.0}


def test_half_of_a_resource_each():
    """Cap 50 % of vCPU: 5 machines each, (5 × 1.00 + 5 × 2.00) × 2,160 = 32,400.00.

    One point more for aa moves 0.1 machine from 2.00 to 1.00: 0.1 × 1.00 × 2,160 = 216.00.
    """
    plan = plan_of(cap(world().workload("web", demand=TEN), 0.5, "resource"))
    assert cost(plan) == pytest.approx(32_400.00, abs=CENT)
    assert placed(plan) == {("web", "aa:x"): 0.5, ("web", "bb:x"): 0.5}
    (line,) = plan.binding.itertuples()
    assert (line.family, line.rule, line.subject, line.per) == (
        "vendor_share",
        "cap",
        "aa",
        "one point of cap",
    )
    assert line.marginal == pytest.approx(216.00, abs=CENT)


def test_half_of_the_spend_each():
    """Cap 50 % of spend: x × 1.00 = (1 − x) × 2.00, so x = 2/3 of the machines at aa.

    Cost (20/3 × 1.00 + 10/3 × 2.00) × 2,160 = 28,800.00, half of it each.
    """
    plan = plan_of(cap(world().workload("web", demand=TEN), 0.5))
    assert cost(plan) == pytest.approx(28_800.00, abs=CENT)
    assert cash(plan, vendor_group="aa") == pytest.approx(14_400.00, abs=CENT)
    assert placed(plan)["web", "aa:x"] == pytest.approx(2 / 3)
    assert share_of(plan, "cap", "aa") == pytest.approx([0.5])


def test_half_of_the_reference_spend_each():
    """Cap 50 % of reference spend, which counts each workload at its cheapest list price.

    web counts 21,600 and api (5 machines) 10,800 wherever they run; each vendor has 16,200 of it.
    What aa has costs 16,200.00, what bb has costs twice its reference: 32,400.00; together 48,600.00.
    """
    made = world().workload("web", demand=TEN).workload("api", demand={"vcpu": 20, "memory_gib": 80})
    plan = plan_of(cap(made, 0.5, "reference_spend"))
    assert cost(plan) == pytest.approx(48_600.00, abs=CENT)
    assert share_of(plan, "cap", "aa") == pytest.approx([0.5])
    assert plan.shares[plan.shares["rule"] == "cap"]["total"].tolist() == pytest.approx([32_400.0] * 2)


def test_half_of_the_critical_work_each():
    """Basis critical counts vCPU of critical workloads: pay, 2 machines, is split; web is not.

    (10 × 1.00 + 1 × 1.00 + 1 × 2.00) × 2,160 = 28,080.00.
    """
    made = world().workload("web", demand=TEN)
    made.workload("pay", demand={"vcpu": 8, "memory_gib": 32}, critical=True)
    plan = plan_of(cap(made, 0.5, "critical"))
    assert cost(plan) == pytest.approx(28_080.00, abs=CENT)
    assert placed(plan) == {("web", "aa:x"): 1.0, ("pay", "aa:x"): 0.5, ("pay", "bb:x"): 0.5}


def test_vendors_of_one_parent_are_one_group():
    """aa and ab (1.20) belong to one parent: together at most half, so ab, though cheaper, gets nothing.

    (5 × 1.00 + 5 × 2.00) × 2,160 = 32,400.00.
    """
    made = world().vendor("ab", group="aa").region("ab:x").machine("ab:x", "m4", 4, 16, 1.2)
    plan = plan_of(cap(made.workload("web", demand=TEN), 0.5, "resource"))
    assert cost(plan) == pytest.approx(32_400.00, abs=CENT)
    assert placed(plan) == {("web", "aa:x"): 0.5, ("web", "bb:x"): 0.5}


def test_a_captive_workload_is_outside_the_cap():
    """base, 30 machines, may run at aa only, so no second group could host it: it counts nowhere.

    web is split: 32,400.00; base costs 30 × 2,160 = 64,800.00; together 97,200.00. Of all spend aa
    has (10,800 + 64,800) / 97,200 = 7/9, and the cap still holds.
    """
    made = world().workload("web", demand=TEN)
    made.workload("base", demand={"vcpu": 120, "memory_gib": 480}, project="fixed")
    made.rule("only-aa", "vendor_panel", {"vendors": ["aa"]}, select={"workload": {"project": ["fixed"]}})
    plan = plan_of(cap(made, 0.5, "resource"))
    assert cost(plan) == pytest.approx(97_200.00, abs=CENT)
    assert share_of(plan, "cap", "aa") == pytest.approx([0.5])
    assert plan.shares[plan.shares["rule"] == "cap"]["total"].tolist() == pytest.approx([40.0, 40.0])
    assert share_of(plan, "", "aa") == pytest.approx([7 / 9])


def test_the_own_data_centre_is_outside_every_share():
    """gov:x is no market: its 4 machines (16 vCPU) at 0.50 leave numerator and denominator.

    4 machines there, of the other 6 half each: (4 × 0.50 + 3 × 1.00 + 3 × 2.00) × 2,160 = 23,760.00.
    """
    made = world().vendor("gov", market=False).region("gov:x", deployment="gov_private")
    made.machine("gov:x", "m4", 4, 16, 0.5).capacity("gov:x", "vcpu", 16)
    plan = plan_of(cap(made.workload("web", demand=TEN), 0.5, "resource"))
    assert cost(plan) == pytest.approx(23_760.00, abs=CENT)
    assert placed(plan) == {("web", "aa:x"): 0.3, ("web", "bb:x"): 0.3, ("web", "gov:x"): 0.4}
    assert plan.shares[plan.shares["rule"] == "cap"]["total"].tolist() == pytest.approx([24.0, 24.0])


def test_a_domestic_vendor_has_a_share_of_a_resource():
    """bb's parent is at home: at least 30 % of vCPU is 3 machines at 2.00, 7 at 1.00.

    (7 × 1.00 + 3 × 2.00) × 2,160 = 28,080.00. One point of floor is 0.1 machine: 216.00.
    """
    made = World().vendor("aa").vendor("bb", jurisdiction="MY")
    for region, price in (("aa:x", 1.0), ("bb:x", 2.0)):
        made.region(region).machine(region, "m4", 4, 16, price)
    plan = plan_of(floor(made.workload("web", demand=TEN), 0.3, "resource"))
    assert cost(plan) == pytest.approx(28_080.00, abs=CENT)
    assert share_of(plan, "home", "domestic") == pytest.approx([0.3])
    (line,) = plan.binding.itertuples()
    assert (line.family, line.subject, line.per) == ("minimum_share", "domestic", "one point of floor")
    assert line.marginal == pytest.approx(216.00, abs=CENT)


def test_a_domestic_vendor_has_a_share_of_the_spend():
    """At least 25 % of spend: 3 × 2.00 y = 1.00 (1 − y), so y = 1/7 of the machines at home.

    (6/7 × 1.00 + 1/7 × 2.00) × 21,600 = 24,685.71.
    """
    made = World().vendor("aa").vendor("bb", jurisdiction="MY")
    for region, price in (("aa:x", 1.0), ("bb:x", 2.0)):
        made.region(region).machine(region, "m4", 4, 16, price)
    plan = plan_of(floor(made.workload("web", demand=TEN), 0.25))
    assert cost(plan) == pytest.approx(24_685.71, abs=CENT)
    assert placed(plan)["web", "bb:x"] == pytest.approx(1 / 7)


def test_a_rule_binds_from_the_first_period_that_its_validity_touches():
    """The cap is valid from 15 May 2027: not in January to March, but in April to June (2,184 hours).

    21,600.00 + (5 × 1.00 + 5 × 2.00) × 2,184 = 54,360.00.
    """
    made = world(periods=2).workload("web", demand=TEN)
    plan = plan_of(cap(made, 0.5, "resource", valid_from=date(2027, 5, 15)))
    assert cost(plan) == pytest.approx(54_360.00, abs=CENT)
    assert placed(plan, "2027-01") == {("web", "aa:x"): 1.0}
    assert placed(plan, "2027-04") == {("web", "aa:x"): 0.5, ("web", "bb:x"): 0.5}


def test_a_rule_counts_only_what_it_selects():
    """The cap selects official work only; api (terbuka, 5 machines) stays whole at aa.

    32,400.00 + 5 × 2,160 = 43,200.00.
    """
    made = world().workload("web", demand=TEN, classification="rasmi")
    made.workload("api", demand={"vcpu": 20, "memory_gib": 80})
    plan = plan_of(cap(made, 0.5, "resource", select={"workload": {"classification": ["rasmi"]}}))
    assert cost(plan) == pytest.approx(43_200.00, abs=CENT)
    assert placed(plan)["api", "aa:x"] == 1.0


def test_a_rule_that_nobody_adopted_restricts_nothing():
    """Confidence C without adoption: reported, so the plan costs what it costs without a rule."""
    plan = plan_of(cap(world().workload("web", demand=TEN), 0.5, confidence="C"))
    assert cost(plan) == pytest.approx(21_600.00, abs=CENT)
    assert [label.split()[0] for label in plan.head["not_adopted"]] == ["cap"]


def test_three_vendors_and_two_caps():
    """Caps 50 % of vCPU and 40 % of spend; cc sells at 4.00.

    Let a, b, c be machines, a + b + c = 10. Spend a + 2b + 4c = S with 2b ≤ 0.4 S and 4c ≤ 0.4 S,
    a ≤ 5. Cheapest with c = 0: b = 5 has 10 of S = 15, too much. So c > 0 and the caps on a and on
    b's spend bind: a = 5, b = 5 − c, 10 − 2c = 0.4 (15 + 2c), c = 10/7, b = 25/7.
    S = 5 + 50/7 + 40/7 = 125/7; cost 125/7 × 2,160 = 38,571.43.
    """
    made = world((("aa", 1.0), ("bb", 2.0), ("cc", 4.0))).workload("web", demand=TEN)
    plan = plan_of(cap(cap(made, 0.5, "resource"), 0.4, rule="cap-spend"))
    assert cost(plan) == pytest.approx(38_571.43, abs=CENT)
    assert placed(plan)["web", "cc:x"] == pytest.approx(1 / 7)
    assert set(plan.binding["rule"]) == {"cap", "cap-spend"}


@pytest.mark.parametrize(
    ("basis", "at_home"),
    [("resource", 0.6), ("critical", 0.6), ("spend", 3 / 7), ("reference_spend", 0.6)],
)
def test_foreign_parents_together_have_at_most_a_share(basis, at_home):
    """aa at 1.00 and cc at 1.50 are foreign, at most 40 %; bb at 2.00 is at home. Of a resource 6 of 10
    machines are at bb. Of the spend: x × 1.00 = 0.4 (x + 2 (1 − x)), so x = 4/7 are at aa.
    """
    made = World()
    for vendor, price in (("aa", 1.0), ("bb", 2.0), ("cc", 1.5)):
        made.vendor(vendor, jurisdiction="MY" if vendor == "bb" else "XX").region(f"{vendor}:x")
        made.machine(f"{vendor}:x", "m4", 4, 16, price)
    resource = {"resource": "vcpu"} if basis == "resource" else {}
    made.rule("foreign", "jurisdiction_share", {"cap": 0.4, "of": "foreign", "basis": basis, **resource})
    plan = plan_of(made.workload("web", demand=TEN, critical=True))
    assert placed(plan)["web", "bb:x"] == pytest.approx(at_home)
    assert cost(plan) == pytest.approx(21_600.00 * (1 + at_home), abs=CENT)


@pytest.mark.parametrize("basis", ["resource", "spend"])
def test_no_one_region_has_more_than_its_share(basis):
    """Two regions of aa at 1.00 and 1.20, bb at 2.00, each at most 40 %. Of a resource 4, 4 and 2 machines:
    2,160 × (4 + 4.8 + 4). Of the spend S: 0.4 S buys 0.4 S and 0.4 S / 1.2, 0.2 S / 2.00 the rest of ten.
    """
    made = world().region("aa:y").machine("aa:y", "m4", 4, 16, 1.2)
    resource = {"resource": "vcpu"} if basis == "resource" else {}
    made.rule("spread", "region_share", {"cap": 0.4, "basis": basis, **resource})
    plan = plan_of(made.workload("web", demand=TEN))
    spend = 12.8 if basis == "resource" else 10 / (0.4 + 0.4 / 1.2 + 0.2 / 2.0)
    assert cost(plan) == pytest.approx(2160 * spend, abs=CENT)
    assert len(placed(plan)) == 3
