"""``planner bundle PLAN``: a plan as one archive."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.talk import quoted


@click.command("bundle")
@click.argument("plan", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write (default: PLAN.tar)."
)
@click.option(
    "--public", "is_public", is_flag=True, help="Leave out contract rows and what derives from them."
)
def command(plan: Path, out: Path | None, is_public: bool) -> None:
    """Put the plan in folder PLAN into one archive; it must be that of its manifest (exit 4).

    \b
    Example:
      planner bundle plans/quick-start --out quick-start.tar
    """
    from planner.atomic import write_new
    from planner.audit.seal.bundle import pack
    from planner.audit.seal.content import read_folder
    from planner.audit.seal.public import public
    from planner.audit.seal.records import check

    files = read_folder(plan)
    check(files)
    left: list[str] = []
    if is_public:
        files, left = public(files)
    root = plan.resolve()
    target = out or root.with_name(f"{root.name}{'-public' if is_public else ''}.tar")
    if target.exists():
        raise click.UsageError(f"{target} exists; choose another --out")
    archive = pack(files)
    write_new(target, archive)
    click.echo(f"{target}: {len(files)} files, {len(archive):,} bytes")
    if left:
        click.echo(f"left out: {', '.join(left)}")
    click.echo(f"next: planner unbundle {quoted(target)} --out FOLDER", err=True)
