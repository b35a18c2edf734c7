"""A case changed in memory is read as if its files had been edited, and its files are left alone."""

from __future__ import annotations

import pickle
import shutil
import tomllib

import pandas as pd
import pytest
from support.cases import World
from support.cli import ROOT, call, tree

from planner.answer.replan import from_plan
from planner.case.files import Files
from planner.case.toml import with_values
from planner.errors import BadInput, UnknownName
from planner.inputs import read_case
from planner.plan.folder import read_plan
from planner.planning import plan_case
from planner.report.plan_folder import write_plan

QUICK = ROOT / "examples" / "quick-start"
EXAMPLES = [
    ROOT / "examples" / name for name in ("national-ai", "national-full", "hourly-traces", "quick-start")
]


def edited(folder, old, new):
    shutil.copytree(QUICK, folder)
    text = (folder / "case.toml").read_text(encoding="utf-8")
    assert old in text
    (folder / "case.toml").write_text(text.replace(old, new), encoding="utf-8")
    return folder


def test_a_cap_set_in_memory_plans_as_one_set_in_the_file(tmp_path):
    text = (QUICK / "case.toml").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("cap = "))
    by_hand = plan_case(read_case(edited(tmp_path / "case", line, "cap = 0.6")))
    before = tree(QUICK)
    case = read_case(QUICK).with_parameter("vendor-share", cap=0.6)
    plan = plan_case(case)
    assert (
        plan.head["objective"] == by_hand.head["objective"] != plan_case(read_case(QUICK)).head["objective"]
    )
    assert tree(QUICK) == before
    write_plan(plan, tmp_path / "plan")
    kept = (tmp_path / "plan" / "inputs" / "case.toml").read_text(encoding="utf-8")
    assert tomllib.loads(kept)["rules"]["vendor-share"]["cap"] == 0.6
    assert [line for line in kept.splitlines() if line.startswith("#")] == [
        line for line in text.splitlines() if line.startswith("#")
    ]
    assert call("audit", tmp_path / "plan").code == 0
    assert read_case(tmp_path / "plan").settings == case.settings


def test_a_table_changed_in_memory_is_read_like_a_file(tmp_path):
    case = read_case(QUICK)
    demand = case.table("demand")
    changed = case.with_table("demand", demand.assign(amount=demand["amount"] * 0.9))
    assert changed.demand.sum() == pytest.approx(0.9 * case.demand.sum())
    assert read_case(QUICK).demand.sum() == case.demand.sum()
    write_plan(plan_case(changed), tmp_path / "plan")
    kept = pd.read_csv(tmp_path / "plan" / "inputs" / "demand.csv")
    assert kept["amount"].sum() == pytest.approx(0.9 * demand["amount"].sum())
    assert call("audit", tmp_path / "plan").code == 0


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda path: path.name)
def test_every_table_can_be_handed_back_and_the_file_edited(folder):
    case = read_case(folder)
    again = case.changed({}, {name: case.table(name) for name in case.settings.tables})
    for name in case.settings.tables:
        pd.testing.assert_frame_equal(again.table(name), case.table(name))


@pytest.mark.parametrize(
    "file", sorted((ROOT / "examples").glob("*/case.toml")), ids=lambda path: path.parent.name
)
def test_every_case_file_can_be_edited(file):
    text = file.read_text(encoding="utf-8")
    tree = tomllib.loads(text)
    tree["money"]["discount_rate"] = 0.123
    tree.setdefault("replan", {})["freeze"] = 1
    result = with_values(text, {("money", "discount_rate"): 0.123, ("replan", "freeze"): 1})
    assert tomllib.loads(result) == tree


def test_a_character_beyond_the_first_plane_in_a_title_survives_a_change(tmp_path):
    world = World().vendor("aa", jurisdiction="XX").region("aa:x").machine("aa:x", "m", 4, 16, 1.0)
    folder = world.workload("w").write(tmp_path / "case")
    path = folder / "case.toml"
    text = path.read_text(encoding="utf-8")
    title = tomllib.loads(text)["title"]
    path.write_text(text.replace(title, "Plan \U0001f600 \u00e9"), encoding="utf-8")
    case = read_case(folder).with_settings({"money.discount_rate": 0.07})
    assert case.settings.title == "Plan \U0001f600 \u00e9" and case.settings.discount_rate == 0.07


def test_what_cannot_be_changed_is_told_with_its_place():
    case = read_case(QUICK)
    with pytest.raises(BadInput) as nobody:
        case.with_parameter("nobody", cap=0.3)
    assert nobody.value.problems[0].column == "rules.nobody"
    with pytest.raises(BadInput) as odd:
        case.with_settings({"title.sub": 1}, "odd")
    assert odd.value.problems[0].column == "scenario.odd.title.sub"
    with pytest.raises(BadInput) as gap:
        case.with_table("demand", case.table("demand").assign(amount=-1.0))
    assert {problem.column for problem in gap.value.problems} == {"amount"}
    with pytest.raises(UnknownName, match="demand"):
        case.with_table("demnd", case.table("demand"))
    with pytest.raises(UnknownName, match="users"):
        case.table("user")


def test_another_process_reads_the_same_changed_case():
    case = read_case(QUICK).with_parameter("vendor-share", cap=0.6)
    origin = pickle.loads(pickle.dumps(case.origin))  # noqa: S301 bytes of our own
    assert read_case(origin).settings == case.settings
    assert hash(origin) == hash(case.origin) and origin != Files(QUICK)


def test_a_plan_folder_is_a_case_and_can_be_planned_again_from(tmp_path):
    assert call("plan", QUICK, "--out", tmp_path / "plan").code == 0
    case = read_case(tmp_path / "plan")
    again = from_plan(case, read_plan(tmp_path / "plan"), freeze=1, change_price=10.0)
    assert (again.settings.replan.freeze, again.settings.replan.change_price) == (1, 10.0)
    assert len(again.earlier_placements) > 0
    with pytest.raises(BadInput, match="1 problem"):
        from_plan(again, read_plan(tmp_path / "plan"))
    write_plan(plan_case(case), tmp_path / "again")
    assert tree(tmp_path / "again") == tree(tmp_path / "plan")
