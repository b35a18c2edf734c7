"""Figures: nothing cut, nothing covered, everything marked, the same bytes for the same plan."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import sample_plan
from matplotlib.colors import to_rgb
from matplotlib.image import imread

from planner.report.figures.draw import DRAWINGS, draw_all, write_figures
from planner.report.figures.looks import OWN, looks
from planner.report.figures.outlines import outlines
from planner.report.figures.placing import labels, spread
from planner.report.figures.sheet import Chart, Sheet, Skipped

NAMES = ("map", "signing", "vendor_share", "cost_by_period", "latency_by_state")
PNG = b"\x89PNG\r\n\x1a\n"


def charts(plan=None, background=None) -> dict[str, Chart | Skipped]:
    drawn = draw_all(plan or sample_plan.plan(), background or sample_plan.background())
    return {chart.name: chart for chart in drawn}


def assert_legible(chart: Chart) -> None:
    """No text leaves the figure and no two texts meet by more than a hair (0.007 inch)."""
    boxes = chart.sheet.boxes()
    assert boxes
    for text, left, bottom, right, top in boxes:
        inside = left >= 0 and bottom >= 0 and right <= chart.sheet.width and top <= chart.sheet.height
        assert inside, (chart.name, text)
    for (a, *first), (b, *second) in combinations(boxes, 2):
        across = min(first[2], second[2]) - max(first[0], second[0])
        along = min(first[3], second[3]) - max(first[1], second[1])
        assert across <= 0.007 or along <= 0.007, (chart.name, a, b)


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_is_a_well_formed_svg_and_a_png(folder: Path, name: str) -> None:
    root = ElementTree.parse(folder / "figures" / f"{name}.svg").getroot()
    assert root.tag.endswith("svg")
    assert root[0].tag.endswith("title") and root[0].text
    assert root[1].tag.endswith("desc") and len(root[1].text) > 40
    assert (folder / "figures" / f"{name}.png").read_bytes().startswith(PNG)
    assert imread(folder / "figures" / f"{name}.png").shape[1] >= 1000


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_carries_the_marking_and_the_date_of_prices(folder: Path, name: str) -> None:
    svg = (folder / "figures" / f"{name}.svg").read_text(encoding="utf-8")
    assert "<!-- SYNTHETIC -->" in svg
    assert "prices as of 2026-11-23" in svg


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_cut_and_nothing_covers_anything(name: str) -> None:
    chart = charts()[name]
    assert isinstance(chart, Chart)
    assert_legible(chart)


@pytest.mark.parametrize("periods", [1, 5, 12])
@pytest.mark.parametrize("marking", ["", "SYNTHETIC", "NOT FOR DECISIONS " * 12])
def test_any_horizon_and_marking_stays_legible(periods: int, marking: str) -> None:
    plan = sample_plan.plan(workloads=12, periods=periods, marking=marking, title=sample_plan.LONG * 4)
    background = sample_plan.background(workloads=12)
    for chart in charts(plan, background).values():
        assert isinstance(chart, Chart)
        assert_legible(chart)


def test_forty_periods_stay_legible() -> None:
    plan = sample_plan.plan(workloads=4, periods=12)
    months = [f"{2027 + i // 4}-{1 + 3 * (i % 4):02d}" for i in range(40)]
    periods = plan.periods.iloc[[i % 12 for i in range(40)]].assign(period=months)
    background = sample_plan.background(workloads=4)
    for chart in charts(replace(plan, periods=periods), background).values():
        if isinstance(chart, Chart):
            assert_legible(chart)


def test_same_plan_same_bytes(tmp_path: Path) -> None:
    for run in ("a", "b"):
        write_figures(draw_all(sample_plan.plan(), sample_plan.background()), tmp_path / run)
    files = sorted(p.name for p in (tmp_path / "a").iterdir())
    assert files == sorted(f"{n}.{kind}" for n in NAMES for kind in ("svg", "png"))
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_svg_holds_no_script_and_no_outside_address(folder: Path) -> None:
    for name in NAMES:
        svg = (folder / "figures" / f"{name}.svg").read_text(encoding="utf-8")
        root = ElementTree.fromstring(svg)
        assert not [e.tag for e in root.iter() if e.tag.endswith("}script")]
        links = [v for e in root.iter() for k, v in e.attrib.items() if k.endswith("href")]
        assert all(link.startswith("#") for link in links)


def test_without_users_the_map_shows_regions_and_latency_says_why() -> None:
    background = sample_plan.background()
    drawn = charts(background=replace(background, users=background.users.iloc[:0], rtt=None))
    assert isinstance(drawn["latency_by_state"], Skipped)
    assert isinstance(drawn["map"], Chart)
    assert_legible(drawn["map"])


def test_without_network_latency_says_so() -> None:
    drawn = charts(background=replace(sample_plan.background(), nodes=None, rtt=None))
    assert drawn["latency_by_state"].reason == "the case names no network, so no round trip is known"
    assert isinstance(drawn["map"], Chart)


def test_without_shares_the_figure_says_why() -> None:
    plan = sample_plan.plan()
    drawn = charts(replace(plan, shares=plan.shares.iloc[:0]))
    assert "contestable" in drawn["vendor_share"].reason
    ruled = plan.shares["kind"] != "report"
    unruled = charts(replace(plan, shares=plan.shares[~ruled]))["vendor_share"]
    assert isinstance(unruled, Chart)
    assert "no rule limits it" in unruled.title


def test_without_costs_the_figure_says_why() -> None:
    plan = sample_plan.plan()
    assert charts(replace(plan, costs=plan.costs.iloc[:0]))["cost_by_period"].reason


def test_every_drawing_has_its_name() -> None:
    assert tuple(charts()) == NAMES
    assert len(DRAWINGS) == len(NAMES)


def test_groups_at_their_cap_are_marked_and_counted() -> None:
    chart = charts()["vendor_share"]
    words = [text for text, *_ in chart.sheet.boxes()]
    assert "at cap 35 %, 12 of 12 periods" in words
    assert "at cap 35 %, 9 of 12 periods" in words
    assert "at floor 30 %, 6 of 12 periods" in words
    assert "Amazon Web Services: 35 % to 35 %, cap 35 %, at it in 12 periods" in chart.alt


def test_totals_above_the_bars_are_those_of_the_cost_lines() -> None:
    plan = sample_plan.plan()
    words = {text for text, *_ in charts(plan)["cost_by_period"].sheet.boxes()}
    market = plan.costs[plan.costs["vendor_group"] != "government"]
    for total in market.groupby("period")["amortised"].sum() / 1e6:
        assert f"{total:.1f}" in words


def test_latency_by_state_is_the_mean_over_users_and_placements() -> None:
    from planner.report.figures.context import context_of
    from planner.report.figures.latency import by_state

    plan, background = sample_plan.plan(), sample_plan.background()
    found = {s.name: s for s in by_state(context_of(plan, background))}
    site = "Kangar"
    placed = plan.placements[plan.placements["period"] == sample_plan.PERIODS[-1]]
    users = background.users[(background.users["t"] == 11) & (background.users["site"] == site)]
    weight = users.set_index("workload")["users"]
    by_hand = sum(
        weight[w] * share * background.rtt.loc[site, region] / 1000
        for w, region, share in placed[["workload", "region", "share"]].itertuples(index=False)
    )
    assert found["Perlis"].all.mean == pytest.approx(by_hand / weight.sum())
    assert found["Perlis"].rural is None
    assert found["Sabah"].rural.mean > found["Sabah"].all.mean


@pytest.mark.parametrize("count", range(1, 9))
def test_colours_of_groups_survive_greyscale(count: int) -> None:
    table = looks([f"g{i}" for i in range(count)], ["own"])
    assert table["own"] is OWN
    weights = np.array([0.2126, 0.7152, 0.0722])
    greys = [float(np.array(to_rgb(look.color)) ** 2.2 @ weights) ** (1 / 2.2) for look in table.values()]
    styles = [look.hatch for look in table.values()]
    for (a, ha), (b, hb) in combinations(zip(greys, styles, strict=True), 2):
        assert abs(a - b) > 0.12 or ha != hb


def test_marks_stand_apart_even_when_all_share_one_place() -> None:
    within = (0.0, 0.0, 6.0, 3.0)
    spots = spread(np.tile([[3.0, 1.5]], (14, 1)), np.empty((0, 3)), within, 0.2)
    for a, b in combinations(spots, 2):
        assert np.hypot(*(a - b)) >= 0.2 - 1e-9
    assert (spots >= 0.1 - 1e-9).all() and (spots <= [5.9 + 1e-9, 2.9 + 1e-9]).all()


def test_a_label_without_room_is_left_out() -> None:
    within = (0.0, 0.0, 2.0, 2.0)
    free = labels([(1.0, 1.0)], [(0.5, 0.1)], [0.05], [], within)
    assert free[0] is not None
    assert labels([(1.0, 1.0)], [(0.5, 0.1)], [0.05], [(0.0, 0.0, 2.0, 2.0)], within) == [None]


def test_text_is_cut_to_its_room_and_never_sets_mathematics() -> None:
    sheet = Sheet(2.0)
    assert sheet.fit("short", 2.0) == "short"
    cut = sheet.fit(sample_plan.LONG, 1.0)
    assert cut.endswith("…") and sheet.measure(cut) <= 1.0
    sheet.text(0.1, 0.1, r"$\frac{1}{0}$ $x^")
    assert b"svg" in sheet.bytes("svg", "a\x00b", "c\x1bd")
    ElementTree.fromstring(sheet.bytes("svg", "a\x00b", "c\x1bd"))


def test_outlines_state_source_and_licence_and_lie_in_their_box() -> None:
    text = (Path(__file__).parents[2] / "planner/report/data/outlines.json").read_text(encoding="utf-8")
    assert len(text) < 150_000
    assert re.search("Natural Earth", text) and "public domain" in text
    rings = [ring for shapes in outlines().values() for ring in shapes]
    assert len(rings) > 50
    for ring in rings:
        assert ring[:, 0].min() >= 92 and ring[:, 0].max() <= 122
        assert ring[:, 1].min() >= -12 and ring[:, 1].max() <= 22
