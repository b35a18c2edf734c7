"""``planner robust CASE``: what to decide now when several futures may come."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.commands.talk import quoted, tell, watching

if TYPE_CHECKING:
    from planner.study.robust import Result


@click.command("robust")
@click.argument("case", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write (default: studies/ID-robust).")
@click.option("--json", "as_json", is_flag=True, help="Print the study as JSON.")
def command(case: Path, out: Path | None, as_json: bool) -> None:
    """Decide for the case in folder CASE what must hold whichever of its [robust] scenarios comes.

    Placements and commitments are decided before the scenario is known (or what first_stage names);
    machines on demand and all else follow it.

    \b
    Example:
      planner robust examples/national-ai
    """
    from planner.commands import study_out
    from planner.inputs import read_case
    from planner.report.figures.robust import robust_chart
    from planner.study.robust import solve_robust

    inputs = read_case(case)
    with watching():
        result = solve_robust(inputs)
    rows, document = result.rows(), result.document()
    target = out or Path("studies") / f"{document['case']}-robust"
    footer = study_out.footer_of(inputs, "robust.csv")
    study_out.write_study(target, "robust", document, rows, lambda: [robust_chart(result, document, footer)])
    if as_json:
        study_out.print_json(document)
    else:
        _show(document["marking"], document["title"], document["currency"], document["alpha"], result)
    click.echo(f"written to {target}", err=True)
    click.echo(f"next: planner stress {quoted(case)}", err=True)


def _show(marking: str, title: str, currency: str, alpha: float, result: Result) -> None:
    from planner.commands import study_out
    from planner.report.words import percent

    cells = [
        [
            f.name, percent(f.probability), f"{f.alone:,.0f}", f"{f.cost:,.0f}", f"{f.regret:,.0f}",
            "none" if f.mean_plan is None else f"{f.mean_plan:,.0f}",
        ]
        for f in result.futures
    ]  # fmt: skip
    heads = (
        "scenario",
        "probability",
        f"known before ({currency})",
        "this plan",
        "regret",
        "plan for the mean",
    )
    study_out.print_rows(marking, f"{title}: decided before the scenario is known", cells, heads)
    lines = [f"expected cost: {currency} {result.expected:,.0f}"]
    lines.append(f"mean of the worst {percent(1 - alpha)} (CVaR): {currency} {result.cvar:,.0f}")
    if result.expected > result.neutral + 0.005:
        lines.append(f"caution costs {currency} {result.expected - result.neutral:,.0f} on average")
    lines.append(f"perfect information would be worth {currency} {result.evpi:,.0f} (EVPI)")
    instead = "planning for all scenarios instead of their mean"
    if result.vss is None:
        lines.append(f"{instead} has no price (VSS): {result.why_not}")
    else:
        lines.append(f"{instead} is worth {currency} {result.vss:,.0f} (VSS)")
    if decisions := result.decisions():
        lines += ["decide now, whichever scenario comes:", *(f"  {line}" for line in decisions)]
    tell("\n".join(lines))
