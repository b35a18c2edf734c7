"""Every cell of a plan is accounted for: one is spoilt in each column and the check named must find it.

With the manifest made anew, as anybody without a key can; without, its digest is found besides.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from audit.small_plan import small_world, write
from audit.spoiled import ROWS as CHANGES
from audit.spoiled import InMemory, Spoil, chosen, has_entry, read_rows, spoil_cell, spoil_entry

from planner.answer.whole import in_whole_machines
from planner.audit.audit import Question, judge, read_question
from planner.audit.cells import BY_THE_PLANNER, RECORD, ROWS, TABLES
from planner.audit.checks import manifest
from planner.audit.seal.content import MANIFEST, manifest_of
from planner.inputs import read_case
from planner.plan.folder import copy_inputs, save, write_manifest
from planner.planning import solve, solve_case

EXAMPLES = Path(__file__).parents[2] / "examples"
SHOWN = ("planned-again", "hourly-traces", "survival", "carbon-cap", "commitment-depth", "egress-tiers",
         "spend-commitment", "indivisible", "move-freeze")  # fmt: skip
"""Examples whose plans have between them what the small plan lacks."""

WITH_OPTIONS = "move-freeze"
"""Of which the other options are solved too."""

LEAVES = ("periods.csv", "shares.csv", "excuses.csv", "latency.csv", "survival.csv", "binding.csv",
          "signing.csv", "leaving.csv", "options.csv")  # fmt: skip
"""Tables that nothing else rests on: exactly the check named fails. What else is placed, bought and paid
is looked at by many."""


@dataclass(frozen=True)
class Planned:
    """A plan in memory with its question, read once for all that is done to the answer."""

    folder: InMemory
    question: Question


@pytest.fixture(scope="session")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Planned]:
    """Plans that have every table and entry between them."""
    root = tmp_path_factory.mktemp("cells")
    folders = {"small": write(small_world(), root)}
    for name in SHOWN:
        inputs = read_case(EXAMPLES / name)
        folders[name] = root / name
        folders[name].mkdir()
        found_by = solve_case if name == WITH_OPTIONS else solve
        save(found_by(in_whole_machines(inputs)).plan, folders[name])
        copy_inputs(inputs.files, folders[name])
        write_manifest(folders[name])
    found = {}
    for name, path in folders.items():
        folder = InMemory(path)
        question = read_question(folder)
        assert question is not None
        found[name] = Planned(folder, question)
    return found


def failed(folder: InMemory, question: Question) -> set[str]:
    """Checks that fail, those of a rule by its kind."""
    return {f.check for f in judge(folder, question).findings if f.status == "fail"}


def spoilt(plan: Planned, name: str, spoil: Spoil) -> set[str]:
    """Checks that fail after a change with the manifest made anew; that it is found without is asserted."""
    changed = plan.folder.having(name, spoil(plan.folder.content[name]))
    context: Any = SimpleNamespace(folder=changed)
    assert [f.subject for f in manifest.differences(context)] == [name], "the digest tells of it"
    return failed(changed.having(MANIFEST, manifest_of(changed.content)), plan.question)


def test_a_plan_as_written_passes(plans: dict[str, Planned]) -> None:
    for name, plan in plans.items():
        assert failed(plan.folder, plan.question) == set(), name


def with_rows(plans: dict[str, Planned], table: str, column: str = "") -> Planned:
    """The plan whose table has rows that tell most, with a value in the column."""
    best: tuple[int, Planned | None] = (0, None)
    for plan in plans.values():
        if not plan.folder.has(table):
            continue
        columns, rows = read_rows(plan.folder.content[table])
        if not rows or (column and column not in columns):
            continue
        told = [bool(rows), any(r.get(column) for r in rows), any(r.get(column) for r in chosen(rows)),
                any(r.get("status") == "sign" for r in rows)]  # fmt: skip
        best = max(best, (sum(told), plan), key=lambda each: each[0])
    assert best[1] is not None, "some plan must have it: add an example to SHOWN"
    return best[1]


CELLS = [(table, column) for table, cells in TABLES.items() for column in cells]


@pytest.mark.parametrize(("table", "column"), CELLS, ids=[f"{t}:{c}" for t, c in CELLS])
def test_a_spoilt_cell_is_found_by_its_check(table: str, column: str, plans: dict[str, Planned]) -> None:
    found = spoilt(with_rows(plans, table, column), table, spoil_cell(column))
    assert_found(found, TABLES[table][column].check, exact=table in LEAVES)


OF_ROWS = [(table, change) for table in TABLES for change in CHANGES]


@pytest.mark.parametrize(("table", "change"), OF_ROWS, ids=[f"{t}:{c}" for t, c in OF_ROWS])
def test_rows_are_complete(table: str, change: str, plans: dict[str, Planned]) -> None:
    found = spoilt(with_rows(plans, table), table, CHANGES[change])
    assert_found(found, ROWS[table], exact=table in LEAVES)


@pytest.mark.parametrize("entry", [e for e in RECORD if e not in ("public", "in_part", "fixed", "breaks")])
def test_a_spoilt_entry_is_found_by_its_check(entry: str, plans: dict[str, Planned]) -> None:
    having = (p for p in plans.values() if has_entry(p.folder.content["plan.json"], entry))
    found = spoilt(next(having, plans["hourly-traces"]), "plan.json", spoil_entry(entry))
    assert_found(found, RECORD[entry].check, exact=True)


def assert_found(found: set[str], check: str, exact: bool) -> None:
    if not check or check in BY_THE_PLANNER:
        assert found == set(), "it cannot be derived without the planner, says the table of cells"
    elif exact:
        assert {check} <= found <= {check, "names"}, "a name that nobody has is told besides"
    else:
        assert check in found
