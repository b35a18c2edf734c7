"""``planner explain`` on the command line: exit codes, JSON, several conflicts, the pointer from ``plan``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from planted import base, capacity_of_vcpu, only_a, parameter, residency, tax
from support.plans import read

from planner.commands import cli
from planner.commands.run import run
from planner.explain.explain import explain


def command(*argv: str) -> int:
    with pytest.raises(SystemExit) as left:
        run(cli, list(argv))
    return int(left.value.code or 0)


def test_a_case_with_a_plan_has_nothing_to_explain(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    case = tax(base()).write(tmp_path)
    assert command("explain", str(case)) == 0
    said = capsys.readouterr()
    assert "nothing collides" in said.out and said.err.strip() == f"next: planner plan {case}"


def test_plan_points_to_explain_and_explain_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    case = capacity_of_vcpu().write(tmp_path / "case")
    assert command("plan", str(case), "--out", str(tmp_path / "plan")) == 3
    assert capsys.readouterr().err.strip().splitlines()[-1] == f"next: planner explain {case}"
    assert not (tmp_path / "plan").exists()
    assert command("explain", str(case)) == 3
    said = capsys.readouterr().out
    assert "a:x has 60 vcpu" in said and "raise capacity of a:x (vcpu) from 60 to 100 vcpu" in said
    assert "serve only 60.0% of tax" in said and said.index("raise capacity") < said.index("serve only")


def test_json_is_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    case = residency().write(tmp_path)
    assert command("explain", str(case), "--json", "--relax-legal") == 3
    document = json.loads(capsys.readouterr().out)
    assert not document["feasible"] and document["reasons"]
    (told,) = document["conflicts"]
    assert {m["id"] for m in told["members"]} == {"tax", "at-home"}
    first = document["ways_out"][0]
    assert first["gives"][0]["id"] == "at-home" and first["gives"][0]["legal"] and first["cost"] > 0


def test_two_conflicts_are_told_apart_and_left_together():
    world = tax(only_a(base()), 40).workload("secret", demand={"vcpu": 4, "memory_gib": 4})
    world.capacity("a:x", "vcpu", 30)
    parameter(world, "keys", "key_custody", allowed=["customer_hsm"])
    world.rules[-1]["select"] = {"workload": {"workload": ["secret"]}}
    explanation = explain(read(world))
    sets = {frozenset(m.id for m in told.members) for told in explanation.conflicts}
    assert sets == {frozenset({"tax", "capacity of a:x (vcpu)"}), frozenset({"secret", "keys"})}
    best = next(way for _, way in explanation.ways if not way.serves_less)
    assert {give.group.id for give in best.gives} == {"capacity of a:x (vcpu)", "keys"}
    # The place that the waiver opens is in the region whose capacity binds: both are counted.
    capacity = next(give for give in best.gives if give.group.kind == "capacity")
    assert capacity.changes[0][3] == pytest.approx(44)


def test_facts_are_told_but_never_asked_to_give():
    world = tax(only_a(base()), architecture="arm")
    explanation = explain(read(world), relax_legal=True)
    (told,) = explanation.conflicts
    assert [m.id for m in told.members] == ["tax"]
    assert any("no-machine" in fact for fact in told.facts)
    assert all(way.serves_less for _, way in explanation.ways)


def test_a_rule_on_survival_that_lacks_room_names_the_room(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """100 vCPU, of which without a 15 go to b and 20 to c: 65 are lost, unless either has 65 more."""
    world = tax(base()).capacity("b:x", "vcpu", 15).capacity("c:x", "vcpu", 20)
    case = parameter(world, "alive", "survival", of=["vendor_groups"]).write(tmp_path)
    assert command("explain", str(case), "--json") == 3
    told = json.loads(capsys.readouterr().out)
    members = {member["id"] for member in told["conflicts"][0]["members"]}
    assert members == {"tax", "alive", "capacity of b:x (vcpu)", "capacity of c:x (vcpu)"}
    ways = {way["gives"][0]["id"]: way for way in told["ways_out"] if not way["serves_less"]}
    assert set(ways) == {"alive", "capacity of b:x (vcpu)", "capacity of c:x (vcpu)"}
    (change,) = ways["capacity of b:x (vcpu)"]["gives"][0]["changes"]
    # What b holds of a's work would flee to a: with b at 15 + x, a may lose 100 less what is at b and c.
    assert change["now"] == 15 and 15 < change["needed"] <= 80
    assert command("explain", str(case)) == 3
    assert "for what runs there and what would flee there" in capsys.readouterr().out


def test_what_collides_is_told_before_ways_out_are_worked_out():
    early = []
    done = explain(read(capacity_of_vcpu()), early=early.append)
    (first,) = early
    assert first.conflicts == done.conflicts != ()
    assert first.ways == () != done.ways
