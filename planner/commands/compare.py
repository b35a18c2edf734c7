"""``planner compare``: plans side by side, or the scenarios of a case."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.errors import PlannerError

if TYPE_CHECKING:
    from planner.inputs import Inputs
    from planner.report.figures.sheet import Chart
    from planner.study.compare import Row

DIFFERENT = 8
"""Exit code of ``--exit-code`` when plans differ."""

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("compare")
@click.argument("paths", nargs=-1, required=True, type=_FOLDER)
@click.option("--scenarios", is_flag=True, help="Compare doing nothing, the case and its [scenario.NAME].")
@click.option("--exit-code", is_flag=True, help="Exit 8 when the plans differ.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write table and figure to.")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
def command(
    paths: tuple[Path, ...], scenarios: bool, exit_code: bool, out: Path | None, as_json: bool
) -> None:
    """Compare plan folders PATHS, or with --scenarios the scenarios of one case folder."""
    from planner.commands import study_out
    from planner.study.compare import compare, differ
    from planner.study.compare import scenarios as run_scenarios

    if scenarios:
        if len(paths) != 1:
            raise click.UsageError("--scenarios takes one case")
        inputs, rows = run_scenarios(paths[0])
        head = study_out.head_of(inputs)
        follow = f"planner plan {paths[0]}"
    else:
        from planner.plan.folder import load

        if len(paths) < 2:
            raise click.UsageError("name at least two plan folders, or a case with --scenarios")
        plans = [load(path) for path in paths]
        currencies = sorted({str(plan.head["currency"]) for plan in plans})
        if len(currencies) > 1:
            raise click.UsageError(f"the plans are in different currencies: {', '.join(currencies)}")
        names = _names(paths)
        rows = compare([(n, p, _foreign(path)) for n, p, path in zip(names, plans, paths, strict=True)])
        head = {
            k: plans[0].head.get(k, "") for k in ("case", "title", "currency", "prices_as_of", "rules_as_of")
        }
        head["marking"] = next((str(p.head["marking"]) for p in plans if p.head["marking"]), "")
        follow = f"planner show {paths[0]}"
    differs = differ(rows)
    document = {**head, "study": "compare", "rows": [row.flat() for row in rows], "differ": differs}
    if out is not None:
        study_out.write_study(out, "compare", document, document["rows"], lambda: [_chart(rows, head)])
        click.echo(f"written to {out}", err=True)
    if as_json:
        study_out.print_json(document)
    else:
        _show(rows, head)
    click.echo(f"next: {follow}", err=True)
    if exit_code and differs:
        raise click.exceptions.Exit(DIFFERENT)


def _names(paths: Sequence[Path]) -> list[str]:
    short = [path.resolve().name for path in paths]
    return short if len(set(short)) == len(short) else [str(path) for path in paths]


def _foreign(plan: Path) -> list[str] | None:
    """Groups with a foreign parent, from the plan's own inputs; ``None`` if they cannot be read."""
    from planner.commands.inputs_of import inputs_of
    from planner.study.compare import foreign_groups

    try:
        inputs: Inputs = inputs_of(plan)[0]
    except PlannerError:
        return None
    return foreign_groups(inputs)


def _chart(rows: Sequence[Row], head: dict[str, object]) -> Chart:
    from planner.report.figures.compare import compare_chart
    from planner.report.figures.looks import looks

    market = {g for row in rows for g, _ in row.shares}
    own = {g for row in rows for g, _ in row.spent} - market
    footer = f"{head['title']} · prices as of {head['prices_as_of']} · compare.csv"
    return compare_chart(rows, looks(market, own), str(head["currency"]), str(head["marking"]), footer)


def _show(rows: Sequence[Row], head: dict[str, object]) -> None:
    from planner.commands import study_out
    from planner.report.words import percent

    first = next((row.cost for row in rows if row.cost is not None), None)
    cells = []
    for row in rows:
        if row.cost is None:
            cells.append([row.name, "no plan", *[""] * 7])
            continue
        largest = max(row.shares, key=lambda item: item[1], default=("", 0.0))
        extra = "" if first is None else f"{row.cost - first:+,.0f}"
        most = f"{largest[0]} {percent(largest[1])}"
        cells.append([
            row.name, f"{row.cost:,.0f}", extra, f"{row.hhi or 0.0:,.0f}", most,
            "" if row.foreign is None else percent(row.foreign),
            "" if row.mean_ms is None else f"{row.mean_ms:.1f}", str(row.moved), str(row.breaks),
        ])  # fmt: skip
    heads = (
        "plan", f"cost ({head['currency']})", "against first", "HHI", "largest group", "foreign", "mean ms",
        "placed otherwise", "rules broken",
    )  # fmt: skip
    study_out.print_rows(str(head["marking"]), str(head["title"]), cells, heads)
    for row in rows:
        if row.weighed:
            worth = f"{head['currency']} {row.weighed:,.0f}"
            click.echo(f"{row.name}: of its cost nobody pays {worth}, the worth of carbon or latency")
        if row.reason:
            click.echo(f"{row.name}: no plan: {row.reason}")
