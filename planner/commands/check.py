"""``planner check CASE``: read and check a case without solving it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from planner.commands.talk import quoted, tell_reading


@click.command("check")
@click.argument("case", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def command(case: Path, as_json: bool) -> None:
    """Check the case in folder CASE: its files (exit 5), and what certainly cannot work (exit 3).

    \b
    Example:
      planner check my-case
    """
    from planner.answer.age import old_status
    from planner.inputs import read_case
    from planner.model.placing import advice
    from planner.planning import build_model
    from planner.report import sentences
    from planner.unstated import unstated

    inputs = read_case(case)
    tell_reading(inputs)
    model = build_model(inputs)
    by_tier = any("nccp_tier" in rule.select.get("workload", {}) for rule in inputs.rules)
    unknown = sorted(inputs.workloads.loc[inputs.workloads["nccp_tier"] == "", "workload"]) if by_tier else []
    left = unstated(inputs, model.index.eligibility)
    found = {
        "case": inputs.settings.id,
        "workloads": len(inputs.workloads),
        "regions": len(inputs.regions),
        "periods": len(inputs.periods),
        "rules": len(inputs.rules),
        "files": len(inputs.files),
        "columns": model.columns.count,
        "rows": model.rows,
        "not_assessed": unknown,
        "unstated": {"count": len(left), "left": [vars(one) for one in left]},
        "old_status": old_status(inputs, model.index.eligibility),
        "divisible_with_storage": advice(inputs),
        "not_enforced": [r.label() for r in inputs.rules if r.declared_severity != r.severity],
    }
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2, sort_keys=True))
    else:
        sizes = ", ".join(f"{found[k]} {k}" for k in ("workloads", "regions", "periods", "rules", "files"))
        for line in sentences.unstated(found):
            click.echo(line)
        click.echo(f"{found['case']}: {sizes}; nothing that certainly cannot work")
        if unknown:
            click.echo(f"warning: nccp_tier is not assessed for {', '.join(unknown)}")
        for line in sentences.old_status(found):
            click.echo(line)
        if stores := advice(inputs):
            click.echo(
                f"advice: {len(stores)} divisible systems store data, of which each region with a part needs "
                f"its own; unless they are fleets without state write divisible = false: {', '.join(stores)}"
            )
        for rule in inputs.rules:
            if rule.declared_severity != rule.severity:
                click.echo(f"warning: reported only, not enforced: {rule.label()}")
    click.echo(f"next: planner plan {quoted(case)}", err=True)
