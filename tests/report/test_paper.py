"""The committee paper: its figures are those of the plan, its marking is on every page, its bytes repeat."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import docx
import pandas as pd
import pytest
import sample_plan
from support.cases import World
from support.cli import ROOT, call
from support.plans import read

from planner.errors import BadInput
from planner.inputs import read_case
from planner.plan.folder import read_plan
from planner.plan.plan import Plan
from planner.planning import plan_case
from planner.report.paper import paper
from planner.report.texts import LANGUAGES
from planner.report.workbook import workbook

MONEY = re.compile(r"MYR (?:-?[\d,]+\.?\d*)(?: million| billion)?|\d[\d,.]* %")
HOSTILE = (
    "<script>alert(1)</script>", '=HYPERLINK("http://x.example")', "\u200fabc\u202edef", "a\x00\x1b\ufffeb",
    "{total}{0}{{paper}}", "x" * 4000,
)  # fmt: skip


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Two vendors under a cap, one committed to, a system that moves, and tax."""
    world = World(periods=8, months=3).offer("commit_1y")
    for vendor, price, country in (("aa", 1.0, "XX"), ("bb", 1.5, "MY")):
        world.vendor(vendor, jurisdiction=country).region(f"{vendor}:x")
        world.machine(f"{vendor}:x", "m4", 4, 16, price).store(f"{vendor}:x", "block_gib", 0.2)
        world.egress(f"{vendor}:x", 0.1).contract(f"c-{vendor}", vendor, discount=0.1, margin=0.02, tax=0.08)
    world.committed("aa:x:m4", 0.7).labour(5_000)
    demand = {"vcpu": 40, "memory_gib": 160, "block_gib": 100, "egress_gib": 50}
    for name in ("app", "tax", "map"):
        world.workload(name, demand=demand)
    world.today("app", "bb:x").rule(
        "cap", "vendor_share", {"cap": 0.8, "basis": "spend"}, confidence="C", waivable=True
    )
    world.overrides["cap"] = {
        "adopted_by": "the board",
        "adopted_on": date(2026, 11, 1),
        "reference": "memo 7",
    }
    world.rule("approve", "evidence", {"kinds": ["exit_plan"]}, severity="evidence")
    return plan_case(read(world))


@pytest.fixture(scope="module")
def content(plan: Plan) -> bytes:
    return paper(plan)


def opened(content: bytes) -> docx.document.Document:
    return docx.Document(io.BytesIO(content))


def tables(content: bytes) -> list[list[list[str]]]:
    """Texts of the cells of each table, by row."""
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in opened(content).tables]


def table(content: bytes, *heads: str) -> list[list[str]]:
    """The rows of the table that begins with these heads."""
    return next(rows[1:] for rows in tables(content) if tuple(rows[0][: len(heads)]) == heads)


def text(content: bytes) -> str:
    document = opened(content)
    lines = [p.text for p in document.paragraphs]
    return "\n".join([*lines, *(cell for rows in tables(content) for row in rows for cell in row)])


def money(value: float) -> str:
    if abs(value) >= 1e6:
        return f"MYR {value / 1e6:,.1f} million"
    return f"MYR {value:,.0f}" if abs(value) >= 100 else f"MYR {value:,.2f}"


def share(value: float) -> str:
    return f"{100 * value:.1f}".removesuffix(".0") + " %"


def test_options_are_side_by_side_with_doing_nothing_first(plan: Plan, content: bytes) -> None:
    heads = next(rows[0] for rows in tables(content) if "Doing nothing" in rows[0])
    assert heads[:3] == ["", "Doing nothing", "No limit on shares"] and heads[3] == "This plan"
    rows = {row[0]: row[1:] for row in table(content, "", "Doing nothing")}
    for place, option in enumerate(plan.options.to_dict("records")):
        if pd.notna(option["cost"]):
            assert rows["Cost, amortised, before tax"][place].endswith(money(option["cost"]))
            assert rows["Largest vendor's share"][place].startswith(share(option["largest_share"]))
            assert rows["Under foreign law"][place] == share(option["foreign_share"])
            assert rows["Systems that move"][place] == f"{option['moves']:.0f}"
        else:
            assert rows["Cost, amortised, before tax"][place] == "not known" and option["reason"] in text(
                content
            )


def test_cost_and_its_range_are_those_of_the_plan(plan: Plan, content: bytes) -> None:
    head = plan.head
    rows = {row[0]: row[1] for row in table(content, "Measure", "Value")}
    assert rows["Amortised, before tax"] == money(head["amortised"])
    assert rows["Cash, with tax"] == money(head["cash"])
    assert rows["Of it at assumed prices"] == money(head["assumed"])
    low, high = (head["amortised"] + sign * 0.1 * head["assumed"] for sign in (-1, 1))
    assert rows["Range if assumed prices are 10 % lower or higher"] == f"{money(low)} to {money(high)}"
    if "bound" in plan.run:
        assert rows["No plan costs less than"] == money(plan.run["bound"])


def test_what_is_signed_adds_up_to_the_schedule(plan: Plan, content: bytes) -> None:
    signed = plan.signing[plan.signing["status"] == "sign"]
    assert len(signed) > 0
    rows = table(content, "From, to", "Vendor")
    groups = signed.groupby(["start", "vendor", "agreement", "status", "term", "end"])
    assert [row[5] for row in rows] == [money(v) for v in groups["obligation"].sum()]
    assert sum(int(row[3]) for row in rows) == len(signed)
    used = plan.signing[plan.signing["status"] == "as used"].fillna({"agreement": ""})
    expected = used.groupby(["vendor", "agreement"])["expected"].sum()
    assert [row[2] for row in table(content, "Vendor", "Agreement")] == [money(v) for v in expected]


def test_rules_adopted_and_approvals_have_whom_and_instrument(plan: Plan, content: bytes) -> None:
    assert [row[0] for row in table(content, "Rule", "What it asks")] == ["cap"]
    assert "the board" in table(content, "Rule", "What it asks")[0][2]
    evidence = [r for r in plan.case.rules if r.severity == "evidence"]
    rows = table(content, "What", "Instrument")
    assert len(rows) == len(evidence) == 1 and rows[0][1].startswith(evidence[0].instrument)


def test_waivers_say_what_is_lifted_for_whom_by_whom_and_until_when(plan: Plan, content: bytes) -> None:
    assert "No rule is waived." in text(content)
    waiver = {"rule": "cap", "workload": "app", "region": "", "reason": "it moves", "approver": "the board",
              "expires": "2027-12-31"}  # fmt: skip
    waived = replace(plan, case=replace(plan.case, waivers=pd.DataFrame([waiver, waiver | {"workload": ""}])))
    rows = table(paper(waived), "Rule", "For", "Reason")
    assert rows == [["cap", who, "it moves", "the board", "2027-12-31"] for who in ("app", "everything")]


def test_the_language_of_the_text_is_said(plan: Plan, content: bytes) -> None:
    for written, language in ((content, "en-GB"), (paper(plan, "ms"), "ms-MY")):
        with zipfile.ZipFile(io.BytesIO(written)) as archive:
            assert f'w:val="{language}"'.encode() in archive.read("word/styles.xml")
        assert opened(written).core_properties.language == language


def test_no_amount_stands_in_the_paper_that_no_table_holds(plan: Plan, content: bytes) -> None:
    """Every amount and share is one of a cell, or of a sum that the paper names."""
    head, costs = plan.head, plan.costs
    values = [float(v) for v in (*head.values(), *plan.run.values()) if isinstance(v, (int, float))]
    for frame in (plan.options, plan.leaving, plan.signing, plan.binding, plan.moves):
        values += [float(v) for c in frame for v in frame[c] if isinstance(v, (int, float)) and v == v]
    paid = costs[costs["term"] != "commitment used"]
    for column in ("amortised", "cash", "objective", "assumed"):
        for by in ([], ["vendor_group"], ["payer"]):
            for keys in (by, [*by, costs["period"].str[:4]]):
                values += list(paid.groupby(keys)[column].sum()) if keys else [float(paid[column].sum())]
    for status, column in (("sign", "obligation"), ("as used", "expected")):
        values.append(float(plan.signing.loc[plan.signing["status"] == status, column].sum()))
    for columns in (
        ["status", "start", "vendor", "agreement", "term", "end"],
        ["status", "vendor", "agreement"],
    ):
        sums = (
            plan.signing.fillna({"agreement": "", "term": ""})
            .groupby(columns)[["monthly", "obligation", "expected", "exit_value"]]
            .sum()
        )
        values += [float(v) for v in sums.to_numpy().ravel()]
    values += [float(v) for v in plan.binding.groupby(["family", "rule", "subject", "per"])["marginal"].sum()]
    nothing = plan.options.loc[plan.options["option"] == "nothing", "cost"].iloc[0]
    values += [
        abs(nothing - head["amortised"]),
        *(head["amortised"] + s * 0.1 * head["assumed"] for s in (-1, 1)),
    ]
    total = float(head["amortised"])
    parts = [
        *paid.groupby("vendor_group")["amortised"].sum() / total,
        *paid.groupby("payer")["amortised"].sum() / total,
    ]
    parts += [head["assumed"] / total, 0.1, 0.8, *values]  # the step of the range, and the cap
    right = {money(v) for v in values} | {share(v) for v in parts} | {f"{100 * v:.2f} %" for v in values}
    right |= {f"{100 * v:.0f} %" for v in values if 0 <= v <= 1}
    said = {match.replace("\u00a0", " ") for match in MONEY.findall(text(content).replace("\u00a0", " "))}
    assert len(said) > 30 and said - right == set()


def test_the_marking_is_on_every_page_and_the_bytes_repeat(plan: Plan, content: bytes) -> None:
    assert paper(plan) == content
    for section in opened(content).sections:
        assert plan.head["marking"] in section.header.paragraphs[0].text
        assert not section.different_first_page_header_footer
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert str(opened(content).core_properties.modified)[:10] == plan.head["decision_date"]


def test_a_template_keeps_its_pages_and_gets_the_marking_on_each(plan: Plan, tmp_path: Path) -> None:
    own = docx.Document()
    own.add_paragraph("Ministry of Examples")
    own.add_paragraph("{{paper}}")
    own.add_paragraph("Last words")
    own.sections[0].different_first_page_header_footer = True
    own.sections[0].header.paragraphs[0].text = "Letterhead"
    own.settings.odd_and_even_pages_header_footer = True
    own.save(tmp_path / "own.docx")
    content = paper(plan, template=tmp_path / "own.docx")
    assert paper(plan, template=tmp_path / "own.docx") == content
    lines = [p.text for p in opened(content).paragraphs]
    assert lines[0] == "Ministry of Examples" and lines[-1] == "Last words" and "{{paper}}" not in lines
    assert "1. Purpose" in lines
    section = opened(content).sections[0]
    for header in (section.header, section.first_page_header, section.even_page_header):
        assert header.paragraphs[0].text == plan.head["marking"]
    assert section.header.paragraphs[1].text == "Letterhead"


@pytest.mark.parametrize("bytes_", [b"", b"no document", b"PK\x05\x06" + b"\x00" * 18])
def test_a_template_that_is_no_document_is_bad_input(plan: Plan, tmp_path: Path, bytes_: bytes) -> None:
    (tmp_path / "own.docx").write_bytes(bytes_)
    with pytest.raises(BadInput) as error:
        paper(plan, template=tmp_path / "own.docx")
    assert [problem.file for problem in error.value.problems] == ["own.docx"]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_stay_text(plan: Plan, name: str) -> None:
    """They come out as they are but for what XML forbids and what turns the direction of other text."""
    rules = tuple(replace(r, title=name, instrument=name, adopted_by=name) for r in plan.case.rules)
    hostile = replace(
        plan,
        head={**plan.head, "title": name, "marking": name},
        leaving=plan.leaving.assign(vendor_group=name),
        signing=plan.signing.assign(vendor=name, agreement=name),
        case=replace(plan.case, rules=rules),
    )
    content = paper(hostile)
    shown = name.replace("\u202e", "").replace("\x00", "").replace("\x1b", "").replace("\ufffe", "")
    document = opened(content)
    assert document.paragraphs[0].text == shown
    assert document.sections[0].header.paragraphs[0].text == shown
    rows = table(content, "Rule", "What it asks")
    assert all(row[1].startswith(shown) and row[2].startswith(shown) for row in rows)
    assert all(row[1].startswith(shown) for row in table(content, "From, to", "Vendor"))
    assert b"HYPERLINK" not in b"".join(
        match
        for match in re.findall(
            rb"<w:instrText[^>]*>[^<]*", zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml")
        )
    )


def test_a_plan_without_its_case_is_refused() -> None:
    with pytest.raises(ValueError, match="case"):
        paper(sample_plan.plan(workloads=2, periods=2))


def test_commands_write_what_python_gives(tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    case = ROOT / "examples" / "vendor-cap"
    assert call("plan", case, "--no-figures", "--lang", "ms", "--out", folder).code == 0
    assert '<html lang="ms">' in (folder / "report.html").read_text(encoding="utf-8")
    known = replace(read_plan(folder), case=read_case(folder))
    for form, write in (("docx", paper), ("xlsx", workbook)):
        for lang in LANGUAGES:
            file = tmp_path / f"{lang}.{form}"
            assert call("export", folder, "--format", form, "--lang", lang, "--out", file).code == 0
            assert file.read_bytes() == write(known, lang)
    assert call("export", folder, "--format", "docx", "--out", file).code == 2  # it exists
    ran = call("export", folder, "--format", "geojson", "--lang", "ms", "--out", tmp_path / "new")
    assert ran.code == 2 and "--lang ms needs" in ran.err
    ran = call("export", folder, "--format", "xlsx", "--template", file, "--out", tmp_path / "new")
    assert ran.code == 2 and "--format docx" in ran.err
    (tmp_path / "no.docx").write_text("no document", encoding="utf-8")
    ran = call(
        "export", folder, "--format", "docx", "--template", tmp_path / "no.docx", "--out", tmp_path / "new"
    )
    assert ran.code == 5 and "no.docx" in ran.err and not (tmp_path / "new").exists()
