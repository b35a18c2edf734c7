"""Every ``--help`` begins with examples, and each is a line that the command takes."""

from __future__ import annotations

import click
import pytest
from support.command_lines import commands, parsed

from planner.commands import cli

EVERY = [("", cli), *commands()]


@pytest.mark.parametrize(("path", "command"), EVERY, ids=[path or "planner" for path, _ in EVERY])
def test_help_begins_with_examples_that_can_be_run(path, command):
    shown = command.get_help(click.Context(command, info_name=f"planner {path}".strip()))
    usage, heading, rest = shown.split("\n\n")[0], *shown.split("\n\n", 1)[1].lstrip().split("\n", 1)
    assert usage.startswith("Usage: planner")
    assert heading in ("Example:", "Examples:")
    lines = [line.strip() for line in rest.split("\n\n")[0].splitlines()]
    assert lines
    for line in lines:
        assert line.startswith(f"planner {path}".strip()), line
        parsed(line)
