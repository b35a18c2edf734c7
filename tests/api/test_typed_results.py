"""A study from Python is the document that its command prints, and shows itself in a notebook."""

from __future__ import annotations

import json

import pytest
from support.cases import World
from support.cli import call

import planner


def world() -> World:
    made = World(periods=2).vendor("aa", jurisdiction="XX").vendor("bb", jurisdiction="MY")
    for region, price in (("aa:x", 1.0), ("bb:x", 2.0)):
        made.region(region).machine(region, "m4", 4, 16, price)
    made.workload("web", demand={"vcpu": 8, "memory_gib": 32}).today("web", "aa:x")
    return made.rule(
        "cap", "vendor_share", {"basis": "spend", "cap": 0.75}, is_parameter=True, benchmark="none"
    )


STUDIES = {
    "frontier": (
        lambda case: planner.frontier(case, "cap", [1.0, 0.75, 0.5]),
        ("--rule", "cap", "--from", "1", "--to", "0.5", "--steps", "3"),
    ),
    "alternatives": (planner.alternatives, ()),
    "breakeven": (lambda case: planner.breakeven(case, "bb", steps=3), ("--vendor", "bb", "--steps", "3")),
    "exit-cost": (lambda case: planner.exit_cost(case, "aa"), ("--vendor", "aa")),
    "stress": (
        lambda case: planner.stress(case, ["vendor-gone:bb"]), ("--stressor", "vendor-gone:bb")
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_is_the_document_of_its_command(name, tmp_path):
    run, options = STUDIES[name]
    folder = world().write(tmp_path / "case")
    printed = call(name, folder, *options, "--out", tmp_path / "out", "--json").out
    found = run(planner.read_case(folder))
    assert json.dumps(found.document(), ensure_ascii=False, indent=2, sort_keys=True) + "\n" == printed
    html = found._repr_html_()
    assert "<table" in html and len(found.frame()) == len(found.rows())


def test_what_a_user_names_is_escaped_in_a_notebook(tmp_path):
    folder = world().write(tmp_path / "case")
    case = planner.read_case(folder).with_settings({"title": "<script>alert(1)</script>"})
    shown = planner.alternatives(case)._repr_html_()
    assert "<script>" not in shown and "&lt;script&gt;" in shown


def test_plans_are_compared_by_name(tmp_path):
    case = planner.read_case(world().write(tmp_path / "case"))
    plans = {"as it is": planner.plan_case(case)}
    plans["tighter"] = planner.plan_case(case.with_parameter("cap", cap=0.6))
    found = planner.compare_plans(plans)
    assert [row.name for row in found.plans] == ["as it is", "tighter"] and found.differ
    assert found.plans[0].cost < found.plans[1].cost
    with pytest.raises(ValueError, match="currency"):
        planner.compare_plans({})
