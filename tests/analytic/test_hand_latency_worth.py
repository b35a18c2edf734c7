"""A worth of latency, solved by hand. January to March 2027 has 2,160 hours and three months.

Two machines carry web: 2,160 × 2 × 1.00 = 4,320.00 at aa:x, 4,752.00 at bb:x. Town has 3,000 users and
Village 1,000. Users in thousands × ms: 3 × 40 + 1 × 20 = 140 at aa:x, 3 × 10 + 1 × 50 = 80 at bb:x, so
bb:x saves 60 × 3 months × worth for 432.00: it pays from a worth of 2.40 on.
"""

import pytest
from support.audit_plan import audited
from support.cases import World
from support.plans import cash, cost, placed, plan_of, read

from planner.errors import BadInput
from planner.explain.why import why
from planner.money import CENT
from planner.plan.plan import weighed
from planner.report.terminal import findings
from planner.study.compare import compare


def world(**more):
    made = World(**more).vendor("aa").vendor("bb").region("aa:x").region("bb:x")
    made.machine("aa:x", "m4", 4, 16, 1.0).machine("bb:x", "m4", 4, 16, 1.1)
    made.node("Town", "site").node("Village", "site").node("aa:x", "region").node("bb:x", "region")
    made.link("Town", "aa:x", 40, "access").link("Village", "aa:x", 20, "access")
    made.link("Town", "bb:x", 10, "access").link("Village", "bb:x", 50, "access")
    made.workload("web", demand={"vcpu": 8, "memory_gib": 32})
    return made.users("web", Town=3000, Village=1000)


def test_work_moves_nearer_to_its_users_when_that_outweighs_machines_and_nobody_is_paid():
    low = plan_of(world().latency_worth(2.3))
    assert placed(low) == {("web", "aa:x"): 1.0}
    assert cost(low) == pytest.approx(4_320 + 2.3 * 140 * 3, abs=CENT)
    high = plan_of(world().latency_worth(2.5))
    assert placed(high) == {("web", "bb:x"): 1.0}
    assert cost(high) == pytest.approx(4_752 + 2.5 * 80 * 3, abs=CENT)
    assert (cash(high), cash(high, term="latency")) == (pytest.approx(4_752, abs=CENT), 0.0)


def test_it_is_a_line_of_its_own_in_another_currency_and_discounted_like_cash():
    made = world(periods=2, discount_rate=0.1).rate("USD", 2027, 4.0, 0.25).latency_worth(0.1, "USD")
    plan = plan_of(made)
    lines = weighed(plan.costs)
    assert set(lines["term"]) == {"latency"}
    nothing = ["list", "discount", "margin", "tax", "amortised", "cash", "tail", "assumed"]
    assert not lines[nothing].to_numpy().any()
    paid = plan.costs[plan.costs["term"] == "compute"].set_index("period")
    for row in lines.itertuples():
        factor = paid.loc[row.period, "objective"] / paid.loc[row.period, "cash"]
        assert row.objective == pytest.approx(0.5 * 140 * 3 * factor, abs=1e-5)


def test_no_budget_and_no_share_counts_it():
    made = world().latency_worth(2.5).budget("mof", 2027, 4_752)
    made.rule("cap", "vendor_share", {"cap": 1.0, "basis": "spend"})
    plan = plan_of(made)
    assert placed(plan) == {("web", "bb:x"): 1.0}
    counted = plan.shares[(plan.shares["rule"] == "cap") & (plan.shares["subject"] == "bb")]
    assert counted["amount"].tolist() == [pytest.approx(4_752, abs=CENT)]


def test_users_of_what_is_not_there_yet_weigh_nothing():
    made = world(periods=2).latency_worth(1.0)
    made.workload("new", demand={"vcpu": [0, 4], "memory_gib": [0, 16]}).users("new", Town=[1000, 2000])
    lines = weighed(plan_of(made).costs)
    found = {(r.workload, r.period): round(r.objective, 6) for r in lines.itertuples()}
    assert found == {("web", "2027-01"): 420.0, ("web", "2027-04"): 420.0, ("new", "2027-04"): 240.0}


def test_why_says_what_would_have_to_be_paid_less_for_it():
    """At bb:x for good: 1,152.00 + (80 − 140) × 3 × 2 = 72.00 dearer, of 4,752.00 paid there."""
    found = why(read(world().latency_worth(2.0)), "web", "bb:x").verdicts[0]
    assert found.extra == pytest.approx(72, abs=CENT)
    assert found.discount == pytest.approx(72 / 4_752, rel=1e-9)


def test_the_audit_works_it_out_again_from_links_and_users(tmp_path):
    verdicts = audited(world(periods=2, discount_rate=0.1).latency_worth(2.5), tmp_path)
    assert {f.status for f in verdicts if f.check in ("latency-weighed", "costs", "manifest")} == {"pass"}
    assert [f.status for f in verdicts if f.check == "latency-weighed"] == ["pass"]


SPOILT = {
    "a slower link": ("inputs/network/links.csv", "10000", "11000"),
    "more users": ("inputs/users.csv", "3000", "3001"),
    "another worth": ("inputs/case.toml", "worth = 2.5", "worth = 2.6"),
    "no worth at all": ("inputs/case.toml", "[latency]", "[scenario.latency]"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_the_audit_finds_another_worth(tmp_path, name):
    file, old, new = SPOILT[name]

    def spoil(plan):
        text = (plan / file).read_text(encoding="utf-8")
        assert old in text
        (plan / file).write_text(text.replace(old, new), encoding="utf-8")

    failed = {f.check for f in audited(world().latency_worth(2.5), tmp_path, spoil) if f.status == "fail"}
    assert failed == {"latency-weighed", "manifest"}


def test_a_worth_without_a_network_is_refused():
    made = World().vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, 1.0).workload("web")
    made.latency_worth(1.0).users("web", Town=3000)
    with pytest.raises(BadInput) as refused:
        read(made)
    assert [(p.file, p.column) for p in refused.value.problems] == [("case.toml", "catalogs")]


def test_a_worth_without_users_is_refused():
    made = world().latency_worth(1.0)
    made.tables["users"].clear()
    with pytest.raises(BadInput) as refused:
        read(made)
    assert [(p.file, p.column) for p in refused.value.problems] == [("users.csv", "users")]


def test_a_terminal_and_a_comparison_tell_what_nobody_pays():
    plan = plan_of(world().latency_worth(2.5))
    lines = list(findings(plan))
    assert "  of it the worth of latency, which nobody pays: MYR 600" in [
        line.replace("600.00", "600") for line in lines
    ]
    row = compare([("near", plan, None), ("plain", plan_of(world()), None)])
    assert [r.flat().get("weighed") for r in row] == [600.0, None]
    assert [r.cash for r in row] == [pytest.approx(4_752, abs=CENT), pytest.approx(4_320, abs=CENT)]
