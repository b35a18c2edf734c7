"""``planner audit PLAN``: re-derive every verdict from a plan folder alone."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from planner.commands.talk import quoted

FORMATS = ("table", "json", "junit", "sarif", "oscal", "html")


@click.command("audit")
@click.argument("plan", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--pack", "packs", multiple=True, help="Judge by this pack (shipped name or .toml) instead; may repeat."
)
@click.option(
    "--rules-as-of", type=click.DateTime(["%Y-%m-%d"]), help="Judge by the rules as known on this day."
)
@click.option(
    "--stage",
    type=click.Choice(["plan", "award"]),
    default="plan",
    show_default=True,
    help="At award, evidence that is missing fails.",
)
@click.option("--format", "shape", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--decisions", is_flag=True, help="Show decision records in the table too.")
@click.option(
    "--workload",
    "workloads",
    multiple=True,
    help="Show the decision record of this workload, in any format; may repeat.",
)
@click.option("--strict", is_flag=True, help="Fail also for what could not be checked.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
def command(
    plan: Path,
    packs: tuple[str, ...],
    rules_as_of: datetime.datetime | None,
    stage: str,
    shape: str,
    as_json: bool,
    decisions: bool,
    workloads: tuple[str, ...],
    strict: bool,
    out: Path | None,
) -> None:
    """Audit the plan in folder PLAN; exit 4 if anything fails.

    Only the folder is read: its inputs and its tables. A plan made by hand needs placements.csv and
    inputs/; what is missing is said to be not checked. A decision record says of one workload where it
    is and why, each rule evaluated on it with verdict and slack, and the first rule against each other
    region; every format but the table holds those of all workloads.
    """
    from planner.atomic import write_over
    from planner.audit.audit import audit
    from planner.audit.formats import FORMATS as WRITERS
    from planner.audit.formats.table import table, with_decisions
    from planner.errors import AuditFailed

    found = audit(
        plan, packs, rules_as_of.date() if rules_as_of else None, "award" if stage == "award" else "plan"
    )
    if workloads:
        found = found.about(workloads)
    write = WRITERS["json" if as_json else shape]
    if write is table and (decisions or workloads):
        write = with_decisions
    shown = write(found, datetime.datetime.now(datetime.UTC))
    if out is not None:
        write_over(out, shown.encode("utf-8"))
        click.echo(f"written to {out}", err=True)
    else:
        click.echo(shown, nl=False)
    if found.failed(strict):
        click.echo(f"planner: the plan failed its audit: {found.summary()}", err=True)
        click.get_current_context().exit(AuditFailed.exit_code)
    click.echo(f"next: planner sign {quoted(plan)} --key KEY --role reviewed", err=True)
