"""``planner plan --show-method``: what couples a program, and how it would be solved."""

from __future__ import annotations

import json
from pathlib import Path

from support.cli import process

from planner import read_case
from planner.answer.method import method_of
from planner.answer.whole import in_whole_machines
from planner.planning import build_model

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_commitments_couple_the_periods_of_a_case_and_nothing_is_solved(tmp_path: Path) -> None:
    """By hand: one system on machines that are committed to for a year of four quarters."""
    ran = process("plan", str(EXAMPLES / "commitment-depth"), "--show-method", cwd=tmp_path)
    assert ran.code == 0, ran.err
    assert "one component; the largest has 100% of the columns" in ran.out
    assert "couples: commitment (without it 4 components)" in ran.out
    assert "method: HiGHS alone" in ran.out
    assert list(tmp_path.iterdir()) == []


def test_quarters_that_nothing_couples_are_components() -> None:
    """By hand: the cap is kept quarter by quarter; no commitment, move or budget ties two quarters."""
    case = read_case(EXAMPLES / "vendor-cap").with_settings({"periods.count": 4})
    stated = method_of(build_model(in_whole_machines(case))).document()
    assert (stated["components"], stated["largest"]) == (4, 0.25)
    assert stated["couples"]["amount"] == 8


def test_the_command_prints_the_document(tmp_path: Path) -> None:
    ran = process("plan", str(EXAMPLES / "vendor-cap"), "--show-method", "--json", cwd=tmp_path)
    assert ran.code == 0, ran.err
    stated = json.loads(ran.out)
    assert stated["components"] == 1
    assert stated["couples"] == {"amount": 2, "buy": 2}
