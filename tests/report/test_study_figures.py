"""Figures of studies: nothing cut, nothing covered, whatever the study found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from test_figures import assert_legible

from planner.answer.measures import Shares
from planner.answer.stakes import Stakes
from planner.answer.survives import Kept
from planner.explain.why import Excuse, Verdict, Why
from planner.report.figures.alternatives import alternatives_chart
from planner.report.figures.commit_advice import commit_chart
from planner.report.figures.compare import compare_chart
from planner.report.figures.exit_cost import exit_chart
from planner.report.figures.looks import looks
from planner.report.figures.montecarlo import montecarlo_chart
from planner.report.figures.robust import robust_chart
from planner.report.figures.stress import stress_chart
from planner.report.figures.why import why_chart
from planner.study.alternatives import Alternative, Alternatives
from planner.study.commit_advice import Advice, Level
from planner.study.compare import Row
from planner.study.exit_cost import Exit
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


HOSTILE = "<script>alert(1)</script> $\\frac{1}{0}$ \u0bb5 \u202e" + "x" * 4000
SHOWN = ("A case", "SYNTHETIC", FOOTER)


def texts_of(chart) -> list[str]:
    return [text for text, *_ in chart.sheet.boxes()]


def shares(**by_group: float) -> Shares:
    return Shares(by_group, 2500.0, max(by_group.values()), 0.5)


def test_plans_of_nearly_equal_cost_say_whose_share_is_least_settled():
    plans = (
        Alternative("the cheapest", 100.0, shares(a=0.6, b=0.4), 0.0),
        Alternative("most of b", 100.5, shares(a=0.35, b=0.65), 0.5),
        Alternative("least of a", 101.0, shares(a=0.3, b=0.7), 0.6),
    )
    found = Alternatives(0.01, plans, True, "MYR", head=HEAD)
    chart = alternatives_chart(found, {"a": "Alpha Ltd", "b": "Beta"}, *SHOWN)
    assert chart.title == "Within 1 % of the cheapest, Alpha Ltd may have 30 % to 60 % of the market"
    assert_legible(chart)
    texts = texts_of(chart)
    assert {"most of Beta", "least of Alpha Ltd", "+ 0.5 %", "25 % moved, HHI 2,500"} <= set(texts)
    assert [t for t in texts if t.endswith("%") and t[0].isdigit()] == ["0 %", "50 %", "100 %"]
    assert_legible(alternatives_chart(found, {"a": HOSTILE, "b": HOSTILE}, HOSTILE, "", FOOTER))


def test_leaving_a_vendor_is_told_by_period_and_what_is_not_known_is_said():
    stakes = tuple(
        Stakes(f"2027-{m:02d}", 3.0, 1e5, egress, None if m == 7 else 2e5, 1e6 / m, 90)
        for m, egress in ((4, 3e5), (7, 3e5), (10, None))
    )
    chart = exit_chart(exit_of(stakes), "Alpha Ltd", *SHOWN)
    assert chart.title == "Leaving Alpha Ltd would meet MYR 750,000 in 2027-04, MYR 300,000 in 2027-10"
    assert_legible(chart)
    texts = texts_of(chart)
    assert "not known: labour" in texts and "not known: egress" in texts
    assert_legible(exit_chart(exit_of(stakes * 20), HOSTILE, HOSTILE, "", FOOTER))


def exit_of(stakes) -> Exit:
    return Exit(
        vendor="aa", at="2027-04", gone="2027-07", periods=1, stakes=stakes, why_not=(), running=0.0,
        begin=0.0,
        extra=0.0, unproved=0.0, goes=pd.DataFrame(columns=["workload", "region", "share", "vcpu"]),
        priced_moves=True, currency="MYR", head=HEAD,
    )  # fmt: skip


def advice(skus: list[str]) -> Advice:
    levels = tuple(Level(f, 0.5, 1e6 * f, 1.1e6 * f, 1.2e6 * f) for f in (0.8, 1.2))
    table = pd.DataFrame(
        [
            (f"aa:{s}", s, "commit_1y", 0.7, 10.0 + i, 9.0, 8.0, 12.0 + i) for i, s in enumerate(skus)
        ],
        columns=["region", "sku", "term", "pays_from", "advised", "for_mean", "alone_0", "alone_1"],
    )  # fmt: skip
    return Advice(levels, table, "MYR", 0.0, head=HEAD)


def test_advice_on_commitments_is_told_with_what_it_saves():
    chart = commit_chart(advice(["m6g.large", "m7i.xlarge"]), *SHOWN)
    assert chart.title == "Commit to 21 machines: MYR 100,000 less, on average, than for the mean alone"
    assert_legible(chart)
    texts = texts_of(chart)
    assert texts.index("m7i.xlarge") < texts.index("m6g.large")
    assert "11, commit 1y" in texts and "pays from 70 % of hours" in texts
    none = commit_chart(advice([]), *SHOWN)
    assert none.title.startswith("Nothing is worth a commitment")
    assert_legible(none)
    assert_legible(commit_chart(advice([HOSTILE + str(i) for i in range(50)]), HOSTILE, "", FOOTER))


def verdict(region: str, status: str, share: float, extra: float | None, reason: str = "") -> Verdict:
    excuses = (Excuse("R1", "R1 (A)", "2027-01", reason, "", ""),) if reason else ()
    return Verdict(region, status, share, excuses, extra, None, None, None, (4, 4))


def test_why_a_workload_runs_where_it_does_is_told_by_region():
    verdicts = (
        verdict("aa:x", "runs here", 1.0, None),
        verdict("bb:y", "open", 0.0, 250_000.0),
        verdict("cc:z", "closed", 0.0, 90_000.0, "not in the country"),
        verdict("dd:w", "closed", 0.0, None, "no price"),
    )
    found = Why("web", 1e6, verdicts, "MYR")
    chart = why_chart(found, {"aa:x": "Alpha: X"}, *SHOWN)
    assert chart.title == "web runs at Alpha: X; all of it elsewhere costs MYR 90,000 to MYR 250,000 more"
    assert_legible(chart)
    texts = texts_of(chart)
    assert texts.index("Alpha: X") < texts.index("cc:z") < texts.index("bb:y") < texts.index("dd:w")
    assert {"runs here, 100 %", "+ MYR 250,000", "no price", "may not"} <= set(texts)
    many = tuple(verdict(f"{HOSTILE}{i}", "closed", 0.0, None, HOSTILE) for i in range(60))
    assert_legible(why_chart(Why(HOSTILE, 1e6, many, "MYR"), {}, HOSTILE, "", FOOTER))
    assert found.rows()[2] == {
        "region": "cc:z", "status": "closed", "share": 0.0, "extra": 90_000.0, "discount": None,
        "reason": "not in the country",
    }  # fmt: skip
