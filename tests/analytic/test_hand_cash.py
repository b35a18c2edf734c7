"""Rules on cash, solved by hand. January to March 2027 has 2,160 hours, April to June 2,184.

Two machines of 4 vCPU carry web: 4,320.00 in the first quarter at aa:x (1.00 an hour), 8,640.00 at bb:x.
A quota of 4 vCPU at aa:x leaves half of it there, else all would be.
"""

from decimal import Decimal

import pytest
from support.audit_plan import audited
from support.cases import World
from support.plans import cash, cost, placed, plan_of, read

from planner.errors import BadInput
from planner.explain.explain import explain
from planner.explain.price import price_rule
from planner.money import CENT


def world(**more):
    made = World(**more).vendor("aa").vendor("bb").region("aa:x").region("bb:x")
    made.machine("aa:x", "m4", 4, 16, 1.0).machine("bb:x", "m4", 4, 16, 2.0)
    return made.workload("web", demand={"vcpu": 8, "memory_gib": 32})


def capped(made, cap, per="year", select=None, name="cash", **parameters):
    values = {"cap": cap, "currency": ["MYR"], "per": per, **parameters}
    more = {"select": select} if select else {}
    return made.rule(name, "budget", values, is_parameter=True, benchmark="none", **more)


def test_cash_at_a_vendor_is_limited_and_the_rest_goes_elsewhere():
    """At most 1,080.00 at aa: a quarter of web stays there, the rest costs 6,480.00."""
    plan = plan_of(capped(world(), 1_080, select={"region": {"vendor_group": ["aa"]}}))
    assert placed(plan) == {("web", "aa:x"): 0.25, ("web", "bb:x"): 0.75}
    assert cost(plan) == pytest.approx(7_560, abs=CENT)
    # One more ringgit at aa takes two from bb.
    bound = plan.binding.set_index("family").loc["budget"]
    assert float(bound["marginal"]) == pytest.approx(1.0, rel=1e-9)
    assert (bound["rule"], bound["subject"], bound["period"]) == ("cash", "all payers", "2027")


def test_the_price_of_a_ringgit_is_that_of_a_step():
    found = price_rule(read(capped(world(), 1_080, select={"region": {"vendor_group": ["aa"]}})), "cash")
    assert found.looser is not None and found.tighter is not None
    assert (-found.looser.worth, found.tighter.worth) == pytest.approx((1.0, 1.0), rel=1e-6)
    assert found.looser.until == pytest.approx(4_320, rel=1e-3)


def test_tax_counts_and_periods_of_a_year_add_up():
    """10 % tax: 0.1 of web at aa pays 475.20 in one quarter and 480.48 in the next."""
    made = world(periods=2).contract("frame", "aa", tax=0.1)
    plan = plan_of(capped(made, 955.68, select={"region": {"vendor_group": ["aa"]}}))
    at_aa = plan.costs[plan.costs["vendor_group"] == "aa"]["cash"].sum()
    assert float(at_aa) == pytest.approx(955.68, abs=CENT)


def two_years(per, **parameters):
    """October 2027 to March 2028; bb is out of reach but for cash at aa."""
    made = world(start="2027-10", periods=2)
    return capped(made, 2_208, per, {"region": {"vendor_group": ["aa"]}}, **parameters)


def test_each_year_alone_or_all_together():
    """2,208 hours in the last quarter of 2027, 2,184 in the first of 2028: 4,416 and 4,368 for web at aa."""
    each = plan_of(two_years("year"))
    assert placed(each, "2027-10")["web", "aa:x"] == pytest.approx(0.5)
    assert placed(each, "2028-01")["web", "aa:x"] == pytest.approx(2_208 / 4_368)
    both = plan_of(two_years("horizon"))
    assert cash(both) == pytest.approx(2_208 + 2 * (8_784 - 2_208), abs=CENT)
    one = plan_of(two_years("year", years=[2028]))
    assert placed(one, "2027-10") == {("web", "aa:x"): 1.0}


def test_a_payer_and_a_vote_may_be_meant_alone():
    """Of moh's 4,320.00 a half may be spent at all, so web's other half has no place: there is no plan."""
    made = world().workload("ill", "moh", demand={"vcpu": 8, "memory_gib": 32})
    select = {"agency": {"agency": ["moh"]}, "region": {"vendor_group": ["aa"]}}
    plan = plan_of(capped(made, 2_160, select=select))
    assert placed(plan) == {("ill", "aa:x"): 0.5, ("ill", "bb:x"): 0.5, ("web", "aa:x"): 1.0}
    once = world().place_cost("web", "aa:x", 500, "once")
    assert placed(plan_of(capped(once, 100, vote="development"))) == {
        ("web", "aa:x"): 0.2, ("web", "bb:x"): 0.8}  # fmt: skip


def test_explain_names_the_rule_and_how_much_more_it_takes():
    told = explain(read(capped(world(), 4_000)))
    assert [sorted(m.id for m in c.members) for c in told.conflicts] == [["cash", "web"]]
    said = next(m.text for m in told.conflicts[0].members if m.id == "cash")
    assert said.endswith("The cap is 4,000 MYR.")
    assert any(text.startswith("raise cash from 4,000 to 4,320 MYR") for text, _ in told.ways)


def test_the_audit_adds_cash_up_again(tmp_path):
    made = capped(world(periods=2), 1_080, select={"region": {"vendor_group": ["aa"]}})
    found = [f for f in audited(made, tmp_path) if f.check == "budget"]
    assert [(f.status, f.subject) for f in found] == [("pass", "2027")]
    assert abs(Decimal(found[0].numbers["slack"])) < Decimal("0.01")


def test_the_audit_finds_cash_above_the_cap(tmp_path):
    def spoil(plan):
        pack = plan / "inputs" / "rules.toml"
        pack.write_text(pack.read_text().replace("1080", "1079"))

    made = capped(world(), 1_080, select={"region": {"vendor_group": ["aa"]}})
    failed = {(f.check, f.rule) for f in audited(made, tmp_path, spoil) if f.status == "fail"}
    assert failed == {("budget", "cash"), ("manifest", "")}


@pytest.mark.parametrize(
    ("more", "column"),
    [({"currency": ["USD"]}, "cash.parameters.currency"), ({"years": []}, "cash.parameters.years")],
)
def test_another_currency_and_no_years_are_refused(more, column):
    with pytest.raises(BadInput) as refused:
        plan_of(capped(world(), 1_000, **more))
    assert [p.column for p in refused.value.problems] == [column]


def test_a_rule_on_cash_selects_no_workload():
    with pytest.raises(BadInput) as refused:
        plan_of(capped(world(), 1_000, select={"workload": {"workload": ["web"]}}))
    found = [(p.problem, p.mend) for p in refused.value.problems]
    assert found == [("does not fit kind budget", "Select of agency or region, or nothing.")]
