"""Command lines in documents and in ``--help``: are they ones that there are?"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import click

from planner.commands import COMMANDS, cli


def parsed(line: str) -> None:
    """Assert that a line names a command, options that it has, choices that it takes, and all it requires."""
    words = shlex.split(line.split("|")[0], comments=True)[1:]
    command: click.Command = cli
    context = click.Context(cli, info_name="planner")
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name = words.pop(0)
        command = command.get_command(context, name)
        assert command is not None, line
        context = click.Context(command, info_name=name, parent=context)
    given, left, _ = command.make_parser(context).parse_args(list(words))
    assert left == [], line
    for parameter in command.params if "--help" not in words else ():
        assert not parameter.required or given.get(parameter.name), f"{line}: {parameter.name}"
        if isinstance(parameter.type, click.Choice) and given.get(parameter.name):
            assert given[parameter.name] in parameter.type.choices, line


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command and part of one, by its path."""
    context = click.Context(cli, info_name="planner")
    for name in COMMANDS:
        command = cli.get_command(context, name)
        yield name, command
        if isinstance(command, click.Group):
            for part in command.list_commands(context):
                yield f"{name} {part}", command.get_command(context, part)
