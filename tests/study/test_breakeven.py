"""Break-even discounts: the hand-computed one, the curve, and what no discount can do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.cases import World
from support.plans import cost, plan_of, read

from planner.commands import cli
from planner.commands.run import run
from planner.errors import Infeasible, UnknownName
from planner.study.breakeven import breakeven


def world(b: float = 0.25) -> World:
    """a asks 0.20 an hour, b 0.25, c 0.50 and may be used by nobody; p is no vendor of the market."""
    made = World(months=6)
    for vendor, price in (("a", 0.2), ("b", b), ("c", 0.5)):
        made.vendor(vendor, group=f"{vendor}-group").region(f"{vendor}:x")
        made.machine(f"{vendor}:x", "m", 4, 16, price).store(f"{vendor}:x", "block_gib", price / 2)
    made.vendor("p", market=False).region("p:x").machine("p:x", "m", 4, 16, 9.0)
    made.capacity("p:x", "vcpu", 1e6)
    made.workload("tax", demand={"vcpu": 80, "memory_gib": 80, "block_gib": 100})
    made.workload("web", demand={"vcpu": 20, "memory_gib": 20, "block_gib": 10})
    select = {"region": {"vendor": ["c"]}}
    return made.rule("shut", "key_custody", {"allowed": ["customer_hsm"]}, select=select)


def command(*argv: str) -> int:
    with pytest.raises(SystemExit) as left:
        run(cli, list(argv))
    return int(left.value.code or 0)


@pytest.mark.parametrize("name", ["b", "b-group"])
def test_the_entry_is_where_prices_meet(name: str):
    found = breakeven(read(world()), name, 0.6, 7)
    assert found.entry == pytest.approx(0.2, abs=1e-4)
    shares = [offer.share for offer in found.offers]
    assert shares[0] == 0 and shares == sorted(shares) and shares[-1] == pytest.approx(1)


def test_each_offer_is_the_plan_of_a_case_with_those_prices():
    found = breakeven(read(world()), "b", 0.4, 3)
    for offer in found.offers:
        assert offer.cost == pytest.approx(cost(plan_of(world(0.25 * (1 - offer.discount)))), rel=1e-6)
    costs = [offer.cost for offer in found.offers]
    assert costs == sorted(costs, reverse=True)


def test_a_vendor_that_is_in_needs_no_discount():
    found = breakeven(read(world()), "a", 0.3, 3)
    assert found.entry == 0 and found.offers[0].share == pytest.approx(1)


def test_no_discount_opens_what_a_rule_closes():
    found = breakeven(read(world()), "c", 0.9, 3)
    assert found.entry is None and "shut" in found.why_not


def test_a_discount_too_small_brings_nobody_and_nothing_closes_it():
    found = breakeven(read(world()), "b", 0.1, 3)
    assert found.entry is None and found.why_not == ""


def test_who_is_not_of_the_market_and_cases_without_a_plan():
    for name in ("p", "nobody"):
        with pytest.raises(UnknownName, match="vendor of the market"):
            breakeven(read(world()), name)
    made = world().rule("all-shut", "key_custody", {"allowed": ["customer_hsm"]})
    with pytest.raises(Infeasible):
        breakeven(read(made), "a")


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    case, out = world().write(tmp_path / "case"), tmp_path / "out"
    argv = ["breakeven", str(case), "--vendor", "b", "--steps", "3", "--out", str(out)]
    assert command(*argv) == 0
    said = capsys.readouterr()
    assert "B enters at a discount of 20" in said.out and said.out.startswith("SYNTHETIC")
    assert said.err.strip().splitlines()[-1].startswith("next: ")
    assert command(*argv, "--json") == 0
    assert json.loads(capsys.readouterr().out)["entry"] == pytest.approx(0.2, abs=1e-4)
    assert {p.name for p in out.iterdir()} == {
        "study.json",
        "manifest.json",
        "breakeven.csv",
        "breakeven.svg",
        "breakeven.png",
    }
    assert command("breakeven", str(case), "--vendor", "bb", "--out", str(out)) == 2


def test_a_sliver_is_told_apart_from_a_share():
    """On arm b is cheaper from the start, for 0.3 of 5.3 an hour; a tenth needs 20 % off."""
    made = world()
    made.machine("a:x", "g", 4, 16, 0.4, architecture="arm")
    made.machine("b:x", "g", 4, 16, 0.3, architecture="arm")
    made.workload("tiny", architecture="arm", demand={"vcpu": 1, "memory_gib": 4})
    found = breakeven(read(made), "b", 0.6, 7)
    assert found.entry == 0
    assert dict(found.wins) == {0.01: 0.0, 0.05: 0.0, 0.1: pytest.approx(0.2, abs=1e-3)}
    assert dict(breakeven(read(made), "b", 0.1, 3, [0.5]).wins) == {0.5: None}
