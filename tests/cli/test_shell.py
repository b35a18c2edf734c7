"""Completion in the shells, and the man page."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import shutil
import struct
import subprocess
import sys
import termios

import pytest
from support.cli import ROOT, environment

from planner.commands import COMMANDS


def planner(env):
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py")],
        capture_output=True,
        text=True,
        env=environment(env),
        check=False,
    ).stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_is_one_that_it_reads(tmp_path, shell):
    script = planner({"_PLANNER_COMPLETE": f"{shell}_source"})
    assert "_PLANNER_COMPLETE" in script
    (tmp_path / "script").write_text(script)
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    assert subprocess.run([shell, "-n", tmp_path / "script"], check=False).returncode == 0


@pytest.mark.parametrize(
    ("shell", "words"),
    [
        ("bash", {"COMP_WORDS": "planner pl", "COMP_CWORD": "1"}),
        ("zsh", {"COMP_WORDS": "planner pl", "COMP_CWORD": "1"}),
        ("fish", {"COMP_WORDS": "planner pl", "COMP_CWORD": "pl"}),
    ],
)
def test_commands_are_completed(shell, words):
    told = planner({"_PLANNER_COMPLETE": f"{shell}_complete", **words})
    assert "plan" in told
    assert "audit" not in told


def test_options_of_a_command_are_completed():
    words = {"COMP_WORDS": "planner plan --wr", "COMP_CWORD": "2"}
    assert "--write-lp" in planner({"_PLANNER_COMPLETE": "bash_complete", **words})


def test_the_man_page_says_what_help_says():
    page = (ROOT / "docs" / "planner.1").read_text(encoding="utf-8")
    sys.path.insert(0, str(ROOT / "docs"))
    from manual import EXIT_CODES, manual

    assert page == manual(), "run: make docs"
    for name in COMMANDS:
        assert f'.SS "planner {name} ' in page
    assert set(EXIT_CODES) == {0, 1, 2, 3, 4, 5, 6, 7, 8, 130}
    if shutil.which("man"):
        shown = subprocess.run(
            ["man", "-l", ROOT / "docs" / "planner.1"],
            capture_output=True,
            text=True,
            env=environment({}),
            check=False,
        )
        assert "--write-lp" in shown.stdout.replace("\u2010", "-")


def test_whoever_has_read_enough_ends_a_command_well():
    """``planner … | head``: the reader leaves before all is written."""
    command = [sys.executable, str(ROOT / "cli.py"), "policy", "show", "malaysia-2026"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment({})
    ) as run:
        assert run.stdout is not None and run.stderr is not None
        run.stdout.close()
        assert (run.stderr.read(), run.wait()) == ("", 0)


@pytest.mark.parametrize("columns", [50, 80])
def test_sentences_are_folded_at_words_on_a_terminal(columns, tmp_path):
    """In a terminal of so many columns no word is broken in two; elsewhere a sentence is one line."""
    command = [sys.executable, str(ROOT / "cli.py"), "why", str(ROOT / "examples" / "vendor-cap"),
               "--rule", "vendor-share"]  # fmt: skip
    piped = subprocess.run(command, capture_output=True, text=True, env=environment({}), check=True).stdout
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    with subprocess.Popen(
        command, stdout=theirs, stderr=subprocess.DEVNULL, env=environment({"TERM": "linux", "NO_COLOR": "1"})
    ) as run:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # the other end was closed
            while part := os.read(ours, 4096):
                shown += part
        assert run.wait() == 0
    os.close(ours)
    lines = shown.decode("utf-8").splitlines()
    assert max(map(len, lines)) <= columns < max(map(len, piped.splitlines()))
    assert " ".join(lines).split() == piped.split()
