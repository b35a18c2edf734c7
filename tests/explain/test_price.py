"""Prices of rules: in all against a plan without the rule, at the margin against finite differences."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from support.cases import World
from support.plans import model_of, read

from planner.commands import cli
from planner.commands.run import run
from planner.errors import Infeasible, UnknownName
from planner.explain.price import Price, Side, price_rule
from planner.explain.price_words import sentences
from planner.lp.problem import Problem
from planner.model.to_arrays import to_arrays
from planner.planning import plan_case

ADOPTED = {"adopted_by": "board", "adopted_on": date(2026, 1, 1), "reference": "minutes 1"}


def world(rules: dict[str, tuple[str, dict[str, Any]]], b_has: float = 1e6, a_has: float = 1e6) -> World:
    """Three vendors, two periods of six months, two workloads; c is domestic."""
    made = World(periods=2, months=6, discount_rate=0.05)
    for vendor, price, big in (("a", 0.20, 0.50), ("b", 0.26, 0.61), ("c", 0.40, 1.9)):
        made.vendor(vendor, jurisdiction="MY" if vendor == "c" else "XX")
        made.region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, price).machine(
            f"{vendor}:x", "r", 4, 64, big
        )
    made.workload("tax", demand={"vcpu": [100, 120], "memory_gib": [300, 300]})
    made.workload("db", demand={"vcpu": [10, 10], "memory_gib": [640, 640]})
    made.capacity("b:x", "vcpu", b_has).capacity("a:x", "vcpu", a_has)
    for rule, (kind, parameters) in rules.items():
        made.overrides[rule] = dict(ADOPTED)
        made.rule(rule, kind, parameters, is_parameter=True, benchmark="none")
    return made


def capped(cap: float, basis: str = "spend", **more: Any) -> World:
    values: dict[str, Any] = {"cap": cap, "basis": basis}
    return world(
        {"cap": ("vendor_share", values | ({"resource": "vcpu"} if basis == "resource" else {}))}, **more
    )


def floored(floor: float) -> World:
    return world({"home": ("minimum_share", {"floor": floor, "of": "domestic", "basis": "spend"})})


def optimum(made: World) -> float:
    """Cost of a cold solve."""
    model = model_of(made)
    return Problem(to_arrays(model)).solve().objective * model.unit


def slope(make: Callable[[float], World], at: float, step: float, unit: float = 0.01) -> float:
    """One-sided difference of second order: money for one step of ``unit`` towards ``step``."""
    here, near, far = (optimum(make(at + k * step)) for k in (0, 1, 2))
    return (-3 * here + 4 * near - far) / (2 * abs(step)) * unit


def both(price: Price) -> tuple[Side, Side]:
    assert price.looser is not None and price.tighter is not None
    return price.looser, price.tighter


@pytest.mark.parametrize("basis", ["spend", "reference_spend", "resource"])
@pytest.mark.parametrize("cap", [0.36, 0.45, 0.52, 0.71])
def test_price_of_a_cap_agrees_with_finite_differences(basis: str, cap: float):
    looser, tighter = both(price_rule(read(capped(cap, basis)), "cap"))
    assert tighter.until < cap < looser.until
    reach = min(1e-3, (looser.until - cap) / 2.1, (cap - tighter.until) / 2.1)
    assert looser.worth == pytest.approx(slope(lambda v: capped(v, basis), cap, reach), rel=1e-4, abs=1e-3)
    assert tighter.worth == pytest.approx(slope(lambda v: capped(v, basis), cap, -reach), rel=1e-4, abs=1e-3)
    assert looser.worth <= 0 <= tighter.worth


def test_price_of_a_floor_agrees_with_finite_differences():
    looser, tighter = both(price_rule(read(floored(0.2)), "home"))
    assert looser.worth == pytest.approx(slope(floored, 0.2, -1e-3), rel=1e-4)
    assert tighter.worth == pytest.approx(slope(floored, 0.2, 1e-3), rel=1e-4)
    assert looser.worth < 0 < tighter.worth and looser.until < 0.2 < tighter.until


def test_price_of_a_capacity_agrees_with_finite_differences_and_ends_where_it_is_enough():
    def make(more: float) -> World:
        return world({}, a_has=60 + more)

    price = price_rule(read(make(0)), "capacity of a:x (vcpu)")
    looser, tighter = both(price)
    assert looser.worth == pytest.approx(slope(make, 0.0, 0.5, 1.0), rel=1e-4)
    assert tighter.worth == pytest.approx(slope(make, 0.0, -0.5, 1.0), rel=1e-4)
    assert not price.kink and looser.until > 1 and -60 <= tighter.until < -1
    assert looser.whole == pytest.approx(optimum(make(1)) - optimum(make(0)), rel=1e-6)


def kinked(cap: float) -> World:
    """b is full from a cap of 60 % down: looser, work moves from b to a; tighter, from a to c."""
    made = World(months=12)
    for vendor, price in (("a", 0.2), ("b", 0.3), ("c", 0.5)):
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, price)
    made.workload("tax", demand={"vcpu": 100, "memory_gib": 100}).capacity("b:x", "vcpu", 40)
    made.overrides["cap"] = dict(ADOPTED)
    values = {"cap": cap, "basis": "resource", "resource": "vcpu"}
    return made.rule("cap", "vendor_share", values, is_parameter=True, benchmark="none")


def test_the_command_tells_both_sides_of_a_kink(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A point is 1 vCPU of 100, a quarter of a machine for 8,760 hours: 219 one way, 657 the other."""
    with pytest.raises(SystemExit) as left:
        run(cli, ["why", str(kinked(0.6).write(tmp_path)), "--rule", "cap"])
    assert not left.value.code
    said = capsys.readouterr().out
    assert "each point looser saves MYR 219 over the horizon" in said and "until 100.00%" in said
    assert "each point tighter costs MYR 657 over the horizon" in said and "until 40.00%" in said
    assert "(a kink): each point tighter costs 3 times what each point looser saves" in said


def test_steps_are_counted_as_people_state_the_number():
    """10 machines of 4 vCPU, 350.4 kWh a year each: at a for 0.20 and 0.6 kg, at b for 0.30 and 0.1 kg."""
    made = World(periods=1, months=12).grid(a=0.6, b=0.1)
    for vendor, price in (("a", 0.2), ("b", 0.3)):
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, price)
    made.workload("tax", demand={"vcpu": 40, "memory_gib": 40}).capacity("b:x", "vcpu", 40)
    values = {"green": ("carbon", {"cap": 1.0, "per": "year"}), "cash": ("budget", {"cap": 50_000.0})}
    more = {"green": {}, "cash": {"currency": ["MYR"], "per": "horizon"}}
    for rule, (kind, stated) in values.items():
        made.overrides[rule] = dict(ADOPTED)
        made.rule(rule, kind, {**stated, **more[rule]}, is_parameter=True, benchmark="none")
    case = read(made)
    green = sentences(price_rule(case, "green"))
    saves = 876 / (0.5 * 0.3504)
    assert green[1] == "cap now 1 t CO2e:" and f"each tonne looser saves MYR {saves:,.0f}" in green[2]
    assert "each MYR 1,000 looser changes nothing" in sentences(price_rule(case, "cash"))[2]
    room = sentences(price_rule(case, "capacity of b:x (vcpu)"))
    assert room[1] == "the capacity as stated:" and "each unit looser changes nothing" in room[2]


def test_at_a_kink_both_sides_are_given():
    price = price_rule(read(kinked(0.6)), "cap")
    looser, tighter = both(price)
    hours = 8760
    assert price.kink
    assert looser.worth == pytest.approx(-(0.3 - 0.2) / 4 * hours, rel=1e-4)
    assert tighter.worth == pytest.approx((0.5 - 0.2) / 4 * hours, rel=1e-4)
    assert looser.until == pytest.approx(1.0) and tighter.until == pytest.approx(0.4, abs=1e-4)
    assert any("kink" in line for line in sentences(price))
    smooth = price_rule(read(kinked(0.7)), "cap")
    assert not smooth.kink and both(smooth)[1].until == pytest.approx(0.6, abs=1e-6)


def test_where_nothing_tighter_is_possible_only_one_side_is_given():
    price = price_rule(read(capped(1 / 3, "resource")), "cap")
    assert price.tighter is None and price.looser is not None and price.looser.worth < 0
    assert any("no price on the tighter side" in line for line in sentences(price))


@pytest.mark.parametrize(
    "make", [lambda: capped(0.45), lambda: capped(0.45, "resource"), lambda: floored(0.3)]
)
def test_a_rule_costs_the_difference_to_a_plan_without_it(make: Callable[[], World]):
    made = make()
    rule = made.rules[0]["id"]
    price = price_rule(read(made), rule)
    without = make()
    without.rules.clear()
    without.overrides.clear()
    assert price.total == pytest.approx(optimum(make()) - optimum(without), rel=1e-6)
    assert price.cost == pytest.approx(optimum(make()), rel=1e-9)


def test_a_filter_is_priced_by_a_plan_without_it_and_has_no_margin():
    values = {"vendors": ["b", "c"]}
    price = price_rule(read(world({"panel": ("vendor_panel", values)})), "panel")
    difference = optimum(world({"panel": ("vendor_panel", values)})) - optimum(world({}))
    assert price.total == pytest.approx(difference, rel=1e-6) and difference > 0
    assert price.looser is None and "no number" in price.why_not


def test_a_rule_that_does_not_bind_costs_nothing():
    price = price_rule(read(capped(1.0)), "vendor-share")
    assert price.total == pytest.approx(0.0, abs=1e-6)
    assert any("costs nothing" in line for line in sentences(price))


def test_a_rule_that_is_not_enforced_says_so():
    made = capped(0.4)
    made.overrides.clear()
    made.rules[0]["confidence"] = "D"
    assert sentences(price_rule(read(made), "cap")) == [
        "cap (parameter, not adopted) is not enforced in this case (report), so it costs nothing"
    ]


def test_latency_is_priced_by_the_point_of_users():
    def make(share: float) -> World:
        made = World(months=12)
        for vendor, price in (("a", 0.5), ("b", 0.2)):
            made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, price)
        made.node("a:x", "region").node("b:x", "region").node("Hub", "hub").node("Town", "site")
        made.link("Hub", "a:x", 5).link("Hub", "b:x", 50).link("Town", "Hub", 2, "access")
        made.workload("portal", demand={"vcpu": 40, "memory_gib": 40}, latency_ms=20, latency_share=share)
        made.users("portal", Town=100)
        made.overrides["quick"] = dict(ADOPTED)
        return made.rule("quick", "latency", {"statistic": "mean"}, is_parameter=True, benchmark="none")

    looser, tighter = both(price_rule(read(make(0.8)), "quick"))
    assert tighter.worth == pytest.approx(10 * 8760 * 0.3 * 0.01, rel=1e-6)
    assert looser.worth == pytest.approx(-tighter.worth, rel=1e-6)
    assert looser.worth == pytest.approx(slope(make, 0.8, -1e-2), rel=1e-4)
    assert tighter.until == pytest.approx(-0.2) and looser.until == pytest.approx(0.8)


def test_names_that_are_unknown_and_cases_without_a_plan():
    with pytest.raises(UnknownName, match="cap"):
        price_rule(read(capped(0.5)), "capp")
    with pytest.raises(Infeasible):
        price_rule(read(capped(0.2)), "cap")


@pytest.mark.parametrize("whole_machines", [True, False])
def test_a_plan_with_whole_numbers_has_the_same_prices_here_and_in_its_table(whole_machines):
    """Of both the program is told that they are of; ``tax`` stays whole, ``db`` may be split."""
    made = capped(0.55)
    made.tables["workloads"][0]["divisible"] = False
    made.whole = None if whole_machines else False
    case = read(made)
    plan = plan_case(case)
    price = price_rule(case, "cap")
    assert plan.run["integers"] > 0 and price.priced_in == plan.run["duals"].removeprefix("checked, ")
    assert price.priced_in in "\n".join(sentences(price))
    stated = plan.binding.loc[plan.binding["rule"] == "cap", "marginal"].sum()
    sides = [abs(side.worth) for side in (price.looser, price.tighter) if side is not None]
    assert any(stated == pytest.approx(worth, rel=1e-6, abs=0.01) for worth in sides), (stated, sides)
    assert stated > 0
