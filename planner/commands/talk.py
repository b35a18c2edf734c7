"""What commands say on standard error beside their result."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from planner.inputs import Case


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

    begin = time.monotonic()
    with Console(stderr=True).status("") as status:
        yield lambda words: status.update(f"{words} ({time.monotonic() - begin:.0f} s)")


def tell_reading(inputs: Case) -> None:
    """Say how files were read that are not in the form of the reference."""
    for note in inputs.notes:
        click.echo(f"note: {note}", err=True)
