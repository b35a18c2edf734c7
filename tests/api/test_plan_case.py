"""What is written from Python is what ``planner plan`` writes, byte for byte."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.cli import ROOT, call, tree

from planner.errors import NotWritten
from planner.inputs import read_case
from planner.planning import plan_case
from planner.report.plan_folder import write_plan


@pytest.mark.parametrize("example", ["quick-start", "planned-again", "missing-price"])
def test_the_folder_written_from_python_is_that_of_the_command(example, tmp_path):
    case = ROOT / "examples" / example
    assert call("plan", case, "--out", tmp_path / "command").code == 0
    write_plan(plan_case(read_case(case)), tmp_path / "python")
    assert tree(tmp_path / "python") == tree(tmp_path / "command")


def test_a_plan_is_written_only_over_a_plan_and_with_its_case(tmp_path):
    plan = plan_case(read_case(ROOT / "examples" / "vendor-cap"))
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "letter.txt").write_text("Dear", encoding="utf-8")
    with pytest.raises(NotWritten, match="not a plan folder"):
        write_plan(plan, tmp_path / "theirs")
    with pytest.raises(ValueError, match="does not know its case"):
        write_plan(replace(plan, case=None), tmp_path / "plan")
    assert set(tree(tmp_path)) == {"theirs/letter.txt"}
