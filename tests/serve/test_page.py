"""The page in a browser and over HTTP: what it shows, what it refuses, how it ends."""

from __future__ import annotations

import csv
import io
import re
import shutil
import signal
import subprocess
import sys
import tomllib
import urllib.error
import urllib.request
import zipfile
from concurrent.futures import ThreadPoolExecutor

import openpyxl
import pytest
from support.cases import World
from support.cli import ROOT, environment

from planner.inputs import read_case
from planner.study.frontier import frontier

CHROMIUM = shutil.which("chromium")
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    world = World(periods=2)
    for vendor, price in (("aa", 1.0), ("bb", 1.3), ("cc", 1.5)):
        world.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m4", 4, 16, price)
    world.workload("one", demand={"vcpu": 8, "memory_gib": 32})
    world.workload("two", demand={"vcpu": 40, "memory_gib": 160})
    world.rule("cap", "vendor_share", {"cap": 0.6, "basis": "spend"})
    return world.write(tmp_path_factory.mktemp("served") / "case")


@pytest.fixture(scope="module")
def address(folder):
    process = begin(folder)
    yield process.address
    end(process)


def begin(folder):
    """The server as a process of its own; its address is what it says it listens on."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "cli.py"), "serve", str(folder), "--port", "0"],
        stderr=subprocess.PIPE, text=True, env=environment(None), cwd=folder,
    )  # fmt: skip
    for line in process.stderr:
        if match := re.search(r"http://[\w.:]+/", line):
            process.address = match.group(0)
            return process
    raise AssertionError("it did not listen")


def end(process):
    process.send_signal(signal.SIGTERM)
    code = process.wait(30)
    process.stderr.close()
    return code


def content(address):
    with urllib.request.urlopen(address) as reply:  # noqa: S310 the page that the test serves
        return reply.read()


def get(address, path="", headers=None, data=None):
    request = urllib.request.Request(address + path, headers=headers or {}, data=data)  # noqa: S310 the same
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310 the same
            return reply.status, dict(reply.headers), reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read().decode()


def test_without_script_the_form_answers(address):
    status, headers, page = get(address, "?limit.cap=0.5")
    assert status == 200
    assert "default-src 'none'" in headers["content-security-policy"]
    assert 'value="0.5"' in page
    assert "http" not in re.sub(r'xmlns="[^"]*"', "", page).replace("http-equiv", "")


@pytest.mark.parametrize(
    ("path", "headers", "data", "status"),
    [
        ("", {"Host": "evil.example"}, None, 400),
        ("?limit.cap=2", {}, None, 400),
        ("?limit.none=0.5", {}, None, 400),
        ("?" + "x" * 20_000, {}, None, 400),
        ("plan?", {"Origin": "http://evil.example"}, b"", 403),
        ("plan?", {}, b"x" * 100_000, 413),
        ("plans/plan-1/../../case.toml", {}, None, 404),
        ("plans/x/%2e%2e/%2e%2e/etc/passwd", {}, None, 404),
        ("static/../app.py", {}, None, 404),
        ("static/%2e%2e%2fapp.py", {}, None, 404),
    ],
)
def test_what_is_not_asked_of_it_is_refused(address, path, headers, data, status):
    assert get(address, path, headers, data)[0] == status


def test_what_can_be_taken_along(address, folder):
    _, _, table = get(address, "placements.csv?limit.cap=0.5")
    assert {row["workload"] for row in csv.DictReader(io.StringIO(table))} == {"one", "two"}
    archive = zipfile.ZipFile(io.BytesIO(content(f"{address}case.zip?limit.cap=0.5")))
    assert tomllib.loads(archive.read("case.toml").decode())["scenario"]["what-if"] == {"rules.cap.cap": 0.5}
    assert {"workloads.csv", "demand.csv"} <= set(archive.namelist())


def test_a_plan_is_made_and_read(address):
    status, _, report = get(address, "plan?limit.cap=0.5", data=b"")
    assert status == 200
    assert "<html" in report
    assert get(address, "plans/plan-1/placements.csv")[0] == 200
    assert get(address, "plans/plan-1/nothing")[0] == 404
    assert get(address, "plans/plan-9.xlsx")[0] == 404
    assert "/plans/plan-1.xlsx" in get(address)[2]
    book = openpyxl.load_workbook(io.BytesIO(content(f"{address}plans/plan-1.xlsx")))
    assert "Summary" in book.sheetnames


def test_fifty_at_once_are_answered_or_asked_to_come_again(address):
    def ask(i):
        return get(address, f"answer.json?limit.cap={0.4 + i / 200:.3f}")[0]

    with ThreadPoolExecutor(50) as pool:
        codes = list(pool.map(ask, range(50)))
    assert set(codes) <= {200, 503}
    assert codes.count(200) >= 16


def test_it_ends_when_told(folder):
    assert end(begin(folder)) in (0, -signal.SIGTERM)


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=60_000)  # a busy machine is no fault of the page
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser, address):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.errors, page.requests = [], []
    page.on("console", lambda message: page.errors.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: page.requests.append(request.url))
    page.goto(address)
    yield page
    assert page.errors == []
    assert all(url.startswith(address) for url in page.requests)
    page.close()


def cost(page):
    return float(page.inner_text("#cost").split(" ")[1].replace(",", ""))


@needs_browser
def test_the_cap_moved_by_keyboard_gives_the_cost_of_the_frontier(page, folder):
    from playwright.sync_api import expect

    slider = page.get_by_label("Cap:")
    slider.focus()
    for _ in range(10):
        slider.press("ArrowLeft")
    expect(page.locator("#answer[aria-busy=false] #largest")).to_have_text("50 %")
    point = frontier(read_case(folder), "cap", [1.0, 0.5]).points[-1]
    assert cost(page) == pytest.approx(point.cost, abs=0.005)
    assert "limit.cap=0.5" in page.url


@needs_browser
def test_the_cap_moved_by_mouse_and_undone(page):
    from playwright.sync_api import expect

    before = page.inner_text("#cost")
    box = page.get_by_label("Cap:").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.45, box["y"] + box["height"] / 2)
    expect(page.locator("#extra")).not_to_have_text(re.compile(r" 0\.00$"))
    assert cost(page) > 0
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#cost")).to_have_text(before)


@needs_browser
def test_a_vendor_taken_away_and_no_plan_left(page):
    from playwright.sync_api import expect

    page.get_by_label("AA is gone").first.check()
    expect(page.locator("#message")).to_have_text(re.compile("There is (no|a) plan"))
    expect(page.locator("#shares tr", has_text="AA")).to_have_text(re.compile("^AA0 %"))


@needs_browser
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser, address, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    ).new_page()
    page.goto(address)
    found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical", "moderate")] == []
    page.close()
