"""Leaving on random worlds: what the rows hold back is what the audit finds, down to the limit."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from support.audit_plan import audited
from support.cases import World
from support.random_worlds import worlds

from planner.errors import Infeasible


@given(worlds(rich=True), st.sampled_from((0.02, 0.1, 0.3, 1.0)), st.sampled_from(("vendor_group", "plan")))
@settings(max_examples=3, phases=(Phase.generate,))
def test_the_audit_finds_leaving_within_the_cap(world: World, cap: float, of: str) -> None:
    world.rule("leave", "exit", {"cap": cap, "of": of, "labour": 200.0})
    with TemporaryDirectory() as folder:
        try:
            found = audited(world, Path(folder))
        except Infeasible:
            return
    assert [f for f in found if f.status == "fail"] == []
    mine = [f for f in found if f.check == "exit"]
    assert {f.status for f in mine} == {"pass"}
    assert all(Decimal(f.numbers["slack"]) > Decimal("-0.5") for f in mine)
