"""The report in a real browser: alone in a folder, both themes, narrow and wide, by keyboard and search."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield made
        made.close()


@pytest.fixture(scope="module")
def alone(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report in a folder that holds nothing else."""
    return Path(shutil.copy(folder / "report.html", tmp_path_factory.mktemp("alone"))).as_uri()


def opened(
    browser: Browser, address: str, width: int, height: int, dark: bool = False
) -> tuple[Page, list[str]]:
    """The page, and everything it said on the console or asked of the network."""
    page = browser.new_page(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
    )
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "request", lambda r: None if r.url.startswith("data:") or r.url == address else said.append(r.url)
    )
    page.goto(address)
    return page, said


def test_decision_and_options_stand_on_the_first_screen(browser: Browser, alone: str) -> None:
    page, said = opened(browser, alone, 1440, 900)
    assert page.locator(".decision").bounding_box()["y"] < 450
    assert "Place 60 systems" in page.locator(".decision").inner_text()
    costs = page.locator("table.data", has=page.locator("#options")).locator("tbody tr").first.bounding_box()
    assert costs["y"] + costs["height"] < 900
    assert page.locator("img").evaluate_all("all => all.every(i => i.complete && i.naturalWidth > 0)")
    assert not said


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [360, 1440])
def test_nothing_is_in_the_way_of_anybody(browser: Browser, alone: str, width: int, dark: bool) -> None:
    page, said = opened(browser, alone, width, 800, dark)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    found = Axe().run(page).response["violations"]
    assert not [(v["id"], v["nodes"][0]["target"]) for v in found if v["impact"] != "minor"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not said


def test_tables_are_searched_and_sorted(browser: Browser, alone: str) -> None:
    page, said = opened(browser, alone, 1440, 900)
    table = page.locator("table.data", has=page.get_by_text("Where each workload runs", exact=True))
    section = page.locator("section", has=page.locator("#placements"))
    section.get_by_role("searchbox").fill("workload-28 lhdn")
    assert table.locator("tbody tr:visible").count() == 1
    section.get_by_role("searchbox").fill("")
    assert table.locator("tbody tr:visible").count() == 60
    names = "rows => rows.map(r => r.cells[0].textContent)"
    table.get_by_role("button", name="Workload").click()
    up = table.locator("tbody tr").evaluate_all(names)
    table.get_by_role("button", name="Workload").click()
    assert table.locator("tbody tr").evaluate_all(names) == up[::-1]
    assert table.locator("th[aria-sort=descending]").count() == 1
    assert not said


def test_without_script_every_table_is_there(browser: Browser, alone: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(alone)
    assert page.get_by_text("Where each workload runs", exact=True).is_visible()
    assert page.get_by_role("searchbox").count() == 0


def test_every_link_inside_leads_somewhere(browser: Browser, alone: str) -> None:
    page, said = opened(browser, alone, 1440, 900)
    for link in page.locator("nav a").all():
        link.click()
        assert page.locator(page.evaluate("location.hash")).is_visible()
    assert not said
