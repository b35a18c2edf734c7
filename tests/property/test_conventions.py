"""What ``docs/conventions.md`` says, on random cases: the least cost is that of the unfolded program.

One case in five each time, all of them with ``--slow``: a case takes half a second.
"""

from __future__ import annotations

import random

import pytest
from support.cases import World
from support.plans import read
from support.unfolded import Unfolded

from planner.errors import Infeasible
from planner.lp.problem import Problem
from planner.model.to_arrays import to_arrays
from planner.planning import build_model

CASES, EVERY = 200, 10
QUICK = (*range(0, CASES, EVERY), 118, 179)
"""With 118 and 179, in which a payer's systems share commitments though they need them in other periods."""
REGIONS = ("aa:x", "aa:y", "bb:x")
TERMS = ("commit_1y", "commit_3y", "commit_1y_partial", "commit_3y_partial")


def random_case(seed: int) -> World:
    """Up to three systems of two payers, three regions of two vendors, all that costs money or time."""
    dice = random.Random(seed)
    pick = dice.choice
    months, periods = pick([(3, 4), (6, 2), (6, 3), (12, 2), (3, 2)])
    world = World(months=months, periods=periods, start=pick(["2027-01", "2027-04", "2028-01"]))
    world.discount_rate = pick([0.0, 0.04, 0.12])
    if pick([True, False]):
        world.slices = {"day": 0.3, "late": 0.2, "night": 0.5}
    for year, rate in ((2027, 4.0), (2028, 4.4), (2029, 3.9)):
        world.rate("USD", year, rate, 0.05)
    for vendor in ("aa", "bb"):
        world.vendor(vendor)
    for region in REGIONS:
        world.region(region)
        currency, scale = ("USD", 0.25) if region.startswith("aa") else ("MYR", 1.0)
        for name, vcpu, memory, price in (("m4", 4, 16, 1.0), ("c8", 8, 16, 1.5), ("r2", 2, 16, 0.8)):
            price *= dice.uniform(0.7, 1.3) * scale
            only = name == "c8" and pick([True, False, False])
            world.machine(region, name, vcpu, memory, None if only else price, currency)
            for years, part in ((1, 0.65), (3, 0.45)):
                if only or pick([True, False]):
                    world.committed(f"{region}:{name}", price * part, years, currency)
                    world.committed(f"{region}:{name}", price * part * 0.95, years, currency, "partial", 0.4)
        world.store(region, "block_gib", dice.uniform(0.1, 0.3) * scale, currency=currency)
        world.egress(region, dice.uniform(0.1, 0.5) * scale, currency=currency)
    if pick([True, True, False]):
        world.offer(*(term for term in TERMS if pick([True, False])), tail_credit=pick([0.0, 0.5]))
    world.agency("mof").agency("moh")
    for i in range(pick([1, 2, 3])):
        _system(dice, world, f"w{i}")
    if pick([True, False]):
        world.labour(pick([0, 400, 900]))
    if pick([True, False]):
        days = pick([("2026-01-01", "2027-07-01"), ("2027-02-01", ""), ("2026-01-01", "")])
        terms = {"discount": 0.2, "margin": 0.04, "tax": 0.08}
        world.contract("frame", pick(["aa", "bb"]), valid_from=days[0], valid_to=days[1], **terms)
    if pick([True, False]):
        world.capacity(pick(REGIONS), "vcpu", pick([6, 20]))
    sold = [p["SkuId"] for p in world.tables["prices"] if p["term"] == "commit_1y"]
    if sold and world.start == "2027-01" and pick([True, False]):
        start = {3: "2026-07", 6: "2026-07", 12: "2026-01"}[months]
        world.held(pick(sold), pick([0.5, 2]), start, payer=world.tables["workloads"][0]["agency"])
        world.tables["capacity"].clear()
    for contract in world.tables["contracts"] if pick([True, False]) else ():
        _granted(dice, world, contract)
    return world


def _granted(dice: random.Random, world: World, contract: dict[str, str]) -> None:
    """Discounts of a family and of a term, which of them holds where both do, and private prices."""
    prices = [p for p in world.tables["prices"] if p["SkuId"].startswith(f"{contract['vendor']}:")]
    machines = [p for p in prices if not p["SkuId"].endswith("block_gib")]
    one = dice.choice(machines)
    family, term = one["SkuId"].rsplit(":", 1)[1], one["term"]
    off = {"contract": "frame"}
    world.off(0.35, family, **off).off(0.15, term=term, **off).off(0.25, family, term, **off)
    if dice.choice([True, False]):
        world.off(0.5, "block", "on_demand", **off)
    for row in dice.sample(machines, min(2, len(machines))):
        share = dice.uniform(0.4, 1.0)
        world.private(row["SkuId"], row["ListUnitPrice"] * share, row["term"], contract="frame",
                      currency=row["PricingCurrency"])  # fmt: skip


def _system(dice: random.Random, world: World, name: str) -> None:
    pick = dice.choice
    demand = {
        "vcpu": [pick([0, 4, 10, 30]) for _ in range(world.periods)],
        "memory_gib": [pick([0, 16, 40]) for _ in range(world.periods)],
        "block_gib": pick([0, 300, 3000]),
        "egress_gib": pick([0, 50]),
    }
    world.workload(name, pick(["mof", "moh"]), demand=demand, min_units=pick([1, 1, 2]))
    if pick([True, False]):
        world.today(name, pick([*REGIONS, "attic:old"]))
    if world.slices and pick([True, False]):
        world.load(name, day=1.0, late=pick([0.5, 0.0]), night=pick([0.1, 0.0]))
    if pick([True, False]):
        world.place_cost(name, pick(REGIONS), pick([100, 2000]), "once")
        world.place_cost(name, pick(REGIONS), pick([50, 500]))


def disagreement(seed: int) -> str:
    """How the planner and the unfolded program differ on a case; empty where they agree."""
    world = random_case(seed)
    expected = Unfolded(world).least_cost()
    try:
        model = build_model(read(world))
    except Infeasible as refused:
        return "" if expected is None else f"{seed}: refused ({refused.reasons}), {expected} expected"
    outcome = Problem(to_arrays(model)).solve()
    least = outcome.objective * model.unit if outcome.feasible() else None
    same = least is expected is None or (
        None not in (least, expected) and least == pytest.approx(expected, rel=1e-6, abs=1e-6)
    )
    return "" if same else f"{seed}: {least}, {expected} expected"


@pytest.mark.parametrize("first", range(0, len(QUICK), 10))
def test_the_least_cost_is_that_of_the_unfolded_program(first):
    assert [words for seed in QUICK[first : first + 10] if (words := disagreement(seed))] == []


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, CASES, 20))
def test_the_least_cost_of_all_cases_is_that_of_the_unfolded_program(first):
    assert [words for seed in range(first, first + 20) if (words := disagreement(seed))] == []
