"""``planner compare``: plans side by side below doing nothing, or the scenarios of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.commands.of_plans import of_plans
from planner.commands.talk import quoted, tell, watching
from planner.errors import PlannerError

if TYPE_CHECKING:
    from planner.inputs import Case
    from planner.plan.plan import Plan
    from planner.report.figures.sheet import Chart
    from planner.study.compare import Comparison, Named, Row

DIFFERENT = 8
"""Exit code of ``--exit-code`` when plans differ."""

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("compare")
@click.argument("paths", nargs=-1, required=True, type=_FOLDER)
@click.option("--scenarios", is_flag=True, help="Compare doing nothing, the case and its [scenario.NAME].")
@click.option("--exit-code", is_flag=True, help="Exit 8 when the plans differ.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write table and figure to.")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
@of_plans
def command(
    paths: tuple[Path, ...], scenarios: bool, exit_code: bool, out: Path | None, as_json: bool
) -> None:
    """Compare plan folders PATHS, or with --scenarios the scenarios of one case folder.

    The first row is doing nothing, where a case has a table of where its workloads run today.

    \b
    Examples:
      planner compare plans/quick-start plans/after
      planner compare my-case --scenarios --out studies/scenarios
    """
    from planner.commands import study_out
    from planner.inputs import read_case
    from planner.study.compare import scenarios as run_scenarios

    if scenarios:
        if len(paths) != 1:
            raise click.UsageError("--scenarios takes one case")
        case = read_case(paths[0])
        with watching():
            found, alike, note = run_scenarios(case), list[str](), ""
        follow = f"planner plan {quoted(paths[0])}"
    else:
        if len(paths) < 2:
            raise click.UsageError("name at least two plan folders, or a case with --scenarios")
        found, alike, note = _plans(paths)
        follow = f"planner show {quoted(paths[0])}"
    document = {**found.document(), "not_alike": alike, "notes": note.splitlines()}
    rows, head = found.plans, found.head
    if out is not None:
        study_out.write_study(out, "compare", document, document["rows"], lambda: [_chart(rows, head, alike)])
        click.echo(f"written to {out}", err=True)
    if as_json:
        study_out.print_json(document)
    else:
        for line in alike:
            tell(line)
        _show(rows, head)
    if note:
        click.echo(note, err=True)
    click.echo(f"next: {follow}", err=True)
    if exit_code and found.differ:
        raise click.exceptions.Exit(DIFFERENT)


def _plans(paths: Sequence[Path]) -> tuple[Comparison, list[str], str]:
    """Plan folders below doing nothing, in what they are not alike, and a note.

    Whether they differ is told of the plans alone.
    """
    from planner.plan.folder import read_plan
    from planner.study.compare import NOTHING, Comparison, compare, differ, head_of_plans, unlike

    plans = [read_plan(path) for path in paths]
    currencies = sorted({str(plan.head["currency"]) for plan in plans})
    if len(currencies) > 1:
        raise click.UsageError(f"the plans are in different currencies: {', '.join(currencies)}")
    names = _names(paths)
    today, known, note = _read(paths, names)
    named: list[Named] = list(zip(names, plans, known, strict=True))
    differs = differ(compare(named))
    if today is not None:
        named = [(NOTHING, *today), *named]
    return Comparison(tuple(compare(named)), differs, head=head_of_plans(plans, known)), unlike(named), note


def _read(
    paths: Sequence[Path], names: Sequence[str]
) -> tuple[tuple[Plan | str, Case] | None, list[Case | None], str]:
    """Doing nothing with the inputs of the first plan whose case knows today, each plan's inputs, a note."""
    from planner.inputs import read_case
    from planner.study.compare import doing_nothing

    known: list[Case | None] = []
    today: tuple[Plan | str, Case] | None = None
    note = "doing nothing is not shown: no plan's inputs hold a table of where workloads run today (current)"
    unread = []
    for path, name in zip(paths, names, strict=True):
        try:
            case = read_case(path)
            plan = doing_nothing(case) if today is None else None
        except PlannerError as error:
            known.append(None)
            unread.append(f"not known of {name}, as its inputs cannot be read: {error}")
            continue
        known.append(case)
        if plan is not None:
            today = (plan, case)
            note = f"doing nothing: placements of today held, planned again from the inputs of {name}"
    return today, known, "\n".join([note, *unread])


def _names(paths: Sequence[Path]) -> list[str]:
    short = [path.resolve().name for path in paths]
    return short if len(set(short)) == len(short) else [str(path) for path in paths]


def _chart(rows: Sequence[Row], head: Mapping[str, Any], alike: Sequence[str]) -> Chart:
    from planner.report.figures.compare import compare_chart
    from planner.report.figures.looks import looks

    market = {g for row in rows for g, _ in row.shares}
    own = {g for row in rows for g, _ in row.paid} - market
    footer = f"{head['title']} · prices as of {head['prices_as_of']} · compare.csv"
    what = ", ".join(line.removeprefix("NOT ALIKE in ").partition(",")[0] for line in alike)
    warning = f"NOT ALIKE in {what}: the costs are of different questions. " if alike else ""
    drawn = looks(market, own)
    return compare_chart(
        rows, drawn, str(head["currency"]), str(head["marking"]), footer, head["names"], warning
    )


MONEY = ("discounted, against first", "HHI", "largest group", "foreign")
SERVICE = ("mean ms", "t CO2e", "critical kept", "systems that move", "placed otherwise", "rules broken")


def _show(rows: Sequence[Row], head: Mapping[str, Any]) -> None:
    from planner.answer.survives import NOTE
    from planner.commands import study_out

    first = next((row.cost for row in rows if row.cost is not None), 0.0)
    heads = ("plan", f"discounted cost ({head['currency']})", *MONEY)
    money = [_money(row, first, head["names"]) for row in rows]
    study_out.print_rows(str(head["marking"]), f"{head['title']}: money and vendors", money, heads)
    tell()
    service = [_service(row) for row in rows]
    study_out.print_rows("", "service, moves and rules", service, ("plan", *SERVICE))
    for row in rows:
        if row.weighed:
            worth = f"{head['currency']} {row.weighed:,.0f}"
            tell(f"{row.name}: of its cost nobody pays {worth}, the worth of carbon or latency")
        if row.unknown:
            tell(f"{row.name}: carbon unknown, not counted and not zero: {', '.join(row.unknown)}")
        if row.reason:
            tell(f"{row.name}: no plan: {row.reason}")
    if any(row.kept is not None for row in rows):
        tell(NOTE)


def _money(row: Row, first: float, names: Mapping[str, str]) -> list[str]:
    from planner.report.words import percent

    if row.cost is None:
        return [row.name, "no plan", *[""] * len(MONEY)]
    largest = max(row.shares, key=lambda item: item[1], default=("", 0.0))
    return [
        row.name, f"{row.cost:,.0f}", f"{row.cost - first:+,.0f}", f"{row.hhi or 0.0:,.0f}",
        f"{names.get(largest[0], largest[0])} {percent(largest[1])}", _or_dash(row.foreign, percent),
    ]  # fmt: skip


def _service(row: Row) -> list[str]:
    from planner.report.words import percent

    if row.cost is None:
        return [row.name, *[""] * len(SERVICE)]
    return [
        row.name, _or_dash(row.mean_ms, lambda v: f"{v:.1f}"), _or_dash(row.carbon, lambda v: f"{v:,.1f}"),
        "-" if row.kept is None else percent(row.kept.share), str(row.systems_moved), str(row.moved),
        str(row.breaks),
    ]  # fmt: skip


def _or_dash(value: float | None, say: Callable[[float], str]) -> str:
    return "-" if value is None else say(value)
