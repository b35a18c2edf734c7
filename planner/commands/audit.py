"""``planner audit PLAN``: re-derive every verdict from a plan folder alone."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.commands.of_plans import of_plans
from planner.commands.talk import quoted

if TYPE_CHECKING:
    from planner.audit.findings import Finding, Status

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
@click.option(
    "--bound",
    is_flag=True,
    help="Also hold the certificate to the program of the inputs, built by the planner's own model.",
)
@click.option(
    "--rendered",
    is_flag=True,
    help="Also draw report and figures again from the tables, by the planner's own code, and compare.",
)
@click.option("--public", is_flag=True, help="Take a public part of a plan for one; else it fails (exit 4).")
@click.option(
    "--catalogs",
    help="Also compare the copies of catalogs, networks and packs, row by row, with those in this FOLDER, "
    "or with those that ship with the planner (shipped).",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@of_plans
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
    bound: bool,
    rendered: bool,
    public: bool,
    catalogs: str | None,
    out: Path | None,
) -> None:
    """Audit the plan in folder PLAN; exit 4 if anything fails.

    Only the folder is read: its inputs and its tables. A plan made by hand needs placements.csv and
    inputs/; what is missing is said to be not checked. A decision record says of one workload where it
    is and why, each rule evaluated on it with verdict and slack, and the first rule against each other
    region; every format but the table holds those of all workloads.

    \b
    Examples:
      planner audit plans/quick-start
      planner audit plans/quick-start --decisions --workload payroll
    """
    from planner.atomic import write_over
    from planner.audit.audit import audit
    from planner.audit.formats import FORMATS as WRITERS
    from planner.audit.formats.table import table, with_decisions
    from planner.errors import AuditFailed

    found = audit(
        plan,
        packs,
        rules_as_of.date() if rules_as_of else None,
        "award" if stage == "award" else "plan",
        _folder_of(catalogs) if catalogs else None,
    )
    if bound or rendered:
        found = found.with_findings(_by_the_planner(plan, bound, rendered))
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
    breached = found.breaches()
    if breached:
        what = f"{breached} breach{'es' if breached > 1 else ''} of rules that do not bind, reported only"
        click.echo(f"planner: before anybody signs: {what}", err=True)
    if found.public:
        # Anybody can write "public" into a plan that fails: it takes who audits it to expect a part.
        part = "a public part of a plan: what it leaves out was not checked"
        if public:
            click.echo(f"planner: {part}", err=True)
            return
        click.echo(f"planner: the plan calls itself {part}; say --public if that is what you audit", err=True)
        click.get_current_context().exit(AuditFailed.exit_code)
    click.echo(f"next: planner sign {quoted(plan)} --key KEY --role reviewed", err=True)


def _folder_of(catalogs: str) -> Path:
    """The folder of catalogs to compare with."""
    from planner.catalog.load import shipped

    folder = shipped() if catalogs == "shipped" else Path(catalogs)
    if not folder.is_dir():
        raise click.UsageError(f"--catalogs: {catalogs} is no folder; name one, or say shipped")
    return folder


def _by_the_planner(plan: Path, bound: bool, rendered: bool) -> list[Finding]:
    """Findings that rest on the planner's own model and drawing, and so are no part of the audit."""
    from planner.audit.findings import Finding
    from planner.commands.inputs_of import inputs_of
    from planner.errors import BadInput, Infeasible
    from planner.plan.certificate import FILE
    from planner.plan.folder import read_plan

    names = [name for name, asked in (("bound", bound), ("rendered", rendered)) if asked]
    try:
        read, (case, _) = read_plan(plan), inputs_of(plan)
    except BadInput as error:
        message = f"the folder cannot be read: {error.problems[0] if error.problems else error}"
        return [Finding(name, "fail", "folder", message[:400]) for name in names]
    found = []
    if bound and not (plan / FILE).is_file():
        found.append(Finding("bound", "not checked", FILE, "the plan has no certificate"))
    elif bound:
        from planner.proof import bound_of

        try:
            proof = bound_of(plan, read, case)
            bounded = proof.certificate
            numbers = {
                "bound": f"{bounded.bound:.2f}", "cost": f"{bounded.objective:.2f}", "program": proof.program
            }  # fmt: skip
            message = "no plan costs less: the duals prove it of the program of the inputs"
            if not proof.holds:
                message = f"not proved: {'; '.join(proof.faults) or 'its duals prove less'}"
            elif bounded.whole:
                message = f"{message}, for the whole numbers that the plan chose"
            status: Status = "fail" if not proof.holds else "report" if bounded.whole else "pass"
            found.append(Finding("bound", status, FILE, message, numbers))
            said = "; ".join(proof.binding) or "is what the duals of the certificate give"
            found.append(Finding("binding", "fail" if proof.binding else "pass", "binding.csv", said))
        except (BadInput, Infeasible) as error:
            found.append(Finding("bound", "fail", FILE, f"not proved: {str(error)[:400]}"))
    if rendered:
        from planner.proof import rendered as drawn_otherwise

        others = drawn_otherwise(plan, read, case)
        found += [Finding("rendered", "fail", n, "is not what the plan's tables draw") for n in others]
        if not others:
            found.append(Finding("rendered", "pass", "report", "is what the plan's tables draw"))
    return found
