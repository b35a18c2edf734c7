"""More freedom never costs more: terms, prices, limits and costs that only one side of a case has."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.cases import World
from support.depth import cases
from support.plans import least
from terms.test_recompute_terms import full_worlds

TERMS = ("spot", "commit_1y", "commit_3y")


def offer_everything(world: World) -> None:
    world.terms = {**world.terms, "offer": ["on_demand", *TERMS]}


def cheaper_commitments(world: World) -> None:
    for row in world.tables["prices"]:
        if row["term"].startswith("commit"):
            row["ListUnitPrice"] *= 0.7


def believe_in_tails(world: World) -> None:
    world.terms["tail_credit"] = 0.9


def lift_limits(world: World) -> None:
    world.tables["capacity"], world.tables["move_limits"] = [], []
    for row in world.tables["contracts"]:
        row["ceiling"] = ""


def begin_for_nothing(world: World) -> None:
    world.tables["activation"], world.tables["placement_costs"] = [], []


def divide_everything(world: World) -> None:
    for row in world.tables["workloads"]:
        row["divisible"] = True


def need_less_by_night(world: World) -> None:
    for row in world.tables["loads"]:
        row["factor"] *= 0.5


def pay_for_each_other(world: World) -> None:
    """One payer for both agencies: their pools join, and what one holds the other may use."""
    world.tables["agencies"][0]["payer"] = world.tables["agencies"][1]["payer"] = "mof"
    for row in world.tables["held_commitments"]:
        row["payer"] = "mof"
    for row in world.tables["capacity"]:
        row["payer"] = ""


FREEDOMS = (
    offer_everything,
    cheaper_commitments,
    believe_in_tails,
    lift_limits,
    begin_for_nothing,
    divide_everything,
    need_less_by_night,
    pay_for_each_other,
)


@given(full_worlds(), st.sampled_from(FREEDOMS))
@settings(max_examples=cases(3))
def test_freedom_never_costs(world: World, freedom: Callable[[World], None]):
    loose = deepcopy(world)
    freedom(loose)
    before = least(world)
    assume(before is not None)
    after = least(loose)
    assert after is not None
    assert after <= before * (1 + 1e-6) + 1e-6


FIGURES = st.fixed_dictionaries(
    {
        "vcpu": st.lists(st.sampled_from((4, 10, 30)), min_size=4, max_size=4),
        "price": st.sampled_from((0.8, 1.0, 1.4)),
        "room": st.sampled_from((6, 20, 90)),
        "labour": st.sampled_from((None, 0, 900, 9000)),
        "begin": st.sampled_from((0, 2000)),
        "rate": st.sampled_from((0.0, 0.06)),
        "today": st.sampled_from(("", "aa:x", "attic:old")),
        "container": st.booleans(),
    }
)


def half_years(figures: dict, cut: int) -> World:
    """Two half years from July 2027, each cut into so many periods in which nothing changes.

    Their quarters have equally many days, and so equally many hours for three months of storage.
    """
    world = World(
        months=6 // cut, periods=2 * cut, start="2027-07", slices={"day": 0.4, "night": 0.6}, headroom=0.2
    )
    # What is paid once is discounted over its period, so a finer one would discount it less.
    once = figures["labour"] is not None or figures["begin"]
    world.discount_rate = 0.0 if once else figures["rate"]
    for region, price in (("aa:x", 1.0), ("bb:x", figures["price"])):
        world.vendor(region[:2]).region(region).machine(region, "m4", 4, 16, price)
        world.spot(f"{region}:m4", 0.7 * price).store(region, "block_gib", 0.2 * price).egress(region, 0.1)
    world.offer("spot").capacity("bb:x", "vcpu", figures["room"])
    for i, (first, second) in enumerate((figures["vcpu"][:2], figures["vcpu"][2:])):
        need = {"vcpu": [first] * cut + [second] * cut, "memory_gib": 16, "block_gib": 500, "egress_gib": 9}
        pods = {"platform": "container", "pod_vcpu": 1, "pod_memory_gib": 2} if figures["container"] else {}
        world.workload(f"w{i}", demand=need, spot_ok=i == 0, **pods)
        world.load(f"w{i}", day=1.0, night=0.5 + 0.3 * i)
        if figures["today"]:
            world.today(f"w{i}", figures["today"])
    if figures["labour"] is not None:
        world.labour(figures["labour"])
    if figures["begin"]:
        world.begin_cost("bb", figures["begin"])
    return world


@given(FIGURES)
@settings(max_examples=cases(2))
def test_cutting_periods_in_two_changes_nothing_when_nothing_else_does(figures: dict):
    """Conditions: no new commitments, as a finer calendar has more first days for them; no limit or
    cost that is stated for each period; periods of equal length; nothing that begins or ends within
    a long period; and nothing paid once unless money is not discounted.
    """
    assert least(half_years(figures, 2)) == pytest.approx(least(half_years(figures, 1)), rel=1e-6)
