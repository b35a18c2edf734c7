"""Prices taken over: ended, added or confirmed, and never overwritten."""

from __future__ import annotations

import pytest

from planner.catalog.supersede import end, supersede
from planner.errors import BadInput

KEY = ("SkuId", "term")


def _row(price, sku="a", basis="published", **more):
    return {
        "SkuId": sku, "term": "on_demand", "PricingUnit": "Hour", "ListUnitPrice": price,
        "PricingCurrency": "USD", "valid_from": "2025-01-01", "valid_to": "", "basis": basis,
        "source": "s", "as_of": "2025-01-01", **more,
    }  # fmt: skip


def _take(rows, *offered, day="2026-01-01"):
    return supersede(rows, offered, KEY, day, "prices.csv")


def test_another_price_ends_the_one_before():
    rows, (change,) = _take([_row("1")], _row("2", as_of="2025-12-01"))
    assert [(r["ListUnitPrice"], r["valid_from"], r["valid_to"]) for r in rows] == [
        ("1", "2025-01-01", "2026-01-01"),
        ("2", "2026-01-01", ""),
    ]
    assert change.kind == "repriced"
    assert change.before is not None
    assert change.before["valid_to"] == ""


@pytest.mark.parametrize("price", ["1", "1.0", "1.00000005"])
def test_the_same_price_is_confirmed(price):
    rows, (change,) = _take([_row("1")], _row(price, as_of="2025-12-01"))
    assert change.kind == "confirmed"
    assert rows == [_row("1", confirmed="2025-12-01")]


def test_an_older_source_does_not_take_the_confirmation_back():
    rows, _ = _take([_row("1", confirmed="2025-12-01")], _row("1", as_of="2025-03-01"))
    assert rows[0]["confirmed"] == "2025-12-01"


def test_what_becomes_published_is_a_row_of_its_own():
    rows, (change,) = _take([_row("1", basis="assumed")], _row("1"))
    assert change.kind == "repriced"
    assert [r["basis"] for r in rows] == ["assumed", "published"]


def test_another_currency_is_another_price():
    _, (change,) = _take([_row("1")], _row("1", PricingCurrency="MYR"))
    assert change.kind == "repriced"


def test_a_new_key_is_added_and_rows_are_sorted():
    rows, (change,) = _take([_row("1", "b")], _row("3", "a"))
    assert change.kind == "added"
    assert [r["SkuId"] for r in rows] == ["a", "b"]


def test_a_price_cannot_end_before_it_began():
    with pytest.raises(BadInput) as wrong:
        _take([_row("1")], _row("2"), day="2025-01-01")
    assert "cannot end before it began" in wrong.value.problems[0].problem


def test_the_offer_is_left_alone():
    offer = _row("2")
    _take([_row("1")], offer)
    assert offer["valid_from"] == "2025-01-01"


def test_what_is_gone_ends():
    rows = end([_row("1", "a"), _row("1", "b")], [("a", "on_demand")], KEY, "2026-01-01")
    assert [r["valid_to"] for r in rows] == ["2026-01-01", ""]
