"""The plan in whole machines and the bills for egress, spoilt in one way each: exactly one check fires.

Two systems of one and a half machines, of which aa:x has three only: in whole machines one moves to bb:x.
January to March 2027 has 2,160 hours.
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

from planner.answer.whole import in_whole_machines
from planner.audit.audit import audit
from planner.inputs import read_case
from planner.plan.folder import copy_inputs, read_plan, save, write_manifest
from planner.planning import solve

Spoil = Callable[[Path], object]


def world(capped: bool = True) -> World:
    made = World(headroom=0.0, discount_rate=0.04)
    for vendor, price in (("aa", 1.0), ("bb", 1.4), ("cc", 0.5)):
        made.vendor(vendor).region(f"{vendor}:x", country="SG" if vendor == "cc" else "MY")
        made.machine(f"{vendor}:x", "m", 4, 16, price).store(f"{vendor}:x", "block_gib", 0.1)
        made.egress(f"{vendor}:x", 0.4).egress(f"{vendor}:x", 0.1, from_gib=50)
    made.contract("frame", "aa", discount=0.1, margin=0.05, tax=0.08)
    made.rule("home", "residency", {"countries": ["MY"], "roles": ["primary"]})
    if capped:
        made.rule("cap", "vendor_share", {"cap": 0.75, "basis": "spend"})
    need = {"vcpu": 6, "memory_gib": 24, "block_gib": 100, "egress_gib": 200}
    for agency in ("mof", "moh"):
        made.agency(agency).workload(f"web-{agency}", demand=need, agency=agency)
    return made.capacity("aa:x", "units", 3).capacity("bb:x", "units", 3)


@pytest.fixture(scope="module")
def repaired(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repaired")
    case, out = read_case(world().write(folder / "case")), folder / "plan"
    out.mkdir()
    save(in_whole_machines(solve(case)).plan, out)
    copy_inputs(case.files, out)
    write_manifest(out)
    return out


@pytest.fixture(scope="module")
def rounded_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(world(capped=False), tmp_path_factory.mktemp("rounded"))


def nth(number: int, **values: object) -> Callable[[list[dict[str, str]]], list[dict[str, str]]]:
    def change(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        for column, value in values.items():
            row = rows[number]
            row[column] = value(row[column]) if callable(value) else str(value)
        return rows

    return change


def plus(amount: float) -> Callable[[str], str]:
    return lambda cell: repr(float(cell) + amount)


def said(key: str, value: object) -> Spoil:
    """Change a key of what plan.json says of whole machines."""

    def spoil(plan: Path) -> None:
        whole = json.loads((plan / "plan.json").read_text(encoding="utf-8"))["whole"]
        edit_json(plan / "plan.json", whole={**whole, key: value})

    return spoil


def egress(**values: object) -> Spoil:
    def spoil(plan: Path) -> None:
        bills = json.loads((plan / "plan.json").read_text(encoding="utf-8"))["egress"]
        edit_json(plan / "plan.json", egress={**bills, **values})

    return spoil


def table(name: str, change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> Spoil:
    return lambda plan: edit(plan / f"{name}.csv", change)


ROUNDED, EGRESS = {"rounded"}, {"egress-recorded"}
REPAIRED: dict[str, tuple[set[str], Spoil]] = {
    "half a machine": (ROUNDED, table("rounded", nth(0, whole=plus(0.5)))),
    "a machine fewer": (ROUNDED, table("rounded", nth(0, whole=plus(-1)))),
    "a machine more than there is": (ROUNDED, table("rounded", nth(0, whole=plus(2)))),
    "another price": (ROUNDED, table("rounded", nth(0, unit_price=plus(0.01)))),
    "another price of the rest": (ROUNDED, table("rounded", nth(0, extra=plus(0.02)))),
    "another fraction beside it": (ROUNDED, table("rounded", nth(0, units=plus(0.25), extra=plus(-500)))),
    "a place that a rule forbids": (ROUNDED, table("rounded_placements", nth(0, region="cc:x"))),
    "a place that is nowhere": (ROUNDED | {"names"}, table("rounded_placements", nth(0, region="dd:x"))),
    "a part forgotten": (ROUNDED, table("rounded_placements", nth(0, share=plus(-0.01)))),
    "a cost line": (ROUNDED, table("rounded_costs", nth(0, list=plus(1), amortised=plus(1)))),
    "a cost that counts for less": (
        ROUNDED, table("rounded_costs", where(lambda r: r["term"] == "compute", list=plus(-1))),
    ),
    "another cost": (ROUNDED, said("cost", 1.0)),
    "another bound": (ROUNDED, said("no_less_than", 1.0)),
    "nobody elsewhere": (ROUNDED, said("elsewhere", [])),
    "another difference": (ROUNDED, lambda p: edit_json(p / "plan.json", rounding=1.0)),
    "a bill for egress": (EGRESS, egress(first_paid=1.0)),
    "a bill by exact tiers": (EGRESS, egress(exact=1.0)),
    "other tiers": (EGRESS, egress(tiers="exact")),
    "no bill": (EGRESS, lambda p: edit_json(p / "plan.json", egress={})),
}  # fmt: skip
ROUNDED_UP: dict[str, tuple[set[str], Spoil]] = {
    "a machine too many": (ROUNDED, table("rounded", nth(0, whole=plus(1)))),
    "not rounded": (ROUNDED, table("rounded", nth(0, whole=plus(-0.5)))),
    "another difference": (ROUNDED, lambda p: edit_json(p / "plan.json", rounding=1.0)),
    "a limit that is not exceeded": (
        ROUNDED, lambda p: edit_json(p / "plan.json", rounding_over=["cc:x: 9 units against 1"]),
    ),
    "a limit forgotten": (ROUNDED, lambda p: edit_json(p / "plan.json", rounding_over=[])),
    "no table": (ROUNDED, lambda p: (p / "rounded.csv").unlink()),
}  # fmt: skip


def judged(plan: Path, folder: Path, spoil: Spoil) -> set[str]:
    copy = Path(shutil.copytree(plan, folder / "plan"))
    spoil(copy)
    write_manifest(copy)
    return failed(audit(copy))


@pytest.mark.parametrize("name", REPAIRED)
def test_what_is_wrong_with_a_repaired_plan_is_found(name: str, repaired: Path, tmp_path: Path) -> None:
    expected, spoil = REPAIRED[name]
    assert judged(repaired, tmp_path, spoil) == expected


@pytest.mark.parametrize("name", ROUNDED_UP)
def test_what_is_wrong_with_rounding_up_is_found(name: str, rounded_up: Path, tmp_path: Path) -> None:
    expected, spoil = ROUNDED_UP[name]
    assert judged(rounded_up, tmp_path, spoil) == expected


def test_both_pass_before_they_are_spoilt_and_say_which_they_are(repaired: Path, rounded_up: Path) -> None:
    for plan, word in ((repaired, "obeys every rule"), (rounded_up, "each purchase rounded up")):
        found = audit(plan)
        assert [f for f in found.findings if f.status in ("fail", "not checked")] == []
        assert [word in f.message for f in found.findings if f.check == "rounded"] == [True]
    plan = read_plan(repaired)
    assert plan.head["whole"]["status"] == "found"
    assert float(plan.rounded_costs["objective"].sum()) == pytest.approx(plan.head["whole"]["cost"], abs=0.01)


def test_a_rule_that_the_plan_fails_itself_is_told_once(repaired: Path, tmp_path: Path) -> None:
    pack = where(lambda r: r["vendor"] == "bb", country="SG")
    spoil = table("inputs/catalogs/catalog/regions", pack)
    follows = {"cap", "excuses", "shares-recorded", "facts"}
    assert {"home"} <= judged(repaired, tmp_path, spoil) <= {"home", *follows}


def test_without_its_cost_lines_a_repaired_plan_is_checked_in_part(repaired: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(repaired, tmp_path / "plan"))
    (copy / "rounded_costs.csv").unlink()
    write_manifest(copy)
    found = audit(copy)
    assert {f.subject for f in found.findings if f.status == "not checked" and f.check == "rounded"} == {
        "rounded_costs.csv"
    }
