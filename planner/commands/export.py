"""``planner export PLAN``: a plan in the form of another program."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.lang import lang_option
from planner.commands.of_plans import of_plans


@click.command("export")
@click.argument("plan", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["xlsx", "docx"]),
    required=True,
    help="xlsx: a workbook whose totals follow the prices typed into it. docx: the paper for a committee.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write (default: PLAN.FORMAT)."
)
@lang_option
@click.option(
    "--template",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With docx: a document whose look, letterhead and first pages the paper takes.",
)
@of_plans
def command(plan: Path, form: str, out: Path | None, lang: str, template: Path | None) -> None:
    """Write the plan in folder PLAN as a workbook or as the paper for a committee."""
    from dataclasses import replace

    from planner.atomic import write_new
    from planner.commands.inputs_of import inputs_of
    from planner.plan.folder import read_plan

    if template is not None and form != "docx":
        raise click.UsageError("--template needs --format docx")
    root = plan.resolve()
    target = out or root.with_name(f"{root.name}.{form}")
    if target.exists():
        raise click.UsageError(f"{target} exists; choose another --out")
    read = read_plan(plan)
    case, notes = inputs_of(plan)
    for note in notes:
        click.echo(f"note: {note}", err=True)
    known = replace(read, case=case)
    if form == "xlsx":
        from planner.report.workbook import workbook

        content = workbook(known, lang)
        hint = "open it, and type another price on sheet Prices; the totals of Summary follow"
    else:
        from planner.report.paper import paper

        content = paper(known, lang, template)
        hint = "open it; what is to be decided and signed stands at its end"
    write_new(target, content)
    click.echo(f"{target}: {len(content):,} bytes")
    click.echo(f"next: {hint}", err=True)
