"""Text tables as Windows, Mac and pandas write them read the same as ours, and are kept in our form."""

from __future__ import annotations

import pandas as pd
import pytest
from support.broken import refused
from support.cli import call, tree
from support.full_world import full_world

from planner import tables
from planner.case.schema import DEMAND
from planner.tables import Column, Table

OURS = b'name,amount,count,ok,month,note\nKedah,4000,12,true,2027-01,a\nPerak,0.5,3,false,2027-04,"x, y"\n'

WINDOWS = (
    b"\xef\xbb\xbfname;amount;count;ok;month;note\r\n"
    b"Kedah;4.000,00;12;WAHR;Jan-27;a\r\n"
    b"Perak;0,5;3;FALSCH;Apr-27;x, y\r\n"
    b";;;;;\r\n"
).replace(b"WAHR", b"TRUE").replace(b"FALSCH", b"FALSE")  # fmt: skip
"""A spreadsheet program on Windows, German settings: mark, semicolons, decimal comma, CR LF, a blank row."""

MAC = (
    b'name,amount,count,ok,month,note\rKedah,"4,000.00",12,True,2027-01,a\rPerak,0.5,3,False,2027-04,"x, y"\r'
)
"""A spreadsheet program on a Mac: lines end in CR alone."""

TABS = (
    b"name\tamount\tcount\tok\tmonth\tnote\r\n"
    b"Kedah\t4\xc2\xa0000\t12\ttrue\t2027-01\ta\r\n"
    b"Perak\t0.5\t 3 \tfalse\t2027-04\tx, y\r\n"
)
"""Copied from a web page: tabs, a space that does not break between thousands, spaces around."""

HINT = b"sep=;\r\n" + OURS.replace(b'"x, y"', b"x! y").replace(b",", b";").replace(b"!", b",")

SPACED = OURS.replace(b",", b", ").replace(b"x,  y", b"x, y")
TRAILING = OURS.replace(b"\n", b",,\n") + b",,,,,,,\n\n"

TABLE = Table(
    "things",
    ("name",),
    (
        Column("name", "id", "Key."),
        Column("amount", "number", "How much.", minimum=0),
        Column("count", "integer", "How many."),
        Column("ok", "boolean", "Whether."),
        Column("month", "month", "When."),
        Column("note", "text", "What.", blank=True),
    ),
    "A table.",
)

FORMS = {"windows": WINDOWS, "mac": MAC, "tabs": TABS, "hint": HINT, "spaced": SPACED, "trailing": TRAILING}


def content(raw: bytes, decimal: str = ""):
    return tables.content(raw, TABLE, decimal=decimal)


def test_ours_is_kept_as_it_is():
    held = content(OURS)
    assert (held.problems, held.notes, held.csv) == ((), (), None)


@pytest.mark.parametrize("form", FORMS)
def test_a_table_in_another_form_reads_the_same_and_is_kept_in_ours(form):
    ours, theirs = content(OURS), content(FORMS[form])
    assert theirs.problems == ()
    pd.testing.assert_frame_equal(theirs.frame.drop(columns="_row"), ours.frame.drop(columns="_row"))
    again = content(theirs.csv)
    pd.testing.assert_frame_equal(again.frame, ours.frame)
    assert again.csv is None
    assert (theirs.csv.replace(b"4000.00", b"4000") == OURS) or form == "windows"


def test_what_was_understood_is_said():
    said = " | ".join(content(WINDOWS).notes)
    for part in ("semicolons", "decimal comma", "Jan-27 in column month read as 2027-01", "1 blank row"):
        assert part in said
    assert content(MAC).notes == (
        "things.csv: numbers read with a decimal point, separators of thousands taken out",
    )


def numbers(*cells: str, separator: bytes = b",") -> bytes:
    rows = [separator.join([b"n%d" % i, b'"%s"' % c.encode(), b"1", b"true", b"2027-01", b""])
            for i, c in enumerate(cells)]  # fmt: skip
    return b"\n".join([OURS.split(b"\n")[0].replace(b",", separator), *rows]) + b"\n"


@pytest.mark.parametrize(
    ("cells", "separator", "amounts"),
    [
        (("1,234,567", "4,000"), b",", [1234567, 4000]),
        (("4,000", "0.5"), b",", [4000, 0.5]),
        (("4.000", "0,5"), b";", [4000, 0.5]),
        (("4.000",), b",", [4.0]),
        (("4'000", "1’234.5"), b",", [4000, 1234.5]),
        (("4 000",), b";", [4000]),
        (("12.345,678", "1.234"), b"\t", [12345.678, 1234]),
        (("1e3", "+5"), b",", [1000, 5]),
    ],
)
def test_separators_are_read_where_they_mean_one_thing(cells, separator, amounts):
    held = content(numbers(*cells, separator=separator))
    assert held.problems == ()
    assert held.frame["amount"].tolist() == amounts


@pytest.mark.parametrize(
    ("cells", "separator"),
    [(("4,000",), b","), (("4,000", "12"), b";"), (("4.000",), b";"), (("4.000", "7"), b"\t")],
)
def test_what_may_mean_two_numbers_is_asked(cells, separator):
    (problem,) = content(numbers(*cells, separator=separator)).problems
    assert (problem.row, problem.column, problem.value) == (2, "amount", cells[0])
    assert problem.problem in ("may mean 4.000 or 4000", "may mean 4000 or 4.000")
    assert "[files] decimal" in problem.mend


def test_a_case_answers_the_question_once():
    raw = numbers("4,000")
    assert content(raw, ".").frame["amount"].tolist() == [4000]
    assert content(raw, ",").frame["amount"].tolist() == [4]
    assert content(numbers("0.5"), ",").problems[0].problem == "is not a finite number"


def test_a_comma_among_numbers_with_points_is_no_number():
    held = content(numbers("0.5", "1,5", "4,000"))
    assert [(p.row, p.value) for p in held.problems] == [(3, "1,5"), (4, "4,000")]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (OURS.decode().encode("utf-16"), "UTF-16"),
        (OURS.replace(b"Kedah", b"K\xe9dah"), "not UTF-8"),
        (OURS.replace(b",a\n", b",a,b\n"), "7 cells"),
        (OURS.replace(b",a\n", b"\n"), "5 cells"),
        (OURS.replace(b"2027-01", b"Jan 2027"), "not a month"),
        (b";;;\n\n", "the file is empty"),
    ],
)
def test_what_cannot_be_read_is_refused(raw, words):
    assert any(words in p.problem for p in content(raw).problems)


def test_a_column_misspelt_is_told_the_right_name():
    problems = content(OURS.replace(b"amount", b"Amuont")).problems
    assert any("Did you mean 'amount'?" in p.mend for p in problems)


@pytest.fixture
def case(tmp_path):
    return full_world().write(tmp_path / "case")


def test_a_case_in_the_form_of_windows_gives_the_same_plan_and_keeps_our_form(case, tmp_path):
    assert call("plan", case, "--out", tmp_path / "ours").code == 0
    for path in case.rglob("*.csv"):
        lines = path.read_text(encoding="utf-8").replace("true", "TRUE").replace("false", "FALSE")
        if "," in lines and ";" not in lines and '"' not in lines:
            lines = lines.replace(",", ";")
        path.write_bytes(b"\xef\xbb\xbf" + lines.replace("\n", "\r\n").encode())
    (case / "case.toml").write_bytes(b"\xef\xbb\xbf" + (case / "case.toml").read_bytes())
    ran = call("plan", case, "--out", tmp_path / "theirs")
    assert ran.code == 0, ran.err
    assert "note: demand.csv: separated by semicolons" in ran.err
    ours, theirs = tree(tmp_path / "ours"), tree(tmp_path / "theirs")
    assert ours == theirs
    assert call("audit", tmp_path / "theirs").code == 0


def test_the_question_comes_with_file_row_and_column(case):
    path = case / DEMAND.file
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = lines[1].split(",")
    lines[1] = ",".join([*cells[:3], '"4,000"'])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    problems = refused(case, [("demand.csv", 2, "amount", "4,000")])
    assert any("[files] decimal" in p["mend"] for p in problems)
    toml = (case / "case.toml").read_text(encoding="utf-8")
    (case / "case.toml").write_text(toml + '\n[files]\ndecimal = "."\n', encoding="utf-8")
    assert call("check", case).code in (0, 3)
