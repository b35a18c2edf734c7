"""Reading packages: what a day knows, where a package may lie, what it may hold."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from small_package import GOOD, P, read, write

from planner.catalog.load import folder_of, read_catalog, shipped, shipped_names
from planner.errors import Issue


def test_good_package_has_no_problem(tmp_path):
    write(tmp_path)
    catalog, problems = read(tmp_path)
    assert problems == []
    assert list(catalog.regions["region"]) == ["acme:east", "acme:west"]
    assert "_row" not in catalog.prices.columns
    assert [name for name, _ in catalog.files] == sorted(f"ours/{file}" for file in GOOD)
    assert all(path.is_file() for _, path in catalog.files)


@pytest.mark.parametrize(
    ("day", "price"),
    [
        (date(2024, 12, 31), []),
        (date(2025, 1, 1), [0.1]),
        (date(2025, 12, 31), [0.1]),
        (date(2026, 1, 1), [0.09]),
        (date(2030, 1, 1), [0.09]),
    ],
)
def test_prices_hold_from_and_until_their_days(tmp_path, day, price):
    write(tmp_path)
    catalog, problems = read(tmp_path, day)
    assert problems == []
    found = catalog.prices[
        (catalog.prices["SkuId"] == "acme:east:a2") & (catalog.prices["term"] == "on_demand")
    ]
    assert found["ListUnitPrice"].tolist() == price


def test_a_later_rate_is_not_known_yet(tmp_path):
    write(tmp_path)
    assert read(tmp_path, date(2026, 6, 29))[0].rates["rate"].tolist() == [4.2]
    assert read(tmp_path, date(2026, 6, 30))[0].rates["rate"].tolist() == [4.2, 4.1]


def test_transfer_tiers_are_dated_too(tmp_path):
    write(tmp_path)
    assert read(tmp_path, date(2024, 1, 1))[0].transfer.empty
    assert len(read(tmp_path)[0].transfer) == 3


def test_order_of_rows_does_not_matter(tmp_path):
    write(tmp_path)
    straight, _ = read(tmp_path)
    shuffled = {}
    for file, text in GOOD.items():
        header, *rows = text.splitlines(keepends=True)
        random.Random(7).shuffle(rows)
        shuffled[file] = "".join([header, *rows])
    write(tmp_path, shuffled)
    mixed, problems = read(tmp_path)
    assert problems == []
    for table in ("regions", "skus", "prices", "transfer", "rates"):
        pd.testing.assert_frame_equal(getattr(straight, table), getattr(mixed, table))


def test_packages_are_joined(tmp_path):
    write(tmp_path)
    header = {file: text.splitlines(keepends=True)[0] for file, text in GOOD.items()}
    more = {file: header[file] for file in ("vendors.csv", "regions.csv", "transfer.csv")}
    more["skus.csv"] = header["skus.csv"] + f"acme:west:a2,acme:west,a,general,x86,2,8,,,,,{P}\n"
    more["prices.csv"] = (
        header["prices.csv"] + f"acme:west:a2,on_demand,Standard,Hour,0.2,USD,2025-01-01,,{P}\n"
    )
    write(tmp_path, more, "extra")
    catalog, problems = read(tmp_path, date(2026, 6, 1), "./ours", "./extra")
    assert problems == []
    assert "acme:west:a2" in set(catalog.prices["SkuId"])


def test_network_is_passed_over(tmp_path):
    write(tmp_path)
    write(tmp_path, {"nodes.csv": "anything"}, "net")
    catalog, problems = read(tmp_path, date(2026, 6, 1), "./ours", "./net")
    assert problems == []
    assert all(name.startswith("ours/") for name, _ in catalog.files)


def test_shipped_packages_hold_together():
    catalog, problems = read_catalog(shipped_names(), Path(), date(2026, 11, 1))
    assert problems == []
    assert {"aws", "azure", "gcp", "tm", "mygovcloud", "premises", "accelerators", "fx"} <= set(
        shipped_names()
    )
    assert not catalog.prices.duplicated(["SkuId", "term"]).any()
    assert not catalog.transfer.duplicated(["region", "destination", "from_gib"]).any()


def test_no_package_is_no_problem(tmp_path):
    catalog, problems = read_catalog([], tmp_path, date(2026, 1, 1))
    assert problems == []
    assert catalog.prices.empty
    assert catalog.regions.empty


@pytest.mark.parametrize(
    "name",
    [
        *("../ours", "./../ours", "./ours/../../ours", "./..", ".", "./", "..", "./.", "/etc", "~", ""),
        *("ours/../aws", "./case/../../secret", "aws/..", "AWS", "./\0", "./" + "x" * 5000),
    ],
)
def test_a_name_never_leads_out_of_the_case(tmp_path, name):
    case = tmp_path / "case"
    case.mkdir()
    write(tmp_path)
    write(tmp_path, name="secret")
    found = folder_of(name, case)
    assert isinstance(found, Issue)
    assert found.file == "case.toml"
    assert found.column == "catalogs"
    assert found.mend


def test_a_link_out_of_the_case_is_refused(tmp_path):
    case = tmp_path / "case"
    case.mkdir()
    secret = write(tmp_path, name="secret")
    (case / "ours").symlink_to(secret, target_is_directory=True)
    found = folder_of("./ours", case)
    assert isinstance(found, Issue)
    assert "leads out" in found.problem


def test_a_file_that_is_a_link_out_of_the_package_is_not_read(tmp_path):
    case = tmp_path / "case"
    folder = write(case)
    (tmp_path / "prices.csv").write_text(GOOD["prices.csv"], encoding="utf-8")
    (folder / "prices.csv").unlink()
    (folder / "prices.csv").symlink_to(tmp_path / "prices.csv")
    catalog, problems = read(case)
    assert [p.file for p in problems] == ["ours/prices.csv"]
    assert catalog.files == ()


def test_a_link_inside_the_case_is_followed(tmp_path):
    write(tmp_path)
    (tmp_path / "other").symlink_to(tmp_path / "ours", target_is_directory=True)
    assert folder_of("./other", tmp_path) == (tmp_path / "ours").resolve()


def test_shipped_name_and_own_folder_are_told_apart(tmp_path):
    write(tmp_path, name="aws")
    assert folder_of("aws", tmp_path) == shipped() / "aws"
    assert folder_of("./aws", tmp_path) == (tmp_path / "aws").resolve()
    _, problems = read_catalog(["aws", "./aws"], tmp_path, date(2026, 6, 1))
    assert any("named twice" in p.problem and p.value == "aws" for p in problems)
