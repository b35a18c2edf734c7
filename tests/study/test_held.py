"""What breaks when nothing moves: told by hand for each thing that a stressor can take away."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from support.cases import World
from support.depth import cases
from support.plans import cost, plan_of, read
from support.random_worlds import worlds

from planner.commands import cli
from planner.commands.run import run
from planner.errors import BadInput, Infeasible
from planner.study.robust import solve_robust
from planner.study.stress import make_base, run_stress


def world(months: int = 6, **pay: Any) -> World:
    """Work at a, which is cheapest; b and c stand beside it, c with room for 30 vCPU."""
    made = World(periods=2, months=months)
    for vendor, price in (("a", 0.2), ("b", 0.3), ("c", 0.4)):
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, price)
        made.store(f"{vendor}:x", "object_gib", {"a": 0.3, "b": 0.1, "c": 0.2}[vendor]).store(
            f"{vendor}:x", "block_gib", 0.1
        )
        made.egress(f"{vendor}:x", 0.1)
    need = {"vcpu": 40, "memory_gib": 40, "block_gib": 10}
    made.workload("pay", demand=need, critical=True, **pay)
    return made.workload("web", demand=need)


def found(made: World, text: str) -> dict[str, Any]:
    return run_stress(make_base(read(made)), text)


def lines(row: dict[str, Any], kind: str) -> list[Any]:
    return [line for line in row["breaks"] if line["kind"] == kind]


def test_a_copy_kept_ready_takes_over_its_part_and_is_lost_with_its_region():
    made = world(resilience="ready").tier("none").tier("ready", "other_region", 0.4)
    gone = found(made, "region-gone:a:x")
    assert [(line["subject"], line["share"]) for line in lines(gone, "unserved")] == [
        ("pay", pytest.approx(0.6)),
        ("web", pytest.approx(1.0)),
    ]
    assert gone["held_unserved"] == 2 and gone["held_standbys_lost"] == 0
    copy = found(made, "region-gone:b:x")
    assert (copy["held_unserved"], copy["held_standbys_lost"]) == (0, 1) and copy["status"] == "plan"
    assert lines(copy, "standby")[0]["subject"] == "pay"


def test_a_backup_is_lost_with_its_region():
    made = world(resilience="kept").tier("none").tier("kept", backup=1.0)
    row = found(made, "region-gone:b:x")
    assert (row["held_unserved"], row["held_standbys_lost"], row["held_backups_lost"]) == (0, 0, 1)
    assert lines(row, "backup")[0]["subject"] == "pay"


def test_capacity_cash_and_shares_that_no_longer_hold_are_told_with_their_figures():
    """80 vCPU at a for 4.00 an hour; half of web is held at b by a cap of three quarters."""
    made = world().capacity("a:x", "vcpu", 70)
    made.rule("cap", "vendor_share", {"cap": 0.75, "basis": "resource", "resource": "vcpu"})
    cash = {"cap": 60_000.0, "currency": ["MYR"], "per": "horizon"}
    made.rule("cash", "budget", cash)
    row = found(made, "demand:*:+50%")
    told = [line["text"] for line in lines(row, "rule")]
    assert row["held_rules_broken"] == 1 and row["status"] == "unserved"
    assert told == ["capacity: a:x needs 90 vcpu against 70 in 2027-01 (2 periods)"]
    dear = found(made, "price:*:+50%")
    money = (15 * 0.2 + 5 * 0.3) * 1.5 * 8760
    assert lines(dear, "rule") == [] and money < 60_000
    dearer = found(made, "price:*:+90%")
    assert [line["subject"] for line in lines(dearer, "rule")] == ["cash"]
    assert "against 60,000" in lines(dearer, "rule")[0]["text"]
    gone = found(made, "vendor-gone:b")
    assert [line["subject"] for line in lines(gone, "rule")] == ["cap"]
    assert "a has 100.0%" in lines(gone, "rule")[0]["text"]


def test_survival_that_no_longer_holds_is_told():
    made = world().rule("alive", "survival", {"of": ["vendor_groups"]})
    made.capacity("b:x", "vcpu", 100).capacity("c:x", "vcpu", 30)
    assert found(made, "vendor-gone:c")["held_rules_broken"] == 0
    row = found(made, "vendor-gone:b")
    texts = [line["text"] for line in lines(row, "rule")]
    # c has room for 30 vCPU; who of the two finds it is open.
    assert texts and all(text.startswith("alive: ") and "without a" in text for text in texts)


def seaside(worth: float = 0.0) -> World:
    """Town reaches both places, Isle only b, by a link of its own."""
    made = world()
    for name, kind in (
        ("a:x", "region"),
        ("b:x", "region"),
        ("c:x", "region"),
        ("Hub", "hub"),
        ("Port", "hub"),
    ):
        made.node(name, kind)
    made.node("Town", "site").node("Isle", "site").link("Town", "Hub", 2, "access").link(
        "Isle", "Port", 2, "access"
    )
    made.link("Hub", "a:x", 5).link("Hub", "c:x", 5).link("Port", "b:x", 5).link("Hub", "Port", 3)
    made.link("Hub", "b:x", 30)
    made.users("pay", Town=[60, 60], Isle=[40, 40])
    return made.latency_worth(worth) if worth else made


def test_users_whom_nothing_joins_are_told_and_cost_no_fancy_price():
    """Without the link between hub and port a reaches Town alone; b reaches Town by the long way."""
    row = found(seaside(), "cable-cut:Hub to Port")
    assert row["unreachable"] == pytest.approx(0.4) and row["held_unreachable"] == pytest.approx(0.4)
    assert row["extra"] == pytest.approx(0) and found(seaside(), "demand:*:-20%")["unreachable"] is None
    # Where a millisecond has a worth, nobody is cut off who need not be: pay goes to b for 0.10 more.
    weighed = seaside(1.0)
    row = found(weighed, "cable-cut:Hub to Port")
    assert (
        row["status"] == "plan" and row["unreachable"] == 0 and row["held_unreachable"] == pytest.approx(0.4)
    )
    before, after = 0.06 * 7 + 0.04 * 10, 0.06 * 32 + 0.04 * 7
    assert row["extra"] == pytest.approx(10 * 0.1 * 8760 + (after - before) * 12)
    # Both ways into Isle gone: the whole of it is cut off wherever pay is, and adds no round trip.
    row = found(weighed, "cable-cut:Hub to Port & cable-cut:Port to b:x")
    assert row["unreachable"] == pytest.approx(0.4) and row["extra"] == pytest.approx(
        -0.04 * 10 * 12, abs=0.01
    )


def test_a_scenario_that_cuts_users_off_has_no_price_in_a_two_stage_program():
    made = seaside(1.0)
    folder_text = """
[robust]
alpha = 0.9
weight = 0.0
first_stage = ["placement"]
[[robust.scenario]]
name = "storm"
probability = 1.0
stressors = "cable-cut:Hub to Port"
"""
    with pytest.raises(BadInput) as told:
        solve_robust(_with(made, folder_text))
    assert "users of pay off" in told.value.problems[0].problem


def _with(made: World, text: str) -> Any:
    from tempfile import TemporaryDirectory

    from planner.inputs import read_case

    with TemporaryDirectory() as folder:
        case = made.write(Path(folder))
        file = case / "case.toml"
        file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")
        return read_case(case)


def test_the_command_writes_what_breaks(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    made = world(resilience="ready").tier("none").tier("ready", "other_region", 0.4)
    case, out = made.write(tmp_path / "case"), tmp_path / "out"
    argv = ["stress", str(case), "--stressor", "region-gone:a:x", "--out", str(out)]
    with pytest.raises(SystemExit) as left:
        run(cli, argv)
    assert not left.value.code
    said = capsys.readouterr().out
    assert (
        "what breaks with placements held" in said
        and "unserved, critical: pay loses 60 % in 2027-01 (2 periods)" in said
    )
    rows = list(csv.DictReader((out / "breaks.csv").read_text(encoding="utf-8").splitlines()))
    assert [(r["kind"], r["subject"]) for r in rows] == [("unserved", "pay"), ("unserved", "web")]
    matrix = list(csv.DictReader((out / "stress.csv").read_text(encoding="utf-8").splitlines()))
    assert matrix[0]["held_unserved"] == "2" and "breaks" not in matrix[0]
    assert (
        json.loads((out / "study.json").read_text(encoding="utf-8"))["rows"][0]["breaks"][0]["subject"]
        == "pay"
    )


def test_holding_a_plan_without_stress_breaks_nothing():
    made = world().rule("cap", "vendor_share", {"cap": 0.6, "basis": "spend"})
    row = found(made, "demand:*:+0%")
    assert row["breaks"] == [] and row["cost"] == pytest.approx(cost(plan_of(made)))


@settings(max_examples=cases(3))
@given(worlds(rich=True))
def test_a_plan_held_under_no_stress_breaks_nothing(made: World):
    try:
        base = make_base(read(made))
    except Infeasible:
        return
    assert run_stress(base, "demand:*:+0%")["breaks"] == []
