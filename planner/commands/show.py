"""``planner show PLAN``: print a plan that was written before."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from planner.commands.of_plans import of_plans
from planner.commands.talk import quoted


@click.command("show")
@click.argument("plan", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@click.option("--workload", help="Print only where this workload runs, and why not elsewhere.")
@click.option("--options", is_flag=True, help="Print what could be decided instead.")
@click.option("--signing", is_flag=True, help="Print what to sign and what to buy, when.")
@click.option("--where", is_flag=True, help="Print where everything runs, a line a workload.")
@click.option("--all", "everything", is_flag=True, help="Print where every workload runs, not the first 20.")
@click.option(
    "--bound",
    is_flag=True,
    help="Recompute the bound on the cost from the certificate, held to the program of the plan's inputs.",
)
@of_plans
def command(
    plan: Path,
    as_json: bool,
    workload: str | None,
    options: bool,
    signing: bool,
    where: bool,
    everything: bool,
    bound: bool,
) -> None:
    """Print the plan in folder PLAN.

    \b
    Examples:
      planner show plans/quick-start
      planner show plans/quick-start --workload payroll
    """
    from planner.plan.doubts import doubts
    from planner.plan.folder import read_plan
    from planner.report import terminal, terminal_tables
    from planner.report.named import named

    parts = {"--options": options, "--signing": signing, "--where": where, "--bound": bound}
    parts |= {"--workload": workload is not None}
    asked = [name for name, chosen in parts.items() if chosen]
    if len(asked) > 1:
        raise click.UsageError(f"{' and '.join(asked)} exclude one another")
    if as_json and (options or signing or where):
        raise click.UsageError(f"{asked[0]} and --json exclude each other: --json prints every table")
    if everything and asked and not where:
        raise click.UsageError(f"{asked[0]} and --all exclude each other")

    read = read_plan(plan)
    if not bound and "fixed" not in read.head and (reasons := doubts(plan, read)):
        click.echo(f"NOT PROVED cheapest: {'; '.join(reasons)}", err=as_json)
    if workload is not None and workload not in set(read.placements["workload"]):
        raise click.UsageError(f"the plan has no workload {workload!r}")
    if bound:
        from planner.commands.inputs_of import inputs_of
        from planner.proof import bound_of

        proof = bound_of(plan, read, inputs_of(plan)[0])
        if as_json:
            held = {"holds": proof.holds, "faults": proof.faults, "program": proof.program}
            click.echo(json.dumps({**asdict(proof.certificate), **held}, indent=2, sort_keys=True))
        else:
            click.echo(terminal.bound_words(proof.certificate, read, proof.faults))
    elif as_json:
        click.echo(json.dumps(read.document(), ensure_ascii=False, indent=2, sort_keys=True))
    else:
        context, to = named(read, plan), terminal.console()
        if options:
            terminal_tables.show_options(context, to)
        elif signing:
            terminal_tables.show_signing(context, to)
        elif where:
            if more := terminal_tables.show_where(context, to, everything):
                click.echo(f"{more} more: planner show {quoted(plan)} --where --all, or placements.csv")
        elif workload is not None:
            terminal.show_workload(context, workload, to)
        else:
            terminal.show(context, to, quoted(plan), everything)
    page = f"open {quoted(plan / 'report.html')}, or " if (plan / "report.html").is_file() else ""
    click.echo(f"next: {page}planner show {quoted(plan)} --options, --signing or --workload NAME", err=True)
