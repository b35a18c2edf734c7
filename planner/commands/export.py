"""``planner export PLAN``: a plan in the form of another program."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.lang import lang_option
from planner.commands.of_plans import of_plans
from planner.exports.formats import FORMS, exported
from planner.report.texts import ENGLISH


@click.command("export")
@click.argument("plan", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMS)),
    required=True,
    help="xlsx: a workbook whose totals follow the prices typed into it. docx: the paper for a committee. "
    "focus: a forecast in the shape of FOCUS 1.3 with its contract commitments. parquet: every table, typed. "
    "geojson: where it runs and who is served from where. lp, mps: the program, with what its ids stand for.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write (default: PLAN.xlsx, PLAN.focus.zip …).",
)
@lang_option
@click.option(
    "--template",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With docx: a document whose look, letterhead and first pages the paper takes.",
)
@of_plans
def command(plan: Path, form: str, out: Path | None, lang: str, template: Path | None) -> None:
    """Write the plan in folder PLAN as a workbook, a paper for a committee, or for another program.

    \b
    Examples:
      planner export plans/quick-start --format xlsx
      planner export plans/quick-start --format docx --lang ms
    """
    from planner.atomic import write_new
    from planner.commands.inputs_of import inputs_of
    from planner.plan.folder import read_plan

    if template is not None and not FORMS[form].look:
        raise click.UsageError("--template needs --format docx")
    if lang != ENGLISH and not FORMS[form].words:
        raise click.UsageError(
            f"--lang {lang} needs --format xlsx or docx: {form} holds no words for readers"
        )
    root = plan.resolve()
    target = out or root.with_name(f"{root.name}{FORMS[form].suffix}")
    if target.exists():
        raise click.UsageError(f"{target} exists; choose another --out")
    case, notes = inputs_of(plan)
    for note in notes:
        click.echo(f"note: {note}", err=True)
    content = exported(read_plan(plan), case, form, lang, template)
    write_new(target, content)
    click.echo(f"{target}: {len(content):,} bytes")
    click.echo(f"next: {FORMS[form].hint}", err=True)
