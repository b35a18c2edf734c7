"""Two roads to one answer: what the planner makes, the audit finds right, on random worlds too."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from audit.small_plan import write
from hypothesis import assume, given
from support.cases import World
from support.full_world import full_world
from support.random_worlds import worlds

from planner.audit.audit import audit
from planner.errors import BadInput, Infeasible


def faults(world: World) -> list[str]:
    """What fails, and what could not be worked out, in the plan of a world."""
    with TemporaryDirectory() as folder:
        found = audit(write(world, Path(folder)))
    return [
        f"{f.status} {f.check} {f.rule} {f.subject}: {f.message}"
        for f in found.findings
        if f.status == "fail"
    ]


@given(worlds())
def test_the_audit_agrees_with_the_planner(world: World) -> None:
    try:
        wrong = faults(world)
    except (BadInput, Infeasible):
        assume(False)
    assert wrong == []


def test_the_audit_agrees_on_a_world_with_everything() -> None:
    assert faults(full_world()) == []


@pytest.mark.parametrize("example", ["quick-start", "national-ai"])
def test_the_audit_agrees_on_the_examples(example: str, tmp_path: Path) -> None:
    from planner.inputs import read_inputs
    from planner.plan.folder import copy_inputs, save, write_manifest
    from planner.solve.solve import solve

    inputs = read_inputs(Path(__file__).resolve().parents[2] / "examples" / example)
    save(solve(inputs).plan, tmp_path)
    copy_inputs(inputs.files, tmp_path)
    write_manifest(tmp_path)
    found = audit(tmp_path)
    assert [f for f in found.findings if f.status in ("fail", "not checked")] == []
    assert len(found.decisions) == len(inputs.case.workloads)
