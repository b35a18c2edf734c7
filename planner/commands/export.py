"""``planner export PLAN``: a plan in the form of another program."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.lang import lang_option
from planner.commands.of_plans import of_plans
from planner.report.texts import ENGLISH

SUFFIXES = {
    "xlsx": ".xlsx", "docx": ".docx", "focus": ".focus.zip", "parquet": ".parquet.zip", "geojson": ".geojson",
    "lp": ".lp.zip", "mps": ".mps.zip",
}  # fmt: skip
"""Formats with the end of a file's name; what takes several files is a ZIP of them."""


@click.command("export")
@click.argument("plan", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(list(SUFFIXES)),
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
    from dataclasses import replace

    from planner.atomic import write_new
    from planner.commands.inputs_of import inputs_of
    from planner.plan.folder import read_plan

    if template is not None and form != "docx":
        raise click.UsageError("--template needs --format docx")
    if lang != ENGLISH and form not in ("xlsx", "docx"):
        raise click.UsageError(
            f"--lang {lang} needs --format xlsx or docx: {form} holds no words for readers"
        )
    root = plan.resolve()
    target = out or root.with_name(f"{root.name}{SUFFIXES[form]}")
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
    elif form == "focus":
        from planner.exports.focus import focus

        content = focus(read, case)
        hint = "load cost_and_usage.csv beside your bills; about.json says what it is not"
    elif form == "parquet":
        from planner.exports.parquet import parquet

        content, hint = parquet(read), "read its tables with anything that knows Parquet"
    elif form == "geojson":
        from planner.exports.placement_map import geojson

        content, hint = geojson(read, case), "open it in any map that reads GeoJSON"
    elif form in ("lp", "mps"):
        from planner.exports.program import program

        if "fixed" in read.head:
            raise click.UsageError("the placements of this plan were given, so no program chose them")
        content, hint = program(case, form), "registry.csv says what each id of the program stands for"
    else:
        from planner.report.paper import paper

        content = paper(known, lang, template)
        hint = "open it; what is to be decided and signed stands at its end"
    write_new(target, content)
    click.echo(f"{target}: {len(content):,} bytes")
    click.echo(f"next: {hint}", err=True)
