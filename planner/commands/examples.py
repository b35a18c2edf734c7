"""Where each ``--help``, the man page and the site begin: with the examples of a command's docstring."""

from __future__ import annotations

import inspect
import re

import click

_EXAMPLES = re.compile(r"\n*^\x08\nExamples?:\n(?:  .+\n?)+", re.MULTILINE)


def with_examples(command: click.Command) -> click.Command:
    """The command, its help and that of its parts beginning with their examples."""
    words = inspect.cleandoc(command.help or "")
    examples = _EXAMPLES.search(words)
    if examples and examples.start():
        command.help = (words[: examples.start()] + words[examples.end() :]).strip()
        command.short_help = command.get_short_help_str(200)
        command.help = f"{examples[0].strip(chr(10))}\n\n{command.help}"
    for part in getattr(command, "commands", {}).values():
        with_examples(part)
    return command
