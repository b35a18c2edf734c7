"""Broken tables of every kind: exit 5 with file, row, column, value and mend.

Each kind is done to all tables of a case at once, and every table must be told. Nothing is ever
written.
"""

from __future__ import annotations

import re

import pytest
from support.broken import cells, refused, rewrite
from support.cli import call
from support.full_world import full_world

from planner.case.schema import TABLES
from planner.catalog.schema import ACCELERATORS, VENDOR_TABLES
from planner.latency.schema import NETWORK_TABLES

FILES = {
    **{table.file: table for table in TABLES},
    **{f"catalog/{table.file}": table for table in (*VENDOR_TABLES, ACCELERATORS)},
    **{f"network/{table.file}": table for table in NETWORK_TABLES},
}


@pytest.fixture
def case(tmp_path):
    return full_world().write(tmp_path / "case")


def test_the_case_is_sound_and_holds_a_row_of_every_table(case):
    assert call("check", case).code == 0
    for name in FILES:
        assert len(cells(case / name)) > 1, name


# Files that cannot be read as tables


def missing_column(path, table):
    rows = cells(path)
    name = [c.name for c in table.columns if not c.optional][-1]
    at = rows[0].index(name)
    rewrite(path, [[*row[:at], *row[at + 1 :]] for row in rows])
    return 1, name, ""


def unknown_column(path, table):
    rewrite(path, [[*row, "surprise" if i == 0 else "1"] for i, row in enumerate(cells(path))])
    return 1, "surprise", ""


def misspelt_column(path, table):
    rows = cells(path)
    rewrite(path, [[rows[0][0].upper(), *rows[0][1:]], *rows[1:]])
    return 1, table.columns[0].name.upper(), ""


def column_twice(path, table):
    rewrite(path, [[*row, row[0]] for row in cells(path)])
    return 1, table.columns[0].name, ""


def file_missing(path, table):
    path.unlink()
    return 0, "", ""


def file_empty(path, table):
    path.write_bytes(b"")
    return 0, "", ""


def only_spaces(path, table):
    path.write_bytes(b" \n\n")
    return 0, "", ""


def a_folder(path, table):
    path.unlink()
    path.mkdir()
    return 0, "", ""


def utf_16(path, table):
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))
    return 0, "", ""


def utf_16_without_mark(path, table):
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16-le"))
    return 0, "", ""


def latin_1(path, table):
    lines = path.read_bytes().split(b"\n")
    lines[1] += b"\xe9"
    path.write_bytes(b"\n".join(lines))
    return 2, "", "0xe9"


def binary(path, table):
    path.write_bytes(b"PK\x03\x04\x00\x00\x01")
    return 0, "", ""


def short_row(path, table):
    rows = cells(path)
    rewrite(path, [*rows[:1], rows[1][:-1], *rows[2:]])
    return 2, "", ",".join(rows[1][:-1])[:60]


def long_row(path, table):
    rows = cells(path)
    rewrite(path, [*rows[:1], [*rows[1], "more"], *rows[2:]])
    return 2, "", ",".join([*rows[1], "more"])[:60]


def unclosed_quote(path, table):
    rows = path.read_text(encoding="utf-8").split("\n")
    path.write_text("\n".join([rows[0], '"' + rows[1]]), encoding="utf-8")
    return None, "", ""


def duplicate_key(path, table):
    rows = cells(path)
    rewrite(path, [*rows, rows[1]])
    return len(rows) + 1, table.key[0], ", ".join(rows[1][rows[0].index(k)] for k in table.key)


UNREADABLE = (
    missing_column,
    unknown_column,
    misspelt_column,
    column_twice,
    file_missing,
    file_empty,
    only_spaces,
    a_folder,
    utf_16,
    utf_16_without_mark,
    latin_1,
    binary,
    short_row,
    long_row,
    unclosed_quote,
    duplicate_key,
)


@pytest.mark.parametrize("damage", UNREADABLE, ids=lambda d: d.__name__)
def test_every_table_with_the_same_damage_is_told_at_once(case, damage):
    expected = []
    absent = damage in (file_missing, a_folder)
    told = {name: table for name, table in FILES.items() if not (absent and name in _TELLS_WHAT_A_FOLDER_IS)}
    for name, table in told.items():
        row, column, value = damage(case / name, table)
        expected.append((name, row, column, value))
    if damage is unclosed_quote:
        found = {p["file"] for p in refused(case, []) if "CSV" in p["problem"]}
        assert found == set(told)
    elif damage is duplicate_key:
        found = {(p["file"], p["row"]) for p in refused(case, []) if "appears twice" in p["problem"]}
        assert found == {(name, row) for name, row, _, _ in expected}
    else:
        refused(case, expected)


_TELLS_WHAT_A_FOLDER_IS = (
    "catalog/accelerators.csv",
    "catalog/vendors.csv",
    "network/sources.csv",
    "network/nodes.csv",
)
"""Files that may be absent, or without which their folder is another kind of package."""


# Cells that are not what their column holds

CELLS = {
    "number": (
        "abc",
        "-1",
        "NaN",
        "nan",
        "1e999",
        "inf",
        "-Infinity",
        "1,50,0",
        "1.5.0",
        "01,000.0",
        "0x10",
        "1_000",
        "12%",
        "٣",
    ),
    "integer": ("1.5", "-3", "two", "1e999"),
    "boolean": ("yes", "1", "WAHR", ""),
    "date": ("2026-13-01", "2026-02-30", "01/02/2026", "2026-2-1", "today", "2026-01-01T00:00", ""),
    "month": ("2027-1", "2027-13", "Jan 2027", "2027", "2027-01-01", ""),
    "choice": ("something", "TERBUKA"),
    "id": ("=1+1", "+x", "-x", "@x", "_x", "a\tb", "a\nb", "x" * 121, "<b>"),
    "text": ("a\x07b", "x\x1b[31m", "y" * 4001, "p\u2028q"),
}


@pytest.mark.parametrize(
    ("kind", "cell"),
    [(kind, cell) for kind, bad in CELLS.items() for cell in bad],
    ids=lambda v: re.sub(r"\W", "", v)[:12] or repr(v),
)
def test_every_column_with_the_same_wrong_cell_is_told_at_once(case, kind, cell):
    expected = []
    for name, table in FILES.items():
        columns = [c for c in table.columns if c.kind == kind and wrong_for(c, cell)]
        rows = cells(case / name)
        for column in columns:
            if column.optional and column.name not in rows[0]:
                continue
            rows[1][rows[0].index(column.name)] = cell
            expected.append((name, 2, column.name, cell[:80]))
        rewrite(case / name, rows)
    assert expected
    refused(case, expected)


def wrong_for(column, cell):
    if cell == "":
        return not column.blank
    if cell.startswith("-") and cell[1:].isdigit():
        return column.minimum == 0 or column.above is not None or column.minimum == 1
    return True


@pytest.mark.parametrize("kind", ["id", "text", "number", "integer", "choice"])
def test_a_blank_cell_where_something_must_stand(case, kind):
    expected = []
    for name, table in FILES.items():
        rows = cells(case / name)
        for column in table.columns:
            if column.kind == kind and not column.blank:
                rows[1][rows[0].index(column.name)] = ""
                expected.append((name, 2, column.name, ""))
        rewrite(case / name, rows)
    refused(case, expected)


def test_figures_above_their_bounds(case):
    expected = []
    for name, table in FILES.items():
        rows = cells(case / name)
        for column in table.columns:
            if column.maximum is not None and column.kind in ("number", "integer"):
                if column.name not in rows[0]:  # optional, and not in the case
                    rows = [[*row, column.name if i == 0 else ""] for i, row in enumerate(rows)]
                rows[1][rows[0].index(column.name)] = "1e9"
                expected.append((name, 2, column.name, "1e9"))
        rewrite(case / name, rows)
    assert len(expected) > 5
    refused(case, expected)
