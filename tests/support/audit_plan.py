"""From a small world to what the audit says of its plan, whole or spoilt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from planner.audit.audit import audit
from planner.audit.findings import Finding
from planner.inputs import read_case
from planner.plan.folder import copy_inputs, save, write_manifest
from planner.planning import solve
from support.cases import World


def audited(world: World, folder: Path, spoil: Callable[[Path], object] | None = None) -> tuple[Finding, ...]:
    """Findings on the plan of a world; ``spoil`` changes the plan folder before it is audited."""
    case = read_case(world.write(folder / "case"))
    plan = folder / "plan"
    plan.mkdir()
    save(solve(case).plan, plan)
    copy_inputs(case.files, plan)
    write_manifest(plan)
    if spoil is not None:
        spoil(plan)
    return audit(plan).findings
