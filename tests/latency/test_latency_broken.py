"""One thing broken at a time: file, row, column, value and mend must be right, nothing raised."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd
import pytest
from small_network import GOOD, read, write

from planner.tables import BASES


class Broken(NamedTuple):
    """What to change in a file, and the problem that must be found."""

    file: str
    old: str
    new: str
    row: int
    column: str
    value: str
    says: str


LAND = "Hub,Port,Land,land,1000,900,1200,1100"
TOWN = "Town,site,Town,Town,State,XA,0,0,1000,false,fixed"
MEDIAN = "x:home,x:far,median,1 year,11000,500,measured,made up,2026-01-01\n"
CASES = {
    "unknown node in a link": Broken(
        "links.csv", "Hub,Port,", "Hab,Port,", 6, "a", "Hab", "not found in nodes.csv"
    ),
    "unknown node at b": Broken(
        "links.csv", "Hub,Port,", "Hub,Pork,", 6, "b", "Pork", "not found in nodes.csv"
    ),
    "unknown node measured": Broken(
        "measured.csv", "x:far,x:home", "x:fur,x:home", 3, "from", "x:fur", "not found"
    ),
    "measured from a site": Broken(
        "measured.csv", "x:far,x:home", "Town,x:home", 3, "from", "Town", "is not a region"
    ),
    "low above rtt": Broken(
        "links.csv", LAND, LAND.replace("900", "1001"), 6, "low_us", "1001", "is above rtt_us"
    ),
    "high below rtt": Broken(
        "links.csv", LAND, LAND.replace("1200", "999"), 6, "high_us", "999", "is below rtt_us"
    ),
    "p95 below rtt": Broken(
        "links.csv", LAND, LAND.replace("1100", "999"), 6, "p95_us", "999", "is below rtt_us"
    ),
    "self loop": Broken("links.csv", "Hub,Port,", "Hub,Hub,", 6, "b", "Hub", "joins a node to itself"),
    "turned-round duplicate": Broken(
        "links.csv",
        "Hub,Town,Mobile access",
        "Hub,Town,Fixed access",
        3,
        "a",
        "Hub, Town, Fixed access",
        "the same link as row 2",
    ),
    "duplicate": Broken(
        "links.csv",
        "Port,Far hub,Cable B",
        "Port,Far hub,Cable A",
        8,
        "a",
        "Port, Far hub, Cable A",
        "appears twice",
    ),
    "site without a link": Broken(
        "links.csv",
        "Isle,Hub,Satellite,satellite",
        "Isle,Hub,Satellite,land",
        3,
        "node",
        "Isle",
        "no access link",
    ),
    "NaN": Broken("links.csv", LAND, LAND.replace("1000", "NaN"), 6, "rtt_us", "NaN", "not a finite number"),
    "infinite": Broken(
        "links.csv", LAND, LAND.replace("1000", "1e999"), 6, "rtt_us", "1e999", "not a finite number"
    ),
    "negative": Broken("links.csv", LAND, LAND.replace("1000", "-1"), 6, "rtt_us", "-1", "is below 0"),
    "fraction of a microsecond": Broken(
        "links.csv", LAND, LAND.replace("1000", "1000.5"), 6, "rtt_us", "1000.5", "not a whole number"
    ),
    "unit in a number": Broken(
        "links.csv", LAND, LAND.replace("1000", "1 ms"), 6, "rtt_us", "1 ms", "not a finite"
    ),
    "blank number": Broken("links.csv", LAND, LAND.replace("1000", ""), 6, "rtt_us", "", "is blank"),
    "zero measured": Broken("measured.csv", "year,13000", "year,0", 3, "rtt_us", "0", "is not above 0"),
    "zero error": Broken("measured.csv", "13000,500", "13000,0", 3, "error_us", "0", "is not above 0"),
    "unknown statistic": Broken(
        "measured.csv",
        "x:far,x:home,median",
        "x:far,x:home,p50",
        3,
        "statistic",
        "p50",
        "not an allowed value",
    ),
    "measured twice": Broken(
        "measured.csv", MEDIAN, MEDIAN + MEDIAN, 3, "from", "x:home, x:far, median, made up", "appears twice"
    ),
    "unknown kind of link": Broken(
        "links.csv", "Land,land", "Land,lend", 6, "kind", "lend", "not an allowed value"
    ),
    "unknown kind of node": Broken(
        "nodes.csv", "Hub,hub,Hub", "Hub,hubb,Hub", 4, "kind", "hubb", "not an allowed"
    ),
    "latitude": Broken("nodes.csv", TOWN, TOWN.replace("XA,0,", "XA,91,"), 2, "lat", "91", "is above 90"),
    "population": Broken("nodes.csv", TOWN, TOWN.replace("1000", "-5"), 2, "population", "-5", "is below 0"),
    "rural": Broken(
        "nodes.csv", TOWN, TOWN.replace("false", "no"), 2, "rural", "no", "neither true nor false"
    ),
    "node twice": Broken("nodes.csv", "Isle,site", "Town,site", 3, "node", "Town", "appears twice"),
    "unsafe name": Broken("nodes.csv", "Isle,site", "=Isle,site", 3, "node", "=Isle", "not a safe name"),
    "basis": Broken(
        "nodes.csv", "fixed,,derived", "fixed,,guessed", 2, "basis", "guessed", "not an allowed value"
    ),
    "date": Broken(
        "links.csv",
        "published,made up,2020-01-01",
        "published,made up,2020-13-01",
        7,
        "as_of",
        "2020-13-01",
        "not a date",
    ),
    "unknown source": Broken(
        "links.csv",
        "published,made up,2020",
        "published,made up; gossip,2020",
        7,
        "source",
        "gossip",
        "no known source",
    ),
    "missing column": Broken("links.csv", ",high_us", "", 1, "high_us", "", "the column is missing"),
    "unknown column": Broken("nodes.csv", "rural", "rurel", 1, "rurel", "", "the column is unknown"),
    "short row": Broken("links.csv", LAND + ",", LAND, 6, "", "Hub,Port,Land,land", "cells, the header"),
    "empty file": Broken("links.csv", GOOD["links.csv"], "", 0, "", "", "the file is empty"),
    "binary": Broken("nodes.csv", "Isle", "Is\x00le", 0, "", "", "binary"),
}


@pytest.mark.parametrize("what", CASES)
def test_broken(tmp_path, what):
    case = CASES[what]
    assert GOOD[case.file].count(case.old) >= 1, "the test changes nothing"
    changed = GOOD[case.file].replace(case.old, case.new, 1)
    _, problems = read(write(tmp_path / "net", {case.file: changed}))
    file = "net/nodes.csv" if case.says == "no access link" else f"net/{case.file}"
    found = [p for p in problems if (p.file, p.row, p.column) == (file, case.row, case.column)]
    assert found, problems
    assert any(case.says in p.problem and p.value.startswith(case.value) for p in found), found
    assert all(p.mend for p in problems)


def test_a_byte_order_mark_is_read_like_none(tmp_path):
    marked = GOOD["links.csv"].replace("a,b,name", "\ufeffa,b,name", 1)
    wanted, _ = read(write(tmp_path / "ours", {}))
    network, problems = read(write(tmp_path / "theirs", {"links.csv": marked}))
    assert not problems
    pd.testing.assert_frame_equal(network.links, wanted.links)


@pytest.mark.parametrize("file", ["nodes.csv", "links.csv", "measured.csv"])
def test_missing_table(tmp_path, file):
    folder = write(tmp_path / "net")
    (folder / file).unlink()
    _, problems = read(folder)
    assert [(p.file, p.problem) for p in problems] == [(f"net/{file}", "the file is missing")]


def test_wrong_encoding(tmp_path):
    folder = write(tmp_path / "net")
    (folder / "nodes.csv").write_bytes(GOOD["nodes.csv"].replace("Isle,site", "Île,site").encode("latin-1"))
    _, problems = read(folder)
    assert [(p.file, p.row, p.problem) for p in problems] == [("net/nodes.csv", 3, "the file is not UTF-8")]


def test_several_at_once(tmp_path):
    links = GOOD["links.csv"].replace("Hub,Port,", "Hab,Port,").replace("10000,8000", "10000,18000")
    measured = GOOD["measured.csv"].replace("x:far,x:home", "z:far,x:home")
    _, problems = read(write(tmp_path / "net", {"links.csv": links, "measured.csv": measured}))
    assert {(p.file, p.column) for p in problems} == {
        ("net/links.csv", "a"),
        ("net/links.csv", "low_us"),
        ("net/measured.csv", "from"),
    }


def test_sources_are_checked_only_where_they_are_listed(tmp_path):
    folder = write(tmp_path / "net")
    (folder / "sources.csv").unlink()
    network, problems = read(folder)
    assert problems == []
    assert [name for name, _ in network.files] == ["net/nodes.csv", "net/links.csv", "net/measured.csv"]


def test_order_of_rows_does_not_matter(tmp_path):
    def turned(text: str) -> str:
        head, *rows = text.splitlines(keepends=True)
        return head + "".join(reversed(rows))

    one, _ = read(write(tmp_path / "one"))
    two, _ = read(write(tmp_path / "two", {name: turned(text) for name, text in GOOD.items()}))
    for table in ("nodes", "links", "measured"):
        left, right = (getattr(n, table).drop(columns="_row") for n in (one, two))
        assert left.equals(right)


def test_every_basis_has_a_strength():
    from planner.latency.schema import STRENGTH

    assert sorted(STRENGTH) == sorted(BASES)
