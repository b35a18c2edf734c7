"""Nothing is written into a plan that the audit's table of cells does not account for."""

from __future__ import annotations

from planner.audit.cells import BY_THE_PLANNER, ROWS, TABLES
from planner.audit.cells import OPTIONAL as ABSENT
from planner.audit.registry import ALWAYS
from planner.plan.plan import EXTRA, FRAMES, OPTIONAL

MEND = "add the table or column to planner/audit/cells.py: derived, compared, or underivable and why"


def test_every_column_of_a_plan_is_in_the_table_of_cells() -> None:
    frames = {**FRAMES, **OPTIONAL}
    assert {f"{name}.csv" for name in frames} == TABLES.keys(), MEND
    for name, columns in frames.items():
        stated = {*columns, *EXTRA.get(name, ())}
        assert stated == TABLES[f"{name}.csv"].keys(), f"{name}: {MEND}"


def test_every_table_says_who_finds_a_row_too_few() -> None:
    assert TABLES.keys() == ROWS.keys()
    assert {f"{name}.csv" for name in OPTIONAL} <= set(ABSENT)


def test_every_check_that_is_named_exists() -> None:
    named = {cell.check for cells in TABLES.values() for cell in cells.values()} | set(ROWS.values())
    assert named - {""} <= ALWAYS.keys() | {"names", *BY_THE_PLANNER}
