"""What leaving a vendor may cost, solved by hand. January to March 2027 has 2,160 hours, a quarter of a year.

Two machines of 4 vCPU carry web, with 20,000 GiB: for 4,320.00 a quarter at aa:x (1.00 an hour) or 4,752.00
at bb:x (1.10). Data leave aa for 0.20 a GiB (4,000.00), bb for 0.05 (1,000.00). Storage is free.
"""

from decimal import Decimal

import pytest
from support.audit_plan import audited
from support.cases import World
from support.plans import bought, cost, placed, plan_of, read

from planner.errors import BadInput, Infeasible
from planner.explain.explain import explain
from planner.explain.price import price_rule
from planner.money import CENT


def world(gib=20_000, **more):
    made = World(**more).vendor("aa").vendor("bb").region("aa:x").region("bb:x")
    made.machine("aa:x", "m4", 4, 16, 1.0).machine("bb:x", "m4", 4, 16, 1.1)
    for region, egress in (("aa:x", 0.20), ("bb:x", 0.05)):
        made.store(region, "block_gib", 0.0).egress(region, egress)
    return made.workload("web", demand={"vcpu": 8, "memory_gib": 32, "block_gib": gib})


def capped(made, cap, of="vendor_group", labour=0.0, **parameters):
    own = {} if labour is None else {"labour": labour}
    values = {"cap": cap, "of": of, **own, **parameters}
    return made.rule("exit", "exit", values, is_parameter=True, benchmark="none")


def test_of_a_group_s_own_accrual_all_or_nothing_keeps_the_cap():
    """4,000 of 17,280 a year at aa is 23 %, 1,000 of 19,008 at bb 5 %."""
    assert placed(plan_of(capped(world(), 0.24))) == {("web", "aa:x"): 1.0}
    assert placed(plan_of(capped(world(), 0.23))) == {("web", "bb:x"): 1.0}


def test_of_the_whole_plan_part_may_stay():
    """x at aa: 4,000 x ≤ 0.1 · 4 · (4,320 x + 4,752 (1 − x)) gives x = 1,900.8 / 4,172.8."""
    plan = plan_of(capped(world(), 0.1, "plan"))
    part = 1_900.8 / 4_172.8
    assert placed(plan)["web", "aa:x"] == pytest.approx(part, abs=1e-6)
    assert cost(plan) == pytest.approx(4_752 - 432 * part, abs=CENT)
    # One more ringgit that leaving aa may cost moves 1 / 4,172.8 of web, where it saves 432.00.
    bound = plan.binding.set_index("family").loc["exit"]
    assert float(bound["marginal"]) == pytest.approx(432 / 4_172.8, rel=1e-5)
    assert (bound["rule"], bound["subject"], bound["period"]) == ("exit", "aa", "2027-01")


def test_the_price_of_a_point_is_that_of_a_step():
    found = price_rule(read(capped(world(), 0.1, "plan")), "exit")
    here, there = (cost(plan_of(capped(world(), cap, "plan"))) for cap in (0.1, 0.1001))
    assert found.looser is not None
    assert -found.looser.worth == pytest.approx((here - there) * 100, rel=1e-3)


def test_a_waiver_of_egress_leaves_labour():
    """Waived at aa, leaving it costs nothing but labour: 3,800 of 17,280 a year is 21.99 %."""
    assert placed(plan_of(capped(world(), 0.01, waived_by=["aa"]))) == {("web", "aa:x"): 1.0}
    for cap, region in ((0.22, "aa:x"), (0.21, "bb:x")):
        made = capped(world(gib=0.001), cap, labour=3_800.0)
        assert placed(plan_of(made)) == {("web", region): 1.0}


def test_labour_is_that_of_moves_where_the_rule_states_none():
    made = capped(world(gib=0.001).labour(4_000), 0.22, labour=None)
    assert placed(plan_of(made)) == {("web", "bb:x"): 1.0}
    with pytest.raises(BadInput) as refused:
        plan_of(capped(world(), 0.22, labour=None))
    assert [(p.file, p.column) for p in refused.value.problems] == [("case.toml", "migration.labour")]


def commitments(**more):
    """Two machines for a year at 0.40 an hour; what is left of it is owed when leaving."""
    made = World(periods=2, months=6, **more).vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, 1.0)
    made.committed("aa:x:m4", 0.4).offer("commit_1y")
    return made.workload("web", demand={"vcpu": 8, "memory_gib": 32})


def test_commitments_are_limited_by_what_stays_unpaid():
    """c committed machines: after June 4,416 h · 0.4 c are unpaid; a year of the first half accrues
    2 · 4,344 · (0.4 c + 2 − c). With the cap a quarter: 1,766.4 c ≤ 4,344 − 1,303.2 c.
    """
    assert bought(plan_of(commitments())) == {"aa:x:m4": 2.0}
    plan = plan_of(capped(commitments(), 0.25))
    first = plan.purchases[(plan.purchases["period"] == "2027-01") & (plan.purchases["term"] == "commit_1y")]
    assert float(first["units"].sum()) == pytest.approx(4_344 / 3_069.6, abs=1e-6)


def test_a_held_commitment_counts_beyond_the_horizon(tmp_path):
    """One of three years, held since July 2026: 18 months, 13,128 h · 0.4, are left after 2027: 5,251.20."""
    made = commitments().committed("aa:x:m4", 0.4, years=3).held("aa:x:m4", 1, "2026-07", years=3)
    made.terms = {}
    capped(made, 10.0)
    found = next(f for f in audited(made, tmp_path) if f.check == "exit")
    assert found.status == "pass"
    # After June 4,416 h · 0.4 more are unpaid; then one machine on demand accrues beside it.
    assert Decimal(found.numbers["unpaid"]) in (Decimal("5251.2"), Decimal("7017.6"))
    assert Decimal(found.numbers["leaving"]) == Decimal(found.numbers["unpaid"])


def test_an_agreement_is_owed_to_its_end():
    """500 a month for two years, held; after 2027 twelve months of it are owed: 6,000."""

    def made():
        return world(gib=0.001, months=12).agreement("have", "aa", 500, months=24)

    # 17,520 accrue at aa: the cap must allow 6,000 / 17,520, else there is no plan, as it is held.
    assert placed(plan_of(capped(made(), 0.343))) == {("web", "aa:x"): 1.0}
    with pytest.raises(Infeasible):
        plan_of(capped(made(), 0.342))


def test_what_ends_need_not_move():
    made = world(periods=2)
    for row in [r for r in made.tables["demand"] if r["workload"] == "web"]:
        made.add("demand", workload="web", resource=row["resource"], period="2027-04", amount=0)
    made.workload("late", demand={"vcpu": [0, 8], "memory_gib": [0, 32]})
    assert placed(plan_of(capped(made, 0.05))) == {("web", "aa:x"): 1.0}


def test_explain_names_the_rule_and_the_cap_that_leaves_a_plan():
    """bb's 1,000 of 19,008 needs 5.27 %: in hundredths of a point."""
    told = explain(read(capped(world(), 0.05)))
    assert [sorted(m.id for m in c.members) for c in told.conflicts] == [["exit", "web"]]
    texts = [text for text, _ in told.ways]
    assert any(text.startswith("raise the cap of exit from 5.00% to 5.27%") for text in texts)


@pytest.mark.parametrize("of", ["vendor_group", "plan"])
def test_the_audit_works_leaving_out_again(tmp_path, of):
    made = capped(commitments(), 0.25, of)
    verdicts = [f for f in audited(made, tmp_path) if f.check == "exit"]
    assert [(f.status, f.subject) for f in verdicts] == [("pass", "aa")]
    assert abs(Decimal(verdicts[0].numbers["slack"])) < Decimal("0.01")


def test_the_audit_finds_data_that_became_dear_to_carry_away(tmp_path):
    def spoil(plan):
        table = plan / "inputs" / "catalogs" / "catalog" / "transfer.csv"
        table.write_text(table.read_text().replace(",0.2,", ",0.3,"))

    failed = {f.check for f in audited(capped(world(), 0.24), tmp_path, spoil) if f.status == "fail"}
    assert failed == {"exit", "manifest"}


def test_a_rule_on_leaving_selects_no_workload():
    with pytest.raises(BadInput) as refused:
        plan_of(capped(world(), 1.0).rule("other", "exit", {"cap": 1, "of": "plan"},
                                          select={"workload": {"workload": ["web"]}}))  # fmt: skip
    assert [p.problem for p in refused.value.problems] == ["does not fit kind exit"]
