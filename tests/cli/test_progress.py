"""What a terminal shows while a study runs, and what Ctrl-C leaves."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from contextlib import contextmanager

import pytest
from support.cli import ROOT, environment

from planner.commands.talk import progress, watching
from planner.errors import Stopped
from planner.lp.watch import current, stage

CASE = ROOT / "examples" / "vendor-cap"


def test_a_study_shows_what_it_does_and_leaves_a_clean_screen(tmp_path):
    main, side = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, str(ROOT / "cli.py"), "frontier", str(CASE), "--steps", "3", "--to", "0.5",
         "--out", str(tmp_path / "study")],
        stdout=subprocess.DEVNULL, stderr=side, env=environment({"TERM": "xterm-256color"}),
    )  # fmt: skip
    os.close(side)
    told = b""
    try:
        while part := os.read(main, 65536):
            told += part
    except OSError:  # the other end of a pseudo-terminal closes with an error
        pass
    os.close(main)
    assert done.wait() == 0, told
    assert b"reading and building" in told and b"0:00:" in told
    assert b"\\u001b" not in told and b"\x1b[2K" in told


def test_nothing_is_animated_off_a_terminal(capsys):
    with progress() as tell:
        tell("counting")
    with watching():
        stage("counting")
    assert capsys.readouterr().err == ""


def test_programs_of_a_study_tell_it_what_they_do(monkeypatch):
    told = []
    monkeypatch.setattr("planner.commands.talk.progress", lambda: _told(told))
    with watching():
        stage("cap 0.5, 1 of 3")
        current().tell("12 steps")
    assert told == ["reading and building", "cap 0.5, 1 of 3", "12 steps"]


@pytest.mark.parametrize("after", [None, Stopped("no time left")])
def test_a_study_that_was_interrupted_is_none(after):
    with pytest.raises(KeyboardInterrupt), watching():
        current().interrupt()
        if after is not None:
            raise after


def test_any_other_error_stays_what_it_is():
    with pytest.raises(Stopped), watching():
        raise Stopped("the solver gave up")


@contextmanager
def _told(lines):
    yield lines.append
