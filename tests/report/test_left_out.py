"""A plan without its report, or with a report without figures: all else is the same."""

from __future__ import annotations

import pytest
from support.cli import ROOT, call, tree

CASE = ROOT / "examples" / "vendor-cap"


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("left_out")
    ran = {
        "full": call("plan", CASE, "--out", folder / "full"),
        "figures": call("plan", CASE, "--out", folder / "figures", "--no-figures"),
        "report": call("plan", CASE, "--out", folder / "report", "--no-report"),
    }
    assert [r.code for r in ran.values()] == [0, 0, 0]
    return folder, ran


def test_nothing_else_changes(folders):
    folder, _ = folders
    full, no_figures, no_report = (tree(folder / name) for name in ("full", "figures", "report"))
    drawn = {name for name in full if name.startswith("figures/")}
    assert drawn and set(full) - set(no_figures) == drawn
    assert set(full) - set(no_report) == drawn | {"report.html"}
    same = set(no_report) - {"manifest.json"}
    assert all(full[name] == no_figures[name] == no_report[name] for name in same)


def test_the_page_without_figures_says_so_and_refers_to_none(folders):
    folder, _ = folders
    page = (folder / "figures" / "report.html").read_text(encoding="utf-8")
    assert page.count("Not drawn: the plan was made with --no-figures") == 5
    assert "<img" not in page and "figures/" not in page


def test_nobody_is_sent_to_a_page_that_is_not_there(folders):
    folder, ran = folders
    assert "report.html" in ran["figures"].err and "report.html" not in ran["report"].err
    assert "report.html" in call("show", folder / "figures").err
    assert "report.html" not in call("show", folder / "report").err


@pytest.mark.parametrize("name", ["figures", "report"])
def test_such_folders_are_audited_verified_and_replaced_like_any(folders, name):
    folder, _ = folders
    assert call("audit", folder / name).code == 0
    assert call("verify", folder / name).code == 0
    assert call("plan", CASE, "--out", folder / name, "--no-report").code == 0
