"""Near-equal plans: the hand-computed mixes, within every rule, and never dearer than allowed."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from support.cases import World
from support.plans import cost, plan_of, read

from planner.commands import cli
from planner.commands.run import run
from planner.errors import Infeasible
from planner.study.alternatives import DIFFERENT, Alternative, alternatives


def world(cap: float | None = None) -> World:
    """a asks 1, b 1.3 and c 2 for the same; a workload that only p, outside the market, may run."""
    made = World(months=12)
    for vendor, price in (("a", 0.2), ("b", 0.26), ("c", 0.4)):
        made.vendor(vendor, jurisdiction="MY" if vendor == "c" else "XX")
        made.region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, price)
    made.workload("tax", demand={"vcpu": 100, "memory_gib": 100})
    if cap is not None:
        made.overrides["cap"] = {"adopted_by": "b", "adopted_on": date(2026, 1, 1), "reference": "1"}
        values = {"cap": cap, "basis": "resource", "resource": "vcpu"}
        made.rule("cap", "vendor_share", values, is_parameter=True, benchmark="none")
    return made


def by_name(made: World, within: float) -> dict[str, Alternative]:
    return {p.name: p for p in alternatives(read(made), within).plans}


def test_the_mixes_are_those_worked_out_by_hand():
    """Room w buys w/0.3 of the load at b (costing 1.3 times as much of it) or w/1 at c (2 times)."""
    w = 0.03
    found = by_name(world(), w)
    least = cost(plan_of(world()))
    assert found["cheapest"].cost == pytest.approx(least) and found["cheapest"].distance == 0
    b, c = 1.3 * (w / 0.3) / (1 + w), 2 * w / (1 + w)
    assert found["most of b"].shares.by_group == pytest.approx({"a": 1 - b, "b": b, "c": 0}, abs=1e-6)
    assert found["most of c"].shares.by_group == pytest.approx({"a": 1 - c, "b": 0, "c": c}, abs=1e-6)
    assert found["least of a"].shares.by_group["a"] == pytest.approx(1 - b, abs=1e-6)
    assert found["most of b"].cost == pytest.approx(least * (1 + w), rel=1e-6)
    # What changes nothing costs nothing: the cheapest of the plans with the share reached is told.
    assert found["most of a"].cost == pytest.approx(least, rel=1e-6)
    assert found[DIFFERENT].distance == pytest.approx(2 * b, abs=1e-6)


def test_the_farthest_mix_may_be_no_extreme_of_one_group():
    """The farthest of all sets is at least as far as most or least of any one group."""
    found = by_name(world(cap=0.6), 0.30)
    far = found[DIFFERENT]
    singles = max(p.distance for name, p in found.items() if name != DIFFERENT)
    assert far.distance >= singles - 1e-9
    assert all(p.cost <= found["cheapest"].cost * 1.30 * (1 + 1e-8) for p in found.values())


def test_no_mix_within_the_room_and_the_rules_is_farther():
    """Against every mix on a fine grid: x at b, y at c, at most 0.6 of the load with one."""
    w, cap = 0.30, 0.6
    found = by_name(world(cap=cap), w)
    least = 0.6 * 1 + 0.4 * 1.3
    share0 = [0.6 / least, 0.52 / least, 0.0]
    assert list(found["cheapest"].shares.by_group.values()) == pytest.approx(share0, abs=1e-6)
    best = 0.0
    for i in range(201):
        for j in range(201 - i):
            b, c = i / 200, j / 200
            spent = [1 - b - c, 1.3 * b, 2 * c]
            if max(1 - b - c, b, c) <= cap + 1e-9 and sum(spent) <= least * (1 + w) + 1e-9:
                far = sum(abs(v / sum(spent) - u) for v, u in zip(spent, share0, strict=True))
                best = max(best, far)
    assert best - 1e-6 <= found[DIFFERENT].distance <= best + 0.02


def test_without_room_nothing_but_ties_differ():
    found = by_name(world(), 0.0)
    assert all(p.distance <= 1e-5 for p in found.values())


def test_whole_workloads_are_kept_whole():
    made = world()
    made.workload("web", demand={"vcpu": 4, "memory_gib": 4}, divisible=False)
    for row in made.tables["workloads"]:
        row["divisible"] = False
    found = by_name(made, 0.02)
    # Of 26 machines one may move to b: 0.3 / 26 = 1.2 % dearer; moving it to c costs 3.8 %.
    assert found["most of b"].shares.by_group["b"] == pytest.approx(1.3 / 26.3, abs=1e-6)
    assert found["most of c"].shares.by_group["c"] == pytest.approx(0.0, abs=1e-6)


def test_a_case_without_a_plan_has_no_alternatives():
    with pytest.raises(Infeasible):
        alternatives(read(world(cap=0.3)))


def command(*argv: str) -> int:
    with pytest.raises(SystemExit) as left:
        run(cli, list(argv))
    return int(left.value.code or 0)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    case, out = world().write(tmp_path / "case"), tmp_path / "out"
    assert command("alternatives", str(case), "--within", "3%", "--out", str(out)) == 0
    said = capsys.readouterr()
    assert said.out.startswith("SYNTHETIC") and "most different" in said.out
    assert said.err.strip().splitlines()[-1].startswith("next: ")
    assert command("alternatives", str(case), "--within", "0.03", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    rows = list(csv.DictReader((out / "alternatives.csv").read_text(encoding="utf-8").splitlines()))
    assert [r["plan"] for r in rows] == [p["plan"] for p in document["plans"]]
    assert document == json.loads((out / "study.json").read_text(encoding="utf-8"))
    assert {"alternatives.svg", "alternatives.png"} <= {path.name for path in out.iterdir()}
    assert command("alternatives", str(case), "--within", "much") == 2


def test_the_command_takes_a_plan_folder_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    case, plan = world().write(tmp_path / "case"), tmp_path / "plan"
    assert command("plan", str(case), "--out", str(plan)) == 0
    assert command("alternatives", str(case), "--json") == 0
    first = capsys.readouterr().out
    assert command("alternatives", str(plan), "--json") == 0
    assert json.loads(capsys.readouterr().out)["plans"] == json.loads(first[first.index("{") :])["plans"]
