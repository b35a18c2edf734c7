"""Plans keep copies of what they were made from: a table that grows a column still takes them.

A column that a table demands can never be added to it again: plans written before lack it, and their copies
could no longer be read. So a new column is optional and its description says what leaving it out means.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from audit.small_plan import write
from support.cases import World

from planner.audit.audit import audit
from planner.case.schema import TABLES as CASE_TABLES
from planner.catalog.load import TABLES as CATALOG_TABLES
from planner.inputs import read_case
from planner.latency.schema import NETWORK_TABLES
from planner.plan.folder import write_manifest

ALL = {table.name: table for table in (*CATALOG_TABLES, *CASE_TABLES, *NETWORK_TABLES)}
DEMANDED = {
    name: set(columns.split())
    for name, _, columns in (
        line.partition(": ")
        for line in Path(__file__).with_name("demanded_columns.txt").read_text("utf-8").splitlines()
    )
}
"""What each table demanded when the first plans were written; it is never to grow."""


def test_no_table_that_plans_have_copies_of_demands_another_column() -> None:
    missing = ALL.keys() - DEMANDED.keys()
    assert not missing, f"add what {sorted(missing)} demand to demanded_columns.txt: from then on it stays"
    for name, table in ALL.items():
        now = {column.name for column in table.columns if not column.optional}
        more = now - DEMANDED[name]
        assert not more, f"{name}.csv: make {sorted(more)} optional and say what leaving it out means"


def test_a_column_that_may_be_left_out_may_be_blank_or_says_what_that_means() -> None:
    for name, table in ALL.items():
        for column in table.columns:
            if column.optional:
                assert column.blank or "left out" in column.description, (name, column.name)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A plan with two cards, whose copies are then as they were before any column was added."""
    world = World().vendor("aa").region("aa:x").store("aa:x", "object_gib", 0.05)
    world.accelerator("small", 1.0, 1.0)
    for name in ("one", "two"):
        card = {"category": "accelerated", "accelerator": "small", "accelerator_count": 1}
        world.machine("aa:x", name, 8, 64, 2.0, **card)
    world.workload("learn", demand={"vcpu": 1, "memory_gib": 1, "gpu_training": 2})
    folder = write(world, tmp_path)
    for path in (folder / "inputs").rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        kept = [c for c in rows[0] if c in DEMANDED[path.stem]] if rows else []
        if rows:
            with path.open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, kept, extrasaction="ignore", lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
    write_manifest(folder)
    return folder


def test_a_plan_written_before_a_column_was_added_is_read_and_audited(plan: Path) -> None:
    header = (plan / "inputs/catalogs/catalog/accelerators.csv").read_text("utf-8").splitlines()[0]
    assert "own_stack" not in header
    case = read_case(plan)
    assert list(case.catalog.accelerators["own_stack"]) == [False]
    assert [f for f in audit(plan).findings if f.status == "fail"] == []
