"""Rules on resilience: what a case's tier must keep ready, solved by hand.

January to March 2027 has 2,160 hours. One machine of 4 vCPU carries pay: 2,160.00 at aa:x (1.00 an hour),
4,320.00 at bb:x, 8,640.00 at cc:x.
"""

import pytest
from support.audit_plan import audited
from support.cases import World
from support.plans import cost, placed, plan_of, read

from planner.errors import Infeasible
from planner.explain.explain import explain
from planner.money import CENT


def world(**more):
    made = World(**more)
    for vendor, price in (("aa", 1.0), ("bb", 2.0), ("cc", 4.0)):
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m4", 4, 16, price)
    made.tier("none").tier("near", "other_region", 0.5).tier("far", "other_group", 0.5)
    return made


def demanding(made, standby="other_group", **parameters):
    more = {k: parameters.pop(k) for k in ("select", "waivable") if k in parameters}
    return made.rule("ready", "resilience", {"standby": standby, **parameters}, **more)


@pytest.mark.parametrize(
    ("tier", "asked"),
    [
        ("far", {"standby": "other_group", "ready": 0.5}),
        ("far", {"standby": "other_region"}),
        ("near", {"standby": "other_region", "ready": 0.25}),
        ("none", {"standby": "none"}),
    ],
)
def test_a_tier_that_keeps_enough_passes_and_changes_nothing(tier, asked):
    made = world().workload("pay", resilience=tier)
    before = cost(plan_of(made))
    assert cost(plan_of(demanding(made, **asked))) == pytest.approx(before, abs=CENT)


@pytest.mark.parametrize(
    ("tier", "asked", "why"),
    [
        ("near", {"standby": "other_group"}, "other region, other group is asked"),
        ("none", {"standby": "other_region"}, "none, other region is asked"),
        ("far", {"standby": "other_group", "ready": 0.6}, "50% of memory_gib, 60% is asked"),
        ("far", {"standby": "none", "backup": 1.0}, "0% of backup, 100% is asked"),
    ],
)
def test_a_weaker_tier_has_no_place_and_the_reason_says_what_is_asked(tier, asked, why):
    made = world()
    for vendor in ("aa", "bb", "cc"):
        made.store(f"{vendor}:x", "block_gib", 0.1)
    made.workload("pay", demand={"vcpu": 4, "memory_gib": 16, "block_gib": 10}, resilience=tier)
    with pytest.raises(Infeasible) as refused:
        plan_of(demanding(made, **asked))
    assert any(f"tier {tier} keeps ready" in line and why in line for line in refused.value.reasons)


def test_only_where_a_rule_selects_and_only_while_it_binds():
    """A weak tier is good enough at bb and cc: pay moves to bb."""
    made = world().workload("pay")
    demanding(made, select={"region": {"vendor_group": ["aa"]}})
    assert placed(plan_of(made)) == {("pay", "bb:x"): 1.0}


def test_explain_names_the_rule_and_a_waiver_lets_it_through():
    made = demanding(world().workload("pay"), waivable=True)
    told = explain(read(made))
    assert [sorted(m.id for m in c.members) for c in told.conflicts] == [["pay", "ready"]]
    assert any("keeps ready none, other group is asked" in m.text for m in told.conflicts[0].members)
    made.add("waivers", rule="ready", workload="pay", reason="pilot", approver="board", expires="2028-01-01")
    assert placed(plan_of(made)) == {("pay", "aa:x"): 1.0}


def test_the_audit_judges_the_tier(tmp_path):
    made = demanding(world().workload("pay", resilience="far"), ready=0.5)
    found = [f for f in audited(made, tmp_path / "good") if f.check == "resilience"]
    assert {(f.rule, f.status) for f in found} == {("", "pass"), ("ready", "pass")}

    def spoil(plan):
        table = plan / "inputs" / "resilience.csv"
        table.write_text(table.read_text().replace("far,other_group,0.5", "far,other_group,0.25"))

    failed = {(f.check, f.rule) for f in audited(made, tmp_path / "bad", spoil) if f.status == "fail"}
    # What the tier forbids is open no more, so less is contestable than plan.json says.
    assert failed == {
        ("resilience", "ready"),
        ("excuses", ""),
        ("facts", ""),
        ("unstated", ""),
        ("manifest", ""),
    }
