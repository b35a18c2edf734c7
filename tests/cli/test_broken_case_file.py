"""A case.toml that says what cannot be: exit 5 with key, value and mend."""

from __future__ import annotations

import pytest
from support.broken import edit, refused
from support.full_world import full_world


@pytest.fixture
def case(tmp_path):
    return full_world().write(tmp_path / "case")


FX = """[[fx]]
currency = "USD"
year = 2027
rate = 4.2
buffer = 0.03
basis = "assumed"
source = "test"
as_of = 2026-01-01
"""

TOML = {
    "not TOML": ('title = "A test"', "title = A test", "", ""),
    "unknown key": ("schema = 1", 'schema = 1\nsolver = "fast"', "solver", "fast"),
    "misspelt section": ("[money]", "[moneys]", "money", ""),
    "unknown key of a section": ("months = 3", "months = 3\nweeks = 2", "periods.weeks", "2"),
    "another version": ("schema = 1", "schema = 2", "schema", "2"),
    "version 0": ("schema = 1", "schema = 0", "schema", "0"),
    "no title": ('title = "A test"\n', "", "title", ""),
    "blank title": ('title = "A test"', 'title = " "', "title", " "),
    "title over two lines": ('title = "A test"', 'title = "A\\ntest"', "title", "A\ntest"),
    "blank id": ('id = "test"', 'id = ""', "id", ""),
    "id that leads elsewhere": ('id = "test"', 'id = "../test"', "id", "../test"),
    "text where a truth value must be": ("synthetic = true", 'synthetic = "true"', "synthetic", "true"),
    "text where a date must be": (
        "prices_as_of = 2026-11-23",
        'prices_as_of = "2026-11-23"',
        "prices_as_of",
        "2026-11-23",
    ),
    "time where a date must be": (
        "prices_as_of = 2026-11-23",
        "prices_as_of = 2026-11-23T12:00:00",
        "prices_as_of",
        "2026-11-23 12:00:00",
    ),
    "text where a number must be": ("count = 2", 'count = "2"', "periods.count", "2"),
    "half a period": ("count = 2", "count = 2.5", "periods.count", "2.5"),
    "truth value where a number must be": ("count = 2", "count = true", "periods.count", "True"),
    "no periods": ("count = 2", "count = 0", "periods.count", "0"),
    "too many periods": ("count = 2", "count = 100000", "periods.count", "100000"),
    "periods of no length": ("months = 3", "months = 0", "periods.months", "0"),
    "periods of two months": ("months = 3", "months = 2", "periods.months", "2"),
    "bad month": ('start = "2027-01"', 'start = "2027-13"', "periods.start", "2027-13"),
    "blank month": ('start = "2027-01"', 'start = ""', "periods.start", ""),
    "negative discount": ("discount_rate = 0.04", "discount_rate = -0.04", "money.discount_rate", "-0.04"),
    "discount that is no number": (
        "discount_rate = 0.04",
        "discount_rate = nan",
        "money.discount_rate",
        "nan",
    ),
    "endless discount": ("discount_rate = 0.04", "discount_rate = inf", "money.discount_rate", "inf"),
    "currency in words": ('currency = "MYR"', 'currency = "ringgit"', "currency", "ringgit"),
    "country in words": ('home_country = "MY"', 'home_country = "Malaysia"', "home_country", "Malaysia"),
    "unknown catalog": ('"./network"', '"./nowhere"', "catalogs", "./nowhere"),
    "catalog that is not shipped": ('"./network"', '"nowhere"', "catalogs", "nowhere"),
    "catalog outside the case": ('"./network"', '"./../network"', "catalogs", "./../network"),
    "catalog twice": ('"./network"', '"./catalog"', "catalogs", "['./catalog', './catalog']"),
    "no catalog at all": ('catalogs = ["./catalog", "./network"]', "catalogs = []", "catalogs", ""),
    "unknown pack": ('packs = ["./rules.toml"]', 'packs = ["mars-2026"]', "", ""),
    "pack outside the case": (
        'packs = ["./rules.toml"]',
        'packs = ["../rules.toml"]',
        "packs",
        "../rules.toml",
    ),
    "override of an unknown rule": ('[rules."cap"]', '[rules."cup"]', "rules.cup", ""),
    "override out of bounds": ("cap = 0.7", "cap = 1.7", "rules.cap.cap", "1.7"),
    "unknown parameter": ("cap = 0.7", "cop = 0.7", "rules.cap.cop", "0.7"),
    "table outside the case": ('"users.csv"', '"../users.csv"', "tables.users", "../users.csv"),
    "table elsewhere on the disk": ('"users.csv"', '"/etc/passwd"', "tables.users", "/etc/passwd"),
    "table with an impossible name": ('"users.csv"', '"a\\u0000.csv"', "", ""),
    "table with an endless name": ('"users.csv"', f'"{"x" * 300}.csv"', "", ""),
    "table that nobody knows": ('users = "users.csv"', 'user = "users.csv"', "tables.user", "users.csv"),
    "table left out": ('demand = "demand.csv"\n', "", "tables.demand", ""),
    "no headroom": ("[container]\nheadroom = 0.1\n", "[container]\n", "container.headroom", ""),
    "rate missing for a year": ("year = 2027", "year = 2026", "fx", "USD 2027"),
    "rate of nothing": ("rate = 4.2", "rate = 0", "fx.rate", "0.0"),
    "rate twice": (FX, FX + FX, "fx", "USD 2027"),
    "rate from the future": (FX, FX.replace("2026-01-01", "2026-12-01"), "fx.as_of", "2026-12-01"),
    "opening of an unknown region": (
        'region = "bb:new"',
        'region = "bb:newer"',
        "opening.region",
        "bb:newer",
    ),
    "opening in no period": ('from = "2027-04"', 'from = "2027-05"', "opening.from", "2027-05"),
    "slices that do not make up a period": ("day = 0.5", "day = 0.6", "slices", "{'day': 0.6, 'night': 0.5}"),
    "carbon without a price": ("[money]", '[carbon]\ncurrency = "MYR"\n[money]', "carbon.price", ""),
    "carbon in a currency without a rate": (
        "[money]",
        '[carbon]\nprice = 50\ncurrency = "EUR"\nbasis = "assumed"\n'
        'source = "t"\nas_of = 2026-01-01\n[money]',
        "fx",
        "EUR 2027",
    ),
    "latency without a worth": ("[money]", '[latency]\ncurrency = "MYR"\n[money]', "latency.worth", ""),
    "a worth of latency below nothing": (
        "[money]",
        "[latency]\nworth = -1\n[money]",
        "latency.worth",
        "-1.0",
    ),
    "latency in a currency without a rate": (
        "[money]",
        '[latency]\nworth = 2\ncurrency = "EUR"\nbasis = "assumed"\n'
        'source = "t"\nas_of = 2026-01-01\n[money]',
        "fx",
        "EUR 2027",
    ),
    "unknown term": ('"commit_1y"]', '"commit_9y"]', "terms.offer", "commit_9y"),
}


@pytest.mark.parametrize("name", TOML)
def test_a_case_file_that_says_what_cannot_be(case, name):
    old, new, column, value = TOML[name]
    text = (case / "case.toml").read_text(encoding="utf-8")
    assert old in text
    (case / "case.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    assert (column, value) in {(p["column"], p["value"]) for p in refused(case, [])}


def test_a_case_file_that_is_not_utf_8(case):
    (case / "case.toml").write_bytes((case / "case.toml").read_bytes() + b"# caf\xe9\n")
    refused(case, [("case.toml", 0, "", "")])


def test_a_line_is_told_where_it_can_be(case):
    edit(case / "case.toml", lambda text: text.replace("months = 3", "months = 4"))
    row = (case / "case.toml").read_text(encoding="utf-8").split("\n").index("months = 4") + 1
    refused(case, [("case.toml", row, "periods.months", "4")])
