"""Whole machines of every workload, and the bills for egress, spoilt in one way each: one check fires.

Two systems of one and a half machines each, so of two; aa:x has three only, so one has a machine at bb:x. A
third is on a fleet of containers. Two machines of the first two are committed to. January to March 2027 has
2,160 hours.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from audit.small_plan import edit, edit_json, where, write
from audit.test_mutations import failed
from support.cases import World

from planner.audit.audit import audit
from planner.plan.folder import write_manifest

Spoil = Callable[[Path], object]


def world() -> World:
    made = World(headroom=0.0, discount_rate=0.04, months=12, whole=None)
    for vendor, price in (("aa", 1.0), ("bb", 1.4), ("cc", 0.5)):
        made.vendor(vendor).region(f"{vendor}:x", country="SG" if vendor == "cc" else "MY")
        made.machine(f"{vendor}:x", "m", 4, 16, price).store(f"{vendor}:x", "block_gib", 0.1)
        made.egress(f"{vendor}:x", 0.4).egress(f"{vendor}:x", 0.1, from_gib=50)
    made.contract("frame", "aa", discount=0.1, margin=0.05, tax=0.08)
    made.rule("home", "residency", {"countries": ["MY"], "roles": ["primary"]})
    made.committed("aa:x:m", 0.6).offer("commit_1y")
    need = {"vcpu": 6, "memory_gib": 24, "block_gib": 100, "egress_gib": 200}
    for name in ("web", "tax"):
        made.workload(name, demand=need)
    made.workload("pods", demand={"vcpu": 6, "memory_gib": 24}, platform="container", pod_vcpu=1,
                  pod_memory_gib=4)  # fmt: skip
    made.affinity("pin", "pods", region="bb:x")
    return made.capacity("aa:x", "units", 3).capacity("bb:x", "units", 3)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(world(), tmp_path_factory.mktemp("sound"))


def nth(number: int, **values: object) -> Callable[[list[dict[str, str]]], list[dict[str, str]]]:
    def change(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        for column, value in values.items():
            row = rows[number]
            row[column] = value(row[column]) if callable(value) else str(value)
        return rows

    return change


def plus(amount: float) -> Callable[[str], str]:
    return lambda cell: repr(float(cell) + amount)


def egress(**values: object) -> Spoil:
    def spoil(plan: Path) -> None:
        bills = json.loads((plan / "plan.json").read_text(encoding="utf-8"))["egress"]
        edit_json(plan / "plan.json", egress={**bills, **values})

    return spoil


def table(name: str, change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> Spoil:
    return lambda plan: edit(plan / f"{name}.csv", change)


def of(workload: str, region: str = "") -> Callable[[dict[str, str]], bool]:
    return lambda row: row["workload"] == workload and region in ("", row["region"])


MACHINES, EGRESS = {"machines"}, {"egress-recorded"}
SPOILT: dict[str, tuple[set[str], Spoil]] = {
    "half a machine": (MACHINES, table("machines", nth(0, units=plus(0.5)))),
    "a machine fewer": (MACHINES, table("machines", nth(0, units=plus(-1)))),
    "a machine more": (MACHINES, table("machines", nth(0, units=plus(1)))),
    "a machine of another region": (MACHINES, table("machines", nth(0, sku="cc:x:m"))),
    "a machine where it is not": (MACHINES, table("machines", nth(0, region="cc:x", sku="cc:x:m"))),
    "no such slice": (MACHINES, table("machines", nth(0, slice="night"))),
    "a fleet with machines of its own": (MACHINES, table("machines", nth(0, workload="pods"))),
    "a machine that is nowhere": (MACHINES | {"names"}, table("machines", nth(0, sku="dd:x:m"))),
    "spot that nobody bought": (MACHINES, table("machines", nth(0, spot="true"))),
    "a part of a machine bought": (
        MACHINES,
        table("machines", lambda rows: rows[:-1]),
    ),
    "no table": (MACHINES, lambda plan: (plan / "machines.csv").unlink()),
    "a bill for egress": (EGRESS, egress(first_paid=1.0)),
    "a bill by exact tiers": (EGRESS, egress(exact=1.0)),
    "other tiers": (EGRESS, egress(tiers="exact")),
    "no bill": (EGRESS, lambda p: edit_json(p / "plan.json", egress={})),
}


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_wrong_is_found(name: str, sound: Path, tmp_path: Path) -> None:
    expected, spoil = SPOILT[name]
    copy = Path(shutil.copytree(sound, tmp_path / "plan"))
    spoil(copy)
    write_manifest(copy)
    assert expected <= failed(audit(copy)) <= {*expected, "names"}


def test_parts_of_machines_are_no_plan_in_whole_ones(sound: Path, tmp_path: Path) -> None:
    """What is bought is half a machine more than what serves: whole machines and costs both say so."""
    copy = Path(shutil.copytree(sound, tmp_path / "plan"))
    machine = where(lambda row: row["unit"] == "machines", units=plus(0.5), used=plus(0.5))
    edit(copy / "purchases.csv", machine)
    write_manifest(copy)
    found = audit(copy)
    assert any("is not bought in whole machines" in f.message for f in found.findings if f.status == "fail")


def test_a_plan_in_parts_passes_where_the_case_asks_for_it(tmp_path: Path) -> None:
    made = world()
    made.whole = False
    found = audit(write(made, tmp_path))
    assert [f for f in found.findings if f.status in ("fail", "not checked")] == []
    assert not [f for f in found.findings if f.check == "machines"]


def test_it_passes_before_it_is_spoilt(sound: Path) -> None:
    found = audit(sound)
    assert [f for f in found.findings if f.status in ("fail", "not checked")] == []
    assert [f.status for f in found.findings if f.check == "machines"] == ["pass"]
