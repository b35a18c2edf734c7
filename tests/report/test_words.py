"""Numbers as people read them."""

from __future__ import annotations

import math
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.report.grid import links_of
from planner.report.words import (
    amount,
    count,
    last_month,
    nice_steps,
    percent,
    round_numbers,
    scale_of,
    spans,
)

MONTHS = [f"2027-{m:02d}" for m in range(1, 13)]


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.4, "40 %"),
        (0.3999, "40 %"),
        (0.1234, "12.3 %"),
        (0.0, "0 %"),
        (-0.0, "0 %"),
        (1.0, "100 %"),
        (0.0004, "< 0.1 %"),
        (math.nan, ""),
    ],
)
def test_percent(share: float, words: str) -> None:
    assert percent(share) == words


def test_amounts_are_never_minus_zero() -> None:
    assert amount(-0.001, "MYR") == "MYR 0.00"
    assert amount(12_345_678, "MYR") == "MYR 12.3 million"


def test_count() -> None:
    assert count(4210) == "4,210"
    assert count(2_540_000) == "2.5 million"


def test_spans() -> None:
    assert spans(MONTHS, MONTHS) == "all periods"
    assert spans(["2027-02"], MONTHS) == "2027-02"
    assert spans(["2027-05", "2027-01", "2027-02", "2027-03"], MONTHS) == "2027-01 to 2027-03, 2027-05"


@given(st.floats(1e-6, 1e12), st.integers(1, 9))
def test_steps_are_few_round_and_within(top: float, most: int) -> None:
    steps = nice_steps(top, most)
    assert steps[0] == 0 and len(steps) <= most + 1
    assert steps[-1] <= top * (1 + 1e-6)
    if len(steps) > 1:
        assert f"{steps[1]:.6e}"[0] in "125"


def test_scale() -> None:
    assert scale_of(3e9) == (1e9, "billion")
    assert scale_of(3e6) == (1e6, "million")
    assert scale_of(30) == (1.0, "")


def test_links_take_web_addresses_only() -> None:
    assert links_of("https://a.example/x | javascript:alert(1) | http://b.example") == (
        "https://a.example/x",
        "http://b.example",
    )


def test_the_last_month_is_that_in_which_the_last_period_ends() -> None:
    """``end`` is the day after the period: a quarter that begins in October ends in December."""
    periods = pd.DataFrame({"period": ["2029-07", "2029-10"], "end": ["2029-10-01", "2030-01-01"]})
    assert last_month(periods) == "2029-12"


@given(st.floats(0, 1e6), st.floats(1e-3, 1e6), st.integers(1, 10))
def test_round_numbers_lie_between_their_ends_in_equal_steps(low, span, most):
    found = round_numbers(low, low + span, most)
    assert 1 <= len(found) <= most + 1
    assert all(low - 1e-6 * span <= v <= low + span * (1 + 1e-6) for v in found)
    if len(found) > 2:
        steps = {round((b - a) / (found[1] - found[0]), 6) for a, b in pairwise(found)}
        assert steps == {1.0}


def test_round_numbers_of_a_point_are_the_point():
    assert round_numbers(0.4, 0.4) == [0.4] and round_numbers(0.3, 1.0, 4) == [0.4, 0.6, 0.8, 1.0]
