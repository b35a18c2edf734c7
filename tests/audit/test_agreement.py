"""Two roads to one answer: what the planner makes, the audit finds right, on random worlds too."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from audit.small_plan import edit, small_world, where, write
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


@pytest.mark.parametrize("example", ["quick-start"])
def test_the_audit_agrees_on_the_examples(example: str, tmp_path: Path) -> None:
    from planner.inputs import read_case
    from planner.plan.folder import copy_inputs, save, write_manifest
    from planner.planning import plan_case

    case = read_case(Path(__file__).resolve().parents[2] / "examples" / example)
    save(plan_case(case), tmp_path)
    copy_inputs(case.files, tmp_path)
    write_manifest(tmp_path)
    found = audit(tmp_path)
    assert [f for f in found.findings if f.status in ("fail", "not checked")] == []
    assert len(found.decisions) == len(case.workloads)


def test_shares_of_the_reference_spend_are_worked_out_again() -> None:
    world = small_world()
    world.rule("REFERENCE", "vendor_share", {"cap": 0.6, "basis": "reference_spend"})
    with TemporaryDirectory() as folder:
        found = audit(write(world, Path(folder)))
    verdicts = [f for f in found.findings if f.rule == "REFERENCE"]
    assert {f.status for f in verdicts} == {"pass"}
    assert sum(float(f.numbers["share"]) for f in verdicts) >= 1
    assert not found.failed()


def test_commitments_leave_shares_within_bounds_where_the_plan_does_not_say_what_counts() -> None:
    world = small_world()
    world.committed("own:room:m", 0.1).committed("south:a:m", 0.05).offer("on_demand", "commit_1y")
    with TemporaryDirectory() as folder:
        plan = write(world, Path(folder))
        assert "commit_1y" in (plan / "purchases.csv").read_text(encoding="utf-8")
        exact = audit(plan)
        edit(plan / "costs.csv", lambda rows: [{k: v for k, v in r.items() if k != "counted"} for r in rows])
        bounded = audit(plan)
    assert not exact.failed(strict=True)
    assert {f.status for f in exact.findings if f.check in ("costs", "counted")} == {"pass"}
    assert {f.check for f in bounded.findings if f.status == "fail"} == {"manifest"}
    assert {f.status for f in bounded.findings if f.rule == "HOME-SHARE"} == {"not checked"}


def test_what_moving_costs_is_worked_out_again() -> None:
    world = small_world().today("portal", "south:a").labour(100)
    world.begin_cost("north", 30).begin_cost("south:a", 20)
    world.place_cost("portal", "north:b", 7).place_cost("store", "east:a", 50, "once")
    with TemporaryDirectory() as folder:
        plan = write(world, Path(folder))
        terms = (plan / "costs.csv").read_text(encoding="utf-8")
        found = audit(plan)
        assert "migration labour" in terms
        assert "placement" in terms
        assert "activation" in terms
        edit(plan / "costs.csv", where(lambda r: r["term"] == "migration labour", list="1", amortised="1"))
        spoilt = audit(plan)
    assert {f.status for f in found.findings if f.check == "costs"} == {"pass"}
    assert "fail" in {f.status for f in spoilt.findings if f.check == "costs"}
