"""Stress: each stressor does what it says, shortfalls are the least ones, studies survive a kill."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from support.cases import World
from support.cli import ROOT, call, environment
from support.killed import killed_at_first_line
from support.plans import cost, plan_of, read

from planner.case.files import Files
from planner.commands import cli
from planner.commands.run import run
from planner.errors import Infeasible, PlannerError, UnknownName
from planner.study.executor import Kept, Processes, Serial, run_all
from planner.study.stress import StressTask, by_harm, make_base, run_stress
from planner.study.stressors import usual


def world(a: float = 0.2, b: float = 0.3, scale: float = 1.0, b_has: float = 60.0) -> World:
    """a is cheapest and large, b has room for half; critical and other work; a quick link to a."""
    made = World(periods=2, months=6)
    made.rate("USD", 2027, 4.0)
    for vendor, where in (("a", "US"), ("b", "MY")):
        made.vendor(vendor, jurisdiction=where).region(f"{vendor}:x")
    made.machine("a:x", "m", 4, 16, a / 4, currency="USD").machine("b:x", "m", 4, 16, b)
    made.capacity("b:x", "vcpu", b_has)
    for name, vcpu, critical in (("pay", 40, True), ("web", 40, False)):
        need = [vcpu * scale] * 2
        made.workload(name, demand={"vcpu": need, "memory_gib": need}, critical=critical)
    return made


def row(text: str, made: World | None = None) -> dict[str, Any]:
    return run_stress(make_base(read(made or world())), text)


def command(*argv: str) -> int:
    with pytest.raises(SystemExit) as left:
        run(cli, list(argv))
    return int(left.value.code or 0)


def test_what_closes_is_left_and_critical_work_is_served_first():
    base = make_base(read(world()))
    for text in ("vendor-gone:a", "region-gone:a:x", "cut-off:US"):
        found = run_stress(base, text)
        assert found["status"] == "unserved"
        assert found["unserved_critical"] == pytest.approx(0.0, abs=1e-6)
        assert found["unserved"] == pytest.approx(20 / 80)
        assert found["hit_critical"] == pytest.approx(1) and found["hit"] == pytest.approx(1)
        assert found["cost"] == pytest.approx(15 * 0.3 * 8760, rel=1e-5) and found["extra"] is None


def test_where_critical_work_does_not_fit_as_much_as_fits_is_served():
    found = row("vendor-gone:a", world(b_has=30))
    assert found["unserved_critical"] == pytest.approx(10 / 40, rel=1e-5)
    assert found["unserved"] == pytest.approx(50 / 80, rel=1e-5)


@pytest.mark.parametrize(
    ("tier", "stands"), [({"standby": "other_region", "ready": 0.5}, 1), ({"backup": 1.0}, 0)]
)
def test_what_closes_keeps_nothing_ready_and_no_backup(tier: dict[str, Any], stands: int):
    """Work at a, its copy at b, which closes: there is no plan, unless a third place takes the copy.

    What must stand ready elsewhere is then not served; what lacks its backup only is.
    """
    made = world(b_has=1e6).tier("none").tier("kept", **tier)
    for region in ("a:x", "b:x"):
        made.store(region, "block_gib", 0.1).store(region, "object_gib", 0.1).egress(region, 0.3)
    made.tables["workloads"][0]["resilience"] = "kept"
    made.add("demand", workload="pay", resource="block_gib", period="2027-01", amount=1000.0)
    base = make_base(read(made))
    gone = run_stress(base, "region-gone:b:x")
    assert gone["status"] == "unserved" and gone["unserved_critical"] == pytest.approx(stands, abs=1e-3)
    late = run_stress(base, "late:b:x:1")
    assert late["status"] == "unserved"
    assert late["unserved_critical"] == pytest.approx(stands * 181 / 365, abs=1e-3)
    made.vendor("c").region("c:x").machine("c:x", "m", 4, 16, 0.4).store("c:x", "block_gib", 0.2)
    moved = row("region-gone:b:x", made.store("c:x", "object_gib", 0.2).egress("c:x", 0.3))
    assert moved["status"] == "plan" and moved["extra"] > 100


def test_a_closure_that_does_not_matter_costs_nothing():
    found = row("region-gone:b:x")
    assert found["status"] == "plan" and found["extra"] == pytest.approx(0.0) and found["hit"] == 0


def test_prices_demand_and_currency_are_those_of_a_case_that_says_so():
    """20 machines at a for 0.20 an hour; b has room for 15 at 0.30."""
    base = make_base(read(world()))
    found = {
        text: run_stress(base, text)
        for text in ("price:a:+30%", "price:a:+100%", "price:*:+50%", "demand:*:-25%", "currency:USD:+10%")
    }
    assert base.cost == pytest.approx(20 * 0.2 * 8760) and base.cost == pytest.approx(cost(plan_of(world())))
    assert found["price:a:+30%"]["cost"] == pytest.approx(cost(plan_of(world(a=0.26))))
    assert found["price:a:+100%"]["cost"] == pytest.approx((5 * 0.4 + 15 * 0.3) * 8760)
    assert found["price:*:+50%"]["extra"] == pytest.approx(0.5 * base.cost)
    assert found["demand:*:-25%"]["cost"] == pytest.approx(0.75 * base.cost)
    assert found["currency:USD:+10%"]["cost"] == pytest.approx(1.1 * base.cost)
    assert found["price:a:+100%"]["stay"] == pytest.approx(2 * base.cost)


def test_stressors_compose():
    base = make_base(read(world()))
    both = run_stress(base, "price:a:+10% & demand:*:+10%")
    assert both["cost"] == pytest.approx(1.21 * base.cost)
    half = run_stress(base, "vendor-gone:a & capacity:b:x:-50%")
    assert half["unserved_critical"] == pytest.approx(0.25, rel=1e-5)


def test_a_region_that_opens_late_is_closed_until_then():
    found = row("late:a:x:1")
    assert found["status"] == "unserved" and found["unserved"] == pytest.approx(20 / 80 * 181 / 365, rel=1e-4)


def test_no_capacity_is_left_where_all_of_it_is_cut():
    made = world(b_has=1e6)
    made.capacity("a:x", "vcpu", 100)
    found = row("capacity:a:x:-60%", made)
    assert found["extra"] == pytest.approx(10 * 0.1 * 8760)  # half of the work pays 0.30 for 0.20


def test_a_cut_cable_takes_the_users_away():
    made = world()
    made.node("a:x", "region").node("b:x", "region").node("Hub", "hub").node("Far", "hub").node(
        "Town", "site"
    )
    made.link("Hub", "a:x", 5).link("Hub", "b:x", 5).link("Town", "Hub", 2, "access")
    made.tables["workloads"][0].update(latency_ms=20, latency_share=1.0)
    made.users("pay", Town=[10, 10]).rule("quick", "latency", {"statistic": "mean"})
    base = make_base(read(made))
    gone = run_stress(base, "cable-cut:Hub to a:x")
    assert gone["status"] == "plan" and gone["extra"] == pytest.approx(10 * 0.1 * 8760)
    none = run_stress(base, "cable-cut:Town to Hub")
    assert none["status"] == "unserved" and none["unserved_critical"] == pytest.approx(1, rel=1e-5)


def test_caps_that_stand_in_the_way_are_told_from_places_that_lack():
    made = world(b_has=1e6)
    made.rule("cap", "vendor_share", {"cap": 0.6, "basis": "resource", "resource": "vcpu"})
    found = row("vendor-gone:a", made)
    assert found["status"] == "unserved" and found["unserved"] == pytest.approx(1, rel=1e-4)
    assert found["unserved_no_shares"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        "fire:a",
        "vendor-gone:z",
        "price:a:30",
        "price:z:+3%",
        "late:a:x:soon",
        "cable-cut:x",
        "demand:*:-200%",
    ],
)
def test_what_is_misspelt_is_told(text: str):
    with pytest.raises(UnknownName):
        row(text)


def test_a_case_without_a_plan_cannot_be_put_under_stress():
    made = world()
    made.capacity("a:x", "vcpu", 1)
    with pytest.raises(Infeasible):
        make_base(read(made))


def test_the_usual_stressors_all_run():
    base = make_base(read(world()))
    texts = usual(base.case, base.used)
    assert {"vendor-gone:a", "region-gone:a:x", "cut-off:US", "price:a:+30%", "currency:USD:-10%"} <= set(
        texts
    )
    assert all(run_stress(base, text)["stressor"] == text for text in texts)


# The executor


def test_every_executor_gives_the_same_results(tmp_path: Path):
    folder = world().write(tmp_path)
    texts = ["vendor-gone:a", "demand:*:+20%", "price:a:+30%", "capacity:*:-25%"]
    task = StressTask(Files(folder))
    assert run_all(Serial(), task, texts) == run_all(Processes(2), task, texts)


def test_kept_runs_are_not_run_again_and_broken_ones_are(tmp_path: Path):
    calls: list[str] = []

    def task(text: str) -> dict[str, Any]:
        calls.append(text)
        return {"text": text}

    kept = Kept(tmp_path / "runs", "v1")
    assert run_all(Serial(), task, ["a", "b", "a"], kept) == [{"text": "a"}, {"text": "b"}, {"text": "a"}]
    assert calls == ["a", "b"]
    run_all(Serial(), task, ["a", "b", "c"], kept)
    assert calls == ["a", "b", "c"]
    for path in (tmp_path / "runs").iterdir():
        path.write_text("{", encoding="utf-8")
    run_all(Serial(), task, ["a"], kept)
    run_all(Serial(), task, ["a"], Kept(tmp_path / "runs", "v2"))
    assert calls == ["a", "b", "c", "a", "a"]


def die_once(text: str) -> dict[str, Any]:
    """A task whose worker is killed the first time it is given."""
    mark = Path(os.environ["PLANNER_TEST_MARKS"]) / text
    if not mark.exists():
        mark.write_text("", encoding="utf-8")
        os.kill(os.getpid(), signal.SIGKILL)
    return {"text": text}


def die(text: str) -> dict[str, Any]:
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def test_a_lost_worker_costs_a_retry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PLANNER_TEST_MARKS", str(tmp_path))
    assert run_all(Processes(1), die_once, ["a"]) == [{"text": "a"}]
    with pytest.raises(PlannerError, match="workers were lost"):
        run_all(Processes(1), die, ["a"])


@pytest.mark.parametrize("jobs", [pytest.param("1", marks=pytest.mark.slow), "2"])
def test_a_killed_study_resumes_to_the_same_bytes(
    tmp_path: Path, jobs: str, capsys: pytest.CaptureFixture[str]
):
    case = world().write(tmp_path / "case")

    def argv(out: str, keep: str, jobs: str = jobs) -> list[str]:
        paths = ["--out", str(tmp_path / out), "--keep", str(tmp_path / keep)]
        return ["stress", str(case), "--jobs", jobs, *paths]

    program = [sys.executable, str(ROOT / "cli.py"), *argv("out", "runs")]
    # With two jobs it also proves that no worker outlives a study that is killed.
    first = killed_at_first_line(program, 60, tmp_path, environment())
    assert first.startswith("1 of ")
    assert not (tmp_path / "out").exists() and any((tmp_path / "runs").glob("*.json"))
    assert command(*argv("out", "runs")) == 0
    assert "kept from before" in capsys.readouterr().err
    assert command(*argv("whole", "other", "1")) == 0
    for name in ("study.json", "stress.csv"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_the_command_prints_a_matrix(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    case, out = world().write(tmp_path / "case"), tmp_path / "out"
    argv = [
        "stress",
        str(case),
        "--stressor",
        "vendor-gone:a",
        "--stressor",
        "price:a:+30%",
        "--out",
        str(out),
    ]
    assert command(*argv) == 0
    said = capsys.readouterr()
    assert said.out.startswith("SYNTHETIC") and "vendor-gone:a" in said.out
    assert "critical hit:" in said.out and "staying:" in said.out
    assert said.err.strip().splitlines()[-1].startswith("next: ")
    assert command(*argv, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert [r["stressor"] for r in document["rows"]] == ["vendor-gone:a", "price:a:+30%"]
    assert command("stress", str(case), "--stressor", "vendor-gone:aa", "--out", str(out)) == 2


def test_the_plan_put_under_stress_is_the_one_that_is_made(tmp_path: Path):
    """Two regions at one price; the work is at b today and stays there, so only the loss of b hits it."""
    made = World(periods=2).vendor("a").vendor("b")
    for region in ("a:x", "b:x"):
        made.region(region).machine(region, "m", 4, 16, 1.0)
    made.workload("tax").today("tax", "b:x")
    base = make_base(read(made))
    assert run_stress(base, "vendor-gone:a")["hit"] == 0.0
    assert run_stress(base, "vendor-gone:b")["hit"] == 1.0
    folder = tmp_path / "plan"
    assert call("plan", made.write(tmp_path / "case"), "--out", folder).code == 0
    asked = [word for name in "ab" for word in ("--stressor", f"vendor-gone:{name}")]
    shown = call("stress", folder, "--out", tmp_path / "study", *asked)
    assert shown.code == 0
    assert "without effect" in shown.out and "vendor-gone:a" in shown.out
    assert shown.out.index("vendor-gone:b") < shown.out.index("vendor-gone:a")


def test_a_floor_that_cannot_hold_is_not_work_that_cannot_run():
    """Without b nobody is domestic: all is left out to hold a floor of half, and nothing has no place."""
    made = world(b_has=1e6).rule(
        "home", "minimum_share", {"floor": 0.5, "basis": "resource", "resource": "vcpu", "of": "domestic"}
    )
    gone = row("vendor-gone:b", made)
    assert (gone["status"], gone["unserved_no_shares"]) == ("unserved", pytest.approx(0.0, abs=1e-9))
    assert gone["unserved"] > 0.4
    floor = {**made.rules[0]["parameters"], "floor": 0.3}  # b has room for 30 of 80
    worse = row("vendor-gone:a", world(b_has=30).rule("home", "minimum_share", floor))
    assert worse["unserved_no_shares"] == pytest.approx(50 / 80, rel=1e-5)
    assert [r["stressor"] for r in by_harm([gone, worse])] == ["vendor-gone:a", "vendor-gone:b"]
