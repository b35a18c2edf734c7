"""What ``catalog check`` and ``catalog list`` find: planted outliers, ages, coverage, currencies, nodes."""

from __future__ import annotations

import csv
from datetime import date

import pytest
from price_lists import package
from small_package import GOOD, write
from test_catalog_command import planner

from planner.catalog.appraisal import appraise
from planner.catalog.load import read_folders
from planner.catalog.packages import read_packages
from planner.catalog.schema import PRICES, SKUS
from planner.errors import BadInput

DAY = date(2026, 11, 29)
SIZES = {"m7i.large": (2, 8), "m7i.xlarge": (4, 16), "m7i.2xlarge": (8, 32), "m7i.4xlarge": (16, 64)}


def _catalog(tmp_path, change=lambda rows: None, refreshes=""):
    """Four sizes in three regions at 0.05 a vCPU-hour; ``change`` spoils rows of prices."""
    folder = package(tmp_path, "aws", {}, {})
    regions = folder / "regions.csv"
    regions.write_text(
        regions.read_text(encoding="utf-8") + "aws:ap-3,aws,ap-3,,MY,in_country_public,live,,aws:ap-3,,1,100,"
        "false,,published,a list,2026-01-01\n",
        encoding="utf-8",
    )
    made = {"source": "a list", "as_of": "2026-01-01", "basis": "published"}
    skus, prices = [], {}
    for region in ("ap-1", "ap-2", "ap-3"):
        for name, (vcpu, memory) in SIZES.items():
            sku = f"aws:{region}:{name}"
            machine = {"category": "general", "architecture": "x86", "vcpu": vcpu, "memory_gib": memory}
            skus.append({"SkuId": sku, "region": f"aws:{region}", "family": "m7i", **machine, **made})
            for term, category, factor in (("on_demand", "Standard", 1), ("spot", "Dynamic", 0.3)):
                prices[region, name, term] = {
                    "SkuId": sku, "term": term, "PricingCategory": category, "PricingUnit": "Hour",
                    "ListUnitPrice": round(0.05 * vcpu * factor, 6), "PricingCurrency": "USD",
                    "valid_from": "2026-01-01", **made,
                }  # fmt: skip
    change(prices)
    for table, rows in ((SKUS, skus), (PRICES, prices.values())):
        with (folder / table.file).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(
                stream, [c.name for c in table.columns if c.name != "upfront"], restval=""
            )
            writer.writeheader()
            writer.writerows(rows)
    if refreshes:
        header = "vendor,taken_in,document,published,read,added,repriced,confirmed,refused,gone\n"
        (folder / "refreshes.csv").write_text(header + refreshes, encoding="utf-8")
    catalog, problems = read_folders([("aws", folder)], DAY)
    assert problems == []
    return catalog


def test_prices_that_agree_are_no_outliers(tmp_path):
    assert appraise(_catalog(tmp_path)).outliers.empty


def test_a_price_a_third_dearer_than_elsewhere_is_told(tmp_path):
    found = appraise(
        _catalog(tmp_path, lambda p: p["ap-2", "m7i.large", "on_demand"].update(ListUnitPrice=0.134))
    ).outliers
    told = found[["SkuId", "term", "against", "expected"]].values.tolist()
    assert told == [["aws:ap-2:m7i.large", "on_demand", "the same SKU in other regions", 0.1]]
    assert found["ratio"].tolist() == pytest.approx([1.34])


def test_a_machine_far_from_its_family_in_every_region_is_told(tmp_path):
    def change(prices):
        for region in ("ap-1", "ap-2", "ap-3"):
            prices[region, "m7i.4xlarge", "on_demand"].update(ListUnitPrice=0.4)

    found = appraise(_catalog(tmp_path, change)).outliers
    assert found["SkuId"].tolist() == [f"aws:ap-{n}:m7i.4xlarge" for n in (1, 2, 3)]
    assert set(found["against"]) == {"its family per vCPU, GiB and card"}
    assert found["ratio"].tolist() == pytest.approx([0.5] * 3)


def test_spot_above_the_price_on_demand_is_told(tmp_path):
    found = appraise(
        _catalog(tmp_path, lambda p: p["ap-1", "m7i.large", "spot"].update(ListUnitPrice=0.11))
    ).outliers
    assert found[["SkuId", "term", "against"]].values.tolist() == [
        ["aws:ap-1:m7i.large", "spot", "its own price on demand"]
    ]


def test_age_counts_from_the_last_day_that_a_source_stated_the_price(tmp_path):
    def change(prices):
        prices["ap-1", "m7i.large", "on_demand"].update(as_of="2025-01-01")
        prices["ap-1", "m7i.xlarge", "on_demand"].update(as_of="2025-01-01", confirmed="2026-11-01")

    rows = "aws,2026-02-01,old list,2026-01-01,1,1,0,0,0,0\naws,2026-11-02,new list,2026-11-01,1,0,0,1,0,0\n"
    found = appraise(_catalog(tmp_path, change, rows), max_age=365)
    (fresh,) = found.fresh.to_dict("records")
    assert (fresh["taken_in"], fresh["document"], fresh["published"]) == (
        "2026-11-02",
        "new list",
        "2026-11-01",
    )
    assert (fresh["prices"], fresh["stale"], fresh["oldest"], fresh["newest"]) == (
        24,
        1,
        "2025-01-01",
        "2026-11-01",
    )
    assert found.stale == 1
    assert appraise(_catalog(tmp_path / "again", change, rows), max_age=10_000).stale == 0


def test_coverage_and_basis_are_counted(tmp_path):
    def change(prices):
        for name in SIZES:
            del prices["ap-3", name, "spot"]
        prices["ap-1", "m7i.large", "spot"].update(basis="assumed")

    found = appraise(_catalog(tmp_path, change))
    # one family in three regions under on demand, spot, 1 and 3 years: 5 priced, 7 nobody looked up
    assert found.coverage.to_dict("records") == [{"vendor": "aws", "priced": 5, "not sold": 0, "unknown": 7}]
    assert found.basis.to_dict("records") == [{"vendor": "aws", "assumed": 1, "published": 19}]


def test_a_currency_that_is_none_is_an_error(tmp_path):
    prices = GOOD["prices.csv"].replace(",USD,", ",dollars,")
    write(tmp_path, {**GOOD, "prices.csv": prices})
    with pytest.raises(BadInput) as wrong:
        read_packages([str(tmp_path / "ours")], DAY)
    assert {(p.column, p.value, p.problem) for p in wrong.value.problems} == {
        ("PricingCurrency", "dollars", "is no code of a currency")
    }


def test_a_region_at_a_node_that_the_network_lacks_is_an_error(tmp_path):
    folder = write(tmp_path)
    network = tmp_path / "net"
    network.mkdir()
    (network / "nodes.csv").write_text("node,kind\nelsewhere,site\n", encoding="utf-8")
    read_packages([str(folder)], DAY, descriptors=True)
    with pytest.raises(BadInput) as wrong:
        read_packages([str(folder), str(network)], DAY, descriptors=True)
    assert {p.column for p in wrong.value.problems} == {"node"}


def test_what_is_stale_is_listed_and_fails_with_its_own_code():
    run = planner("list", "aws", "accelerators", "--as-of", "2026-11-29", "--max-age", "30")
    assert run.returncode == 0
    line = next(
        row for row in run.stdout.splitlines() if row.strip().startswith("aws") and "2026-11-29" in row
    )
    assert "of 2470" in line
    run = planner("check", "aws", "accelerators", "--as-of", "2026-11-29", "--max-age", "30")
    assert run.returncode == 6
    assert "Prices by basis" in run.stdout
