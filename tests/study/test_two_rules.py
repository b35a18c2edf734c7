"""Cost over two rules: each cell a cold solve, cells without a plan marked, the heat map legible."""

from __future__ import annotations

import csv
import json
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from support.cases import World
from support.plans import cost, plan_of, read

from planner.commands import cli
from planner.commands.run import run
from planner.commands.two_rules import _some
from planner.errors import Infeasible, UnknownName
from planner.report.figures.two_rules import two_rules_chart
from planner.study.two_rules import Grid, two_rules

CAPS, FLOORS = [1.0, 0.8, 0.6, 0.5, 0.4, 0.3], [0.0, 0.2, 0.4, 0.6]


def world(cap: float = 0.6, floor: float = 0.2) -> World:
    """a and b are foreign, c is domestic and twice as dear as a."""
    made = World(periods=2, discount_rate=0.04)
    for vendor, price in (("a", 0.20), ("b", 0.26), ("c", 0.40)):
        made.vendor(vendor, jurisdiction="MY" if vendor == "c" else "XX")
        made.region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, price)
    made.workload("tax", demand={"vcpu": [100, 120], "memory_gib": [300, 300]})
    rules: dict[str, tuple[str, dict[str, Any]]] = {
        "cap": ("vendor_share", {"cap": cap, "basis": "spend"}),
        "home": ("minimum_share", {"floor": floor, "of": "domestic", "basis": "spend"}),
    }
    for rule, (kind, parameters) in rules.items():
        made.overrides[rule] = {"adopted_by": "b", "adopted_on": date(2026, 1, 1), "reference": "1"}
        made.rule(rule, kind, parameters, is_parameter=True, benchmark="none")
    return made


@pytest.fixture(scope="module")
def grid() -> Grid:
    return two_rules(read(world()), "cap", CAPS, "minimum-share", FLOORS)


def test_each_cell_equals_a_cold_solve(grid: Grid):
    assert len(grid.cells) == len(CAPS) * len(FLOORS)
    for cell in grid.cells:
        made = world(cell.first, cell.second)
        if cell.cost is None:
            with pytest.raises(Infeasible):
                plan_of(made)
        else:
            assert cell.cost == pytest.approx(cost(plan_of(made)), rel=1e-6)


def test_what_has_no_plan_is_what_arithmetic_says(grid: Grid):
    """Three groups cannot each stay under 0.3; c alone is domestic, so a floor above the cap is none."""
    for cell in grid.cells:
        assert (cell.cost is None) == (cell.first < 1 / 3 or cell.second > cell.first + 1e-9)
    assert grid.solves < len(grid.cells)


def test_cost_never_falls_along_either_rule(grid: Grid):
    for a, b in combinations(grid.cells, 2):
        tighter = b.first <= a.first and b.second >= a.second
        if tighter and a.cost is not None and b.cost is not None:
            assert b.cost >= a.cost * (1 - 1e-9)
        if tighter and a.cost is None:
            assert b.cost is None


def test_the_order_of_the_values_given_does_not_matter(grid: Grid):
    turned = two_rules(read(world()), "cap", CAPS[::-1], "home", FLOORS[::-1])
    assert [(c.first, c.second) for c in turned.cells] == [(c.first, c.second) for c in grid.cells]
    assert [c.cost for c in turned.cells] == [c.cost for c in grid.cells]


def test_names_and_cases_without_a_plan():
    for second in ("cap", "nothing"):
        with pytest.raises(UnknownName):
            two_rules(read(world()), "cap", CAPS, second, FLOORS)
    with pytest.raises(Infeasible, match="even with"):
        two_rules(read(world()), "cap", [0.3], "home", FLOORS)


@pytest.mark.parametrize(("caps", "floors"), [(6, 4), (2, 2), (29, 12)])
def test_the_heat_map_is_legible(caps: int, floors: int):
    values = [[round(i / (n - 1) * top, 6) for i in range(n)] for n, top in ((caps, 1.0), (floors, 0.6))]
    made = two_rules(read(world()), "cap", values[0], "home", values[1])
    chart = two_rules_chart(made, "A test of a rather long title", "SYNTHETIC", "A test · frontier.csv")
    boxes = chart.sheet.boxes()
    for text, left, bottom, right, top in boxes:
        assert left >= 0 and bottom >= 0 and right <= chart.sheet.width and top <= chart.sheet.height, text
    for (a, *first), (b, *second) in combinations(boxes, 2):
        across = min(first[2], second[2]) - max(first[0], second[0])
        along = min(first[3], second[3]) - max(first[1], second[1])
        assert across <= 0.007 or along <= 0.007, (a, b)
    assert "have no plan" in chart.alt


def command(*argv: str) -> int:
    with pytest.raises(SystemExit) as left:
        run(cli, list(argv))
    return int(left.value.code or 0)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    case, out = world().write(tmp_path / "case"), tmp_path / "out"
    argv = ["frontier", str(case), "--rule", "cap", "--steps", "8", "--out", str(out)]
    both = [*argv, "--and", "home", "--and-to", "0.4", "--and-steps", "3"]
    assert command(*both) == 0
    said = capsys.readouterr()
    assert said.out.startswith("SYNTHETIC") and "no plan" in said.out
    assert said.err.strip().splitlines()[-1].startswith("next: ")
    assert command(*both, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    rows = list(csv.DictReader((out / "frontier.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == len(document["cells"]) == 24
    assert {r["status"] for r in rows} == {"optimal", "infeasible"}
    assert {p.name for p in out.iterdir()} == {
        "study.json",
        "manifest.json",
        "frontier.csv",
        "frontier.svg",
        "frontier.png",
    }
    assert command(*argv, "--and-to", "0.4") == 2


@pytest.mark.parametrize("count", [1, 2, 9, 10, 29])
def test_a_terminal_shows_columns_from_end_to_end(count: int):
    shown = _some(count)
    assert shown[0] == 0 and shown[-1] == count - 1
    assert len(set(shown)) == len(shown) == min(count, 9)
    assert shown == sorted(shown)


def test_a_figure_stands_once_for_neighbours_that_share_it():
    """c has 60 % by its floor and no more, as it is dear: caps from 70 % on change nothing."""
    made = two_rules(read(world()), "cap", [0.9, 0.8, 0.7], "home", [0.6])
    (cost,) = {round(c.cost) for c in made.row(0.6) if c.cost is not None}
    texts = [box[0] for box in two_rules_chart(made, "A test", "", "A test").sheet.boxes()]
    assert cost > 0
    assert texts.count("0") == 1
