"""``planner montecarlo CASE``: how the cost of a case spreads when prices, demand and rates do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from planner.commands import running
from planner.commands.talk import quoted, tell


@click.command("montecarlo")
@click.argument("case", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--runs", type=click.IntRange(2, 100_000), default=200, show_default=True, help="Draws.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the draws.")
@click.option("--fixed", is_flag=True, help="Hold placements and commitments of the case's plan.")
@running.options
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder to write (default: studies/ID-montecarlo)."
)
@click.option("--json", "as_json", is_flag=True, help="Print the study as JSON.")
def command(
    case: Path,
    runs: int,
    seed: int,
    fixed: bool,
    jobs: int,
    cluster: str | None,
    out: Path | None,
    keep: Path | None,
    as_json: bool,
) -> None:
    """Draw the [[montecarlo.spread]] of the case in folder CASE many times, and plan again for each.

    Finished runs are kept: an interrupted study goes on where it stopped.

    \b
    Example:
      planner montecarlo examples/national-ai --runs 50 --jobs 2
    """  # fmt: skip
    from planner.commands import study_out
    from planner.inputs import read_case
    from planner.report.figures.montecarlo import montecarlo_chart
    from planner.study.montecarlo import MonteCarlo, MonteCarloTask, draws, spreads_of
    from planner.study.result import head_of
    from planner.study.stress import depends_on

    inputs = read_case(case)
    spreads = spreads_of(inputs)
    head = head_of(inputs)
    target = out or Path("studies") / f"{head['case']}-montecarlo"
    depends = depends_on(inputs)
    kept = running.kept_beside(target, keep, f"{depends} montecarlo fixed={fixed}")
    task = MonteCarloTask(inputs.origin, fixed, depends)
    rows = running.run_told(task, draws(spreads, runs, seed), kept, jobs, cluster)
    document = MonteCarlo(seed, fixed, spreads, tuple(rows), head=head).document()
    footer = study_out.footer_of(inputs, "montecarlo.csv")
    chart = montecarlo_chart(document, [row["cost"] for row in rows], footer)
    study_out.write_study(target, "montecarlo", document, rows, lambda: [chart] if chart else [])
    if as_json:
        study_out.print_json(document)
    else:
        _show(document)
    click.echo(f"written to {target}; finished runs are kept in {kept.folder}", err=True)
    click.echo(f"next: planner stress {quoted(case)}", err=True)


def _show(document: dict[str, Any]) -> None:
    from planner.commands import study_out
    from planner.report.words import percent

    def money(value: float | None) -> str:
        return "none" if value is None else f"{value:,.0f}"

    cells = [
        [percent(row["quantile"]), money(row["cost"]), money(row["low"]), money(row["high"])]
        for row in document["quantiles"]
    ]
    if document["mean"] is not None:
        cells.append(["mean", *(money(document[k]) for k in ("mean", "mean_low", "mean_high"))])
    heads = ("cost below", document["currency"], "at least", "at most")
    title = f"{document['title']}: {document['runs']} draws, seed {document['seed']}, {document['plan']}"
    study_out.print_rows(str(document["marking"]), title, cells, heads)
    tell(f"at least, at most: {percent(document['confidence'])} interval of the figure itself")
    for spread in document["spreads"]:
        tell(f"{spread['of']}: sigma {spread['sigma']:g} ({spread['basis']}, {spread['as_of']})")
    if document["without_plan"]:
        tell(f"{document['without_plan']} of {document['runs']} draws have no plan; none: beyond all costs,")
        tell("  since a draw without a plan counts as dearer than any")
