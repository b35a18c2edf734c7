"""Plans in whole machines beside plans in fractions, by hand. January to March 2027 has 2,160 hours."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cases import World
from support.plans import cost, plan_of, read, solved

from planner.answer import whole as module
from planner.answer.whole import in_whole_machines
from planner.money import CENT
from planner.plan.folder import read_plan, save
from planner.planning import solve
from planner.report.terminal import findings

HOURS = 2160


@pytest.fixture(params=["dive", "repair"])
def either_way(request, monkeypatch):
    """Small programs are dived into; large ones are rounded up and repaired, which must do as well here."""
    if request.param == "repair":
        monkeypatch.setattr(module, "DIVED", 0)


def world(**more):
    made = World(headroom=0.0, **more).vendor("aa").region("aa:x").machine("aa:x", "m", 4, 16, 1.0)
    return made.vendor("bb").region("bb:x").machine("bb:x", "m", 4, 16, 1.4)


def two_payers(limit, here=("aa:x", "bb:x")):
    """Two systems of 1.5 machines each, which share nothing because two agencies pay."""
    made = world().capacity("aa:x", "units", limit)
    for agency in ("mof", "moh"):
        made.agency(agency)
        made.workload(f"web-{agency}", demand={"vcpu": 6, "memory_gib": 24}, agency=agency)
        if here == ("aa:x",):
            made.affinity("forbid", f"web-{agency}", region="bb:x")
    return made


def whole_of(made):
    return in_whole_machines(solved(made)).plan


def machines(plan):
    rows = plan.rounded.groupby("sku")["whole"].sum()
    return {str(k): float(v) for k, v in rows.items() if v}


@pytest.mark.usefixtures("either_way")
def test_machines_that_do_not_fit_are_moved():
    """3 in fractions at 1.00. Rounded up 2 + 2 exceed 3: one payer has 1 there and 1 at 1.40: 4.40."""
    made = two_payers(3)
    assert plan_of(made).head["rounding_over"] == ["aa:x: 4 units against 3 in 2027-01 (1 periods)"]
    plan = whole_of(made)
    assert machines(plan) == {"aa:x:m": 3.0, "bb:x:m": 1.0}
    assert plan.head["whole"]["cost"] == pytest.approx(4.4 * HOURS, abs=CENT)
    assert plan.head["whole"]["no_less_than"] == pytest.approx(3.0 * HOURS, abs=CENT)
    assert plan.head["rounding_over"] == []
    assert len(plan.head["whole"]["elsewhere"]) == 1
    moved = plan.rounded_placements[plan.rounded_placements["region"] == "bb:x"]
    # The one machine there carries 2/3 at most; the other at aa:x as much.
    assert 1 / 3 - 1e-9 <= float(moved["share"].sum()) <= 2 / 3 + 1e-9


@pytest.mark.usefixtures("either_way")
def test_a_plan_that_fits_stays_where_it_is():
    plan = whole_of(two_payers(4))
    assert machines(plan) == {"aa:x:m": 4.0}
    assert plan.head["rounding"] == pytest.approx(1.0 * HOURS, abs=CENT)
    assert plan.head["whole"]["elsewhere"] == []


@pytest.mark.usefixtures("either_way")
def test_a_share_that_rounding_up_exceeds_is_kept():
    """5 machines, nobody above 60 %: in fractions 3.21 and 1.79, rounded up 4 of 6.40 is 62.5 %.

    3 and 2 are 55.6 % of 5.40, and no less will do.
    """
    made = World(headroom=0.0)
    for vendor, price in (("aa", 1.0), ("bb", 1.2)):
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, price)
    made.rule("cap", "vendor_share", {"cap": 0.6, "basis": "spend"})
    plan = whole_of(made.workload("web", demand={"vcpu": 20, "memory_gib": 80}))
    assert machines(plan) == {"aa:x:m": 3.0, "bb:x:m": 2.0}
    assert plan.head["whole"]["cost"] == pytest.approx(5.4 * HOURS, abs=CENT)


@pytest.mark.usefixtures("either_way")
def test_commitments_are_repaired_for_the_whole_of_their_term():
    """2.5 machines for a year, committed at 0.60, no more than 2 there: 2 committed and one at 1.40."""
    made = world(months=12).committed("aa:x:m", 0.6).offer("commit_1y").capacity("aa:x", "units", 2.5)
    plan = whole_of(made.workload("web", demand={"vcpu": 10, "memory_gib": 40}))
    assert machines(plan) == {"aa:x:m": 2.0, "bb:x:m": 1.0}
    assert plan.head["whole"]["cost"] == pytest.approx((2 * 0.6 + 1.4) * 8760, abs=CENT)


def test_where_no_whole_machines_fit_it_is_said():
    """Nowhere else to go: 4 machines are needed and 3 are to be had."""
    plan = whole_of(two_payers(3, here=("aa:x",)))
    assert plan.head["whole"]["status"] == "not found"
    assert plan.head["rounding_over"] == ["aa:x: 4 units against 3 in 2027-01 (1 periods)"]
    said = "\n".join(findings(plan))
    assert "none was found; the nearest one breaks a limit" in said
    assert "it breaks capacity: aa:x needs 4 units against 3 in 2027-01" in said
    assert "do not fit: aa:x: 4 units against 3" in said


def test_what_is_not_looked_for_is_said(monkeypatch):
    monkeypatch.setattr(module, "LARGEST", 3)
    plan = whole_of(two_payers(3))
    assert plan.head["whole"]["status"] == "not looked for"
    assert any("more than 3 entries" in line for line in findings(plan))


def test_a_plan_in_whole_machines_needs_no_other():
    first = solved(world().workload("web", demand={"vcpu": 8, "memory_gib": 32}))
    assert in_whole_machines(first) is first


def test_the_folder_keeps_where_whole_machines_place_workloads(tmp_path):
    plan = whole_of(two_payers(3))
    save(plan, tmp_path)
    again = read_plan(tmp_path)
    assert again.rounded_placements.equals(plan.rounded_placements)
    assert np.allclose(again.rounded["whole"], plan.rounded["whole"])


CASES = st.fixed_dictionaries(
    {
        "needs": st.lists(st.integers(1, 30), min_size=2, max_size=5),
        "limit": st.integers(2, 8),
        "cap": st.sampled_from([None, 0.6, 0.75]),
        "container": st.booleans(),
        "dived": st.booleans(),
    }
)


@settings(max_examples=6, deadline=None)
@given(CASES)
def test_a_plan_in_whole_machines_obeys_every_limit(case):
    """Machines are whole, carry what is placed, fit limit and cap, and cost at least the fractions."""
    made = world().vendor("cc").region("cc:x").machine("cc:x", "m", 8, 32, 3.1)
    made.capacity("aa:x", "units", case["limit"])
    if case["cap"]:
        made.rule("cap", "vendor_share", {"cap": case["cap"], "basis": "spend"})
    more = {"platform": "container", "pod_vcpu": 1, "pod_memory_gib": 4} if case["container"] else {}
    for i, vcpu in enumerate(case["needs"]):
        made.agency(f"a{i}")
        made.workload(f"w{i}", agency=f"a{i}", demand={"vcpu": vcpu, "memory_gib": 4 * vcpu}, **more)
    first = solve(read(made))
    with pytest.MonkeyPatch.context() as patch:
        if not case["dived"]:
            patch.setattr(module, "DIVED", 0)
        plan = in_whole_machines(first).plan
    if plan.head.get("whole", {}).get("status") != "found":
        assert case["cap"] or "whole" not in plan.head
        return
    rows = plan.rounded
    assert (rows["whole"] % 1 == 0).all()
    assert rows.loc[rows["region"] == "aa:x", "whole"].sum() <= case["limit"]
    carried = rows["whole"] * rows["sku"].map({"aa:x:m": 4, "bb:x:m": 4, "cc:x:m": 8})
    by = carried.groupby([rows["payer"], rows["region"]]).sum()
    for row in plan.rounded_placements.itertuples():
        need = case["needs"][int(row.workload[1:])] * row.share
        assert by.get((f"a{row.workload[1:]}", row.region), 0.0) >= need - 1e-6
    spent = (rows["whole"] * rows["unit_price"]).groupby(rows["vendor"]).sum()
    assert not case["cap"] or spent.max() <= case["cap"] * spent.sum() + 1e-6
    assert plan.head["whole"]["cost"] == pytest.approx(spent.sum() * HOURS, abs=0.02)
    assert plan.head["whole"]["no_less_than"] <= min(cost(first.plan), plan.head["whole"]["cost"]) + CENT
