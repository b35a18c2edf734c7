"""Where work may run, and why not elsewhere: excuses with rule, reason and range of periods.

aa:x is the cheapest region at MYR 1.00 an hour, bb:x costs 2.00; one machine for a quarter of 2027:
2,160, 2,184, 2,208, 2,208 hours.
"""

from datetime import date

import pytest
from support.cases import World
from support.plans import cost, excuses, placed, plan_of

from planner.errors import Infeasible
from planner.money import CENT


def world(aa=None, bb=None, **more):
    made = World(**more)
    for vendor, price, region in (("aa", 1.0, aa), ("bb", 2.0, bb)):
        made.vendor(vendor).region(f"{vendor}:x", **(region or {})).machine(f"{vendor}:x", "m4", 4, 16, price)
    return made


def reason(plan, region):
    return plan.excuses.set_index("region").loc[region, "reason"]


def test_an_announced_region_serves_only_where_the_case_assumes_an_opening():
    """aa:x opens in July: 2.00 × (2,160 + 2,184) + 1.00 × (2,208 + 2,208) = 13,104.00."""
    made = world(aa={"status": "announced"}, periods=4)
    made.openings.append(("aa:x", "2027-07"))
    plan = plan_of(made.workload("web"))
    assert cost(plan) == pytest.approx(13_104.00, abs=CENT)
    assert placed(plan, "2027-04") == {("web", "bb:x"): 1.0}
    assert placed(plan, "2027-07") == {("web", "aa:x"): 1.0}
    assert excuses(plan) == [("web", "aa:x", "2027-01", "2027-04", "availability")]
    assert "2027-07" in reason(plan, "aa:x")


def test_an_announced_region_without_an_opening_never_serves():
    """Everything at bb:x: 2.00 × 4,344 = 8,688.00."""
    plan = plan_of(world(aa={"status": "announced"}, periods=2).workload("web"))
    assert cost(plan) == pytest.approx(8_688.00, abs=CENT)
    assert excuses(plan) == [("web", "aa:x", "2027-01", "2027-04", "availability")]


@pytest.mark.parametrize(("opens", "first"), [("2027-04-01", "2027-04"), ("2027-04-02", "2027-07")])
def test_a_region_serves_from_the_first_period_that_begins_after_it_opened(opens, first):
    plan = plan_of(world(aa={"opens": opens}, periods=3).workload("web"))
    served = plan.placements.loc[plan.placements["region"] == "aa:x", "period"]
    assert min(served) == first


def test_residency_keeps_data_at_home():
    made = world(aa={"country": "SG", "deployment": "offshore_public"}).workload("web")
    plan = plan_of(made.rule("home", "residency", {"countries": ["MY"], "roles": ["primary"]}))
    assert cost(plan) == pytest.approx(4_320.00, abs=CENT)
    assert excuses(plan) == [("web", "aa:x", "2027-01", "2027-01", "home")]
    assert "MY" in reason(plan, "aa:x")
    assert "SG" in reason(plan, "aa:x")


def test_what_is_unknown_under_a_hard_rule_is_not_eligible():
    made = world(bb={"sovereign": "true"}).workload("web")
    made.rule("own", "residency", {"countries": ["MY"], "roles": ["primary"], "sovereign": True})
    plan = plan_of(made)
    assert placed(plan) == {("web", "bb:x"): 1.0}
    assert "unknown" in reason(plan, "aa:x")


def test_deployment_by_classification():
    made = world(bb={"deployment": "gov_private"})
    made.workload("open").workload("secret", classification="sulit")
    made.rule(
        "closed",
        "deployment",
        {"allowed": ["gov_private"]},
        select={"workload": {"classification": ["sulit"]}},
    )
    plan = plan_of(made)
    assert placed(plan) == {("open", "aa:x"): 1.0, ("secret", "bb:x"): 1.0}
    assert excuses(plan) == [("secret", "aa:x", "2027-01", "2027-01", "closed")]
    assert "sulit" in reason(plan, "aa:x")
    assert "in_country_public" in reason(plan, "aa:x")


def test_key_custody_is_a_property_of_the_workload():
    made = world().workload("mine", key_custody="customer_hsm").workload("theirs", key_custody="provider")
    rule = {"allowed": ["customer_hsm"]}
    made.rule("keys", "key_custody", rule, select={"region": {"vendor": ["aa"]}})
    assert placed(plan_of(made)) == {("mine", "aa:x"): 1.0, ("theirs", "bb:x"): 1.0}


def test_a_panel_names_vendors_and_leaves_the_own_data_centre_alone():
    made = world().vendor("gov", market=False).region("gov:x").machine("gov:x", "m4", 4, 16, 1.5)
    made.capacity("gov:x", "vcpu", 1e6)
    plan = plan_of(made.workload("web").rule("panel", "vendor_panel", {"vendors": ["bb"]}))
    assert placed(plan) == {("web", "gov:x"): 1.0}
    assert excuses(plan) == [("web", "aa:x", "2027-01", "2027-01", "panel")]


def test_premises_serve_their_own_agency():
    made = world(aa={"serves_agency": "mof"}).workload("mine", "mof").workload("theirs", "moh")
    plan = plan_of(made)
    assert placed(plan) == {("mine", "aa:x"): 1.0, ("theirs", "bb:x"): 1.0}
    assert excuses(plan) == [("theirs", "aa:x", "2027-01", "2027-01", "serves-agency")]


def test_a_missing_price_is_an_excuse_never_zero():
    """aa:x has no price for storage, so the work goes to bb:x: 4,320 + 100 × 0.20 × 3 = 4,380.00."""
    made = world().store("bb:x", "block_gib", 0.2)
    plan = plan_of(made.workload("web", demand={"vcpu": 4, "memory_gib": 16, "block_gib": 100}))
    assert cost(plan) == pytest.approx(4_380.00, abs=CENT)
    assert excuses(plan) == [("web", "aa:x", "2027-01", "2027-01", "no-price")]
    assert "block_gib" in reason(plan, "aa:x")


def test_a_rule_excuses_only_the_periods_that_it_binds():
    """Residency ends on 1 July: aa:x (abroad) opens to web from then on."""
    made = world(aa={"country": "SG"}, periods=4).workload("web")
    made.rule("home", "residency", {"countries": ["MY"], "roles": ["primary"]}, valid_to=date(2027, 7, 1))
    plan = plan_of(made)
    assert excuses(plan) == [("web", "aa:x", "2027-01", "2027-04", "home")]
    assert placed(plan, "2027-07") == {("web", "aa:x"): 1.0}


def test_all_failing_rules_are_listed_the_packs_before_the_built_in():
    made = world(aa={"country": "SG", "status": "announced"}).workload("web")
    made.rule("b-home", "residency", {"countries": ["MY"], "roles": ["primary"]})
    made.rule("a-panel", "vendor_panel", {"vendors": ["bb"]})
    assert [e[4] for e in excuses(plan_of(made))] == ["a-panel", "b-home", "availability"]


def test_nowhere_to_run_is_told_with_every_region():
    made = world().workload("web").workload("secret", classification="rahsia")
    made.rule(
        "own",
        "deployment",
        {"allowed": ["agency_onprem"]},
        select={"workload": {"classification": ["rahsia"]}},
    )
    with pytest.raises(Infeasible) as caught:
        plan_of(made)
    (told,) = caught.value.reasons
    assert told.startswith("secret may run nowhere in 2027-01")
    reason = "rahsia may only run on agency_onprem; the region is in_country_public [own]"
    assert told == f"secret may run nowhere in 2027-01: aa:x, bb:x: {reason}"
