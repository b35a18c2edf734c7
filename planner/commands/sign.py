"""``planner sign PLAN``: put a signature under a plan."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from planner.commands.talk import quoted


@click.command("sign")
@click.argument("plan", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--key",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Private key (PEM).",
)
@click.option("--role", required=True, type=click.Choice(["prepared", "reviewed", "approved"]))
@click.option(
    "--after",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The signed plan that this one follows.",
)
def command(plan: Path, key: Path, role: str, after: Path | None) -> None:
    """Sign the plan in folder PLAN with an Ed25519 key, unencrypted, in PEM.

    The plan must be that of its manifest (exit 4). Its audit is run and what it says is signed with it;
    a plan that fails its audit cannot be approved, nor can the key that prepared it approve it.

    \b
    Example:
      planner sign plans/quick-start --key approver.pem --role approved
    """
    from planner.atomic import write_new
    from planner.audit.audit import audit
    from planner.audit.seal.content import read_folder
    from planner.audit.seal.records import read_private, sign
    from planner.errors import AuditFailed

    files = read_folder(plan)
    found = audit(plan)
    if role == "approved" and found.failed():
        raise AuditFailed(f"a plan that fails its audit cannot be approved: {found.summary()}")
    said = {"summary": found.summary(), "packs": list(found.packs), "stage": found.stage}
    name, content = sign(
        files,
        read_private(key),
        role,
        datetime.datetime.now(datetime.UTC),
        said,
        read_folder(after) if after is not None else None,
    )
    target = plan / name
    write_new(target, content, plan.resolve().parent)
    click.echo(f"{role}: {target}")
    click.echo(f"next: planner verify {quoted(plan)} --key PUBLIC.pem --require {role}", err=True)
