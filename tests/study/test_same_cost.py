"""One question, one answer: every command that states the cost of a plan states that of ``planner plan``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.cases import World

from planner.explain.price import price_rule
from planner.explain.why import why
from planner.inputs import Case, read_case
from planner.planning import solve
from planner.study.alternatives import alternatives
from planner.study.breakeven import breakeven
from planner.study.frontier import frontier
from planner.study.stress import make_base

CAP = 0.6


def indivisible(folder: Path, systems: int) -> Case:
    """Systems that stay whole, at three vendors of unlike prices, under a cap that binds."""
    world = World(periods=2)
    for vendor, price in (("aa", 1.0), ("bb", 1.3), ("cc", 1.7)):
        world.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m4", 4, 16, price)
    for w in range(systems):
        size = 7 + 5 * w % 23
        world.workload(f"w{w}", demand={"vcpu": size, "memory_gib": 2 * size}, divisible=False)
    world.rule("cap", "vendor_share", {"cap": CAP, "basis": "spend"})
    return read_case(world.write(folder))


@pytest.mark.parametrize(
    "systems", [6, pytest.param(11, marks=pytest.mark.slow), pytest.param(17, marks=pytest.mark.slow)]
)
def test_every_command_states_the_cost_of_the_plan(tmp_path: Path, systems: int):
    case = indivisible(tmp_path / "case", systems)
    solved = solve(case)
    assert solved.plan.run["integers"] > 0
    cost = solved.outcome.objective * solved.model.unit
    stated = {
        "frontier": next(p.cost for p in frontier(case, "cap", [1.0, CAP, 0.55]).points if p.value == CAP),
        "stress": make_base(case).cost,
        "why": why(case, "w0").cost,
        "price": price_rule(case, "cap").cost,
        "alternatives": alternatives(case).plans[0].cost,
        "breakeven": breakeven(case, "cc", steps=2).offers[0].cost,
    }
    assert stated == pytest.approx(dict.fromkeys(stated, cost), rel=1e-9)


def test_a_case_without_whole_numbers_too(tmp_path: Path):
    case = indivisible(tmp_path / "case", 6)
    divisible = case.workloads.assign(divisible=True)
    case = replace(case, workloads=divisible)
    solved = solve(case)
    assert not solved.plan.run["integers"]
    cost = solved.outcome.objective * solved.model.unit
    assert make_base(case).cost == pytest.approx(cost, rel=1e-9)
    assert why(case, "w0").cost == pytest.approx(cost, rel=1e-6)
    points = frontier(case, "cap", [1.0, CAP]).points
    assert points[-1].cost == pytest.approx(cost, rel=1e-6)
