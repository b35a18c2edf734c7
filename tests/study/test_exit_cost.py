"""Leaving a vendor: hand-computed stakes and costs, limits that slow it down, and what forbids it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from support.cases import World
from support.plans import read

from planner.commands import cli
from planner.commands.run import run
from planner.errors import Infeasible, UnknownName
from planner.study.exit_cost import exit_cost


def world(b: bool = True, labour: bool = True) -> World:
    """Ten machines and 1,000 GiB: a asks 0.20 an hour, 0.15 committed for a year, and b 0.26."""
    made = World(periods=4, months=3)
    for vendor, price in (("a", 0.2), ("b", 0.26)):
        made.vendor(vendor, group=f"{vendor}-group").region(f"{vendor}:x")
        made.machine(f"{vendor}:x", "m", 4, 16, price).store(f"{vendor}:x", "block_gib", price / 2)
        made.egress(f"{vendor}:x", 0.3)
    made.workload("tax", demand={"vcpu": 40, "memory_gib": 40, "block_gib": 1000})
    if not b:
        made.rule("panel", "vendor_panel", {"vendors": ["a"]})
    return made.labour(500) if labour else made


def hours(made: World) -> list[float]:
    return [float(h) for h in read(made).periods["hours"]]


def test_stakes_and_costs_are_those_worked_out_by_hand():
    made = world()
    found = exit_cost(read(made), "a")
    later = hours(made)[1:]
    assert (found.at, found.gone, found.periods) == ("2027-04", "2027-04", 0)
    stake = found.stake
    assert (stake.systems, stake.gib) == (pytest.approx(1), pytest.approx(1000))
    assert stake.egress == pytest.approx(300) and stake.labour == pytest.approx(500)
    assert stake.stranded == 0 and stake.notice_days == 0
    running = 10 * 0.06 * sum(later) + 1000 * 0.03 * 9
    assert found.running == pytest.approx(running / (sum(later) / 8760), rel=1e-6)
    assert found.extra == pytest.approx(running + 300 + 500, rel=1e-6)
    assert found.unproved == pytest.approx(0, abs=1e-6)
    assert list(found.goes.itertuples(index=False, name=None)) == [
        ("tax", "b:x", pytest.approx(1), pytest.approx(40))
    ]


def test_a_commitment_is_stranded_for_the_rest_of_its_term():
    made = world().committed("a:x:m", 0.15).offer("commit_1y")
    length = hours(made)
    found = exit_cost(read(made), "a-group")
    assert found.stake.stranded == pytest.approx(10 * 0.15 * sum(length[1:]), rel=1e-6)
    # The commitment is paid on, so all of b's machines come on top.
    running = 10 * 0.26 * sum(length[1:]) + 1000 * 0.03 * 9
    assert found.extra == pytest.approx(running + 800, rel=1e-6)
    last = found.stakes[-1]
    assert last.stranded == pytest.approx(10 * 0.15 * length[3], rel=1e-6)


def test_what_falls_due_after_the_horizon_is_stranded_too():
    """Held from three months before the plan for three years: 21 of its months lie after the horizon."""
    made = world().committed("a:x:m", 0.15, years=3).held("a:x:m", 4, "2026-10", years=3)
    length = hours(made)
    found = exit_cost(read(made), "a")
    due = sum(length[1:]) + 8784 + 6552
    assert found.stake.stranded == pytest.approx(4 * 0.15 * due, rel=1e-6)


def test_the_later_the_exit_the_less_it_costs_in_all():
    at = [exit_cost(read(world()), "a", p).extra for p in ("2027-04", "2027-07", "2027-10")]
    assert at == sorted(at, reverse=True)


def test_a_freeze_makes_the_leaving_take_longer():
    made = world().move_limit([0, 0, 0, 1])
    found = exit_cost(read(made), "a")
    assert (found.gone, found.periods) == ("2027-10", 2)
    never = exit_cost(read(world().move_limit(0.0)), "a")
    assert never.gone is None and never.why_not[0].startswith("move limit stands in the way")


def test_where_there_is_nowhere_to_go_it_says_who_is_stuck():
    found = exit_cost(read(world(b=False)), "a")
    assert found.gone is None and found.why_not == ("tax may run nowhere else",)
    assert found.goes.empty and found.stake.egress == pytest.approx(300)


def test_a_cap_that_needs_the_vendor_is_named():
    made = world(labour=False)
    made.overrides["cap"] = {"adopted_by": "b", "adopted_on": date(2026, 1, 1), "reference": "1"}
    values = {"cap": 0.6, "basis": "resource", "resource": "vcpu"}
    made.rule("cap", "vendor_share", values, is_parameter=True, benchmark="none")
    found = exit_cost(read(made), "b")
    assert found.gone is None and any("vendor share" in line for line in found.why_not)


def test_without_labour_or_price_of_egress_nothing_is_made_up():
    made = world(labour=False)
    made.tables["transfer"].clear()
    found = exit_cost(read(made), "a")
    assert found.stake.egress is None and found.stake.labour is None
    later = hours(made)[1:]
    assert found.extra == pytest.approx(10 * 0.06 * sum(later) + 1000 * 0.03 * 9, rel=1e-6)


def test_notice_is_that_of_the_contract():
    made = world().contract("k", "a", notice_days=90)
    assert exit_cost(read(made), "a").stake.notice_days == 90


def test_who_is_unknown_and_cases_that_cannot_be_left():
    with pytest.raises(UnknownName, match="vendor"):
        exit_cost(read(world()), "nobody")
    for at in ("2027-01", "2031-01"):
        with pytest.raises(UnknownName, match="period"):
            exit_cost(read(world()), "a", at)
    made = world().rule("shut", "key_custody", {"allowed": ["customer_hsm"]})
    with pytest.raises(Infeasible):
        exit_cost(read(made), "a")


def command(*argv: str) -> int:
    with pytest.raises(SystemExit) as left:
        run(cli, list(argv))
    return int(left.value.code or 0)


def test_the_command_on_a_case_and_on_its_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    case, plan, out = world().write(tmp_path / "case"), tmp_path / "plan", tmp_path / "out"
    assert command("plan", str(case), "--out", str(plan)) == 0
    capsys.readouterr()
    argv = ["exit-cost", str(plan), "--vendor", "a", "--gbit", "1"]
    assert command(*argv, "--out", str(out)) == 0
    said = capsys.readouterr()
    assert said.out.startswith("SYNTHETIC") and "to b:x: 1.0 workloads, 40 vCPU" in said.out
    assert "egress MYR 300 at list price, nothing if it waives" in said.out
    assert said.err.strip().splitlines()[-1].startswith("next: ")
    assert command(*argv, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document == json.loads((out / "study.json").read_text(encoding="utf-8"))
    assert {"exit-cost.svg", "exit-cost.png"} <= {path.name for path in out.iterdir()}
    assert document["transfer_days"] == pytest.approx(1000 * 2**30 * 8 / 1e9 / 86400, abs=1e-3)
    assert command("exit-cost", str(case), "--vendor", "zz") == 2


@pytest.mark.parametrize(("status", "months", "left"), [("held", 24, 21), ("offered", 12, 9)])
def test_a_spend_agreement_is_still_due_after_leaving(status: str, months: int, left: int):
    """1,000 a month, with 8 % tax, for the months that are left after March 2027, beyond the horizon too.

    The offer is signed: its 60 % discount is worth more than that.
    """
    made = world().contract("frame", "a", tax=0.08)
    made.agreement("deal", "a", 1000, months=months, status=status, discount=0.6, up_to=3000)
    found = exit_cost(read(made), "a")
    assert found.stake.stranded == pytest.approx(left * 1_000 * 1.08)
    assert found.stakes[-1].stranded == pytest.approx((left - 6) * 1_000 * 1.08)
    # What is owed is paid whoever runs the work: leaving costs it beside everything else.
    assert found.extra > 9 * 1_000


def test_what_stranded_commitments_pay_counts_towards_an_agreement():
    """10 machines at 0.15 pay 9,900 of the 27,000 that are left of the year: 27,000 are due in all."""
    made = world().committed("a:x:m", 0.15).offer("commit_1y").agreement("deal", "a", 3000, months=12)
    found = exit_cost(read(made), "a")
    assert found.stake.stranded == pytest.approx(27_000)
