"""What commands say: sentences of their result, and beside it on standard error."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.commands.clean import clean

if TYPE_CHECKING:
    from planner.inputs import Case


_LONGEST = 60
"""Characters of what is being done that are shown."""


def tell(lines: str = "") -> None:
    """Sentences to standard output: folded at words on a terminal, whole lines where a program reads them."""
    if not sys.stdout.isatty():
        click.echo(lines)
        return
    from planner.report.terminal import console
    from planner.report.terminal_grid import say

    to = console()
    for line in lines.split("\n"):
        say(to, line)


def quoted(path: Path | str) -> str:
    """A path as it can be pasted into a shell."""
    return shlex.quote(str(path))


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Show on a terminal what is being done; nothing where standard error is none."""
    if not sys.stderr.isatty():
        yield lambda words: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    # The line moves the cursor, which nothing that is cleaned may do; its words are cleaned here.
    screen = Console(file=getattr(sys.stderr, "raw", sys.stderr))
    with Progress(*columns, console=screen, transient=True) as line:
        task = line.add_task("", total=None)
        yield lambda words: line.update(task, description=clean(words[:_LONGEST]))


@contextmanager
def watching() -> Iterator[None]:
    """Show on a terminal what a study is doing and for how long; Ctrl-C ends it without a result.

    Raises
    ------
    KeyboardInterrupt
        If Ctrl-C came, also where a solver had an incumbent to give: a study is whole or nothing.
    """
    from planner.errors import PlannerError
    from planner.lp.watch import watched

    with progress() as tell, watched(tell=tell) as watch:
        tell("reading and building")
        try:
            yield
        except PlannerError as error:
            if watch.interrupted:
                raise KeyboardInterrupt from error
            raise
        if watch.interrupted:
            raise KeyboardInterrupt


def tell_reading(inputs: Case) -> None:
    """Say how files were read that are not in the form of the reference."""
    for note in inputs.notes:
        click.echo(f"note: {note}", err=True)
