"""Every cell of a plan is accounted for: one is spoilt in each column and the check named must find it.

With the manifest made anew, as anybody without a key can; without, its digest is found besides.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from audit.small_plan import small_world, write
from audit.spoiled import add_row, chosen, drop_row, has_entry, read_rows, repeat_row, spoil_cell, spoil_entry

from planner.audit.audit import audit
from planner.audit.cells import RECORD, ROWS, TABLES
from planner.inputs import read_case
from planner.plan.folder import copy_inputs, save, write_manifest
from planner.planning import solve_case

EXAMPLES = Path(__file__).parents[2] / "examples"
SHOWN = ("planned-again", "hourly-traces", "survival", "carbon-cap", "commitment-depth", "egress-tiers",
         "spend-commitment", "indivisible", "vendor-cap", "move-freeze")  # fmt: skip
"""Examples whose plans have between them what the small plan lacks."""

LEAVES = ("periods.csv", "shares.csv", "excuses.csv", "latency.csv", "survival.csv", "binding.csv",
          "signing.csv", "leaving.csv", "options.csv")  # fmt: skip
"""Tables that nothing else rests on: exactly the check named fails. What else is placed, bought and paid
is looked at by many."""


@pytest.fixture(scope="session")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Plans that have every table and entry between them."""
    root = tmp_path_factory.mktemp("cells")
    found = {"small": write(small_world(), root)}
    for name in SHOWN:
        inputs = read_case(EXAMPLES / name)
        found[name] = root / name
        found[name].mkdir()
        save(solve_case(inputs).plan, found[name])
        copy_inputs(inputs.files, found[name])
        write_manifest(found[name])
    return found


def failed(plan: Path) -> set[str]:
    """Checks that fail, those of a rule by its kind."""
    return {f.check for f in audit(plan).findings if f.status == "fail"}


def spoilt(plan: Path, tmp_path: Path, spoil: Callable[[Path], None]) -> set[str]:
    """Checks that fail after a change with the manifest made anew; that it is found without is asserted."""
    copy = Path(shutil.copytree(plan, tmp_path / "plan"))
    spoil(copy)
    assert "manifest" in failed(copy), "the digest tells of it"
    write_manifest(copy)
    return failed(copy)


def with_rows(plans: dict[str, Path], table: str, column: str = "") -> Path | None:
    """The plan whose table has rows that tell most, with a value in the column."""
    best: tuple[int, Path | None] = (0, None)
    for plan in plans.values():
        if not (plan / table).is_file():
            continue
        columns, rows = read_rows(plan / table)
        if not rows or (column and column not in columns):
            continue
        told = [bool(rows), any(r.get(column) for r in rows), any(r.get(column) for r in chosen(rows)),
                any(r.get("status") == "sign" for r in rows)]  # fmt: skip
        best = max(best, (sum(told), plan), key=lambda each: each[0])
    return best[1]


CELLS = [(table, column) for table, cells in TABLES.items() for column in cells]


@pytest.mark.parametrize(("table", "column"), CELLS, ids=[f"{t}:{c}" for t, c in CELLS])
def test_a_spoilt_cell_is_found_by_its_check(
    table: str, column: str, plans: dict[str, Path], tmp_path: Path
) -> None:
    plan, cell = with_rows(plans, table, column), TABLES[table][column]
    assert plan is not None, "some plan must have it: add an example to SHOWN"
    found = spoilt(plan, tmp_path, lambda p: spoil_cell(p / table, column))
    assert_found(found, cell.check, exact=table in LEAVES)


CHANGES = {"a row less": drop_row, "a row twice": repeat_row, "a row invented": add_row}
OF_ROWS = [(table, change) for table in TABLES for change in CHANGES]


@pytest.mark.parametrize(("table", "change"), OF_ROWS, ids=[f"{t}:{c}" for t, c in OF_ROWS])
def test_rows_are_complete(table: str, change: str, plans: dict[str, Path], tmp_path: Path) -> None:
    plan = with_rows(plans, table)
    assert plan is not None
    found = spoilt(plan, tmp_path, lambda p: CHANGES[change](p / table))
    assert_found(found, ROWS[table], exact=table in LEAVES)


@pytest.mark.parametrize("entry", [e for e in RECORD if e not in ("public", "in_part", "fixed", "breaks")])
def test_a_spoilt_entry_is_found_by_its_check(entry: str, plans: dict[str, Path], tmp_path: Path) -> None:
    plan = next(
        (p for p in plans.values() if has_entry(json.loads((p / "plan.json").read_text("utf-8")), entry)),
        None,
    )
    plan = plan or plans["hourly-traces"]
    found = spoilt(plan, tmp_path, lambda p: spoil_entry(p / "plan.json", entry))
    assert_found(found, RECORD[entry].check, exact=True)


def assert_found(found: set[str], check: str, exact: bool) -> None:
    if not check:
        assert found == set(), "it cannot be derived, says the table of cells"
    elif exact:
        assert {check} <= found <= {check, "names"}, "a name that nobody has is told besides"
    else:
        assert check in found
