"""What was taken in on 2026-11-29: against rows copied from its sources, and beside what held before."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from planner.catalog.coverage import coverage
from planner.catalog.load import Catalog, read_catalog, shipped, shipped_names
from planner.catalog.supersede import read_rows

with (Path(__file__).parent / "source_rows_2026.csv").open(encoding="utf-8") as source_rows:
    ROWS = list(csv.DictReader(source_rows))
BEFORE, AFTER = date(2026, 11, 28), date(2026, 11, 29)


def _read(day: date) -> Catalog:
    catalog, problems = read_catalog(shipped_names(), Path(), day)
    assert problems == []
    return catalog


@pytest.fixture(scope="module")
def after() -> Catalog:
    return _read(AFTER)


@pytest.fixture(scope="module")
def before() -> Catalog:
    return _read(BEFORE)


def _price(catalog: Catalog, sku: str, term: str = "on_demand") -> float | None:
    found = catalog.prices[(catalog.prices["SkuId"] == sku) & (catalog.prices["term"] == term)]
    assert len(found) < 2
    return None if found.empty else float(found.iloc[0]["ListUnitPrice"])


def test_the_sample_is_large_and_spread():
    priced = [row for row in ROWS if row["price"]]
    assert len(priced) >= 60
    assert {row["subject"].split(":")[0] for row in priced} == {"aws", "azure", "alibaba"}
    assert {"on_demand", "spot", "commit_1y", "commit_3y"} < {row["item"] for row in priced}


@pytest.mark.parametrize("row", ROWS, ids=[f"{r['subject']} {r['item']}" for r in ROWS])
def test_price_is_that_of_the_source(after, row):
    if row["kind"] == "egress":
        destination, tier = row["item"].split(" ")
        frame = after.transfer
        found = frame[
            (frame["region"] == row["subject"])
            & (frame["destination"] == destination)
            & (frame["from_gib"] == float(tier))
        ]
    else:
        found = after.prices[
            (after.prices["SkuId"] == row["subject"]) & (after.prices["term"] == row["item"])
        ]
    if not row["price"]:
        assert found.empty, "the source has no price, so the catalog must not have one"
        return
    (price,) = found.to_dict("records")
    assert price["ListUnitPrice"] == pytest.approx(float(row["price"]), rel=1e-6)
    for column, name in (
        ("PricingCurrency", "currency"), ("PricingUnit", "unit"), ("as_of", "date"), ("basis", "basis"),
    ):  # fmt: skip
        assert price[column] == row[name]
    assert row["source"] in price["source"]


@pytest.mark.parametrize(
    ("sku", "old", "new"),
    [
        ("aws:ap-southeast-1:p4d.24xlarge", 39.3271, 26.34917),
        ("aws:ap-southeast-1:p4de.24xlarge", 49.159, 32.93646),
        ("aws:ap-southeast-3:p5en.48xlarge", 117.024, 87.34848),
        ("azure:malaysiawest:premium-ssd-p30", 0.14375, 0.132001953125),
        ("azure:southeastasia:standard-ssd-e30", 0.09062, 0.075),
        ("azure:malaysiawest:Standard_D64ds_v6", None, 4.236),
    ],
)
def test_an_earlier_day_gives_what_it_gave(before, after, sku, old, new):
    assert _price(before, sku) == old
    assert _price(after, sku) == new


def test_nothing_that_held_before_was_overwritten(before):
    """Every price of the day before stands in its file with the figure, source and date it had."""
    for vendor in ("aws", "azure", "gcp"):
        rows = read_rows(shipped() / vendor / "prices.csv")
        ended = [row for row in rows if row["valid_to"]]
        assert all(row["valid_to"] == "2026-11-29" and row["valid_from"] < "2026-11-29" for row in ended)
        assert not [row for row in rows if row["valid_from"] > "2026-11-29"]
    assert len(before.prices) == 4788
    assert (before.prices["as_of"] <= "2026-07-30").all()


def test_what_a_second_source_states_alike_is_confirmed_and_not_repeated(after):
    google = after.prices[after.prices["SkuId"].str.startswith("gcp:")]
    confirmed = google[google["confirmed"] == "2026-08-03"]
    assert len(confirmed) == 746
    assert set(confirmed["term"]) == {"on_demand", "spot"}


def test_families_that_were_wrongly_unsold_or_unknown(before, after):
    def status(catalog, family):
        frame = coverage(catalog).set_index(["region", "family", "term"])["status"]
        return frame.get(("azure:malaysiawest", family, "on_demand"))

    assert (status(before, "Ddsv6"), status(after, "Ddsv6")) == ("not sold", "priced")
    assert (status(before, "Dasv5"), status(after, "Dasv5")) == ("unknown", "priced")


def test_a_family_is_committed_at_one_rate(after):
    table = after.prices.pivot(index="SkuId", columns="term", values="ListUnitPrice")
    family = after.skus[(after.skus["region"] == "azure:malaysiawest") & (after.skus["family"] == "Dasv6")][
        "SkuId"
    ]
    ratio = table.loc[family, "commit_3y"] / table.loc[family, "on_demand"]
    assert len(ratio) == 8
    assert ratio.to_numpy() == pytest.approx(1.247869 / 3.284, rel=1e-4)


def test_known_but_not_priced(after):
    unpriced = {r for r in after.regions["region"] if r not in set(after.skus["region"])}
    assert unpriced == {
        "azure:southeastasia3", "gcp:asia-southeast4", "alibaba:ap-southeast-8", "oracle:ap-kulai-2",
        "tencent:ap-johorbahru", "ytl:kulai",
    }  # fmt: skip
    history = after.history[after.history["region"] == "gcp:asia-southeast4"]
    assert {"announced", "live", "not listed"} <= set(history["fact"])
