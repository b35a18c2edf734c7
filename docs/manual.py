"""The man page ``docs/planner.1`` from the text of ``--help``: one source for both."""

from __future__ import annotations

from collections.abc import Iterator

import click

from planner import __version__
from planner.commands import COMMANDS, cli

EXIT_CODES = {
    0: "done",
    1: "a fault of the planner",
    2: "a usage error, or a name that is unknown",
    3: "no plan obeys every rule",
    4: "an audit or a verification failed",
    5: "bad input",
    6: "data older than --max-age",
    7: "the solver stopped before an optimum was proved",
    8: "compare --exit-code found a difference",
    130: "interrupted",
}


def manual() -> str:
    """The page in roff."""
    parts = [
        f'.TH PLANNER 1 "" "planner {__version__}" "User commands"',
        ".SH NAME",
        f"planner \\- {_plain(cli.get_short_help_str(200))}",
        ".SH SYNOPSIS",
        ".B planner",
        ".I COMMAND",
        "[options]",
        ".SH COMMANDS",
    ]
    context = click.Context(cli, info_name="planner")
    for name in COMMANDS:
        command = cli.get_command(context, name)
        if command is not None:
            parts += _command(command, click.Context(command, info_name=name, parent=context))
    parts += [".SH EXIT STATUS"]
    for code, words in EXIT_CODES.items():
        parts += [".TP", f".B {code}", _plain(words)]
    return "\n".join(parts) + "\n"


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f'.SS "{context.command_path} {" ".join(command.collect_usage_pieces(context))}"'
    for paragraph in (command.help or "").split("\n\n"):
        lines = paragraph.strip("\n").splitlines()
        if lines and lines[0].strip() == "\b":
            yield from (".nf", *(_plain(line) for line in lines[1:]), ".fi")
        else:
            yield from (".PP", _plain(" ".join(line.strip() for line in lines)))
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        # Every command has --help; click keeps the names that were asked for first (-h or not).
        if record is not None and "--help" not in parameter.opts:
            yield from (".TP", f".B {_plain(record[0])}", _plain(record[1]))
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            part = command.get_command(context, name)
            if part is not None:
                yield from _command(part, click.Context(part, info_name=name, parent=context))


def _plain(text: str) -> str:
    """Text as roff shows it unchanged: hyphens that stay, no line that looks like a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text[:1] in (".", "'") else text
