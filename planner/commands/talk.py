"""What commands say on standard error beside their result."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from planner.inputs import Case


def quoted(path: Path | str) -> str:
    """A path as it can be pasted into a shell."""
    return shlex.quote(str(path))


def tell_reading(inputs: Case) -> None:
    """Say how files were read that are not in the form of the reference."""
    for note in inputs.notes:
        click.echo(f"note: {note}", err=True)
