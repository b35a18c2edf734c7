"""Priced, not sold, unknown: what a catalog says it knows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from small_package import GOOD, P, read, write

from planner.catalog.coverage import coverage, provenance, unpriced_regions
from planner.catalog.load import read_catalog, shipped_names


def _status(tmp_path, region, family):
    catalog, problems = read(tmp_path)
    assert problems == []
    frame = coverage(catalog)
    own = frame[(frame["region"] == region) & (frame["family"] == family)]
    return dict(zip(own["term"], own["status"], strict=True))


def test_three_states(tmp_path):
    write(tmp_path)
    assert _status(tmp_path, "acme:east", "a") == {
        "on_demand": "priced",
        "spot": "priced",
        "commit_1y": "unknown",
        "commit_3y": "not sold",
    }


def test_storage_has_one_term(tmp_path):
    write(tmp_path)
    assert _status(tmp_path, "acme:east", "disk") == {"on_demand": "priced"}


def test_family_that_is_not_sold_at_all(tmp_path):
    more = GOOD["skus.csv"] + f"acme:west:a2,acme:west,a,general,x86,2,8,,,,,{P}\n"
    refused = GOOD["not_sold.csv"] + f"acme:west,b,any,{P}\n"
    write(tmp_path, {**GOOD, "skus.csv": more, "not_sold.csv": refused})
    assert set(_status(tmp_path, "acme:west", "b").values()) == {"not sold"}
    assert set(_status(tmp_path, "acme:west", "g").values()) == {"unknown"}


def test_a_family_priced_by_assumption_says_so(tmp_path):
    prices = GOOD["prices.csv"].replace("Hour,3,USD,2025-01-01,,published", "Hour,3,USD,2025-01-01,,assumed")
    write(tmp_path, {**GOOD, "prices.csv": prices})
    catalog, _ = read(tmp_path)
    frame = coverage(catalog)
    assumed = frame[frame["assumed"]]
    assert assumed[["family", "term"]].to_numpy().tolist() == [["g", "on_demand"]]


def test_region_without_price(tmp_path):
    write(tmp_path)
    assert unpriced_regions(read(tmp_path)[0]) == ["acme:west"]
    assert unpriced_regions(read(tmp_path, date(2020, 1, 1))[0]) == ["acme:east", "acme:west"]


def test_provenance_counts_bases(tmp_path):
    write(tmp_path)
    (trust,) = provenance(read(tmp_path)[0]).to_dict("records")
    assert (trust["vendor"], trust["regions"], trust["skus"], trust["prices"]) == ("acme", 2, 4, 8)
    assert (trust["oldest"], trust["newest"], trust["published"]) == ("2026-01-01", "2026-01-01", 8)


def test_shipped_gaps_are_known_gaps(tmp_path):
    catalog, _ = read_catalog(shipped_names(), tmp_path, date(2026, 11, 1))
    assert unpriced_regions(catalog)[-5:] == [
        "azure:southeastasia3",
        "gcp:asia-southeast4",
        "oracle:ap-kulai-2",
        "tencent:ap-johorbahru",
        "ytl:kulai",
    ]
    status = coverage(catalog).set_index(["region", "family", "term"])["status"]
    assert status["aws:ap-southeast-7", "g6", "on_demand"] == "not sold"
    assert status["gcp:asia-southeast2", "a3", "on_demand"] == "not sold"
    assert status["azure:malaysiawest", "Dasv5", "on_demand"] == "unknown"
    assert status["azure:malaysiawest", "Dsv5", "spot"] == "unknown"
    assert status["aws:ap-southeast-5", "m7i", "commit_3y"] == "priced"


def test_nothing_is_both_priced_and_not_sold(tmp_path):
    catalog, _ = read_catalog(shipped_names(), tmp_path, date(2026, 11, 1))
    priced = catalog.skus[catalog.skus["SkuId"].isin(set(catalog.prices["SkuId"]))]
    sold = set(zip(priced["region"], priced["family"], strict=True))
    refused = set(zip(catalog.not_sold["region"], catalog.not_sold["family"], strict=True))
    assert len(refused) > 50
    assert not sold & refused


def test_every_machine_with_cards_says_how_they_are_joined():
    """A machine without a row would be refused where a workload asks for a join, unknown to all."""
    catalog, problems = read_catalog(shipped_names(), Path(), date(2026, 11, 29))
    assert not problems
    skus = catalog.skus[catalog.skus["accelerator"] != ""]
    key = ["vendor", "family", "accelerator", "accelerator_count"]
    sold = set(
        skus.assign(vendor=skus["region"].str.split(":").str[0])[key].itertuples(index=False, name=None)
    )
    assert sold == set(catalog.interconnects[key].itertuples(index=False, name=None))
