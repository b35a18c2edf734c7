"""Rules on survival, solved by hand. January to March 2027 has 2,160 hours.

One machine of 4 vCPU carries pay: 2,160.00 at aa:x (1.00 an hour), 4,320.00 at bb:x. web needs two machines
and runs at bb:x, the only place that is open to it, which has room for 8 vCPU and so for nothing else.
"""

from datetime import date

import pytest
from support.audit_plan import audited
from support.cases import World
from support.plans import cost, placed, plan_of, read

from planner.errors import BadInput, Infeasible
from planner.explain.explain import explain
from planner.money import CENT
from planner.plan.folder import write_manifest


def world(room=12, critical=False, **more):
    made = World(**more).vendor("aa").vendor("bb").region("aa:x").region("aa:y").region("bb:x")
    for region, price in (("aa:x", 1.0), ("aa:y", 1.5), ("bb:x", 2.0)):
        made.machine(region, "m4", 4, 16, price)
    made.tier("none").tier("warm", "other_group", 0.5)
    made.workload("web", demand={"vcpu": 8, "memory_gib": 32}, project="home")
    made.workload("pay", critical=critical).capacity("bb:x", "vcpu", room)
    return made.rule("home", "vendor_panel", {"vendors": ["bb"]}, select={"workload": {"project": ["home"]}})


def demanding(made, *of, workloads=("pay",), **more):
    select = {"workload": {"workload": list(workloads)}}
    return made.rule("live", "survival", {"of": list(of or ("vendor_groups",))}, select=select, **more)


def test_what_a_rule_selects_is_kept_room_for_though_nobody_calls_it_critical():
    plan = plan_of(demanding(world()))
    assert placed(plan)["pay", "aa:x"] == 1.0
    rows = plan.survival[["event", "workload", "region", "extra"]].to_numpy().tolist()
    assert rows == [["aa", "pay", "bb:x", 1.0]]


def test_the_same_asked_by_the_case_and_by_a_rule_is_asked_once():
    by_case = plan_of(world(critical=True, survive=["vendor_groups"]))
    both = plan_of(demanding(world(critical=True, survive=["vendor_groups"])))
    assert both.survival.equals(by_case.survival)


def test_without_room_elsewhere_there_is_no_plan_and_explain_says_how_much_has_to_give():
    """web leaves 2 of 10 vCPU: half of pay would be lost with aa, wherever pay is split."""
    made = demanding(world(room=10), is_parameter=True, benchmark="none")
    told = explain(read(made))
    assert "live" in {m.id for c in told.conflicts for m in c.members}
    ways = [text for text, _ in told.ways]
    assert any(text.startswith("let 50.00% of pay without aa have no place in 2027-01, against live")
               for text in ways)  # fmt: skip


def test_a_warm_standby_counts_first():
    """Half of pay stands ready at bb; 2 vCPU beside web and the standby take the other half."""
    made = demanding(world(room=12))
    for row in made.tables["workloads"]:
        row["resilience"] = "warm" if row["workload"] == "pay" else "none"
    plan = plan_of(made)
    mine = plan.survival[plan.survival["event"] == "aa"]
    assert mine[["standby", "extra"]].to_numpy().tolist() == [[0.5, 0.5]]
    assert cost(plan) == pytest.approx(2 * 4_320 + 2_160 + 0.5 * 4_320, abs=CENT)


def test_the_loss_of_a_region_is_another_question():
    """Of regions only: pay flees from aa:x to aa:y, and needs no room at bb."""
    plan = plan_of(demanding(world(room=8), "regions"))
    assert placed(plan)["pay", "aa:x"] == 1.0
    assert set(plan.survival.loc[plan.survival["event"] == "aa:x", "region"]) == {"aa:y"}
    with pytest.raises(Infeasible):
        plan_of(demanding(world(room=8), "regions", "vendor_groups"))


def test_who_may_be_nowhere_else_is_told_before_solving():
    with pytest.raises(Infeasible) as refused:
        plan_of(demanding(world(), workloads=["web"]))
    said = "web must survive the loss of bb, but the rules leave it no region elsewhere in 2027-01 [live]"
    assert said in refused.value.reasons


def test_a_rule_binds_only_while_it_is_valid():
    made = demanding(world(room=8, periods=2))
    made.rules[-1]["valid_from"] = date(2027, 4, 1)
    with pytest.raises(Infeasible):
        plan_of(made)
    made.rules[-1]["valid_to"] = made.rules[-1].pop("valid_from")
    made.rules[-1]["valid_from"] = date(2026, 1, 1)
    for row in made.tables["capacity"]:
        row["amount"] = 12
    made.add("capacity", subject="bb:x", resource="vcpu", period="2027-04", payer="", amount=8)
    assert set(plan_of(made).survival["period"]) == {"2027-01"}


def test_the_audit_holds_the_plan_to_what_it_says(tmp_path):
    found = audited(demanding(world(survive=["vendor_groups"], critical=True)), tmp_path)
    mine = {(f.rule, f.status, f.subject) for f in found if f.check == "survival"}
    assert mine == {("live", "pass", "pay"), ("", "pass", "pay")}


@pytest.mark.parametrize(
    ("file", "old", "new", "also"),
    [
        ("survival.csv", "0.0,1.0\n", "0.0,0.9\n", set()),
        ("survival.csv", "0.0,1.0\n", "0.4,0.6\n", set()),
        ("survival.csv", "bb:x", "aa:y", set()),
        ("inputs/capacity.csv", ",12,", ",11,", set()),
    ],
    ids=["a share without a place", "a standby that is none", "a place that is lost too", "no room"],
)
def test_the_audit_finds_what_would_be_lost(tmp_path, file, old, new, also):
    def spoil(plan):
        text = (plan / file).read_text()
        assert old in text
        (plan / file).write_text(text.replace(old, new))

    failed = {f.check for f in audited(demanding(world()), tmp_path, spoil) if f.status == "fail"}
    assert failed == {"survival", "manifest"} | also


def test_a_rule_on_survival_selects_no_region():
    with pytest.raises(BadInput) as refused:
        plan_of(world().rule("live", "survival", {"of": ["regions"]}, select={"region": {"country": ["MY"]}}))
    assert [p.problem for p in refused.value.problems] == ["does not fit kind survival"]


def test_no_more_flees_than_is_lost(tmp_path):
    """Room to flee to costs nothing: the plan claims no more of it than it needs, and no plan may."""

    def twice(plan):
        path = plan / "survival.csv"
        path.write_text(path.read_text(encoding="utf-8").replace(",1.0", ",2.0"), encoding="utf-8")
        write_manifest(plan)

    made = demanding(world(room=16))
    saved = plan_of(made).survival.groupby(["event", "workload", "period"])[["standby", "extra"]].sum()
    assert saved.sum(axis=1).tolist() == [1.0]
    assert not [f for f in audited(made, tmp_path / "sound") if f.status == "fail"]
    found = [f for f in audited(made, tmp_path / "spoilt", twice) if f.status == "fail"]
    assert [f.message for f in found] == ["more of pay flees than is lost with aa in 2027-01"]
