"""Ctrl-C and limits of time: the best plan so far with its gap, whole on disk, or nothing."""

from __future__ import annotations

import json
import os
import pty
import signal
import sys
from pathlib import Path

import pytest
from long_case import write_long
from support.cli import ROOT, call, environment, process

from planner.inputs import read_case
from planner.lp.watch import watched
from planner.planning import plan_case, solve_case

CTRL_C = b"\x03"


@pytest.fixture(scope="module")
def case(tmp_path_factory) -> Path:
    return write_long(tmp_path_factory.mktemp("long") / "case")


def on_a_terminal(words: list[str], until: bytes) -> tuple[int, str]:
    """Run ``planner WORDS`` on a terminal, with Ctrl-C once it has said ``until``: exit code and words."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(environment({"TERM": "xterm", "COLUMNS": "120"}))
        os.execv(sys.executable, [sys.executable, str(ROOT / "cli.py"), *words])  # noqa: S606
    said, pressed = b"", False
    while True:
        try:
            more = os.read(terminal, 4096)
        except OSError:  # a terminal ends so when nobody is on it any more
            break
        if not more:
            break
        said += more
        if not pressed and until in said:
            os.write(terminal, CTRL_C)
            pressed = True
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), said.decode("utf-8", "replace")


def test_ctrl_c_gives_the_best_plan_so_far_with_its_gap(case, tmp_path):
    code, said = on_a_terminal(["plan", str(case), "--gap", "0", "--out", str(tmp_path / "plan")], b"gap ")
    assert code == 7
    assert "stopped early (interrupted)" in said and "may cost" in said
    record = json.loads((tmp_path / "plan" / "plan.json").read_text(encoding="utf-8"))
    assert record["status"] == "stopped" and record["run"]["status"] == "stopped"
    assert record["run"]["bound"] < record["run"]["objective"] and record["run"]["gap"] > 0
    assert not (tmp_path / "plan" / "report.html").exists()
    assert call("audit", tmp_path / "plan").code == 0
    assert call("show", tmp_path / "plan").code == 0


def test_ctrl_c_before_there_is_a_plan_writes_nothing(case, tmp_path):
    code, said = on_a_terminal(["plan", str(case), "--out", str(tmp_path / "plan")], b"building")
    assert code == 130 and "nothing was written" in said
    assert not list(tmp_path.iterdir())


def test_a_limit_of_time_ends_the_command_with_a_plan_or_nothing(case, tmp_path):
    ran = process("plan", case, "--gap", "0", "--time-limit", "5", "--out", tmp_path / "plan", cwd=tmp_path)
    assert ran.code == 7
    if (tmp_path / "plan").exists():
        assert "stopped early (the time limit was reached)" in ran.err
        assert call("verify", tmp_path / "plan").code == 0
    else:
        assert "stopped before there was a plan" in ran.err


def test_once_there_is_a_plan_ctrl_c_leaves_it_as_it_is():
    """In Python too, with the stages told on the way; what was not looked for is told as such."""
    quick = read_case(ROOT / "examples" / "quick-start")
    stages: list[str] = []

    def interrupt_at_last(words: str) -> None:
        stages.append(words)
        if words.startswith("looking at other options"):
            os.kill(os.getpid(), signal.SIGINT)

    solved = solve_case(quick, tell=interrupt_at_last)
    assert solved.stopped == "interrupted"
    assert [words.split()[0] for words in dict.fromkeys(stages)][:2] == ["building", "solving"]
    assert solved.plan.head["status"] == "optimal"
    whole = plan_case(quick)
    assert float(solved.plan.costs["objective"].sum()) == float(whole.costs["objective"].sum())


def test_a_watch_lasts_as_long_as_its_block():
    vendor_cap = read_case(ROOT / "examples" / "vendor-cap")
    with watched(0.0) as outer:
        assert outer.ended
        with watched() as inner:
            assert not inner.ended
            assert plan_case(vendor_cap).head["status"] == "optimal"
