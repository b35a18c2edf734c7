"""``planner catalog accept``: a proposal takes the place of the package it was made from."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.catalog.common import as_json_option, print_json


@click.command("accept")
@click.argument("proposal", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help="Package to replace.")
@as_json_option
def command(proposal: Path, into: Path | None, as_json: bool) -> None:
    """Take over PROPOSAL, a folder that planner catalog refresh wrote.

    What ends gets valid_to and nothing is overwritten. A package that has changed since is left alone.

    \b
    Example:
      planner catalog accept aws-proposed
    """
    from planner.catalog.load import shipped
    from planner.catalog.refresh.accept import accept
    from planner.catalog.refresh.documents import read_object
    from planner.catalog.refresh.propose import PROPOSAL

    held = (proposal / PROPOSAL).is_file()
    package = (
        into or shipped() / Path(str(read_object(proposal / PROPOSAL).get("package") if held else "")).name
    )
    head = accept(proposal, package)
    if as_json:
        print_json(head)
    else:
        n = head["counts"]
        click.echo(
            f"{package.name}: {n['added']} added, {n['repriced']} repriced, {n['confirmed']} confirmed, "
            f"{n['gone']} ended, from {head['valid_from']}"
        )
    click.echo("next: planner catalog check", err=True)
