"""Prices of every kind of rule on shares: finite differences to 1e-4, kinks by sweep, and their range."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from support.cases import World
from support.plans import model_of, read

from planner.explain.price import Side, price_rule
from planner.lp.problem import Problem
from planner.model.to_arrays import to_arrays

KINDS: dict[str, dict[str, Any]] = {
    "vendor_share": {},
    "region_share": {},
    "jurisdiction_share": {"of": "foreign"},
    "minimum_share": {"of": "domestic"},
}
"""Kinds on shares, with the parameters that each needs beside its number and its basis."""


def world(kind: str, number: float, basis: str) -> World:
    """Four vendors, c and d domestic; b is small, so that some numbers lie where it is full."""
    made = World(periods=2, months=6, discount_rate=0.05)
    for vendor, price, big in (("a", 0.20, 0.50), ("b", 0.26, 0.61), ("c", 0.40, 1.9), ("d", 0.55, 1.4)):
        made.vendor(vendor, jurisdiction="MY" if vendor in "cd" else "XX")
        made.region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, price)
        made.machine(f"{vendor}:x", "r", 4, 64, big)
    made.workload("tax", demand={"vcpu": [100, 120], "memory_gib": [300, 300]})
    made.workload("db", demand={"vcpu": [10, 10], "memory_gib": [640, 640]})
    made.capacity("b:x", "vcpu", 33)
    name = "floor" if kind == "minimum_share" else "cap"
    values = {name: number, "basis": basis, **KINDS[kind]}
    values |= {"resource": "vcpu"} if basis == "resource" else {}
    made.overrides["rule"] = {"adopted_by": "board", "adopted_on": date(2026, 1, 1), "reference": "1"}
    return made.rule("rule", kind, values, is_parameter=True, benchmark="none")


def optimum(made: World) -> float:
    """Cost of a cold solve."""
    model = model_of(made)
    return Problem(to_arrays(model)).solve().objective * model.unit


def slope(make: Callable[[float], World], at: float, step: float) -> float:
    """One-sided difference of second order: money for one point towards ``step``."""
    here, near, far = (optimum(make(at + k * step)) for k in (0, 1, 2))
    return (-3 * here + 4 * near - far) / (2 * abs(step)) * 0.01


def reach(side: Side, at: float) -> float:
    """A step to one side that stays within the range of its price."""
    far = min(1e-3, abs(side.until - at) / 2.1)
    return far if side.until > at else -far


@pytest.mark.parametrize("basis", ["spend", "resource"])
@pytest.mark.parametrize("number", [0.38, 0.47, 0.61])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_price_agrees_with_finite_differences_on_both_sides(kind: str, basis: str, number: float):
    price = price_rule(read(world(kind, number, basis)), "rule")
    assert price.looser is not None and price.tighter is not None
    for side in (price.looser, price.tighter):
        step = reach(side, number)
        assert abs(step) > 1e-5
        found = slope(lambda v: world(kind, v, basis), number, step)
        assert side.worth == pytest.approx(found, rel=1e-4, abs=1e-3)


@pytest.mark.parametrize("kind", ["vendor_share", "jurisdiction_share", "minimum_share"])
def test_the_range_ends_at_a_kink_where_both_sides_differ(kind: str):
    """Walk to where the price ends: there the two sides are told apart, each with its own range."""
    number = 0.47
    first = price_rule(read(world(kind, number, "resource")), "rule")
    assert first.tighter is not None
    at = first.tighter.until
    assert 0.0 < at < 1.0
    here = price_rule(read(world(kind, at, "resource")), "rule")
    assert here.looser is not None
    assert -here.looser.worth == pytest.approx(first.tighter.worth, rel=1e-4)
    if here.tighter is None:
        assert here.why_not  # the end of what is possible
    else:
        assert here.tighter.worth >= -here.looser.worth * (1 - 1e-6)


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("part", [0.5, 0.95])
def test_within_its_range_the_price_holds_and_the_cost_is_a_line(kind: str, part: float):
    """With amounts that do not depend on the place the cost is linear in the number."""
    number = 0.47
    price = price_rule(read(world(kind, number, "resource")), "rule")
    for side in (price.looser, price.tighter):
        assert side is not None
        there = number + part * (side.until - number)
        points = abs(there - number) / 0.01
        moved = optimum(world(kind, there, "resource")) - price.cost
        assert moved == pytest.approx(side.worth * points, rel=1e-4, abs=0.01)
