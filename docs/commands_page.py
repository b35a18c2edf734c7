"""The commands as a page, from the text of ``--help`` as the man page is."""

from __future__ import annotations

from collections.abc import Iterator

import click
from manual import EXIT_CODES
from mathematics import plain

from planner.commands import COMMANDS, cli


def commands() -> str:
    """Every command with its examples and options, then the exit codes."""
    context = click.Context(cli, info_name="planner")
    parts: list[str] = []
    for name in COMMANDS:
        command = cli.get_command(context, name)
        if command is not None:
            parts += _command(command, click.Context(command, info_name=name, parent=context), 2)
    parts += ["## Exit codes", "| code | means |\n| ---: | --- |"]
    parts[-1] += "".join(f"\n| {code} | {words} |" for code, words in EXIT_CODES.items())
    return "\n\n".join(parts)


def _command(command: click.Command, context: click.Context, level: int) -> Iterator[str]:
    yield f"{'#' * level} {context.command_path}"
    yield f"```text\n{context.command_path} {' '.join(command.collect_usage_pieces(context))}\n```"
    for paragraph in (command.help or "").split("\n\n"):
        lines = paragraph.strip("\n").splitlines()
        if lines and lines[0].strip() == "\b":
            rest = [line for line in lines[1:] if line.strip() not in ("Example:", "Examples:")]
            yield "```sh\n" + "\n".join(line.strip() for line in rest) + "\n```"
        else:
            yield plain(" ".join(line.strip() for line in lines))
    records = [p.get_help_record(context) for p in command.get_params(context) if p.name != "help"]
    rows = [f"| `{record[0]}` | {plain(record[1])} |" for record in records if record and record[1]]
    if rows:
        yield "\n".join(["| option | means |", "| --- | --- |", *(row.replace("`-", "`-") for row in rows)])
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            part = command.get_command(context, name)
            if part is not None:
                yield from _command(part, click.Context(part, info_name=name, parent=context), level + 1)
