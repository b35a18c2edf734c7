"""Where a plan's copies come from: the manifest names the release, ``--catalogs`` compares row by row."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from audit.small_plan import Rows, edit, edit_json, edit_text, where
from support.cli import call

from planner.audit.audit import audit
from planner.audit.provenance import compared
from planner.audit.reading import Folder
from planner.audit.seal.content import differences, manifest_of, read_folder
from planner.catalog.load import shipped
from planner.catalog.release import release_of, shipped_in
from planner.plan.folder import write_manifest

DAY, RELEASE = "2026-11-23", release_of(shipped())
PACK = "policies/own-limits.toml"


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    """A folder with the inputs of a plan: a vendor, a pack and the network, as they ship."""
    inputs = tmp_path / "plan" / "inputs"
    shutil.copytree(shipped() / "tm", inputs / "catalogs" / "tm", ignore=shutil.ignore_patterns("*.json"))
    shutil.copytree(shipped() / "network", inputs / "network", ignore=shutil.ignore_patterns("*.json"))
    (inputs / "catalogs" / "policies").mkdir()
    shutil.copyfile(shipped() / PACK, inputs / "catalogs" / PACK)
    (inputs / "case.toml").write_text("schema = 1\n", encoding="utf-8")
    return tmp_path / "plan"


def told(plan: Path, release: str = RELEASE) -> dict[str, tuple[str, dict[str, str], str]]:
    findings = compared(Folder(plan), shipped(), DAY, release)
    return {f.subject: (f.status, dict(f.numbers), f.message) for f in findings}


def test_the_release_is_the_newest_heading_of_the_changelog() -> None:
    text = (shipped() / "CHANGELOG.md").read_text(encoding="utf-8")
    assert text.index(f"## {RELEASE}\n") == text.index("## ")


def test_copies_as_they_ship_are_the_same(copies: Path) -> None:
    found = told(copies)
    assert {name: status for name, (status, _, _) in found.items()} == {
        "network": "pass", PACK: "pass", "tm": "pass",
    }  # fmt: skip
    assert set(shipped_in(copies / "inputs")["packages"]) == set(found)


def first(change: Callable[[dict[str, str]], object]) -> Callable[[Rows], Rows]:
    def changed(rows: Rows) -> Rows:
        change(rows[0])
        return rows

    return changed


CHANGES: dict[str, tuple[str, Callable[[Rows], Rows], str, str]] = {
    "assumed is called published": (
        "prices.csv", first(lambda row: row.update(basis="published")), "changed",
        "basis 'published', there 'assumed'",
    ),
    "a price": (
        "prices.csv", first(lambda row: row.update(ListUnitPrice="0.01")), "changed", "ListUnitPrice '0.01'",
    ),
    "a price that held no more": (
        "prices.csv", first(lambda row: row.update(valid_from="2027-01-01")), "changed", "valid_from",
    ),
    "a newer date of the source": (
        "prices.csv", first(lambda row: row.update(as_of="2026-11-20")), "other date", "another date",
    ),
    "a row invented": (
        "prices.csv", lambda rows: [*rows, {**rows[0], "SkuId": "tm:here:new"}], "not known", "tm:here:new",
    ),
    "a row left out": ("prices.csv", lambda rows: rows[1:], "left out", "left out"),
    "a row twice": ("prices.csv", lambda rows: [rows[0], *rows], "other date", "another date"),
    "another parent": (
        "vendors.csv", first(lambda row: row.update(parent_jurisdiction="XX")), "changed",
        "parent_jurisdiction 'XX'",
    ),
    "where it is known from": (
        "prices.csv", first(lambda row: row.update(source="a letter")), "changed", "source 'a letter'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_row_that_differs_is_told(name: str, copies: Path) -> None:
    table, change, count, words = CHANGES[name]
    edit(copies / "inputs" / "catalogs" / "tm" / table, change)
    status, numbers, message = told(copies)["tm"]
    assert (status, numbers[count]) == ("fail", "1"), "of one release no row differs"
    assert words in message
    assert sum(int(n) for key, n in numbers.items() if key not in ("same", count)) == 0
    lenient = count in ("other date", "left out")
    assert told(copies, "2026-01-01")["tm"][0] == ("warn" if lenient else "fail")
    assert "tm" not in shipped_in(copies / "inputs")["packages"]


def test_a_rule_that_differs_is_told(copies: Path) -> None:
    edit_text(copies / "inputs" / "catalogs" / PACK, 'severity = "', 'severity = "x')
    status, numbers, message = told(copies)[PACK]
    assert (status, numbers["changed"]) == ("fail", "1")
    assert "changed" in message and "rule " in message


def test_a_link_of_the_network_that_differs_is_told(copies: Path) -> None:
    edit(copies / "inputs" / "network" / "links.csv", first(lambda row: row.update(rtt_us="1")))
    assert "rtt_us '1'" in told(copies)["network"][2]


def test_a_package_that_nobody_else_has_is_not_checked(copies: Path) -> None:
    (copies / "inputs" / "catalogs" / "tm").rename(copies / "inputs" / "catalogs" / "ours")
    status, _, message = told(copies)["ours"]
    assert status == "not checked" and "only a signature vouches" in message


def test_a_table_that_cannot_be_read_is_told(copies: Path) -> None:
    (copies / "inputs" / "catalogs" / "tm" / "prices.csv").write_bytes(b"\xff,a\n1\n")
    assert told(copies)["tm"][0] == "fail"


def test_the_manifest_names_what_was_shipped_and_a_copy_that_is_not_it_is_found(copies: Path) -> None:
    write_manifest(copies, shipped_in(copies / "inputs"))
    stated = json.loads((copies / "manifest.json").read_text(encoding="utf-8"))["shipped"]
    assert stated["release"] == RELEASE
    assert differences(read_folder(copies)) == []
    edit(
        copies / "inputs" / "catalogs" / "tm" / "prices.csv", first(lambda row: row.update(basis="published"))
    )
    write_manifest(copies, stated)
    (only,) = differences(read_folder(copies))
    assert only.startswith("shipped tm ")
    files = read_folder(copies)
    left = json.loads(manifest_of(files))["shipped"]["packages"]
    assert set(left) == set(stated["packages"]) - {"tm"}, "a part of a plan names what is still so"


def test_the_whole_command_finds_a_basis_turned_in_copy_and_plan(plan: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(plan / "inputs" / "catalogs", other)
    for folder in (p for p in (plan / "inputs").iterdir() if p.is_dir() and p.name != "catalogs"):
        shutil.copytree(folder, other / folder.name)
    assert call("audit", plan, "--catalogs", other).code == 0
    every = where(lambda row: True, basis="published")
    for table in ("prices", "transfer"):
        edit(plan / "inputs" / "catalogs" / "catalog" / f"{table}.csv", every)
    edit(plan / "purchases.csv", every)
    edit(plan / "costs.csv", where(lambda row: True, assumed="0.0"))
    edit(plan / "options.csv", where(lambda row: row["option"] == "plan", assumed="0.0"))
    edit_json(plan / "plan.json", assumed=0.0)
    write_manifest(plan)
    assert [f for f in audit(plan).findings if f.status == "fail"] == [], "the folder holds together"
    ran = call("audit", plan, "--catalogs", other)
    assert ran.code == 4
    assert "basis 'published', there 'assumed'" in ran.out
    assert call("audit", plan, "--catalogs", tmp_path / "nowhere").code == 2
    assert "not checked" in call("audit", plan, "--catalogs", "shipped").out
