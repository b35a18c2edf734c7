"""``planner plan CASE``: find the cheapest plan that obeys every rule, and write its folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.commands.lang import lang_option
from planner.commands.talk import progress, quoted, tell_reading

if TYPE_CHECKING:
    from planner.answer.method import Method


@click.command("plan")
@click.argument("case", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write (default: plans/ID).")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@click.option("--max-age", type=click.IntRange(0), help="Refuse prices older than so many days (exit 6).")
@click.option(
    "--time-limit",
    type=click.FloatRange(0, min_open=True),
    help="Seconds; then the best plan so far is written with its gap, or nothing (exit 7).",
)
@click.option(
    "--write-lp", type=click.Path(dir_okay=False, path_type=Path), help="Also write the program (LP)."
)
@click.option(
    "--fix",
    type=click.Path(path_type=Path),
    help="Price doing nothing: hold the workloads where this table (e.g. current.csv) says they run.",
)
@click.option(
    "--gap",
    type=click.FloatRange(0, 1),
    default=1e-2,
    show_default=True,
    help="The search ends this near to the bound, as a part of the cost.",
)
@click.option(
    "--effort",
    type=click.FloatRange(0, 1000, min_open=True),
    default=1.0,
    show_default=True,
    help="Or when so many times the usual steps and nodes are spent.",
)
@click.option(
    "--from",
    "earlier",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Plan again from this plan: with --freeze and --change-price.",
)
@click.option("--freeze", type=click.IntRange(0), help="Keep the first so many periods of the plan --from.")
@click.option(
    "--change-price",
    type=click.FloatRange(0),
    help="Price of each period in which a whole workload is elsewhere than in the plan --from.",
)
@click.option("--replace-signed", is_flag=True, help="Replace the plan at --out even if it is signed.")
@click.option("--options", "every_option", is_flag=True, help="Solve every other option of a large case too.")
@click.option("--all", "everything", is_flag=True, help="Print where every workload runs, not the first 20.")
@click.option("--report/--no-report", default=True, help="Write report.html and figures, or not.")
@click.option("--figures/--no-figures", default=True, help="Draw the figures of the report, or not.")
@lang_option
@click.option(
    "--show-method",
    is_flag=True,
    help="Print what couples the program and how it would be solved; solve nothing.",
)
@click.option("--cross-check", is_flag=True, help="Solve a second time with CBC and compare.")
def command(
    case: Path,
    out: Path | None,
    as_json: bool,
    max_age: int | None,
    time_limit: float | None,
    gap: float,
    effort: float,
    write_lp: Path | None,
    fix: Path | None,
    cross_check: bool,
    earlier: Path | None,
    freeze: int | None,
    change_price: float | None,
    replace_signed: bool,
    every_option: bool,
    everything: bool,
    report: bool,
    figures: bool,
    lang: str,
    show_method: bool,
) -> None:
    """Plan the case in folder CASE.

    \b
    Examples:
      planner plan examples/quick-start
      planner plan my-case --out plans/after --from plans/before --freeze 2
    """
    from planner.answer.age import check_age
    from planner.answer.fixed import read_fixed
    from planner.answer.method import method_of
    from planner.answer.replan import from_plan
    from planner.answer.whole import in_whole_machines
    from planner.errors import Infeasible, Stopped
    from planner.inputs import read_case
    from planner.plan.folder import read_plan, refuse_to_replace
    from planner.planning import build_model, solve_case
    from planner.report import terminal
    from planner.report.named import named
    from planner.report.plan_folder import write_plan

    if earlier is None and (freeze is not None or change_price is not None):
        raise click.UsageError("--freeze and --change-price need --from, the plan to keep to")
    if earlier is not None and fix is not None:
        raise click.UsageError("--from and --fix exclude each other")
    inputs = read_case(case)
    tell_reading(inputs)
    if earlier is not None:
        inputs = from_plan(inputs, read_plan(earlier), freeze or 0, change_price or 0.0)
    if max_age is not None:
        check_age(inputs, max_age)
    fixed = None
    if fix is not None:
        fixed = read_fixed(fix if fix.exists() else case / fix, inputs)
    if show_method:
        _show_method(method_of(build_model(in_whole_machines(inputs), fixed)), as_json)
        return
    target = out or Path("plans") / (inputs.settings.id + ("-fixed" if fixed else ""))
    refuse_to_replace(target, replace_signed=replace_signed)
    try:
        with progress() as tell:
            solved = solve_case(
                inputs,
                time_limit=time_limit,
                fixed=fixed,
                gap=gap,
                effort=effort,
                every_option=every_option,
                tell=tell,
            )
    except Infeasible as error:
        error.add_note(f"next: planner explain {quoted(case)}")
        raise
    if cross_check:
        from planner.answer.cross_check import cross_check as compare

        click.echo(compare(solved), err=True)
    # Who is kept waiting by nothing but figures after Ctrl-C would press it again.
    report = report and not solved.stopped
    write_plan(solved.plan, target, replace_signed, report=report, figures=figures, lang=lang)
    if write_lp is not None:
        from planner.atomic import write_over
        from planner.model.to_pulp import lp_text

        write_over(write_lp, lp_text(solved.model, problem=solved.pulp).encode("utf-8"))
    if as_json:
        click.echo(json.dumps(solved.plan.document(), ensure_ascii=False, indent=2, sort_keys=True))
    else:
        terminal.show(named(solved.plan, target), terminal.console(), quoted(target), everything)
    took = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in solved.seconds.items())
    click.echo(f"took: {took}", err=True)
    click.echo(f"written to {target}", err=True)
    if solved.stopped:
        gap_left = solved.plan.run.get("gap", 0.0)
        words = f"the plan may cost {gap_left:.2%} more than the cheapest; written without a report"
        click.echo(f"planner: stopped early ({solved.stopped}): {words}", err=True)
    page = f", or open {quoted(target / 'report.html')}" if report else ""
    click.echo(f"next: planner show {quoted(target)}{page}", err=True)
    if solved.stopped:
        click.get_current_context().exit(Stopped.exit_code)


def _show_method(method: Method, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(method.document(), ensure_ascii=False, indent=2, sort_keys=True))
        return
    size = f"{method.columns:,} columns, {method.rows:,} rows, {method.entries:,} entries"
    click.echo(f"{size}; {method.integers:,} columns must be whole")
    one = "one component" if method.components == 1 else f"{method.components:,} components that share no row"
    click.echo(f"{one}; the largest has {method.largest:.0%} of the columns")
    for family, components in method.couples.items():
        click.echo(f"  couples: {family} (without it {components:,} components)")
    click.echo(f"method: {method.words}")
