"""Frontiers: monotone, equal to cold solves, with an end that is told and figures that are written."""

from __future__ import annotations

import csv
import json
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from support.cases import World
from support.plans import cost, plan_of, read

from planner.answer.survives import Survivors
from planner.commands import cli
from planner.commands.run import run
from planner.errors import Infeasible, UnknownName
from planner.study.curve import bends, knee
from planner.study.frontier import Frontier, frontier

ADOPTED = {"adopted_by": "board", "adopted_on": date(2026, 1, 1), "reference": "minutes 1"}


def world(**parameters: Any) -> World:
    """Three vendors of unlike price in two periods; only the first two sell big machines cheaply."""
    made = World(periods=2, discount_rate=0.04)
    for vendor, price, big in (("a", 0.20, 0.50), ("b", 0.26, 0.60), ("c", 0.40, 4.0)):
        made.vendor(vendor, jurisdiction="MY" if vendor == "c" else "XX")
        made.region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, price).machine(
            f"{vendor}:x", "r", 4, 64, big
        )
    made.workload("tax", demand={"vcpu": [100, 120], "memory_gib": [300, 300]})
    made.workload("db", demand={"vcpu": [10, 10], "memory_gib": [640, 640]})
    values = {"cap": 0.6, "basis": "spend", **parameters}
    made.overrides["vendor-share"] = dict(ADOPTED)
    return made.rule("vendor-share", "vendor_share", values, is_parameter=True, benchmark="none")


def values(first: float, last: float, steps: int) -> list[float]:
    return [round(first + (last - first) * i / (steps - 1), 6) for i in range(steps)]


@pytest.mark.parametrize(
    "basis", [{"basis": "spend"}, {"basis": "reference_spend"}, {"basis": "resource", "resource": "vcpu"}]
)
def test_each_point_equals_a_cold_solve(basis: dict[str, str]):
    found = frontier(read(world(**basis)), "vendor-share", values(1.0, 0.3, 4))
    for point in found.points:
        if point.cost is None:
            with pytest.raises(Infeasible):
                plan_of(world(cap=point.value, **basis))
        else:
            assert point.cost == pytest.approx(cost(plan_of(world(cap=point.value, **basis))), rel=1e-6)


def test_cost_never_falls_as_the_cap_tightens_and_shares_obey_it():
    found = frontier(read(world(basis="resource", resource="vcpu")), "vendor-share", values(1.0, 0.3, 29))
    solved = [p for p in found.points if p.cost is not None]
    costs = [p.cost for p in solved]
    assert all(b >= a * (1 - 1e-9) for a, b in pairwise(costs))
    assert costs[-1] > costs[0]
    assert [p.value for p in found.points] == sorted((p.value for p in found.points), reverse=True)


def test_the_infeasible_end_is_one_over_n_and_names_the_rule():
    found = frontier(read(world()), "vendor-share", values(1.0, 0.3, 8))
    assert found.end == pytest.approx(1 / 3, abs=1e-4) and found.end >= 1 / 3
    assert "vendor-share" in found.reason and found.points[-1].cost is None
    assert plan_of(world(cap=found.end)).head["status"] == "optimal"
    with pytest.raises(Infeasible):
        plan_of(world(cap=found.end - 1e-4))


def test_an_end_that_no_check_foresees_is_explained():
    made = world(basis="resource", resource="vcpu").capacity("b:x", "vcpu", 10).capacity("c:x", "vcpu", 30)
    found = frontier(read(made), "vendor-share", values(1.0, 0.4, 7))
    assert (
        found.end is not None and "capacity of b:x (vcpu)" in found.reason and "vendor-share" in found.reason
    )


def test_a_floor_tightens_upwards():
    made = world(cap=1.0)
    made.overrides["home"] = dict(ADOPTED)
    made.rule(
        "home",
        "minimum_share",
        {"floor": 0.1, "of": "domestic", "basis": "spend"},
        is_parameter=True,
        benchmark="n",
    )
    found = frontier(read(made), "minimum-share", values(0.5, 0.0, 6))
    assert [p.value for p in found.points] == values(0.0, 0.5, 6) and found.parameter == "floor"
    costs = [p.cost for p in found.points]
    assert None not in costs and costs == sorted(costs)  # type: ignore[type-var]
    assert found.points[-1].shares is not None and found.points[-1].shares.foreign == pytest.approx(0.5)


def test_a_rule_that_is_not_adopted_is_enforced_for_the_study():
    made = world()
    del made.overrides["vendor-share"]
    found = frontier(read(made), "vendor-share", [1.0, 0.5])
    assert found.points[1].cost == pytest.approx(cost(plan_of(world(cap=0.5))), rel=1e-6)


def test_shares_and_index_are_those_of_the_plan():
    found = frontier(read(world()), "vendor-share", [0.4])
    plan = plan_of(world(cap=0.4))
    spent = plan.costs.groupby("vendor_group")["amortised"].sum()
    share = spent / spent.sum()
    got = found.points[0].shares
    assert got is not None
    assert got.hhi == pytest.approx(float((share**2).sum() * 10_000))
    assert got.foreign == pytest.approx(float(share.drop("c", errors="ignore").sum()))


def test_the_knee_of_points_is_where_they_bend():
    assert (
        knee([(1 - i / 10, 100 + max(0, i - 6) * 10.0) for i in range(11)]) is None
    )  # straight once it costs
    assert knee([(1 - i / 10, 100.0 + i + max(0, i - 6) * 10.0) for i in range(11)]) == pytest.approx(0.4)
    assert knee([(1 - i / 10, 100.0 + i) for i in range(11)]) is None
    assert knee([(1 - i / 10, 100.0) for i in range(11)]) is None


def test_the_curve_bends_where_it_does_whatever_points_are_known():
    """Free down to 0.8, then 100 a unit down to 0.345, then 900 a unit: the corner lies below the chord."""

    def cost(value: float) -> float:
        return 50.0 + max(0.0, 0.8 - value) * 100.0 + max(0.0, 0.345 - value) * 800.0

    for values in ((1.0, 0.3), (1.0, 0.75, 0.5), (1.0, 0.9, 0.6, 0.4, 0.2)):
        first, bent = bends(cost, [(v, cost(v)) for v in values], 1.0, 0.1)
        assert first == pytest.approx(0.8, abs=2e-4) and bent == pytest.approx(0.345, abs=2e-4)
    assert bends(lambda value: 50.0, [(1.0, 50.0)], 1.0, 0.1) == (None, None)


def test_unknown_rules_and_no_plan_at_all():
    with pytest.raises(UnknownName, match="vendor-share"):
        frontier(read(world()), "vendor-shares", [1.0, 0.5])
    with pytest.raises(Infeasible):
        frontier(read(world()), "vendor-share", [0.3, 0.2])


def command(*argv: str) -> int:
    with pytest.raises(SystemExit) as left:
        run(cli, list(argv))
    return int(left.value.code or 0)


def test_the_command_writes_csv_json_and_figures_and_may_be_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    case, out = world().write(tmp_path / "case"), tmp_path / "out"
    argv = ["frontier", str(case), "--from", "1", "--to", "0.3", "--steps", "8", "--out", str(out), "--json"]
    assert command(*argv) == 0
    said = capsys.readouterr()
    document = json.loads(said.out)
    assert said.err.strip().splitlines()[-1].startswith("next: ")
    assert document == json.loads((out / "study.json").read_text(encoding="utf-8"))
    rows = list(csv.DictReader((out / "frontier.csv").read_text(encoding="utf-8").splitlines()))
    assert [float(r["cap"]) for r in rows] == [p["cap"] for p in document["points"]]
    assert rows[-1]["status"] == "infeasible" and rows[-1]["cost"] == ""
    first = {p.name: p.read_bytes() for p in out.iterdir()}
    assert set(first) == {"study.json", "manifest.json", "frontier.csv", "frontier.svg", "frontier.png"}
    assert b"there is no plan beyond 33.34" in first["frontier.svg"]
    assert command(*argv) == 0
    assert {p.name: p.read_bytes() for p in out.iterdir()} == first
    assert sorted(p.name for p in tmp_path.iterdir()) == ["case", "out"]


def test_the_command_never_replaces_somebody_elses_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    case, out = world().write(tmp_path / "case"), tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("mine", encoding="utf-8")
    assert command("frontier", str(case), "--steps", "3", "--out", str(out)) == 2
    assert (out / "thesis.txt").read_text(encoding="utf-8") == "mine"
    assert "study.json" in capsys.readouterr().err


def test_the_table_says_knee_and_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    case = world().write(tmp_path / "case")
    assert command("frontier", str(case), "--steps", "8", "--out", str(tmp_path / "out")) == 0
    said = capsys.readouterr().out
    assert said.startswith("SYNTHETIC") and "no plan beyond 33.34 %" in said


def test_points_are_what_rows_say():
    found: Frontier = frontier(read(world()), "vendor-share", [1.0, 0.5])
    assert [row["cap"] for row in found.rows()] == [1.0, 0.5]
    assert sum(v for k, v in found.rows()[1].items() if k.startswith("share:")) == pytest.approx(1.0)


def limited(**caps: float) -> World:
    """Cheap a emits, and keeps 20,000 GiB at 0.9 each to take away; b is dear, clean and cheap to leave."""
    made = World(periods=1, months=12).grid(a=0.6, b=0.1).labour(0)
    for vendor, price, out in (("a", 0.2, 0.9), ("b", 0.3, 0.1)):
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, price)
        made.store(f"{vendor}:x", "object_gib", 0.1).egress(f"{vendor}:x", out)
    need = {"vcpu": 100, "memory_gib": 400, "object_gib": 20000}
    made.workload("tax", demand=need, critical=True)
    caps = {"green": 100.0, "cash": 1e6, "leave": 5.0, **caps}
    kinds: dict[str, tuple[str, dict[str, Any]]] = {
        "green": ("carbon", {"per": "year"}),
        "cash": ("budget", {"currency": ["MYR"], "per": "horizon"}),
        "leave": ("exit", {"of": "plan"}),
    }
    for rule, (kind, more) in kinds.items():
        made.overrides[rule] = dict(ADOPTED)
        made.rule(rule, kind, {"cap": caps[rule], **more}, is_parameter=True, benchmark="none")
    return made


@pytest.mark.parametrize(
    ("rule", "loose", "tight"), [("green", 5.4, 2.0), ("cash", 70_000.0, 60_000.0), ("leave", 0.3, 0.1)]
)
def test_limits_on_carbon_cash_and_leaving_are_swept(rule: str, loose: float, tight: float):
    """Of 8,760 kWh a year: 5.256 t at a, 0.876 t at b; for 43,800 or 65,700, beside 24,000 of storage."""
    found = frontier(read(limited()), rule, [loose, tight])
    assert [p.value for p in found.points] == [loose, tight] and found.stated > loose
    first, last = found.points
    assert first.cost == pytest.approx(43_800 + 24_000)
    if rule == "cash":
        assert found.end == pytest.approx(67_800, rel=1e-4) and last.cost is None
    if rule == "green":
        share = (2.0 - 0.876) / (5.256 - 0.876)
        assert last.cost == pytest.approx(67_800 + 21_900 * (1 - share), rel=1e-6)
    if rule == "leave":
        assert (
            last.cost == pytest.approx(cost(plan_of(limited(leave=tight))), rel=1e-6) and last.cost > 67_800
        )
    assert found.unit == {"green": "t CO2e", "cash": "MYR", "leave": ""}[rule]


def test_what_is_kept_of_critical_work_is_that_of_the_plan():
    made = world(cap=0.5)
    made.tables["workloads"][0]["critical"] = True
    made.tables["workloads"][1]["critical"] = True
    case = read(made)
    found = frontier(case, "vendor-share", [0.5])
    (point,) = found.points
    kept = Survivors(case).of_plan(plan_of(made))
    assert point.kept is not None and kept is not None
    assert point.kept.share == pytest.approx(kept.share) and 0 < kept.share < 1
    assert found.rows()[0]["critical_kept"] == pytest.approx(kept.share)


def test_the_command_asks_for_tonnes_and_refuses_what_has_no_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    made = limited()
    made.rule("reach", "survival", {"of": ["vendor_groups"]})
    case, out = str(made.write(tmp_path / "case")), str(tmp_path / "out")
    assert command("frontier", case, "--rule", "green") == 2
    assert "t CO2e: give --from and --to" in capsys.readouterr().err
    assert command("frontier", case, "--rule", "reach") == 2
    assert "no cap or floor to move in a rule of kind survival" in capsys.readouterr().err
    assert command("frontier", case, "--rule", "leave", "--from", "11") == 2
    capsys.readouterr()
    values = ["--from", "5.4", "--to", "0.5", "--steps", "3", "--out", out]
    assert command("frontier", case, "--rule", "green", *values) == 0
    said = capsys.readouterr().out
    assert "5.400 t CO2e" in said and "no plan beyond 0.876 t CO2e" in said and "critical kept" in said


def test_knee_and_first_cap_that_costs_are_those_of_the_curve_wherever_the_sweep_ends():
    """Whichever points are asked for; and a cap just looser than the first that costs is free."""
    found = [
        frontier(read(world()), "vendor-share", caps) for caps in ([1.0, 0.5], values(1.0, 0.3, 8), [0.45])
    ]
    first = found[0].binds_from
    assert first is not None
    for one in found:
        assert one.binds_from == pytest.approx(first, abs=2e-4)
        assert (one.knee is None) == (found[0].knee is None)
        if one.knee is not None:
            assert one.knee == pytest.approx(found[0].knee, abs=3e-4)
    free = cost(plan_of(world(cap=1.0)))
    assert cost(plan_of(world(cap=min(1.0, first + 2e-4)))) == pytest.approx(free, rel=1e-7)
    assert cost(plan_of(world(cap=first - 1e-3))) > free * (1 + 1e-7)


def test_points_of_whole_numbers_and_money_say_that_they_are_points(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """With a system that stays whole the knee and the first cap are of the grid, and said to be."""
    made = world()
    made.tables["workloads"][0]["divisible"] = False
    whole, parted = (
        frontier(read(made), "vendor-share", values(1.0, 0.4, 7)),
        frontier(read(world()), "vendor-share", values(1.0, 0.4, 7)),
    )
    assert (whole.exact, parted.exact) == (False, True)
    assert whole.binds_from in values(1.0, 0.4, 7) and whole.document()["exact"] is False
    folder = made.write(tmp_path / "case")
    assert command("frontier", str(folder), "--steps", "4", "--out", str(tmp_path / "out")) == 0
    assert "costs anything (of the points swept; others with other points): " in capsys.readouterr().out


def test_differences_smaller_than_approximations_are_marked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """Prices assumed: a tenth of them all is open. In whole machines 25 of a need no more."""
    made = world()
    for row in made.tables["prices"]:
        row["basis"] = "assumed"
    found = frontier(read(made), "vendor-share", values(1.0, 0.4, 7))
    assert found.band is not None
    assert found.band.assumed == pytest.approx(float(plan_of(made).costs["amortised"].sum()), rel=1e-6)
    assert found.band.width == pytest.approx(found.band.whole + 0.1 * found.band.assumed, rel=1e-6)
    assert command("frontier", str(made.write(tmp_path / "case")), "--out", str(tmp_path / "out")) == 0
    out = capsys.readouterr().out
    assert "≈ +" in out and "10% of" in out and "at assumed prices" in out
