"""``planner export PLAN``: a plan in the form of another program."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("export")
@click.argument("plan", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["xlsx"]),
    required=True,
    help="xlsx: a workbook whose totals follow the prices typed into it.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write (default: PLAN.xlsx)."
)
def command(plan: Path, form: str, out: Path | None) -> None:
    """Write the plan in folder PLAN as a workbook."""
    from dataclasses import replace

    from planner.atomic import write_new
    from planner.commands.inputs_of import inputs_of
    from planner.plan.folder import read_plan
    from planner.report.workbook import workbook

    root = plan.resolve()
    target = out or root.with_name(f"{root.name}.{form}")
    if target.exists():
        raise click.UsageError(f"{target} exists; choose another --out")
    read = read_plan(plan)
    case, notes = inputs_of(plan)
    for note in notes:
        click.echo(f"note: {note}", err=True)
    content = workbook(replace(read, case=case))
    write_new(target, content)
    click.echo(f"{target}: {len(content):,} bytes")
    click.echo(
        "next: open it, and type another price on sheet Prices; the totals of Summary follow", err=True
    )
