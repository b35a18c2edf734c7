"""Workloads beside one another and apart, and the data between them, solved by hand.

January to March 2027 has 2,160 hours, so the machine at 1.00 an hour costs 2,160.00 and that at 1.50
3,240.00; web and db need one each unless a test says otherwise.
"""

import pytest
from support.audit_plan import audited
from support.cases import World
from support.plans import cash, cost, placed, plan_of

from planner.errors import Infeasible
from planner.money import CENT


def world(**more) -> World:
    """aa:x at 1.00 and bb:x at 1.50, 30 ms apart; a GiB that leaves aa costs 0.10, bb 0.20."""
    made = World(**more).node("aa:x", "region").node("bb:x", "region").link("aa:x", "bb:x", 30)
    for region, price, out in (("aa:x", 1.0, 0.1), ("bb:x", 1.5, 0.2)):
        made.vendor(region[:2]).region(region).machine(region, "m4", 4, 16, price).egress(region, out)
    return made.workload("web").workload("db")


def room_for_one(made: World) -> World:
    """Only one machine fits at aa."""
    return made.capacity("aa:x", "vcpu", 4)


# Data between workloads


def test_data_that_leave_are_paid_where_they_come_from():
    """db may not be at aa: 3 × 1,000 GiB at 0.10 leave with web. 2,160 + 3,240 + 300 = 5,700.00."""
    plan = plan_of(world().affinity("forbid", "db", region="aa:x").depends("web", "db", 1000))
    assert cash(plan, term="transfer") == pytest.approx(300.00, abs=CENT)
    assert cost(plan) == pytest.approx(5_700.00, abs=CENT)


@pytest.mark.parametrize(("gib", "together", "expected"), [(3_000, False, 6_300.00), (4_000, True, 6_480.00)])
def test_work_moves_together_when_the_data_cost_more(gib, together, expected):
    """db at bb only. web beside it costs 1,080.00 more and nothing leaves; 3 × 0.10 × GiB otherwise."""
    plan = plan_of(world().affinity("forbid", "db", region="aa:x").depends("web", "db", gib))
    assert (("web", "bb:x") in placed(plan)) is together
    assert cost(plan) == pytest.approx(expected, abs=CENT)


def test_half_of_a_workload_keeps_half_of_the_data():
    """At aa one machine fits: half of web and half of db serve one another, and so at bb; nothing leaves."""
    plan = plan_of(room_for_one(world().depends("web", "db", 100_000)))
    assert placed(plan) == {(w, r): 0.5 for w in ("web", "db") for r in ("aa:x", "bb:x")}
    assert cost(plan) == pytest.approx(5_400.00, abs=CENT)


def test_what_the_data_would_cost_fills_no_commitment_and_thins_out_no_share():
    """Both at aa: no data leave it, though 3 × 20,000 GiB × 0.10 would fill what is owed anyway, 10,000 a
    month: of 30,000.00 in all 4,320.00 is spend and 25,680.00 shortfall.
    """
    made = world().depends("web", "db", 20_000).agreement("have", "aa", 10_000)
    plan = plan_of(made)
    assert cash(plan, term="transfer") == 0.0
    assert cash(plan, term="agreement shortfall") == pytest.approx(25_680.00, abs=CENT)
    # A cap of four fifths on the spend: s = 0.8 (s + 1.5 (2 - s)) machines at aa, twelve sevenths.
    capped = world().depends("web", "db", 20_000).rule("cap", "vendor_share", {"cap": 0.8, "basis": "spend"})
    assert cash(plan_of(capped), term="transfer") == pytest.approx(0.0, abs=CENT)
    assert cost(plan_of(capped)) == pytest.approx(2160 * (3 - 6 / 7), abs=CENT)


def test_the_audit_works_out_the_data_between_workloads(tmp_path):
    made = world().affinity("forbid", "db", region="aa:x").depends("web", "db", 1000)
    (tmp_path / "right").mkdir()
    (tmp_path / "wrong").mkdir()
    assert {f.status for f in audited(made, tmp_path / "right") if f.check == "costs"} == {"pass"}

    def more(plan):
        table = plan / "inputs" / "dependencies.csv"
        table.write_text(table.read_text(encoding="utf-8").replace("1000", "1100"), encoding="utf-8")

    found = audited(made, tmp_path / "wrong", more)
    assert "fail" in {f.status for f in found if f.check == "costs"}


# Round trips between workloads


@pytest.mark.parametrize(("limit", "expected"), [(30, 5_400.00), (29, 6_480.00)])
def test_work_that_must_be_near_pays_for_it(limit, expected):
    """db at bb only; 30 ms away is near enough for 30 and not for 29: then web is at bb too."""
    made = world().affinity("forbid", "db", region="aa:x").depends("web", "db", 0, limit)
    assert cost(plan_of(made)) == pytest.approx(expected, abs=CENT)


def test_what_cannot_be_near_has_no_plan():
    made = world().affinity("forbid", "db", region="aa:x").affinity("forbid", "web", region="bb:x")
    with pytest.raises(Infeasible):
        plan_of(made.depends("web", "db", 0, 29))


# Together, apart, pinned, forbidden, never thin


def test_together_means_the_same_part_in_each_place():
    """With room for one machine at aa both are there by half."""
    plan = plan_of(room_for_one(world().affinity("together", "web", "db")))
    assert placed(plan) == {(w, r): 0.5 for w in ("web", "db") for r in ("aa:x", "bb:x")}


def test_together_and_whole_have_room_only_elsewhere():
    """Neither may be split and one fits at aa: both go to bb, 6,480.00."""
    made = room_for_one(world().affinity("together", "web", "db"))
    for row in made.tables["workloads"]:
        row["divisible"] = False
    assert cost(plan_of(made)) == pytest.approx(6_480.00, abs=CENT)


def test_apart_is_one_each_even_where_parts_would_fit():
    """2,160 + 3,240 = 5,400.00, and neither has any part where the other is."""
    plan = plan_of(world().affinity("apart", "web", "db"))
    assert cost(plan) == pytest.approx(5_400.00, abs=CENT)
    assert sorted(placed(plan).values()) == [1.0, 1.0]
    assert len({region for _, region in placed(plan)}) == 2


def test_apart_of_three_needs_three_places():
    made = world().workload("log")
    for one, other in (("web", "db"), ("db", "log"), ("web", "log")):
        made.affinity("apart", one, other)
    with pytest.raises(Infeasible):
        plan_of(made)


@pytest.mark.parametrize(("value", "expected"), [("", 5_400.00), (0.25, 4_590.00)])
def test_a_pin_holds_all_or_a_part(value, expected):
    """db at bb whole: 1,080.00 more than 4,320.00; a quarter of it: 270.00 more."""
    assert cost(plan_of(world().affinity("pin", "db", region="bb:x", value=value))) == (
        pytest.approx(expected, abs=CENT)
    )


def test_a_pin_where_it_is_forbidden_has_no_plan():
    made = world().affinity("pin", "db", region="bb:x").affinity("forbid", "db", region="bb:x")
    with pytest.raises(Infeasible):
        plan_of(made)


def test_apart_and_together_have_no_plan():
    with pytest.raises(Infeasible):
        plan_of(world().affinity("apart", "web", "db").affinity("together", "web", "db"))


@pytest.mark.parametrize(("least", "parts"), [(0.2, {0.75, 0.25}), (0.3, {0.7, 0.3}), (0.6, {1.0})])
def test_never_a_thin_part(least, parts):
    """web alone, four machines of which three fit at aa. A fifth at least, or three tenths, or three fifths.

    At 0.3 seven tenths may be at aa: 2,160 × (2.8 + 1.2 × 1.5). At 0.6 no second part can be: all is at bb.
    """
    made = World().vendor("aa").vendor("bb").region("aa:x").region("bb:x")
    made.machine("aa:x", "m4", 4, 16, 1.0).machine("bb:x", "m4", 4, 16, 1.5).capacity("aa:x", "vcpu", 12)
    made.workload("web", demand={"vcpu": 16, "memory_gib": 64}).affinity("least_share", "web", value=least)
    plan = plan_of(made)
    assert set(placed(plan).values()) == parts
    at_home = max(parts) if len(parts) > 1 else 0.0
    assert cost(plan) == pytest.approx(2160 * 4 * (at_home + 1.5 * (1 - at_home)), abs=CENT)
