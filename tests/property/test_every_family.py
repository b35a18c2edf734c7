"""Every family on random worlds: the audit, which shares no code with the model, finds each rule kept.

The audit works out placements, machines, limits, shares, moves, survival and every sum of money again, in
decimals. And what only restricts never lowers the cost.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from support.audit_plan import audited
from support.cases import World
from support.depth import cases
from support.plans import least, read
from support.varied_worlds import varied_worlds

import planner.model.families
from planner.eligibility import assess
from planner.errors import Infeasible
from planner.model.build import build

TOGETHER = (
    ("places", "limits"), ("copies", "terms"), ("losses", "deals"), ("data", "moves"), ("shares", "volumes"),
    ("users", "leaving"), ("again", "terms"),
)  # fmt: skip
"""Features that are drawn together; in whole machines a program may take minutes, so those are by hand."""


def families(names: Iterable[str]) -> set[str]:
    """Families that have rows in the plainest world with features."""
    found = set()

    @given(varied_worlds(names))
    @settings(max_examples=cases(1), phases=(Phase.generate,))
    def on(world: World) -> None:
        case = read(world)
        found.update(block.family for block in build(case, assess(case)).blocks if len(block.keys))

    on()
    return found


def test_worlds_with_features_have_rows_of_every_family():
    """All but held placements (``pin``) and dearer machines (tests/analytic/test_hand_cheapest.py)."""
    files = {p.stem for p in Path(planner.model.families.__file__).parent.glob("*.py")}
    found = set().union(*map(families, (*TOGETHER, ("leaving", "whole"))))
    assert files - found == {"__init__", "pin", "cheapest"}


@pytest.mark.parametrize("features", TOGETHER, ids="+".join)
def test_the_audit_finds_every_rule_kept_and_every_sum_right(features):
    @given(varied_worlds(features))
    @settings(max_examples=cases(3), phases=(Phase.generate,))
    def on(world: World) -> None:
        with TemporaryDirectory() as folder:
            try:
                found = audited(world, Path(folder))
            except Infeasible:
                return
        wrong = [f for f in found if f.status in ("fail", "not checked")]
        assert [(f.check, f.subject, f.message, dict(f.numbers)) for f in wrong] == []

    on()


DROPPED = ("rules", "capacity", "affinity", "move_limits", "budgets", "earlier_placements", "activation",
           "vendor_costs")  # fmt: skip
"""What only restricts, or only costs."""


def without(world: World, what: str) -> World:
    """The world with one rule or row of a table less, the last; with all earlier placements less."""
    loose = deepcopy(world)
    rows = loose.rules if what == "rules" else loose.tables[what]
    if what == "earlier_placements":
        rows.clear()
        loose.replan = {}
    del rows[-1:]
    return loose


@given(st.sampled_from(TOGETHER).flatmap(varied_worlds), st.sampled_from(DROPPED))
@settings(max_examples=cases(3), phases=(Phase.generate,))
def test_what_only_restricts_never_lowers_the_cost(world: World, what: str) -> None:
    before, after = least(world), least(without(world, what))
    if before is not None:
        assert after is not None
        assert after <= before * (1 + 1e-6) + 1e-3
