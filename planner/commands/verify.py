"""``planner verify PLAN``: prove that a plan was not changed, and who stands behind it."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command("verify")
@click.argument("plan", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--key",
    "keys",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Public key (PEM) that may sign; may repeat. Every record must be signed by one of them.",
)
@click.option(
    "--trust",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Trust file (keys.toml): whose key may sign as what, and when. Every record is held to it.",
)
@click.option(
    "--require",
    "required",
    multiple=True,
    type=click.Choice(["prepared", "reviewed", "approved"]),
    help="Role that must have signed; may repeat. Needs --key or --trust.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def command(
    plan: Path, keys: tuple[Path, ...], trust: Path | None, required: tuple[str, ...], as_json: bool
) -> None:
    """Verify the plan in folder or bundle PLAN; exit 4 if anything was changed or is not signed as asked.

    \b
    Examples:
      planner verify plans/quick-start
      planner verify plans/quick-start --trust keys.toml
    """
    from planner.audit.seal.bundle import read_bundle, unpack
    from planner.audit.seal.content import read_folder
    from planner.audit.seal.records import read_public, verify
    from planner.audit.seal.trust import hold_to, read_trust

    if required and not keys and trust is None:
        raise click.UsageError("--require needs --key or --trust: without a key nobody knows who signed")
    trusted = read_trust(trust) if trust is not None else {}
    files = read_folder(plan) if plan.is_dir() else unpack(read_bundle(plan))
    records = verify(files, [read_public(key) for key in keys], required)
    if trust is not None:
        hold_to(records, trusted)
    holder = {key: known.holder for key, known in trusted.items()}
    if as_json:
        shown = {
            "files": len(files),
            "records": [
                {"role": r.role, "key": r.key, "signed_at": r.signed_at, "holder": holder.get(r.key, "")}
                for r in records
            ],
            "keys_checked": bool(keys or trusted),
        }
        click.echo(json.dumps(shown, indent=2, sort_keys=True))
        return
    click.echo(f"{plan}: {len(files)} files, all as they were written")
    for record in records:
        whose = f"{holder[record.key]}, " if record.key in holder else ""
        click.echo(f"{record.role} by {whose}key {record.key[:16]}…, which claims {record.signed_at}")
    if not records:
        click.echo("it is not signed: whoever can write the folder could have written its manifest too")
    elif not keys and not trusted:
        click.echo("the signatures are intact; whose keys they are was not asked (--key, --trust)")
