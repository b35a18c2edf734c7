"""Figures of studies: nothing cut, nothing covered, whatever the study found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from test_figures import assert_legible

from planner.answer.survives import Kept
from planner.report.figures.compare import compare_chart
from planner.report.figures.looks import looks
from planner.report.figures.montecarlo import montecarlo_chart
from planner.report.figures.robust import robust_chart
from planner.report.figures.stress import stress_chart
from planner.study.compare import Row
from planner.study.montecarlo import summary
from planner.study.robust import Future, Result

HEAD = {
    "title": "A case with a rather long title " * 4,
    "marking": "SYNTHETIC",
    "currency": "MYR",
    "cost": 2e7,
    "names": {"amazon": "AWS"},
}
FOOTER = "A case · prices as of 2026-11-23 · a.csv"


@pytest.mark.parametrize("costs", [[2e7], [2e7, None], [1e3 * k**1.5 for k in range(1, 200)], [5.0] * 40])
def test_a_spread_of_costs_is_legible(costs: list[float | None]):
    document = {**HEAD, "plan": "planned again", **summary(costs)}
    chart = montecarlo_chart(document, costs, FOOTER)
    assert chart is not None
    assert_legible(chart)
    assert montecarlo_chart(document, [None, None], FOOTER) is None


def stressed(name: str, extra: float | None, **more: Any) -> dict[str, Any]:
    row = {"stressor": name, "extra": extra, "status": "unserved" if extra is None else "plan"}
    row |= {"unserved": 0.61, "unserved_critical": 0.12, "unserved_no_shares": 0.02, "hit": 0.0}
    row |= {"held_standbys_lost": 0, "held_backups_lost": 0, "unreachable": None}
    return {**row, "held_unserved": 3, "held_rules_broken": 0, **more}


def test_stressors_are_legible_with_bars_to_both_sides_and_without_a_plan():
    rows = [
        stressed("vendor-gone:a-group-with-a-very-long-name-that-goes-on-and-on", 4.2e6),
        stressed("demand:*:-20%", -3.9e6, held_unserved=None, held_rules_broken=None),
        stressed("region-gone:a:x", None),
        *(stressed(f"cable-cut:{k}", 0.0) for k in range(70)),
    ]
    chart = stress_chart(HEAD, rows, FOOTER)
    assert_legible(chart)
    assert "13 more in stress.csv" in chart.alt and "1 leave work unserved" in chart.alt
    texts = [text for text, *_ in chart.sheet.boxes()]
    assert "2 % cannot run; 61 % left out by shares" in texts and "?" in texts
    assert_legible(stress_chart(HEAD, rows[2:4], FOOTER))
    assert_legible(stress_chart({**HEAD, "marking": ""}, rows[:1], FOOTER))


def test_scenarios_are_legible_where_plans_cost_the_same_and_where_the_mean_fails():
    futures = (
        Future("as planned", 0.6, "", 2e7, 2e7, 2e7),
        Future("a scenario of a very long name that no margin has room for", 0.4, "", 2.1e7, 2.3e7, None),
    )
    empty = pd.DataFrame()
    result = Result(futures, 2.12e7, 2.12e7, 2.3e7, 2.05e7, None, "it cannot be carried out", empty, empty)
    chart = robust_chart(result, HEAD, FOOTER)
    assert_legible(chart)
    assert "the mean's plan fails" in [text for text, *_ in chart.sheet.boxes()]
    alike = replace(result, futures=futures[:1], expected=2e7, cvar=2e7)
    assert_legible(robust_chart(alike, HEAD, FOOTER))


def test_plans_side_by_side_are_legible_with_all_that_is_known_of_them():
    paid = (("amazon", 1e7), ("government", 4e6), ("microsoft", 9e6))
    whole = Row(
        "doing nothing", "optimal", "", 2.3e7, 2.4e7, 0.0, paid, (("amazon", 0.5),), 5000.0, 0.8, 27.5, 3,
        28.4, 30, 51, 9, (), 1234.0, ("x",), Kept(0.64, "amazon"),
    )  # fmt: skip
    bare = Row("a plan with a name that is far too long for its margin", "optimal", cost=1e7, paid=paid)
    rows = [whole, bare, Row("hopeless", "no plan", "the rules contradict one another")]
    market = {"amazon", "microsoft"}
    chart = compare_chart(rows, looks(market, {"government"}), "MYR", "SYNTHETIC", FOOTER, {"amazon": "AWS"})
    assert_legible(chart)
    texts = [text for text, *_ in chart.sheet.boxes()]
    assert "1,234 t CO2e, keeps 64 %" in texts
    assert "27.5 ms, 30 move, 9 broken" in texts
    assert "AWS" in texts and "amazon" not in texts and "microsoft" in texts
