"""Ways out where workloads are indivisible, and targets that nobody reaches. 2027-01 to 03: 2,160 hours."""

import pytest
from support.cases import World
from support.cli import call
from support.plans import read

from planner.answer.precheck import precheck
from planner.explain.elastic import make_program
from planner.explain.explain import explain


def world(budget: float) -> World:
    """aa has room for one of two systems whole; divided they cost 5,400, whole 2,160 + 4,320 = 6,480."""
    made = World().vendor("aa").vendor("bb")
    for vendor, price in (("aa", 1.0), ("bb", 2.0)):
        made.region(f"{vendor}:x").machine(f"{vendor}:x", "m4", 4, 16, price)
    made.capacity("aa:x", "vcpu", 6).workload("web", divisible=False).workload("pay", divisible=False)
    return made.budget("mof", 2027, budget)


@pytest.mark.parametrize("budget", [6_000, 5_000])
def test_a_budget_too_small_for_whole_work_is_answered_with_the_amount_that_would_do(budget):
    """At 5,000 not even divided work can be paid; the least that pays for whole work is told all the same."""
    told = explain(read(world(budget)))
    ways = [text for text, _ in told.ways]
    assert any(f"raise budget of mof 2027 operating from {budget:,} to 6,480 MYR" in way for way in ways)
    assert all("placed whole" in m.text for m in told.conflicts[0].members if m.kind == "workload")


def test_no_empty_brackets_where_no_period_is_named(tmp_path):
    shown = call("explain", world(5_000).write(tmp_path / "case"))
    assert shown.code == 3
    assert "(in )" not in shown.out


def test_a_divisible_system_must_be_served_in_full():
    made = world(5_000)
    for row in made.tables["workloads"]:
        row["divisible"] = True
    texts = [m.text for m in explain(read(made)).conflicts[0].members if m.kind == "workload"]
    assert texts and all("served in full" in text for text in texts)


def test_a_target_that_nobody_reaches_is_answered_with_the_milliseconds_that_would_do():
    """Of 100 users 90 are 20 ms from aa and 10 are 40; bb is 10 ms farther."""
    made = world(1e9).node("aa:x", "region").node("bb:x", "region").node("Hub", "hub")
    made.node("Town", "site").node("Isle", "site")
    made.link("Hub", "aa:x", 5).link("Hub", "bb:x", 15).link("Town", "Hub", 15, "access").link(
        "Isle", "Hub", 35, "access"
    )
    made.users("web", Town=90, Isle=10)
    made.tables["workloads"][0] |= {"latency_ms": 12, "latency_share": 0.9}
    made.rule("quick", "latency", {"statistic": "mean"})
    (reason,) = precheck(make_program(read(made)).stated)
    assert "reaches 0.0% in 2027-01; 20 ms would do" in reason
