"""One thing broken at a time, in every table: file, row, column, value and mend must be right."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd
import pytest
from small_package import AS_OF, GOOD, P, read, write

from planner.errors import Issue


@dataclass(frozen=True)
class Broken:
    """What to change in a file, and the problem that must be found."""

    file: str
    old: str
    new: str
    row: int
    column: str
    value: str
    says: str


TOO_LONG = "x" * 5000
ACME = GOOD["vendors.csv"].splitlines(keepends=True)[1]
CASES = {
    "vendor twice": Broken("vendors.csv", ACME, ACME + ACME, 3, "vendor", "acme", "appears twice"),
    "control character": Broken(
        "vendors.csv", "a price", "a\x07price", 2, "source", "a\x07price list", "control"
    ),
    "cell too long": Broken("rates.csv", "a price list", TOO_LONG, 2, "source", TOO_LONG[:80], "is too long"),
}
with (Path(__file__).parent / "broken_rows.csv").open(encoding="utf-8", newline="") as broken_rows:
    for line in csv.DictReader(broken_rows):
        what, row = line.pop("what"), int(line.pop("row"))
        CASES[what] = Broken(row=row, **line)


def test_at_least_forty_kinds_of_broken_rows():
    assert len(CASES) >= 40
    assert {case.file for case in CASES.values()} == set(GOOD)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_broken_row(tmp_path, case):
    assert case.old in GOOD[case.file]
    write(tmp_path, {**GOOD, case.file: GOOD[case.file].replace(case.old, case.new, 1)})
    _, problems = read(tmp_path)
    found = [p for p in problems if (p.file, p.row, p.column) == (f"ours/{case.file}", case.row, case.column)]
    assert found, [str(p) for p in problems]
    assert any(p.value == case.value and case.says in p.problem and p.mend for p in found), [
        str(p) for p in found
    ]


WHOLE: dict[str, tuple[Callable[[str], bytes], int, str, str]] = {
    "UTF-16": (lambda text: text.encode("utf-16"), 0, "", "UTF-16"),
    "wrong encoding": (
        lambda text: text.encode().replace(b"price list", b"pr\xe9ce list", 1),
        2,
        "0xe9",
        "not UTF-8",
    ),
    "binary": (lambda text: b"PK\x03\x04\x00\x00" + text.encode(), 0, "", "binary"),
    "empty": (lambda text: b"", 0, "", "empty"),
    "white space only": (lambda text: b"\n \n", 0, "", "empty"),
    "short row": (lambda text: text.encode().replace(b",2026-01-01\n", b"\n", 1), 2, "", "cells, the header"),
    "long row": (
        lambda text: text.encode().replace(b",2026-01-01\n", b",2026-01-01,more\n", 1),
        2,
        "",
        "cells, the header",
    ),
    "quote left open": (lambda text: text.encode() + b'"', -1, "", "not valid CSV"),
}
TABLES = sorted(GOOD)


@pytest.mark.parametrize("file", TABLES)
@pytest.mark.parametrize("kind", WHOLE)
def test_broken_file(tmp_path, file, kind):
    spoil, row, value, says = WHOLE[kind]
    folder = write(tmp_path)
    (folder / file).write_bytes(spoil(GOOD[file]))
    _, problems = read(tmp_path)
    found = [p for p in problems if p.file == f"ours/{file}" and says in p.problem]
    assert found, [str(p) for p in problems]
    last = GOOD[file].count("\n") + 1
    assert found[0].row == (last if row == -1 else row)
    assert value in found[0].value
    assert found[0].mend


@pytest.mark.parametrize("file", TABLES)
def test_missing_column(tmp_path, file):
    header, rest = GOOD[file].split("\n", 1)
    write(tmp_path, {**GOOD, file: header.replace(",as_of", ",asof") + "\n" + rest})
    _, problems = read(tmp_path)
    found = {(p.row, p.column, p.problem) for p in problems if p.file == f"ours/{file}"}
    assert (1, "as_of", "the column is missing") in found
    assert (1, "asof", "the column is unknown") in found
    assert any("'as_of'" in p.mend for p in problems if p.column == "asof")


@pytest.mark.parametrize("file", ["vendors.csv", "regions.csv", "skus.csv", "prices.csv", "transfer.csv"])
def test_missing_table(tmp_path, file):
    folder = write(tmp_path)
    (folder / file).unlink()
    _, problems = read(tmp_path)
    assert Issue(f"ours/{file}", 0, "", "", "the table is missing", problems[0].mend) in problems
    assert all(p.mend for p in problems)


def test_unknown_table(tmp_path):
    folder = write(tmp_path)
    (folder / "discounts.csv").write_text("a\n", encoding="utf-8")
    _, problems = read(tmp_path)
    assert [(p.file, p.problem) for p in problems] == [("ours/discounts.csv", "the table is unknown")]
    assert "prices.csv" in problems[0].mend


def test_table_in_capitals_is_unknown_and_missing(tmp_path):
    folder = write(tmp_path)
    (folder / "prices.csv").rename(folder / "Prices.CSV")
    _, problems = read(tmp_path)
    assert {(p.file, p.problem) for p in problems} == {
        ("ours/Prices.CSV", "the table is unknown"),
        ("ours/prices.csv", "the table is missing"),
    }


def test_table_that_is_a_folder(tmp_path):
    folder = write(tmp_path)
    (folder / "prices.csv").unlink()
    (folder / "prices.csv").mkdir()
    _, problems = read(tmp_path)
    assert [(p.file, p.row) for p in problems] == [("ours/prices.csv", 0)]
    assert "cannot be read" in problems[0].problem


def test_folder_without_tables(tmp_path):
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "README.md").write_text("nothing", encoding="utf-8")
    _, problems = read(tmp_path)
    assert [(p.file, p.problem) for p in problems] == [("ours", "holds no catalog table")]


def test_network_and_prices_in_one_folder(tmp_path):
    folder = write(tmp_path)
    (folder / "nodes.csv").write_text("node\n", encoding="utf-8")
    _, problems = read(tmp_path)
    assert [(p.file, p.problem) for p in problems] == [("ours", "mixes a network with other tables")]


def test_same_key_in_two_packages(tmp_path):
    write(tmp_path)
    write(tmp_path, name="again")
    _, problems = read(tmp_path, AS_OF, "./ours", "./again")
    assert {p.file for p in problems} == {f"again/{file}" for file in TABLES}
    prices = [p for p in problems if p.file == "again/prices.csv"]
    assert [p.row for p in prices] == [2, 3, 4, 5, 6, 7]
    assert prices[0].value == "acme:east:a2, on_demand, 2025-01-01"
    assert "also in ours/prices.csv" in prices[0].problem


def test_validity_that_overlaps_across_packages(tmp_path):
    write(tmp_path)
    header = {file: text.splitlines(keepends=True)[0] for file, text in GOOD.items()}
    own = {file: header[file] for file in ("vendors.csv", "regions.csv", "skus.csv", "transfer.csv")}
    own["prices.csv"] = (
        header["prices.csv"] + f"acme:east:a2,on_demand,Standard,Hour,0.08,USD,2026-05-01,,{P}\n"
    )
    write(tmp_path, own, "negotiated")
    _, problems = read(tmp_path, AS_OF, "./ours", "./negotiated")
    assert [(p.file, p.row, p.column, p.value) for p in problems] == [
        ("negotiated/prices.csv", 2, "valid_from", "2026-05-01")
    ]
    assert "ours/prices.csv row 3" in problems[0].problem


def test_cards_without_the_accelerators_package_are_one_problem(tmp_path):
    files = {
        file: text for file, text in GOOD.items() if file not in ("accelerators.csv", "interconnects.csv")
    }
    more = GOOD["skus.csv"] + f"acme:east:g2,acme:east,g,accelerated,x86,8,64,,X2,1,,{P}\n"
    write(tmp_path, {**files, "skus.csv": more})
    _, problems = read(tmp_path)
    assert [(p.file, p.row, p.column) for p in problems] == [("ours/skus.csv", 0, "accelerator")]
    assert "accelerators" in problems[0].mend


def test_all_problems_are_found_at_once(tmp_path):
    broken = {
        **GOOD,
        "vendors.csv": GOOD["vendors.csv"].replace(",true,", ",yes,"),
        "skus.csv": GOOD["skus.csv"].replace(",x86,2,8", ",amd,2,-8"),
        "prices.csv": GOOD["prices.csv"].replace("Hour,0.1,", "Hour,NaN,"),
        "rates.csv": "",
    }
    write(tmp_path, broken)
    _, problems = read(tmp_path)
    assert {p.file for p in problems} == {
        "ours/vendors.csv",
        "ours/skus.csv",
        "ours/prices.csv",
        "ours/rates.csv",
    }
    assert len(problems) >= 5


@pytest.mark.parametrize("file", ["vendors.csv", "regions.csv", "skus.csv", "accelerators.csv"])
def test_a_file_that_cannot_be_read_does_not_condemn_the_others(tmp_path, file):
    folder = write(tmp_path)
    (folder / file).write_bytes(b"\xff\xfe")
    _, problems = read(tmp_path)
    assert [p.file for p in problems] == [f"ours/{file}"]


def test_thousands_of_unknown_names_are_all_told(tmp_path):
    rows = "".join(f"acme:east:lost{n},on_demand,Standard,Hour,1,USD,2025-01-01,,{P}\n" for n in range(3000))
    write(tmp_path, {**GOOD, "prices.csv": GOOD["prices.csv"] + rows})
    _, problems = read(tmp_path)
    assert len(problems) == 3000


def test_hint_names_the_nearest(tmp_path):
    write(tmp_path, {**GOOD, "prices.csv": GOOD["prices.csv"].replace("acme:east:disk", "acme:east:dsik")})
    _, problems = read(tmp_path)
    assert "did you mean 'acme:east:disk'?" in problems[0].mend


AS_PEOPLE_HAVE_THEM: dict[str, Callable[[str], bytes]] = {
    "byte-order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "blank row": lambda text: text.encode() + b"\n",
    "empty cell at the end": lambda text: text.encode().replace(b",2026-01-01\n", b",2026-01-01,\n", 1),
    "ends of lines": lambda text: text.replace("\n", "\r\n").encode(),
}


@pytest.mark.parametrize("file", TABLES)
@pytest.mark.parametrize("kind", AS_PEOPLE_HAVE_THEM)
def test_a_file_as_people_have_it_reads_like_ours(tmp_path, file, kind):
    ours, theirs = write(tmp_path / "a"), write(tmp_path / "b")
    (theirs / file).write_bytes(AS_PEOPLE_HAVE_THEM[kind](GOOD[file]))
    wanted, problems = read(ours.parent)
    assert not problems
    catalog, problems = read(theirs.parent)
    assert not problems, [str(p) for p in problems]
    for field in fields(catalog):
        value = getattr(catalog, field.name)
        if isinstance(value, pd.DataFrame):
            pd.testing.assert_frame_equal(value, getattr(wanted, field.name))
