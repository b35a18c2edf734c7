"""Tiny cases with whole numbers against all their plans, one by one.

The enumeration knows prices, capacities and one-off costs from the world, and nothing of the planner.
"""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cases import World
from support.depth import cases
from support.plans import nothing_is_cheaper, solved

from planner.answer.cross_check import cbc_objective
from planner.errors import Infeasible

HOURS = (2160.0, 2184.0)
REGIONS = ("aa:x", "bb:x", "cc:x")


@st.composite
def puzzles(draw: st.DrawFn) -> dict:
    """Sizes of workloads, prices, room and costs to begin by region, costs of moving and of places."""
    figures = st.sampled_from
    periods = draw(st.integers(1, 2))
    count = draw(st.integers(1, 3))
    return {
        "periods": periods,
        "sizes": [[draw(st.integers(1, 7)) for _ in range(periods)] for _ in range(count)],
        "prices": [draw(figures((0.5, 1.0, 1.5, 2.0))) for _ in REGIONS],
        "room": [draw(figures((2, 5, 8, 12, 99))) for _ in REGIONS],
        "begin": [draw(figures((0, 900, 5000))) for _ in REGIONS],
        "labour": draw(figures((None, 0, 700, 4000))),
        "today": [draw(figures((None, *range(len(REGIONS))))) for _ in range(count)],
        "place": [[draw(figures((0, 0, 333))) for _ in REGIONS] for _ in range(count)],
        "limit": draw(figures((None, 0, 1))),
    }


def world_of(puzzle) -> World:
    made = World(periods=puzzle["periods"])
    for i, region in enumerate(REGIONS):
        made.vendor(region[:2]).region(region).machine(region, "m4", 4, 16, puzzle["prices"][i])
        made.capacity(region, "units", puzzle["room"][i])
        if puzzle["begin"][i]:
            made.begin_cost(region, puzzle["begin"][i])
    for w, sizes in enumerate(puzzle["sizes"]):
        need = {"vcpu": [4 * n for n in sizes], "memory_gib": [16 * n for n in sizes]}
        made.workload(f"w{w}", demand=need, divisible=False)
        if puzzle["today"][w] is not None:
            made.today(f"w{w}", REGIONS[puzzle["today"][w]])
        for i, amount in enumerate(puzzle["place"][w]):
            if amount:
                made.place_cost(f"w{w}", REGIONS[i], amount)
    if puzzle["labour"] is not None:
        made.labour(puzzle["labour"])
    if puzzle["limit"] is not None:
        made.move_limit(puzzle["limit"])
    return made


def cheapest(puzzle) -> float | None:
    """The least cost over all assignments of workloads to regions by period."""
    periods, count = range(puzzle["periods"]), len(puzzle["sizes"])
    best = None
    for choice in product(product(range(len(REGIONS)), repeat=count), repeat=puzzle["periods"]):
        total, fits = 0.0, True
        for t in periods:
            used = [0] * len(REGIONS)
            moves = 0
            for w, r in enumerate(choice[t]):
                used[r] += puzzle["sizes"][w][t]
                total += puzzle["prices"][r] * puzzle["sizes"][w][t] * HOURS[t] + puzzle["place"][w][r]
                before = choice[t - 1][w] if t else puzzle["today"][w]
                moves += before is not None and before != r
            total += moves * (puzzle["labour"] or 0)
            fits &= all(u <= room for u, room in zip(used, puzzle["room"], strict=True))
            fits &= puzzle["limit"] is None or moves <= puzzle["limit"]
        total += sum(puzzle["begin"][r] for r in {r for row in choice for r in row})
        if fits and (best is None or total < best):
            best = total
    return best


@given(puzzles())
@settings(max_examples=cases(4))
def test_no_plan_of_all_is_cheaper(puzzle):
    plan = nothing_is_cheaper(world_of(puzzle), cheapest(puzzle))
    if plan is not None:
        assert set(plan.placements["share"]) == {1.0}


@given(puzzles())
@settings(max_examples=cases(2))
def test_cbc_agrees(puzzle):
    try:
        found = solved(world_of(puzzle))
    except Infeasible:
        return
    # Each solver stops within its gap of the optimum.
    assert cbc_objective(found) == pytest.approx(found.plan.run["objective"], rel=1e-3)
    assert cbc_objective(found) >= found.plan.run["bound"] * (1 - 1e-6)
