"""What to ask the market for, worked out by hand: a load of 100 that may go to the government's own place."""

from __future__ import annotations

import csv
import json

import pytest
from support.cases import World
from support.cli import call
from support.plans import read

from planner.errors import UnknownName
from planner.study.sounding import sounding


def world(own: float = 1.3, room: float = 1000) -> World:
    """The market asks 1.00 an hour for a vCPU at aa and 1.10 at bb, the government's own place 1.30."""
    made = World(periods=2, months=12)
    for vendor, price, market in (("aa", 1.0, True), ("bb", 1.1, True), ("own", own, False)):
        made.vendor(vendor, market=market).region(f"{vendor}:x").machine(f"{vendor}:x", "m", 1, 1, price)
    made.capacity("own:x", "vcpu", room)
    return made.workload("tax", demand={"vcpu": 100, "memory_gib": 100})


def test_volumes_range_over_plans_of_nearly_equal_cost_and_over_demand():
    """3 % of room pay for 10 of the 100 at 0.30 more; the market never has more than all."""
    (cpu, memory) = sounding(read(world()), within=0.03, stress=0.2).volumes
    assert (cpu.platform, cpu.resource, memory.resource) == ("vm", "vcpu", "memory_gib")
    for volume in (cpu, memory):
        assert volume.planned == pytest.approx(100)
        assert volume.least == pytest.approx(90, abs=1e-4) and volume.most == pytest.approx(100)
        assert (volume.lower, volume.higher) == (pytest.approx(80), pytest.approx(120))


def test_where_the_own_place_is_cheaper_the_market_carries_what_the_room_pays_for():
    (cpu, _) = sounding(read(world(own=0.5)), within=0.05, stress=0.0).volumes
    assert cpu.planned == pytest.approx(0) and cpu.least == pytest.approx(0)
    assert cpu.most == pytest.approx(5, abs=1e-4)


def test_a_level_of_demand_without_a_plan_is_said():
    made = world(room=0).capacity("aa:x", "vcpu", 60).capacity("bb:x", "vcpu", 50)
    (cpu, _) = sounding(read(made), stress=0.2).volumes
    assert cpu.higher is None and cpu.lower == pytest.approx(80)


def test_a_vendor_is_told_its_share_at_discounts_of_its_own_and_no_price():
    """bb enters where its 1.10 falls below 1.00: beyond a discount of 9.1 %."""
    found = sounding(read(world()), ["bb"], deepest=0.2, steps=3)
    assert [(w.discount, w.share) for w in found.wins] == [
        (0.0, pytest.approx(0)), (0.1, pytest.approx(1)), (0.2, pytest.approx(1))
    ]  # fmt: skip
    text = json.dumps(found.document())
    assert (
        '"aa"' not in text and "cost" not in text and "spend" not in text and "names" not in found.document()
    )
    with pytest.raises(UnknownName):
        sounding(read(world()), ["own"])


def test_the_command_writes_what_it_prints(tmp_path):
    case, out = world().write(tmp_path / "case"), tmp_path / "out"
    ran = call("sounding", case, "--vendor", "bb", "--to", "0.2", "--steps", "3", "--out", out)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("SYNTHETIC") and "vcpu, vm" in ran.out
    assert "bb: share of the market at a discount\n" in ran.out
    rows = list(csv.DictReader((out / "sounding.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["resource"] for row in rows] == ["vcpu", "memory_gib"]
    assert len(list(csv.DictReader((out / "wins.csv").read_text(encoding="utf-8").splitlines()))) == 3
    told = call("sounding", case, "--vendor", "bb", "--to", "0.2", "--steps", "3", "--out", out, "--json")
    assert told.document == json.loads((out / "study.json").read_text(encoding="utf-8"))
    assert call("sounding", case, "--vendor", "nobody", "--out", out).code == 2
