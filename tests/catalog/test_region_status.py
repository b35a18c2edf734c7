"""When regions were last confirmed: in the plan, its words, its audit and ``planner check``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from audit.small_plan import write
from support.cases import World
from support.cli import call

from planner.audit.audit import audit
from planner.plan.folder import read_plan, write_manifest
from planner.report import sentences


def world() -> World:
    """Decided on 2026-11-23. aa:x has three facts, one of them later than the prices; bb:x has none, and its
    row of regions.csv is of 2026-01-01; cc:x, which is dear and so is not used, was announced long ago.
    """
    made = World()
    for vendor, price in (("aa", 1.0), ("bb", 1.0), ("cc", 9.0)):
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, price)
    for region, day, fact in (
        ("aa:x", "2024-05-01", "announced"),
        ("aa:x", "2025-03-01", "live"),
        ("aa:x", "2026-12-01", "not listed"),
        ("cc:x", "2020-01-01", "live"),
    ):
        made.add("regions_history", region=region, date=day, fact=fact)
    made.workload("one").workload("two")
    made.affinity("pin", "one", region="aa:x").affinity("pin", "two", region="bb:x")
    return made


DUE = [
    {"region": "aa:x", "status": "live", "confirmed": "2025-03-01", "table": "regions_history.csv"},
    {"region": "bb:x", "status": "live", "confirmed": "2026-01-01", "table": "regions.csv"},
]


@pytest.fixture(scope="module")
def plan(tmp_path_factory) -> Path:
    return write(world(), tmp_path_factory.mktemp("status"))


def failed(plan: Path) -> set[tuple[str, str]]:
    return {(f.check, f.subject) for f in audit(plan).findings if f.status == "fail"}


def test_a_plan_says_when_the_regions_that_it_uses_were_last_confirmed(plan):
    head = read_plan(plan).head
    assert head["region_status"] == DUE
    assert list(sentences.last_confirmed(head)) == [
        "regions used were last confirmed 2025-03-01 to 2026-01-01, aa:x first"
    ]
    assert failed(plan) == set()


def test_a_region_that_is_not_live_is_a_warning():
    rows = [
        {"region": "aa:x", "status": "preview", "confirmed": "2025-03-01", "table": "regions_history.csv"}
    ]
    assert list(sentences.last_confirmed({"region_status": rows})) == [
        "regions used were last confirmed 2025-03-01 (aa:x)",
        "warning: aa:x is preview, as of 2025-03-01 (regions_history.csv)",
    ]


@pytest.mark.parametrize(
    "row",
    [
        {"confirmed": "2026-03-01"},
        {"status": "announced"},
        {"region": "bb:x"},
        {"table": "regions.csv"},
        {"note": "added"},
    ],
)
def test_the_audit_reads_the_copies_again(plan, row):
    head = json.loads((plan / "plan.json").read_text("utf-8"))
    before = json.dumps(head, indent=2)
    head["region_status"][0] |= row
    (plan / "plan.json").write_text(json.dumps(head, indent=2), encoding="utf-8")
    write_manifest(plan)
    found = failed(plan)
    (plan / "plan.json").write_text(before, encoding="utf-8")
    write_manifest(plan)
    assert found == {("facts", "region_status")}
    assert failed(plan) == set()


def test_a_plan_written_before_it_was_told_stays_readable(plan):
    head = json.loads((plan / "plan.json").read_text("utf-8"))
    before = json.dumps(head, indent=2)
    del head["region_status"]
    (plan / "plan.json").write_text(json.dumps(head, indent=2), encoding="utf-8")
    write_manifest(plan)
    older, found = read_plan(plan).head, failed(plan)
    (plan / "plan.json").write_text(before, encoding="utf-8")
    write_manifest(plan)
    assert list(sentences.last_confirmed(older)) == []
    assert found == set()


def test_check_warns_of_regions_that_nobody_confirmed_for_a_year(tmp_path):
    case = world().write(tmp_path / "case")
    run = call("check", case)
    assert run.code == 0
    (line,) = [line for line in run.out.splitlines() if "not confirmed within" in line]
    assert "aa:x (live, 2025-03-01), cc:x (live, 2020-01-01);" in line and "bb:x" not in line
