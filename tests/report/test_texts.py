"""The catalogues of texts: nothing missing, nothing left over, no English left in other languages."""

from __future__ import annotations

import ast
import base64
import hashlib
import io
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import get_args

import docx
import openpyxl
import pytest
import sample_plan
from support.cases import World
from support.plans import read

import planner
from planner.catalog.load import shipped
from planner.plan.plan import Plan
from planner.planning import plan_case
from planner.policy.rules import CONFIDENCES, Standing
from planner.report.background import background_of
from planner.report.figures.draw import draw_all, none_drawn
from planner.report.paper import paper
from planner.report.texts import ENGLISH, LANGUAGES, catalogue, rule_title, speaking, tr
from planner.report.workbook import workbook
from planner.report.write import SCRIPT, html

REPORT = Path(planner.__file__).parent / "report"
OTHERS = [language for language in LANGUAGES if language != ENGLISH]
STUDIES = (
    "alternatives", "breakeven", "commit_advice", "compare", "exit_cost", "frontier", "montecarlo", "robust",
    "rows", "stress", "two_rules", "why",
)  # fmt: skip
ELSEWHERE = {
    *(f"figures/{name}.py" for name in (*STUDIES, "type", "sheet", "placing")),
    "terminal.py", "terminal_grid.py", "terminal_tables.py", "latency.py", "texts.py",
    "data/build_outlines.py",
}  # fmt: skip
"""Modules of terminal and studies, which speak English only, and those that hold no text for readers."""
PLACE = re.compile(r"\{(\w*)\}")
PROSE = re.compile(r"[A-Za-z]{2,},? [a-z]{2,}")


def modules() -> list[Path]:
    return [
        path for path in sorted(REPORT.rglob("*.py")) if path.relative_to(REPORT).as_posix() not in ELSEWHERE
    ]


def is_text_call(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("tr", "tr_noop")
    )


def texts() -> set[str]:
    """The English of every text that :func:`tr` is asked for."""
    found = {*CONFIDENCES.values(), *get_args(Standing)}
    for path in REPORT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if is_text_call(node) and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
    template = (REPORT / "templates" / "report.html.j2").read_text(encoding="utf-8")
    return found | set(re.findall(r'tr\("([^"]*)"', template))


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_in_every_catalogue_and_nothing_else(language: str) -> None:
    assert set(catalogue(language)) == texts()
    assert all(value.strip() for value in catalogue(language).values())


@pytest.mark.parametrize("language", OTHERS)
def test_values_stand_in_every_language(language: str) -> None:
    wrong = {
        english: told
        for english, told in catalogue(language).items()
        if Counter(PLACE.findall(english)) != Counter(PLACE.findall(told))
    }
    assert wrong == {}


PACKS = ("malaysia-2026", "malaysia-states", "own-limits")
"""Packs of the country that speaks the language: every title of theirs is in it."""


@pytest.mark.parametrize("language", OTHERS)
def test_titles_of_rules_are_those_of_packs_that_ship(language: str) -> None:
    titles = {
        path.stem: {rule["title"] for rule in tomllib.loads(path.read_text(encoding="utf-8")).get("rule", ())}
        for path in (shipped() / "policies").glob("*.toml")
    }
    told = set(catalogue(language, ".rules"))
    assert told <= set().union(*titles.values())
    assert set().union(*(titles[pack] for pack in PACKS)) <= told
    with speaking(language):
        assert rule_title("a title of nobody") == "a title of nobody"
        assert all(rule_title(title) != title for title in told)


def free_of_prose(tree: ast.AST) -> set[int]:
    """Strings that nobody reads or that are translated: keys, comparisons, patterns, errors, docstrings."""
    roots: list[ast.AST] = []
    for node in ast.walk(tree):
        if is_text_call(node) or isinstance(node, (ast.Raise, ast.Compare, ast.Subscript)):
            roots.append(node)
        elif isinstance(node, ast.Dict):
            roots += [key for key in node.keys if key is not None]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            roots += [node] if node.func.attr in ("isin", "compile") else []
        elif isinstance(node, ast.Expr):
            roots += [node.value] if isinstance(node.value, ast.Constant) else []
    return {id(node) for root in roots for node in ast.walk(root)}


def test_no_module_of_the_report_holds_prose_beside_the_catalogue() -> None:
    """A sentence that is written without :func:`tr` would stay English in every language."""
    found = []
    for path in modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        free = free_of_prose(tree)
        found += [
            (path.name, node.lineno, node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            and id(node) not in free and PROSE.search(node.value)
        ]  # fmt: skip
    assert found == []


@pytest.mark.parametrize("language", OTHERS)
def test_the_script_of_the_page_speaks_the_language(language: str) -> None:
    with speaking(language):
        page = html(sample_plan.plan(4, 2), sample_plan.background(4), none_drawn("x"))
        for words in SCRIPT:
            assert tr(words) in page and words not in page.partition("<script>")[2]
    digest = base64.b64encode(
        hashlib.sha256(re.findall("<script>(.*?)</script>", page, re.DOTALL)[0].encode()).digest()
    )
    assert f"sha256-{digest.decode()}" in page


def test_values_are_put_in_as_they_are() -> None:
    assert tr("at least {cost}", cost="{rule} {0} %s") == "at least {rule} {0} %s"
    with speaking("ms"):
        assert tr("at least {cost}", cost="MYR 3") == "sekurang-kurangnya MYR 3"
    assert tr("Vendor") == "Vendor"
    with pytest.raises(ValueError, match="xx"), speaking("xx"):
        pass


@pytest.fixture(scope="module")
def plan() -> Plan:
    world = World(periods=4, months=3).offer("commit_1y")
    for vendor, price in (("aa", 1.0), ("bb", 1.5)):
        world.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m4", 4, 16, price, "USD")
    world.rate("USD", 2027, 4.2, 0.05).committed("aa:x:m4", 0.7, currency="USD").labour(50)
    world.workload("app", demand={"vcpu": 40, "memory_gib": 160}).workload(
        "tax", demand={"vcpu": 8, "memory_gib": 32}
    )
    world.today("app", "bb:x").rule("cap", "vendor_share", {"cap": 0.8, "basis": "spend"})
    world.rule("approve", "evidence", {"kinds": ["exit_plan"]}, severity="evidence")
    return plan_case(read(world))


def written(plan: Plan, language: str) -> dict[str, str]:
    """The words of everything that is written of a plan."""
    document = docx.Document(io.BytesIO(paper(plan, language)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    book = openpyxl.load_workbook(io.BytesIO(workbook(plan, language)))
    sheets = [
        str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row if value
    ]
    pages = {}
    for name, each, background in (
        ("report", plan, background_of(plan.case)),
        ("sample", sample_plan.plan(), sample_plan.background()),
    ):
        with speaking(language):
            page = html(each, background, draw_all(each, background))
        pages[name] = re.sub(r"<[^>]*>|<style>.*?</style>|<script>.*?</script>", "\n", page, flags=re.DOTALL)
    return {
        "paper": "\n".join([*(p.text for p in document.paragraphs), *cells]),
        "workbook": "\n".join([*book.sheetnames, *sheets]),
        **pages,
    }


@pytest.fixture(scope="module")
def told(plan: Plan) -> dict[str, dict[str, str]]:
    """By language and by what is written: its words."""
    return {language: written(plan, language) for language in LANGUAGES}


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_written_in_another_language_holds_no_english_sentence(
    told: dict[str, dict[str, str]], language: str
) -> None:
    english, other = told[ENGLISH], told[language]
    for name, words in other.items():
        left, seen = [], 0
        for text, meaning in catalogue(language).items():
            for part in PLACE.split(text)[::2]:
                part = part.strip(" .,;:()")
                if len(part.split()) < 3 or part in meaning:
                    continue
                seen += part in english[name]
                left += [part] if part in words else []
        assert seen > 10 and left == [], name


@pytest.mark.parametrize("language", OTHERS)
def test_figures_are_the_same_in_every_language(told: dict[str, dict[str, str]], language: str) -> None:
    def figures(words: str) -> Counter[str]:
        return Counter(re.findall(r"\d[\d,.]*\d|\d", words))

    english, other = told[ENGLISH], told[language]
    assert figures(other["paper"]) == figures(english["paper"])
    assert figures(other["workbook"]) == figures(english["workbook"])
