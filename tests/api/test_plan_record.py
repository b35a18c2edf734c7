"""``plan.json`` is written, read back and described from the same records."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from support.cases import World
from support.cli import call
from support.plans import read

import planner
from planner.answer.fixed import fixed_today
from planner.audit.cells import RECORD
from planner.errors import BadInput
from planner.plan.folder import read_plan
from planner.plan.head import Head, Run, schema
from planner.planning import plan_case

PAGE = Path(__file__).resolve().parents[2] / "docs" / "plan.schema.json"


def world() -> World:
    made = World(periods=2).vendor("aa", jurisdiction="XX").vendor("bb", jurisdiction="MY")
    for region, price in (("aa:x", 1.0), ("bb:x", 2.0)):
        made.region(region).machine(region, "m4", 4, 16, price)
    return made.workload("web", demand={"vcpu": 8, "memory_gib": 32}).today("web", "aa:x")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("plan")
    world().write(root / "case")
    assert call("plan", root / "case", "--out", root / "plan", "--no-report").code == 0
    return root / "plan"


def test_the_schema_in_docs_is_current():
    assert json.loads(PAGE.read_text(encoding="utf-8")) == schema(), "run: make docs"


@pytest.mark.parametrize("name", ["carbon-cap", "egress-tiers", "exchange-rate"])
def test_plans_hold_to_the_schema(name, tmp_path):
    example = Path(__file__).resolve().parents[2] / "examples" / name
    assert call("plan", example, "--out", tmp_path / "plan", "--no-report").code == 0
    jsonschema.validate(json.loads((tmp_path / "plan" / "plan.json").read_text(encoding="utf-8")), schema())


def test_a_plan_of_placements_that_were_held_holds_to_it_and_its_document_too():
    case = read(world())
    plan = plan_case(case, fixed=fixed_today(case))
    assert plan.head.breaks is not None and plan.head["breaks"] == list(plan.head.breaks)
    described = {key: value for key, value in plan.document().items() if key in schema()["properties"]}
    jsonschema.validate(described, schema())


def test_the_audit_accounts_for_every_entry_and_for_no_other():
    entries = {name.split(".")[0] for name in RECORD if not name.startswith("run.")}
    assert entries == set(Head.schema()["properties"])
    assert {name.removeprefix("run.") for name in RECORD if name.startswith("run.")} == set(
        Run.schema()["properties"]
    )


def test_what_is_read_back_is_what_was_written(folder):
    plan = read_plan(folder)
    stated = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    assert {**plan.head.document(), "run": plan.run.document()} == stated
    assert plan.head.case == plan.head["case"] and plan.run.integers == plan.run["integers"]


SPOILED = {
    "cash": ("much", "is not of type number"),
    "synthetic": (1, "is not of type boolean"),
    "status": ("fine", "is not optimal or stopped"),
    "exchange": ([{"year": 2027}], "is missing"),
    "unstated": ([], "is not an object"),
    "run": ({"rows": {"demand": 1.5}}, "is not of type integer"),
    "invented": (1, "is no entry that a plan has"),
}


@pytest.mark.parametrize("name", SPOILED)
def test_an_entry_that_is_not_what_it_should_be_is_told(name, folder, tmp_path):
    value, problem = SPOILED[name]
    stated = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    stated[name] = {**stated["run"], **value} if name == "run" else value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(stated, schema())
    for path in folder.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "plan.json").write_text(json.dumps(stated), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_plan(tmp_path)
    assert {issue.file for issue in caught.value.problems} == {"plan.json"}
    assert problem in {issue.problem for issue in caught.value.problems}
    assert all(issue.column.startswith(name) for issue in caught.value.problems)


def test_a_notebook_shows_a_plan_and_escapes_what_users_name(folder):
    plan = read_plan(folder)
    shown = replace(plan, head=replace(plan.head, title="<script>alert(1)</script>"))._repr_html_()
    assert "<script>" not in shown and "&lt;script&gt;" in shown
    costs = plan.costs.assign(vendor_group="<img src=x>")
    assert "<img" not in replace(plan, costs=costs)._repr_html_()


def test_documents_are_what_commands_print(folder):
    plan = planner.read_plan(folder)
    assert json.loads(json.dumps(plan.document())) == json.loads(call("show", folder, "--json").out)
    audit = planner.audit_plan(folder)
    printed = json.loads(call("audit", folder, "--json").out)
    assert json.loads(json.dumps(audit.document())) == printed
