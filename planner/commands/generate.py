"""``planner generate FOLDER``: a larger case drawn from one that exists."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.talk import quoted


@click.command("generate")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "source",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The case to draw from, e.g. examples/national-ai.",
)
@click.option("--workloads", type=click.IntRange(1), required=True, help="How many systems.")
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="The same number, the same case."
)
@click.option(
    "--spread",
    type=click.FloatRange(0, 3),
    default=0.8,
    show_default=True,
    help="Standard deviation of the logarithm of a system's size.",
)
def command(folder: Path, source: Path, workloads: int, seed: int, spread: float) -> None:
    """Draw a case of many systems from one that exists, and write it into FOLDER.

    \b
    Examples:
      planner generate big --from examples/national-ai --workloads 1000
      planner generate even --from examples/quick-start --workloads 40 --spread 0
    """
    from planner.start.generate import generate_case

    case = generate_case(source, folder, workloads, seed, spread)
    click.echo(f"{folder}: {len(case.workloads)} systems drawn from {source}, marked synthetic")
    click.echo(f"next: planner plan {quoted(folder)}", err=True)
