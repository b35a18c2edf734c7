"""``planner check CASE``: read and check a case without solving it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.commands.talk import quoted, tell_reading

if TYPE_CHECKING:
    from planner.inputs import Case


def not_governed(inputs: Case) -> list[str]:
    """Workloads above the open level whose classification no hard rule selects, adopted or not."""
    from planner.case.schema import CLASSIFICATIONS
    from planner.policy.select import workloads_of

    work, agencies = inputs.workloads, inputs.agencies
    governed = (work["classification"] == CLASSIFICATIONS[-1]).to_numpy()
    for rule in inputs.rules:
        if rule.declared_severity == "hard" and "classification" in rule.select.get("workload", {}):
            governed = governed | workloads_of(rule, work, agencies)
    left = work.loc[~governed, ["workload", "classification"]]
    return [f"{name} ({level})" for name, level in left.itertuples(index=False, name=None)]


@click.command("check")
@click.argument("case", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def command(case: Path, as_json: bool) -> None:
    """Check the case in folder CASE: its files (exit 5), and what certainly cannot work (exit 3)."""
    from planner.inputs import read_case
    from planner.planning import build_model

    inputs = read_case(case)
    tell_reading(inputs)
    model = build_model(inputs)
    found = {
        "case": inputs.settings.id,
        "workloads": len(inputs.workloads),
        "regions": len(inputs.regions),
        "periods": len(inputs.periods),
        "rules": len(inputs.rules),
        "files": len(inputs.files),
        "columns": model.columns.count,
        "rows": model.rows,
        "not_assessed": sorted(inputs.workloads.loc[inputs.workloads["nccp_tier"] == "", "workload"]),
        "not_governed": not_governed(inputs),
        "not_enforced": [r.label() for r in inputs.rules if r.declared_severity != r.severity],
    }
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2, sort_keys=True))
    else:
        sizes = ", ".join(f"{found[k]} {k}" for k in ("workloads", "regions", "periods", "rules", "files"))
        click.echo(f"{found['case']}: {sizes}; nothing that certainly cannot work")
        unknown = inputs.workloads.loc[inputs.workloads["nccp_tier"] == "", "workload"]
        if len(unknown):
            click.echo(f"warning: nccp_tier is not assessed for {', '.join(sorted(unknown))}")
        if ungoverned := not_governed(inputs):
            which = ", ".join(ungoverned)
            click.echo(f"warning: no rule of any pack named says where this classification may be: {which}")
        for rule in inputs.rules:
            if rule.declared_severity != rule.severity:
                click.echo(f"warning: reported only, not enforced: {rule.label()}")
    click.echo(f"next: planner plan {quoted(case)}", err=True)
