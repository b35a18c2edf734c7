"""The workbook of a plan: its numbers, its formulas, and text from input that stays text."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import sample_plan
from support.cases import World
from support.plans import read

from planner.plan.plan import Plan
from planner.planning import plan_case
from planner.report.texts import LANGUAGES
from planner.report.workbook import workbook

HEADS = 4
"""Row of a sheet's column heads."""


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Machines in a foreign currency under a contract with tax, storage, and egress."""
    world = World(periods=2, months=3).vendor("aa").region("aa:x")
    world.machine("aa:x", "m4", 4, 16, 1.0, "USD").store("aa:x", "block_gib", 0.2).egress("aa:x", 0.1)
    world.rate("USD", 2027, 4.2, 0.05)
    world.contract("c", "aa", discount=0.1, margin=0.02, tax=0.08)
    demand = {"vcpu": [8, 12], "memory_gib": [32, 48], "block_gib": 100, "egress_gib": 50}
    return plan_case(read(world.workload("app", demand=demand)))


@pytest.fixture(scope="module")
def content(plan: Plan) -> bytes:
    return workbook(plan)


def opened(content: bytes, values: bool = True) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


def table(book: openpyxl.Workbook, name: str) -> list[dict[str, object]]:
    heads, *rows = book[name].iter_rows(min_row=HEADS, values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_numbers_are_those_of_the_plan(plan: Plan, content: bytes) -> None:
    book = opened(content)
    said = {row[0]: row[1] for row in book["Summary"].iter_rows(values_only=True) if row[0]}
    for name, value in plan.head.items():
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            assert said[name] == pytest.approx(value, abs=1e-9), name
    columns = {row["In options.csv"]: row for row in table(book, "Options")}
    assert set(columns) == set(plan.options) - {"option"}
    for option in plan.options.to_dict("records"):
        for column, value in option.items():
            if column not in ("option", "bound"):
                shown = columns[column][option["option"]]
                assert shown == pytest.approx(value) or (shown is None and (value == "" or value != value))
    for sheet, frame in (("Purchases", plan.purchases),
                         ("Placements", plan.placements), ("Signing schedule", plan.signing)):  # fmt: skip
        rows = table(book, sheet)
        assert len(rows) == len(frame) > 0
        for row, right in zip(rows, frame.to_dict("records"), strict=True):
            for column, value in right.items():
                if value is None or value == "" or value != value:
                    assert row[column] is None, (sheet, column)
                elif isinstance(value, (int, float)):
                    assert row[column] == pytest.approx(value, rel=1e-12), (sheet, column)
                else:
                    assert row[column] == str(value), (sheet, column)


def test_machines_and_storage_are_formulas_and_egress_is_a_number_that_says_so(content: bytes) -> None:
    lines, formulas = table(opened(content), "Cost lines"), table(opened(content, False), "Cost lines")
    by_term = {line["Paid for"]: (line, formula) for line, formula in zip(lines, formulas, strict=True)}
    assert set(by_term) == {"compute", "storage", "egress"}
    for term in ("compute", "storage"):
        line, formula = by_term[term]
        assert str(formula["Amortised"]).startswith("=") and str(formula["Price"]).startswith("=Prices!")
        product = line["Units"] * line["Price"] * line["Hours or months"] * line["Rate"]
        assert line["List price"] == pytest.approx(product)
        assert line["Amortised"] == pytest.approx(product * 0.9 * 1.02, abs=1e-5)
        assert line["Cash"] == pytest.approx(product * 0.9 * 1.02 * 1.08, abs=1e-5)
    line, formula = by_term["egress"]
    assert isinstance(formula["Amortised"], float) and "does not follow prices" in line["How it comes about"]


def test_prices_and_assumptions_say_where_they_come_from(plan: Plan, content: bytes) -> None:
    prices = table(opened(content), "Prices")
    assert {row["SKU"] for row in prices} == set(plan.purchases["sku"])
    assert all(row["Source"] and row["As of"] and row["Basis"] for row in prices)
    told = [row["What is assumed"] for row in table(opened(content), "Assumptions")]
    assert {one["text"] for one in plan.head["unstated"]["left"]} <= set(told)


def test_the_marking_is_on_every_sheet_and_the_bytes_repeat(plan: Plan, content: bytes) -> None:
    assert workbook(plan) == content
    for sheet in opened(content):
        assert sheet["A1"].value == plan.head["marking"]
        assert plan.head["marking"] in sheet.oddHeader.center.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_formulas_point_to_sheets_that_are_there(plan: Plan, language: str) -> None:
    book = opened(workbook(plan, language), values=False)
    texts = [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    named = {quoted or plain for text in texts for quoted, plain in re.findall(r"'([^']+)'!|(\w+)!", text)}
    assert len(named) == 3 and named <= set(book.sheetnames)


@pytest.mark.parametrize(
    "name",
    [
        '=HYPERLINK("x")',
        "<script>alert(1)</script>",
        "\u200fabc",
        "https://x.example",
        "1e5",
        "x" * 4000,
        "a&Cb&&c",
    ],
)
def test_hostile_names_stay_text(name: str) -> None:
    plan = sample_plan.plan(workloads=2, periods=2, title=name)
    plan = replace(plan, placements=plan.placements.assign(workload=name))
    plan = replace(plan, head={**plan.head, "marking": name}, signing=plan.signing.assign(agreement=name))
    book = opened(workbook(plan), values=False)
    cells = [row[0] for row in book["Placements"].iter_rows(min_row=HEADS + 1)]
    assert cells and all(cell.value == name and cell.data_type == "s" for cell in cells)
    assert not any(cell.hyperlink for cell in cells)
    assert all(sheet["A1"].value == name and sheet["A1"].data_type == "s" for sheet in book)
    assert {row[2].value for row in book["Signing schedule"].iter_rows(min_row=HEADS + 1)} == {name}
    ours = {"Summary", "Cost lines", "Prices", "Exchange rates"}
    formulas = [c.value for s in book for row in s.iter_rows() for c in row if c.data_type == "f"]
    assert all(
        re.findall(r"'?([\w ]+)'?!", f) == [] or set(re.findall(r"'?([\w ]+)'?!", f)) <= ours
        for f in formulas
    )
    assert not any("HYPERLINK" in formula for formula in formulas)


def test_control_characters_go_and_long_text_is_cut() -> None:
    plan = sample_plan.plan(workloads=2, periods=2)
    plan = replace(plan, placements=plan.placements.assign(workload="a\x00\x1b\u202e" + "b" * 40_000))
    row = table(opened(workbook(plan)), "Placements")[0]
    assert row["workload"] == "a" + "b" * 32_766


@pytest.mark.skipif(shutil.which("libreoffice") is None, reason="LibreOffice is not installed")
def test_another_program_recalculates_the_totals_and_follows_another_price(
    plan: Plan, content: bytes, tmp_path: Path
) -> None:
    book = opened(content, values=False)
    (tmp_path / "same.xlsx").write_bytes(content)
    row = next(r for r in book["Prices"].iter_rows(min_row=HEADS + 1) if r[0].value == "aa:x:m4")
    row[2].value = 1.5
    book.save(tmp_path / "dearer.xlsx")  # without the values that the formulas had
    subprocess.run(
        ["libreoffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to",
         "xlsx", "--outdir", str(tmp_path / "out"), str(tmp_path / "same.xlsx"),
         str(tmp_path / "dearer.xlsx")],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    machines = plan.costs[plan.costs["term"] == "compute"]
    for file, more in (("same", 0.0), ("dearer", 0.5)):
        summary = openpyxl.load_workbook(tmp_path / "out" / f"{file}.xlsx", data_only=True)["Summary"]
        total = {
            r[0]: r[2] for r in summary.iter_rows(min_row=HEADS + 1, max_row=HEADS + 2, values_only=True)
        }
        for measure in ("amortised", "cash"):
            right = float(plan.costs[measure].sum() + more * machines[measure].sum())
            assert total[measure] == pytest.approx(right, abs=0.01), (file, measure)
