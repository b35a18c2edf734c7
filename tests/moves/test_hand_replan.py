"""Planning again from an earlier plan, solved by hand and through the command line.

The quarters of 2027 have 2,160, 2,184, 2,208 and 2,208 hours.
"""

import json

import pandas as pd
import pytest
from support.cases import World
from support.cli import call
from support.plans import cash, cost, placed, plan_of

from planner.audit.audit import audit
from planner.errors import BadInput, Infeasible
from planner.money import CENT


def world(aa: float, bb: float, periods: int = 2, **more) -> World:
    made = World(periods=periods, **more)
    made.vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, aa)
    return made.vendor("bb").region("bb:x").machine("bb:x", "m4", 4, 16, bb)


def before(made: World, freeze: int, price: float, **share: float) -> World:
    """As if an earlier plan had web at bb:x (or split by ``aa`` and ``bb``) in every period."""
    made.replan = {"freeze": freeze, "change_price": price}
    for t in range(made.periods):
        for vendor, part in (share or {"bb": 1.0}).items():
            made.add("earlier_placements", workload="web", region=f"{vendor}:x", period=made.period(t),
                     role="primary", share=part)  # fmt: skip
    return made


def test_frozen_periods_are_kept_and_later_ones_are_free():
    """aa costs half, but January is frozen at bb: 2 × 2,160 + 1 × 2,184 = 6,504.00."""
    plan = plan_of(before(world(1.0, 2.0).workload("web"), 1, 0.0))
    assert cost(plan) == pytest.approx(6_504.00, abs=CENT)
    assert placed(plan) == {("web", "bb:x"): 1.0} and placed(plan, "2027-04") == {("web", "aa:x"): 1.0}
    assert plan.head["replan"]["changed"] == 1.0
    assert plan.head["replan"]["free_objective"] == pytest.approx(4_344.00)


@pytest.mark.parametrize(("price", "expected", "place"), [(2000, 8_504.00, "aa"), (2200, 8_688.00, "bb")])
def test_a_change_is_made_where_it_pays(price, expected, place):
    """Leaving bb in April saves 2,184: worth 2,000 (6,504 + 2,000), not 2,200 (2 × 4,344)."""
    plan = plan_of(before(world(1.0, 2.0).workload("web"), 1, price))
    assert cost(plan) == pytest.approx(expected, abs=CENT)
    assert placed(plan, "2027-04") == {("web", f"{place}:x"): 1.0}
    assert cash(plan, term="change") == pytest.approx(2000 if place == "aa" else 0, abs=CENT)


def test_only_the_part_that_is_elsewhere_is_paid():
    """A quarter was at aa already: three quarters change: 2,184 + 0.75 × 1,000 = 2,934.00."""
    plan = plan_of(before(world(1.0, 2.0, 1, start="2027-04").workload("web"), 0, 1000, aa=0.25, bb=0.75))
    assert cost(plan) == pytest.approx(2_934.00, abs=CENT)


def test_ties_keep_to_the_earlier_plan():
    """Both places cost the same and a change costs nothing: nothing changes."""
    plan = plan_of(before(world(1.0, 1.0).workload("web").workload("api"), 0, 0.0, aa=0.5, bb=0.5))
    assert placed(plan)["web", "aa:x"] == placed(plan)["web", "bb:x"] == 0.5
    assert plan.head["replan"]["changed"] == 0.0


def test_a_new_workload_is_not_frozen():
    plan = plan_of(before(world(1.0, 2.0).workload("web").workload("new"), 2, 0.0))
    assert placed(plan) == {("web", "bb:x"): 1.0, ("new", "aa:x"): 1.0}


def committed(units: float, demand: float) -> World:
    made = World(periods=4).vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, 1.0)
    made.committed("aa:x:m4", 0.6).offer("commit_1y")
    return made.workload("web", demand={"vcpu": 4 * demand, "memory_gib": 16 * demand})


def test_frozen_commitments_are_kept():
    """The earlier plan committed to 1 of 2 machines in January; free, both would be: 10,512.

    0.6 × 8,760 for the one; the other runs on demand until April, 2,160, and is committed to then,
    0.6 × 6,600 and its tail of January to March 2028, 2,184 hours, 1,310.40: 12,686.40.
    """
    made = before(committed(1, 2), 1, 0.0, aa=1.0)
    made.add("earlier_commitments", pool="mof/vm/any/terbuka/public", sku="aa:x:m4", term="commit_1y",
             period="2027-01", units=1)  # fmt: skip
    plan = plan_of(made)
    rows = plan.purchases[(plan.purchases["term"] == "commit_1y") & (plan.purchases["period"] == "2027-01")]
    assert rows["units"].sum() == pytest.approx(1.0)
    assert cost(plan) == pytest.approx(12_686.40, abs=CENT)
    assert plan.head["replan"]["free_objective"] == pytest.approx(10_512.00)


def test_frozen_commitments_are_kept_on_a_machine_that_is_dearer_now():
    """The earlier plan committed to one m4 at 0.6 in January; since then m5 is sold for 0.5 committed.

    m4 may not be left out as the worse of the two: 0.6 × 8,760 for it, and 0.5 × 8,760 for one m5.
    """
    made = before(committed(1, 2), 1, 0.0, aa=1.0)
    made.machine("aa:x", "m5", 4, 16, 0.9).committed("aa:x:m5", 0.5)
    made.add("earlier_commitments", pool="mof/vm/any/terbuka/public", sku="aa:x:m4", term="commit_1y",
             period="2027-01", units=1)  # fmt: skip
    plan = plan_of(made)
    january = plan.purchases[plan.purchases["period"] == "2027-01"].groupby("sku")["units"].sum()
    assert january.to_dict() == {"aa:x:m4": 1.0, "aa:x:m5": 1.0}


def test_frozen_commitments_are_whole_in_the_plan_in_whole_machines(tmp_path):
    """Half of a machine is committed to, in whole machines one, and the audit agrees."""
    made = before(committed(1, 1), 1, 0.0, aa=1.0)
    made.add("earlier_commitments", pool="mof/vm/any/terbuka/public", sku="aa:x:m4", term="commit_1y",
             period="2027-01", units=0.5)  # fmt: skip
    out, made.whole = tmp_path / "plan", None
    assert call("plan", str(made.write(tmp_path / "case")), "--out", str(out)).code == 0
    bought = pd.read_csv(out / "purchases.csv")
    january = bought[bought["period"] == "2027-01"].groupby("term")["units"].sum()
    assert january["commit_1y"] == 1
    assert january.drop("commit_1y").sum() == 0
    found = [f for f in audit(out).findings if f.status in ("fail", "not checked")]
    assert [(f.check, f.subject, f.message) for f in found] == []


def test_what_cannot_be_kept_is_said_with_its_reason():
    made = before(world(1.0, 2.0).workload("web"), 1, 0.0).rule("panel", "vendor_panel", {"vendors": ["aa"]})
    with pytest.raises(BadInput) as failure:
        plan_of(made)
    assert "web at bb:x in 2027-01" in str(failure.value.problems[0])
    assert "[panel]" in str(failure.value.problems[0])
    made.replan = {"freeze": 0}
    assert placed(plan_of(made)) == {("web", "aa:x"): 1.0}


def test_a_commitment_of_a_pool_that_is_no_more_is_said():
    made = before(committed(1, 2), 1, 0.0, aa=1.0)
    made.add("earlier_commitments", pool="gone", sku="aa:x:m4", term="commit_1y", period="2027-01", units=1)
    with pytest.raises(BadInput, match="1 problem"):
        plan_of(made)


def test_frozen_periods_that_contradict_a_limit_are_said():
    made = before(world(1.0, 2.0).workload("web"), 1, 0.0).capacity("bb:x", "vcpu", 2)
    with pytest.raises(Infeasible) as failure:
        plan_of(made)
    assert "freeze fewer periods" in failure.value.reasons[-1]


@pytest.mark.parametrize("whole", [False, None])
def test_an_unchanged_case_gives_the_same_files(tmp_path, whole):
    """Through the command line: every table to the byte; then dearer, and audited."""
    made = world(1.0, 1.0, 4).committed("aa:x:m4", 0.7).offer("commit_1y").workload("web").workload("api")
    made.whole = whole
    case = made.write(tmp_path / "case")
    first, second = tmp_path / "first", tmp_path / "second"
    assert call("plan", str(case), "--out", str(first)).code == 0
    again = call("plan", str(case), "--from", str(first), "--freeze", "2", "--change-price", "10",
                 "--out", str(second))  # fmt: skip
    assert again.code == 0
    for name in ("placements", "purchases", "costs", "shares", "binding"):
        assert (first / f"{name}.csv").read_bytes() == (second / f"{name}.csv").read_bytes()
    record = json.loads((second / "plan.json").read_text())["replan"]
    assert (record["changed"], record["freeze"]) == (0.0, 2)


def test_whole_machines_keep_what_is_frozen_in_an_unchanged_case(tmp_path):
    """Two systems of two machines each, of which three fit at aa: one is partly at bb, and stays."""
    made = world(1.0, 1.4).capacity("aa:x", "units", 3)
    for name in ("web", "tax"):
        made.workload(name, demand={"vcpu": 6, "memory_gib": 24})
    made.whole = None
    case = made.write(tmp_path / "case")
    first, second = tmp_path / "first", tmp_path / "second"
    assert call("plan", str(case), "--out", str(first)).code == 0
    again = call("plan", str(case), "--from", str(first), "--freeze", "1", "--change-price", "10",
                 "--out", str(second))  # fmt: skip
    assert again.code == 0
    assert (first / "placements.csv").read_bytes() == (second / "placements.csv").read_bytes()
    assert (first / "machines.csv").read_bytes() == (second / "machines.csv").read_bytes()
    assert {f.check for f in audit(second).findings if f.status == "fail"} == set()


def test_a_plan_made_again_is_audited(tmp_path):
    made = world(1.0, 2.0, 3).workload("web")
    case = made.write(tmp_path / "case")
    first, second = tmp_path / "first", tmp_path / "second"
    assert call("plan", str(case), "--out", str(first)).code == 0
    (case / "catalog" / "prices.csv").write_text(
        (case / "catalog" / "prices.csv").read_text().replace(",1.0,", ",9.0,")
    )
    again = call("plan", str(case), "--from", str(first), "--freeze", "1", "--change-price", "100",
                 "--out", str(second))  # fmt: skip
    assert again.code == 0
    found = audit(second)
    assert {f.check for f in found.findings if f.status == "fail"} == set()
    assert any(f.check == "frozen" and f.status == "pass" for f in found.findings)
    rows = (second / "placements.csv").read_text().replace("aa:x,2027-01", "bb:x,2027-01")
    (second / "placements.csv").write_text(rows)
    assert "frozen" in {f.check for f in audit(second).findings if f.status == "fail"}
    why = call("why", str(second), "--workload", "web")
    assert why.code == 0


@pytest.mark.parametrize("options", [["--freeze", "1"], ["--change-price", "5"]])
def test_options_without_an_earlier_plan_are_refused(tmp_path, options):
    case = world(1.0, 2.0).workload("web").write(tmp_path / "case")
    assert call("plan", str(case), *options, "--out", str(tmp_path / "out")).code == 2
