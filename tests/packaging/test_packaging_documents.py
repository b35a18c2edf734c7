"""The documents say what the program does: reference pages, output shown, commands, tables, links."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from planner.case.schema import TABLES
from planner.plan.plan import FRAMES

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ("a-case", "independence", "limits", "plan-folder", "rules-and-facts", "what-may-go-wrong")
PAGES = (
    *(f"docs/guide/{name}.md" for name in GUIDE),
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "catalogs/README.md",
    "examples/README.md",
)


@pytest.fixture(scope="module")
def build():
    spec = importlib.util.spec_from_file_location("docs_build", ROOT / "docs" / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_tables_page_is_written_from_the_schemas(build):
    page = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    assert page == build.tables_page(), "run: make docs"


def test_the_audit_page_holds_the_table_of_cells(build):
    page = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
    assert page == build.audit_page(page), "run: make docs"


def test_output_shown_is_what_the_commands_print(build, readme, tmp_path):
    written = build.documents(tmp_path)
    assert "$ planner plan examples/national-ai | head -7\nSYNTHETIC\n" in readme
    for path, text in written.items():
        assert text == path.read_text(encoding="utf-8"), f"{path.name}: run: make docs"


def test_the_readme_stays_short_and_shows_the_report(readme):
    assert len(readme.splitlines()) <= 120
    picture = ROOT / "docs" / "figures" / "report.png"
    assert "docs/figures/report.png" in readme and picture.stat().st_size < 300_000


def test_the_guide_names_every_table_and_file_of_a_plan():
    case, plan = (
        (ROOT / "docs" / "guide" / f"{name}.md").read_text(encoding="utf-8")
        for name in ("a-case", "plan-folder")
    )
    for table in TABLES:
        assert f"| `{table.file}` |" in case
    for name in FRAMES.keys() - {"periods"}:
        assert f"| `{name}.csv` |" in plan


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?://)([^)]+)\)", text):
        file, _, anchor = target.partition("#")
        path = (ROOT / page).parent / file if file else ROOT / page
        assert path.exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w\- ]", "", head).lower().replace(" ", "-") for head in heads}
            assert anchor in anchors, target
