"""The shipped figures against rows copied from their sources."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from planner.catalog.load import Catalog, read_catalog, shipped_names

with (Path(__file__).parent / "source_rows.csv").open(encoding="utf-8") as source_rows:
    ROWS = list(csv.DictReader(source_rows))
AS_OF = date(2026, 11, 1)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    catalog, problems = read_catalog(shipped_names(), Path(), AS_OF)
    assert problems == []
    return catalog


def test_spread_of_the_sample():
    priced = [row for row in ROWS if row["price"]]
    assert len(priced) >= 40
    regions = {":".join(row["subject"].split(":")[:2]) for row in priced}
    assert len(regions) == 10
    assert {row["kind"] for row in priced} == {"instances", "storage", "egress"}
    assert {"on_demand", "spot", "commit_1y", "commit_3y"} < {row["item"] for row in priced}


@pytest.mark.parametrize("row", ROWS, ids=[f"{r['subject']} {r['item']}" for r in ROWS])
def test_price_is_that_of_the_source(catalog, row):
    if row["kind"] == "egress":
        destination, tier = row["item"].split(" ")
        frame = catalog.transfer
        found = frame[
            (frame["region"] == row["subject"])
            & (frame["destination"] == destination)
            & (frame["from_gib"] == float(tier))
        ]
    else:
        frame = catalog.prices
        found = frame[(frame["SkuId"] == row["subject"]) & (frame["term"] == row["item"])]
    if not row["price"]:
        assert found.empty, "the source has no price, so the catalog must not have one"
        return
    assert len(found) == 1
    price = found.iloc[0]
    assert price["ListUnitPrice"] == pytest.approx(float(row["price"]), rel=1e-6)
    assert price["PricingCurrency"] == row["currency"]
    assert price["PricingUnit"] == row["unit"]
    assert price["as_of"] == row["date"]
    assert price["basis"] == ("derived" if _is_derived(row) else "published")
    if not _is_derived(row):
        assert row["source"] in price["source"]


def _is_derived(row: dict[str, str]) -> bool:
    """Only AWS spot is worked out from a mean saving."""
    return row["item"] == "spot" and row["subject"].startswith("aws:")


@pytest.mark.parametrize(
    "table", ["vendors", "regions", "skus", "prices", "transfer", "accelerators", "rates"]
)
def test_every_row_says_where_it_is_from(catalog, table):
    frame = getattr(catalog, table)
    assert len(frame) > 0
    assert (frame["source"].str.len() >= 10).all()
    assert frame["basis"].isin(["published", "derived", "assumed"]).all()
    assert (frame["as_of"] >= "2023-01-01").all()
    assert (frame["as_of"] <= "2026-11-29").all()


def test_domestic_prices_are_assumed_and_say_how(catalog):
    for vendor, factor in (("tm:", "1.15"), ("mygovcloud:", "1.05"), ("premises:", "1.25")):
        prices = catalog.prices[catalog.prices["SkuId"].str.startswith(vendor)]
        assert len(prices) > 0
        assert (prices["basis"] == "assumed").all()
        assert (prices["PricingCurrency"] == "MYR").all()
        assert prices["source"].str.contains(f"{factor} x").any()


def test_domestic_machine_follows_its_rule(catalog):
    price = catalog.prices.set_index(["SkuId", "term"])["ListUnitPrice"]
    alike = catalog.skus[
        catalog.skus["region"].isin(["aws:ap-southeast-5", "azure:malaysiawest"])
        & (catalog.skus["category"] == "general")
        & (catalog.skus["architecture"] == "x86")
        & (catalog.skus["vcpu"] == 8)
        & (catalog.skus["memory_gib"] == 32)
    ]
    median = alike["SkuId"].map(price.xs("on_demand", level="term")).median()
    rate = catalog.rates[(catalog.rates["quote"] == "MYR")].iloc[-1]["rate"]
    assert price["tm:klang-valley:g8", "on_demand"] == pytest.approx(1.15 * median * rate, abs=1e-4)
    assert price["tm:klang-valley:g8", "commit_1y"] == pytest.approx(
        0.75 * price["tm:klang-valley:g8", "on_demand"], abs=1e-4
    )


def test_no_vendor_gives_a_commitment_or_spot_above_its_on_demand_price(catalog):
    by_term = catalog.prices.pivot(index="SkuId", columns="term", values="ListUnitPrice")
    for term in ("spot", "commit_1y", "commit_3y"):
        known = by_term.dropna(subset=["on_demand", term])
        assert len(known) > 400
        assert (known[term] < known["on_demand"]).all()


@pytest.mark.parametrize(
    ("name", "architecture"),
    [
        ("aws:ap-southeast-5:c6g.large", "arm"),
        ("aws:ap-southeast-5:m7g.xlarge", "arm"),
        ("aws:ap-southeast-5:t4g.micro", "arm"),
        ("aws:ap-southeast-5:t3.micro", "x86"),
        ("aws:ap-southeast-5:g6.xlarge", "x86"),
        ("aws:ap-southeast-5:gr6.4xlarge", "x86"),
        ("aws:ap-southeast-1:g4dn.xlarge", "x86"),
        ("aws:ap-southeast-5:m7i-flex.large", "x86"),
        ("azure:southeastasia:Standard_D2ps_v5", "arm"),
        ("azure:southeastasia:Standard_E4pds_v6", "arm"),
        ("azure:malaysiawest:Standard_D2als_v6", "x86"),
        ("azure:malaysiawest:Standard_NC40ads_H100_v5", "x86"),
        ("gcp:asia-southeast1:c4-standard-2", "x86"),
    ],
)
def test_architecture(catalog, name, architecture):
    assert catalog.skus.set_index("SkuId").at[name, "architecture"] == architecture


@pytest.mark.parametrize(
    ("size", "baseline"),
    [
        ("nano", 0.1), ("micro", 0.2), ("small", 0.4), ("medium", 0.4), ("large", 0.6),
        ("xlarge", 1.6), ("2xlarge", 3.2),
    ],
)  # fmt: skip
@pytest.mark.parametrize("family", ["t3", "t4g"])
def test_burstable_machines_count_what_they_sustain(catalog, family, size, baseline):
    sku = catalog.skus.set_index("SkuId").loc[f"aws:ap-southeast-5:{family}.{size}"]
    assert sku["baseline_vcpu"] == pytest.approx(baseline)
    assert sku["category"] == "burstable"


def test_archives_are_no_disks(catalog):
    storage = catalog.skus[catalog.skus["category"].isin(["block", "object"])]
    plain = storage[storage["resource"].isin(["block_gib", "object_gib"])]
    assert set(plain["family"]) <= {
        "gp2", "gp3", "Standard SSD", "pd-balanced", "S3 Standard", "Blob Hot", "Cloud Storage Standard",
        "tm-block", "tm-object", "mygovcloud-block", "mygovcloud-object", "premises-block", "premises-object",
    }  # fmt: skip
    selling = {region for region in catalog.skus["region"] if not region.startswith("alibaba:")}
    for resource in ("block_gib", "object_gib"):
        assert set(plain.loc[plain["resource"] == resource, "region"]) == selling


def test_reference_card_is_one(catalog):
    cards = catalog.accelerators.set_index("accelerator")
    assert cards.loc["A100-80GB", ["memory_gib", "gpu_inference", "gpu_training"]].tolist() == [80, 1, 1]
    assert cards.at["Inferentia2", "gpu_training"] == 0


def test_regions_of_the_design(catalog):
    regions = catalog.regions.set_index("region")
    announced = set(regions[regions["status"] == "announced"].index)
    assert announced == {"azure:southeastasia3", "tencent:ap-johorbahru"}
    assert set(regions.loc[regions["serves_agency"] != "", "deployment"]) == {"agency_onprem"}
    assert regions.at["mygovcloud:pdsa", "deployment"] == "gov_private"
    for region, row in regions.iterrows():
        if str(region).startswith(("aws:", "azure:", "gcp:")):
            abroad = row["country"] != "MY"
            assert row["deployment"] == ("offshore_public" if abroad else "in_country_public")
            assert row["sovereign"] == "false"
    market = dict(zip(catalog.vendors["vendor"], catalog.vendors["market"], strict=True))
    assert market == {
        "aws": True, "azure": True, "gcp": True, "alibaba": True, "oracle": True, "tencent": True, "tm": True,
        "ytl": True, "mygovcloud": False, "premises": False,
    }  # fmt: skip
