"""What doing nothing breaks, by hand: every kind of rule is told. January to March 2027 has 2,160 hours.

pay needs one machine of 4 vCPU and runs at aa:x, 2,160.00; web needs two and runs at bb:x, 8,640.00, which
has room for ``room`` vCPU.
"""

from __future__ import annotations

import pytest
from support.cases import World
from support.cli import call
from support.plans import cost, read

from planner.answer.fixed import read_fixed
from planner.money import CENT
from planner.plan.plan import Plan
from planner.planning import solve


def world(room=12, critical=False, **more):
    made = World(**more).vendor("aa", jurisdiction="XX").vendor("bb", jurisdiction="MY")
    for region, price in (("aa:x", 1.0), ("bb:x", 2.0)):
        made.region(region).machine(region, "m4", 4, 16, price).egress(region, 0.1)
        made.store(region, "block_gib", 0.0)
    made.tier("none").workload("web", demand={"vcpu": 8, "memory_gib": 32}).workload("pay", critical=critical)
    return made.capacity("bb:x", "vcpu", room).today("pay", "aa:x").today("web", "bb:x")


def nothing_done(made, folder) -> Plan:
    case = read(made)
    written = made.write(folder / "case")
    return solve(case, fixed=read_fixed(written / "current.csv", case)).plan


def breaks(made, folder):
    return nothing_done(made, folder).head["breaks"]


def survive(made):
    return made.rule("live", "survival", {"of": ["vendor_groups"]},
                     select={"workload": {"workload": ["pay"]}})  # fmt: skip


def test_a_plan_that_breaks_nothing_says_where_work_would_flee(tmp_path):
    plan = nothing_done(survive(world(room=12)), tmp_path)
    assert plan.head["breaks"] == []
    rows = plan.survival[["event", "workload", "region", "extra"]].to_numpy().tolist()
    assert rows == [["aa", "pay", "bb:x", 1.0]]
    assert cost(plan) == pytest.approx(10_800.00, abs=CENT)


@pytest.mark.parametrize("asked", ["by a rule", "by the case"])
def test_what_has_no_place_in_a_loss_is_told(tmp_path, asked):
    """Beside web 2 of 10 vCPU are left: half of pay has no place without aa."""
    if asked == "by a rule":
        name, made = "live", survive(world(room=10))
    else:
        name, made = "survival", world(room=10, critical=True, survive=["vendor_groups"])
    assert breaks(made, tmp_path) == [f"{name}: pay without aa has no place for 50.0% in 2027-01 (1 period)"]


def test_a_limit_that_is_broken_leaves_no_room_to_flee_to(tmp_path):
    assert breaks(survive(world(room=6)), tmp_path) == [
        "capacity: bb:x needs 8 vcpu against 6 in 2027-01 (1 period)",
        "live: pay without aa has no place for 100.0% in 2027-01 (1 period)",
    ]


VCPU, SPEND = {"basis": "resource", "resource": "vcpu"}, {"basis": "spend"}
RULES = {
    "region_share": ({"cap": 0.5, **VCPU}, "R: bb:x has 66.7% in 2027-01"),
    "jurisdiction_share": ({"cap": 0.1, "of": "foreign", **SPEND}, "R: foreign has 20.0% in 2027-01"),
    "minimum_share": ({"floor": 0.9, "of": "domestic", **SPEND}, "R: domestic has 80.0% in 2027-01"),
    "resilience": ({"standby": "other_region", "ready": 0.5}, "R: pay at aa:x: "),
    # Moving costs 1,000, a tenth of a year's accrual is 864.
    "exit": ({"cap": 0.1, "of": "vendor_group", "labour": 1000}, "R: leaving aa costs MYR 136 too much in"),
    "budget": ({"cap": 10_000, "currency": ["MYR"], "per": "year"},
               "R: cash of all payers comes to MYR 10,800 against 10,000 in 2027"),
}  # fmt: skip


@pytest.mark.parametrize("kind", RULES)
def test_each_kind_of_rule_that_is_broken_is_told(tmp_path, kind):
    """Spend 2,160.00 at aa, abroad, and 8,640.00 at bb; 4 and 8 vCPU. A year of aa is 8,640.00."""
    parameters, said = RULES[kind]
    told = breaks(world().rule("R", kind, parameters), tmp_path)
    assert any(line.startswith(said) for line in told), told
    assert {line.split(":")[0] for line in told} == {"R"}


def test_every_resource_that_is_short_is_told(tmp_path):
    """web needs 8 vCPU of 6, and 32 GiB of 31 though that is less of it."""
    made = world(room=6).capacity("bb:x", "memory_gib", 31)
    assert breaks(made, tmp_path) == [
        "capacity: bb:x needs 32 memory_gib against 31 in 2027-01 (1 period)",
        "capacity: bb:x needs 8 vcpu against 6 in 2027-01 (1 period)",
    ]


def test_terminal_and_report_lead_with_what_doing_nothing_breaks(tmp_path):
    made = world(room=6).rule("R", "minimum_share", {"floor": 0.9, "of": "domestic", **SPEND})
    shown = call("plan", made.write(tmp_path / "case"), "--fix", "current.csv", "--out", tmp_path / "plan")
    assert shown.code == 0
    assert shown.out.index("rules and limits that this breaks: 2") < shown.out.index("Vendors (")
    assert "broken in 1" in shown.out and "status: held, not chosen" in shown.out
    page = (tmp_path / "plan" / "report.html").read_text(encoding="utf-8")
    assert page.index("DOING NOTHING") < page.index("Cost over the horizon")
    assert page.index("capacity: bb:x needs 8 vcpu") < page.index("Cost over the horizon")
    assert "Doing nothing, priced" in page
    assert "proved cheapest" not in page and "meet their limit" not in page
