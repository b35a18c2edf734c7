"""``planner unbundle FILE``: the plan of an archive, if nothing of it was changed."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.talk import quoted


@click.command("unbundle")
@click.argument("bundle", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="Folder to make; it must not exist."
)
def command(bundle: Path, out: Path) -> None:
    """Write the plan in BUNDLE to a new folder; refuse (exit 4) whatever is not exactly a bundle.

    \b
    Example:
      planner unbundle quick-start.tar --out checked
    """
    from planner.audit.seal.bundle import open_bundle, read_bundle, write_folder
    from planner.audit.seal.public import is_public

    if out.exists() or out.is_symlink():
        raise click.UsageError(f"{out} exists; choose another --out")
    files = open_bundle(read_bundle(bundle))
    write_folder(files, out)
    click.echo(f"{out}: {len(files)} files, all as they were written")
    part = " --public" if is_public(files) else ""
    follow = f"planner audit {quoted(out)}{part}, or planner verify {quoted(out)} --key PUBLIC.pem"
    click.echo(f"next: {follow}", err=True)
