"""The documentation site: whole, built without a warning, nothing from elsewhere, every command real."""

from __future__ import annotations

import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading

import pytest
from support.cli import ROOT
from support.command_lines import parsed

import planner
from planner.model.families import FAMILIES

sys.path.append(str(ROOT / "docs"))
import build
import hooks
import python_page

DOCS = ROOT / "docs"
CHROMIUM = shutil.which("chromium")
PAGES = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))


def test_every_page_is_in_the_navigation_and_back():
    named = re.findall(
        r"^ +- .*: ([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert sorted(named) == PAGES


def test_every_public_name_has_its_place():
    grouped = [name for group in python_page.GROUPS.values() for name in group]
    assert sorted(grouped) == sorted(set(planner.__all__) - {"__version__"})


def test_every_family_says_its_purpose_equation_and_keys():
    page = hooks.on_page_markdown("<!-- generated: families -->")
    parts = re.split(r"^### ", page, flags=re.MULTILINE)[1:]
    assert [part.split("\n")[0] for part in parts] == [family.name for family in FAMILIES]
    for part in parts:
        for word in ("Purpose", "Equation", "Keys"):
            assert re.search(rf"\*\*{word}s?\*\*", part), f"{part.splitlines()[0]}: {word}"


@pytest.mark.parametrize("page", PAGES)
def test_every_generated_part_of_a_page_is_written(page):
    text = hooks.on_page_markdown((DOCS / page).read_text(encoding="utf-8"))
    assert "<!-- generated" not in text
    assert "<!-- file" not in text


def lines_of(page: str) -> list[str]:
    blocks = re.findall(r"```(?:sh|console)\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    lines = [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith("planner ")]


@pytest.mark.parametrize("page", [page for page in PAGES if lines_of(page)])
def test_every_command_shown_is_one_that_there_is(page):
    for line in lines_of(page):
        parsed(line)


@pytest.mark.slow
def test_the_tutorials_show_what_the_commands_print(tmp_path):
    for path, text in build.tutorials(tmp_path).items():
        assert path.read_text(encoding="utf-8") == text, f"{path}: run make docs"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    assert built.stderr == ""
    return folder


@pytest.mark.slow
def test_the_site_is_built_without_a_warning_and_asks_nothing_of_elsewhere(site):
    for page in PAGES:
        text = (site / page.replace(".md", ".html")).read_text(encoding="utf-8")
        assert "<!-- generated" not in text
        assert "<!-- file" not in text
        assert ":class:" not in text
        loaded = re.findall(r'<(?:script|img|link|iframe|source)[^>]+(?:src|href)="(\w+:)?//', text)
        assert loaded == [], page


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_a_browser_reads_every_page_and_finds_by_words(site):
    from playwright.sync_api import expect, sync_playwright

    handler = functools.partial(_Quiet, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/"
    errors, requests = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        for name in PAGES:
            page.goto(address + name.replace(".md", ".html"))
            assert page.locator("h1").count() == 1, name
        page.goto(address)
        page.get_by_role("textbox", name="Search").first.fill("discount_rate")
        expect(page.locator(".md-search-result__item").first).to_be_visible()
        browser.close()
    server.shutdown()
    server.server_close()
    assert errors == []
    assert [url for url in requests if not url.startswith((address, "data:", "blob:"))] == []


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        """Nobody reads the log of a test."""
