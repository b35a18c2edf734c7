"""Workbooks, Parquet and databases as tables of a case: the plan of the text tables, kept as text."""

from __future__ import annotations

import csv
import datetime
import json
import sqlite3

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest
from support.broken import cells, refused
from support.cli import call, tree
from support.full_world import full_world

from planner.case.schema import DEMAND, WORKLOADS


@pytest.fixture
def case(tmp_path):
    return full_world().write(tmp_path / "case")


def typed(table, path):
    """Header and rows of a text table with the types that a program would give them."""
    header, *rows = cells(path)
    kinds = {column.name: column.kind for column in table.columns}
    makers = {
        "number": float,
        "integer": int,
        "boolean": lambda cell: cell == "true",
        "month": lambda cell: datetime.date.fromisoformat(f"{cell}-01"),
    }
    made = [[None if c == "" else makers.get(kinds[n], str)(c) for n, c in zip(header, row, strict=True)]
            for row in rows]  # fmt: skip
    return header, made


def point_at(case, table, name):
    toml = case / "case.toml"
    text = toml.read_text(encoding="utf-8")
    assert f'"{table.file}"' in text
    toml.write_text(text.replace(f'"{table.file}"', json.dumps(name)), encoding="utf-8")
    (case / table.file).unlink()


def workbook(case, table, name="estate.xlsx", sheets=None):
    header, rows = typed(table, case / table.file)
    book = openpyxl.Workbook()
    book.active.title = sheets[0] if sheets else "Sheet1"
    for sheet in (sheets or [])[1:]:
        book.create_sheet(sheet)
    for row in (header, *rows):
        book.active.append(row)
    book.save(case / name)


def parquet(case, table, name="demand.parquet"):
    header, rows = typed(table, case / table.file)
    columns = dict(zip(header, (list(c) for c in zip(*rows, strict=True)), strict=True))
    pyarrow.parquet.write_table(pyarrow.table(columns), case / name)


def same_plan_kept_as_text(case, tmp_path, change):
    assert call("plan", case, "--out", tmp_path / "ours").code == 0
    change()
    ran = call("plan", case, "--out", tmp_path / "theirs")
    assert ran.code == 0, ran.err
    ours, theirs = tree(tmp_path / "ours"), tree(tmp_path / "theirs")
    assert ours.keys() == theirs.keys()
    for name in ("placements.csv", "purchases.csv", "costs.csv", "shares.csv"):
        assert theirs[name] == ours[name], name
    assert call("audit", tmp_path / "theirs").code == 0
    assert call("show", tmp_path / "theirs").code == 0
    assert call("why", tmp_path / "theirs", "--rule", "cap").code in (0, 3)
    return ran, theirs


def test_a_sheet_of_a_workbook(case, tmp_path):
    def change():
        workbook(case, WORKLOADS, sheets=["Systems", "Notes"])
        point_at(case, WORKLOADS, "estate.xlsx#Systems")

    ran, kept = same_plan_kept_as_text(case, tmp_path, change)
    assert "note: estate.xlsx#Systems: read from estate.xlsx#Systems" in ran.err
    toml = kept["inputs/case.toml"].decode()
    assert "# workloads: estate.xlsx#Systems, SHA-256 " in toml
    assert 'workloads = "workloads.csv"' in toml
    assert next(csv.reader(kept["inputs/workloads.csv"].decode().splitlines()))[0] == "workload"


def test_a_parquet_file(case, tmp_path):
    def change():
        parquet(case, DEMAND)
        point_at(case, DEMAND, "demand.parquet")

    same_plan_kept_as_text(case, tmp_path, change)


def database(case, query, extra=""):
    header, rows = typed(DEMAND, case / DEMAND.file)
    rows = [[c.isoformat()[:7] if isinstance(c, datetime.date) else c for c in row] for row in rows]
    with sqlite3.connect(case / "estate.db") as store:
        store.execute(f"CREATE TABLE needs ({', '.join(header)})")
        store.executemany(f"INSERT INTO needs VALUES ({', '.join('?' * len(header))})", rows)  # noqa: S608 - only placeholders are put together
    store.close()
    toml = case / "case.toml"
    kept = [x for x in toml.read_text(encoding="utf-8").splitlines() if f'"{DEMAND.file}"' not in x]
    source = f'[[source]]\ntable = "demand"\n{extra or "url = " + json.dumps("sqlite:///estate.db")}\n'
    toml.write_text("\n".join([*kept, "", source + f"query = {json.dumps(query)}", ""]), encoding="utf-8")
    (case / DEMAND.file).unlink()


def test_a_query_of_a_database(case, tmp_path):
    def change():
        database(case, "SELECT workload, resource, period, amount FROM needs")

    _, kept = same_plan_kept_as_text(case, tmp_path, change)
    assert "[[source]]" not in kept["inputs/case.toml"].decode()


@pytest.mark.parametrize(
    ("query", "extra", "words"),
    [
        ("SELECT nothing FROM nowhere", "", "the query failed"),
        ("DELETE FROM needs", "", "the query failed"),
        ("SELECT workload, resource, period FROM needs", "", "the column is missing"),
        ("SELECT * FROM needs", 'url = "sqlite:///../estate.db"', "leads out of the case folder"),
        ("SELECT * FROM needs", 'url = "sqlite:///other.db"', "the file is missing"),
        ("SELECT * FROM needs", 'url_env = "NO_SUCH_VARIABLE"', "the environment has no"),
        ("SELECT * FROM needs", 'url = "postgresql://me:secret@host/db"', "holds a password"),
        ("SELECT * FROM needs", 'url = "nonsense"', "the address cannot be used"),
    ],
)
def test_a_database_that_gives_no_table_is_refused(case, query, extra, words):
    database(case, query, extra)
    before = tree(case)
    problems = refused(case, [])
    assert any(words in p["problem"] for p in problems), problems
    assert "secret" not in json.dumps(problems)
    assert tree(case) == before


def test_two_sheets_and_none_named_is_a_question(case):
    workbook(case, WORKLOADS, sheets=["Systems", "Notes"])
    point_at(case, WORKLOADS, "estate.xlsx")
    problems = refused(case, [])
    assert any("estate.xlsx#SHEET" not in p["mend"] and "#SHEET" in p["mend"] for p in problems)


def test_a_sheet_misspelt_is_told_the_right_name(case):
    workbook(case, WORKLOADS, sheets=["Systems", "Notes"])
    point_at(case, WORKLOADS, "estate.xlsx#Sistems")
    assert any("Did you mean 'Systems'?" in p["mend"] for p in refused(case, []))


def test_a_formula_that_was_never_worked_out_is_no_blank(case):
    workbook(case, DEMAND)
    book = openpyxl.load_workbook(case / "estate.xlsx")
    book.active["D2"] = "=2+2"
    book.save(case / "estate.xlsx")
    point_at(case, DEMAND, "estate.xlsx")
    refused(case, [("estate.xlsx#Sheet1", 2, "D", "=2+2")])


@pytest.mark.parametrize("name", ["estate.xlsx", "estate.parquet"])
def test_a_file_that_is_not_what_it_is_called_is_refused(case, name):
    point_at(case, DEMAND, name)
    (case / name).write_bytes(b"PK\x03\x04 no workbook")
    refused(case, [(name, 0, "", "")])
