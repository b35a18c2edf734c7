"""Plans side by side, scenarios by name, and the exit code for a difference."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from support.cases import World
from support.plans import cost, plan_of, read

from planner.commands import cli
from planner.commands.run import run
from planner.errors import BadInput
from planner.inputs import read_case
from planner.plan.plan import Plan
from planner.study.compare import compare, differ, doing_nothing, scenarios, unlike

ADOPTED = {"adopted_by": "board", "adopted_on": date(2026, 1, 1), "reference": "minutes 1"}
SCENARIOS = """
[scenario.tight]
rules.vendor-share.cap = 0.5
[scenario.dear-money]
"money.discount_rate" = 0.5
[scenario.hopeless]
rules.vendor-share.cap = 0.2
"""


def world(cap: float = 1.0, rate: float = 0.0) -> World:
    made = World(periods=2, months=6, discount_rate=rate)
    for vendor, price in (("a", 0.2), ("b", 0.3), ("c", 0.5)):
        made.vendor(vendor, jurisdiction="MY" if vendor == "c" else "XX")
        made.region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, price)
    made.workload("tax", demand={"vcpu": [100, 100], "memory_gib": [100, 100]}).today("tax", "b:x")
    made.workload("web", demand={"vcpu": [20, 20], "memory_gib": [20, 20]}).today("web", "c:x")
    made.overrides["vendor-share"] = dict(ADOPTED)
    values = {"cap": cap, "basis": "spend"}
    return made.rule("vendor-share", "vendor_share", values, is_parameter=True, benchmark="none")


def case(folder: Path, extra: str = SCENARIOS) -> Path:
    made = world().write(folder)
    file = made / "case.toml"
    file.write_text(file.read_text(encoding="utf-8") + extra, encoding="utf-8")
    return made


def command(*argv: str) -> int:
    with pytest.raises(SystemExit) as left:
        run(cli, list(argv))
    return int(left.value.code or 0)


def test_scenarios_are_the_cases_that_a_user_would_write(tmp_path: Path):
    rows = scenarios(read_case(case(tmp_path))).plans
    by = {row.name: row for row in rows}
    assert [row.name for row in rows] == ["doing nothing", "the case", "tight", "dear-money", "hopeless"]
    assert by["the case"].cost == pytest.approx(cost(plan_of(world())))
    assert by["tight"].cost == pytest.approx(cost(plan_of(world(cap=0.5))))
    assert by["dear-money"].cost == pytest.approx(cost(plan_of(world(rate=0.5))))
    hours = 24 * 365
    assert by["doing nothing"].cost == pytest.approx((25 * 0.3 + 5 * 0.5) * hours)
    assert by["hopeless"].cost is None and "vendor-share" in by["hopeless"].reason
    assert by["doing nothing"].foreign == pytest.approx(25 * 0.3 / (25 * 0.3 + 5 * 0.5))
    assert by["doing nothing"].moved == 0 and by["the case"].moved == 2
    assert by["the case"].hhi == pytest.approx(10_000) and dict(by["the case"].shares)["a"] == pytest.approx(
        1
    )


def test_moves_count_what_changes_place():
    made = World(periods=3)
    for vendor in "ab":
        made.vendor(vendor).region(f"{vendor}:x").machine(
            f"{vendor}:x", "m", 4, 16, {"a": 0.2, "b": 0.3}[vendor]
        )
    made.capacity("a:x", "vcpu", [100, 25, 100])
    made.workload("tax", demand={"vcpu": [50, 50, 50], "memory_gib": [50, 50, 50]})
    plan = plan_of(made)
    (row,) = compare([("only", plan, None)])
    assert row.moves == pytest.approx(1.0)  # half of it to b, and back
    assert row.systems_moved == 1
    assert row.foreign is None and row.flat()["moves"] == pytest.approx(1.0)


def test_equal_plans_do_not_differ():
    plan, other = plan_of(world()), plan_of(world(cap=0.5))
    assert not differ(compare([("a", plan, None), ("b", plan, None)]))
    assert differ(compare([("a", plan, None), ("b", other, None)]))
    assert differ(compare([("a", plan, None), ("b", "no plan", None)]))


def test_the_command_compares_plans_with_exit_code_8(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    first, second = world().write(tmp_path / "one"), world(cap=0.5).write(tmp_path / "two")
    plans = [str(tmp_path / name) for name in ("p1", "p2")]
    for folder, plan in zip((first, second), plans, strict=True):
        assert command("plan", str(folder), "--out", plan) == 0
    assert command("compare", *plans) == 0
    assert command("compare", plans[0], plans[0], "--exit-code") == 0
    capsys.readouterr()
    assert command("compare", *plans, "--exit-code", "--json", "--out", str(tmp_path / "out")) == 8
    document = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in document["rows"]] == ["doing nothing", "p1", "p2"] and document["differ"]
    assert document["rows"][2]["foreign_share"] == pytest.approx(1.0)
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "manifest.json",
        "study.json",
        "compare.csv",
        "compare.svg",
        "compare.png",
    }
    assert command("compare", plans[0]) == 2
    assert command("compare", *plans, "--scenarios") == 2


def test_the_command_compares_scenarios(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert command("compare", str(case(tmp_path)), "--scenarios", "--exit-code") == 8
    said = capsys.readouterr()
    assert said.out.startswith("SYNTHETIC") and "hopeless: no plan" in said.out
    assert "A 100 %" in said.out and "a 100 %" not in said.out  # vendors by name, not by id
    assert said.err.strip().splitlines()[-1].startswith("next: ")


def test_an_override_through_a_value_is_bad_input(tmp_path: Path):
    made = case(tmp_path, "\n[scenario.odd]\ntitle.sub = 1\n")
    with pytest.raises(BadInput, match="1 problem"):
        scenarios(read_case(made))
    with pytest.raises(BadInput):
        scenarios(read_case(case(tmp_path / "other", "\n[scenario.odd]\nrules.nobody.cap = 0.5\n")))


def test_a_scenario_leaves_the_case_alone_and_nothing_behind(tmp_path: Path):
    made = case(tmp_path / "case")
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    base = read_case(made)
    changed = base.with_settings({"money": {"discount_rate": 0.1}, "title": "Other"})
    assert (changed.settings.discount_rate, changed.settings.title) == (0.1, "Other")
    assert read_case(made).settings == base.settings
    assert before == {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}


def test_a_case_without_scenarios_is_told_so(tmp_path: Path):
    with pytest.raises(BadInput) as told:
        scenarios(read_case(case(tmp_path, "")))
    assert told.value.problems[0].problem == "the case has no scenario to compare with"
    assert read(world()).settings.scenarios == {}


def test_plans_stand_below_doing_nothing_and_differ_only_among_themselves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    plans = [str(tmp_path / name) for name in ("p1", "p2")]
    folder = world().write(tmp_path / "case")
    for plan in plans:
        assert command("plan", str(folder), "--out", plan) == 0
    capsys.readouterr()
    assert command("compare", *plans, "--exit-code", "--json") == 0
    said = capsys.readouterr()
    assert "planned again from the inputs of p1" in said.err
    nothing, one, two = json.loads(said.out)["rows"]
    hours = 24 * 365
    assert nothing["name"] == "doing nothing" and one["cost"] == two["cost"]
    assert nothing["cost"] == pytest.approx((25 * 0.3 + 5 * 0.5) * hours)
    assert nothing["carbon_tonnes"] is None and nothing["critical_kept"] is None
    assert [row["moved_against_first"] for row in (nothing, one, two)] == [0, 2, 2]


def test_plans_whose_case_knows_nothing_of_today_are_told_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    made = world()
    made.tables["current"].clear()
    assert command("plan", str(made.write(tmp_path / "case")), "--out", str(tmp_path / "p")) == 0
    capsys.readouterr()
    assert command("compare", str(tmp_path / "p"), str(tmp_path / "p")) == 0
    said = capsys.readouterr()
    assert "doing nothing is not shown" in said.err and "doing nothing" not in said.out


def test_what_is_not_known_of_a_plan_without_readable_inputs_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    case = world().write(tmp_path / "case")
    for name in ("first", "second"):
        assert command("plan", str(case), "--out", str(tmp_path / name)) == 0
    (tmp_path / "second" / "inputs" / "demand.csv").write_text("workload\n", encoding="utf-8")
    capsys.readouterr()
    assert command("compare", str(tmp_path / "first"), str(tmp_path / "second")) == 0
    said = capsys.readouterr().err
    assert "not known of second, as its inputs cannot be read" in said
    assert "not known of first" not in said


def test_carbon_and_what_is_kept_of_critical_work():
    """Half of the 40 vCPU at a, half at b, kg by hand; a keeps 0.4 ready at b, b nothing at a."""
    made = World(periods=1, months=12).grid(a=0.5, b=0.1)
    for vendor in "ab":
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, 0.2)
    made.tier("ready", "other_group", 0.4).tier("none")
    need = {"vcpu": 20, "memory_gib": 80}
    made.workload("tax", demand=need, critical=True, resilience="ready").affinity("pin", "tax", region="a:x")
    made.workload("law", demand=need, critical=True).affinity("pin", "law", region="b:x")
    case = read(made)
    (row,) = compare([("only", plan_of(made), case)])
    # Machines: 20 vCPU at a, 20 + 0.4 × 20 at b; 0.01 kWh a vCPU-hour.
    assert row.carbon == pytest.approx((20 * 0.5 + 28 * 0.1) * 0.01 * 8760 / 1000, rel=1e-5)
    # Without a: law, and 0.4 of tax. Without b: tax alone.
    assert row.kept is not None and row.kept.share == pytest.approx(0.5) and row.kept.without == "b"
    assert row.flat()["critical_kept"] == pytest.approx(0.5)


def test_doing_nothing_tells_limits_on_cash_and_carbon_that_it_breaks():
    """25 machines at b for 0.30, 5 at c for 0.50 an hour: 87,600 a year; 1 kWh an hour, 0.6 kg each."""
    made = world().grid(a=0.1, b=0.6, c=0.6)
    for rule, kind, values in (
        ("cash", "budget", {"cap": 80_000.0, "currency": ["MYR"], "per": "horizon"}),
        ("green", "carbon", {"cap": 5.0, "per": "year"}),
        ("roomy", "budget", {"cap": 88_000.0, "currency": ["MYR"], "per": "horizon"}),
    ):
        made.overrides[rule] = dict(ADOPTED)
        made.rule(rule, kind, values, is_parameter=True, benchmark="none")
    with TemporaryDirectory() as folder:
        case = made.write(Path(folder))
        nothing = doing_nothing(read_case(case))
    assert isinstance(nothing, Plan) and [line.split(":")[0] for line in nothing.head["breaks"]] == [
        "cash",
        "green",
    ]
    assert nothing.head["breaks"][0] == "cash: cash of all payers comes to MYR 87,600 against 80,000"
    assert nothing.head["breaks"][1].startswith("green: machines 6.3072 t CO2e against 5")


def test_figures_count_moves_as_the_plan_does_and_money_as_its_cost():
    """Both systems run elsewhere today; by vendor group the discounted cost, not what is spent before tax."""
    made = world(rate=0.1)
    made.contract("frame", "a", valid_from="2026-01-01", discount=0.0, margin=0.0, tax=0.2)
    plan = plan_of(made)
    (row,) = compare([("only", plan, None)])
    assert (row.systems_moved, row.moves) == (2, pytest.approx(2.0))
    assert row.systems_moved == plan.moves["workload"].nunique()
    assert sum(value for _, value in row.paid) == pytest.approx(row.cost)
    assert row.cost != pytest.approx(plan.costs["amortised"].sum(), rel=0.01)


def test_what_is_not_alike_is_said_first_and_in_the_figure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """A system more, a period more and another rate of discount."""
    other = world(rate=0.1)
    other.periods = 3
    other.workload("more", demand={"vcpu": [4, 4, 4], "memory_gib": [4, 4, 4]})
    for name, made in (("one", world()), ("two", other)):
        assert command("plan", str(made.write(tmp_path / f"case-{name}")), "--out", str(tmp_path / name)) == 0
    capsys.readouterr()
    out = tmp_path / "out"
    assert command("compare", str(tmp_path / "one"), str(tmp_path / "two"), "--out", str(out)) == 0
    lines = capsys.readouterr().out.splitlines()
    told = [line for line in lines[:4] if line.startswith("NOT ALIKE")]
    assert len(told) == 3
    assert "doing nothing: 2 systems, without more; one: 2 systems, without more; two: 3 systems" in told[0]
    assert "periods" in told[1] and "discounting" in told[2]
    assert "NOT ALIKE in systems, periods, discounting" in (out / "compare.svg").read_text(encoding="utf-8")
    alike = [("a", plan_of(world()), None), ("b", plan_of(world(cap=0.5)), None)]
    assert unlike(alike) == []


def test_an_overloaded_centre_of_ones_own_keeps_what_fits():
    """40 critical vCPU stand in a room of 20: no vendor can take them away, yet half of them do not run."""
    made = World(periods=1, months=12).vendor("own", market=False)
    made.region("own:room", deployment="agency_onprem").machine("own:room", "m", 4, 16, 0.2)
    for vendor in "ab":
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, 0.2)
    made.capacity("own:room", "vcpu", 20)
    for name in ("tax", "law"):
        made.workload(name, demand={"vcpu": 20, "memory_gib": 80}, critical=True).today(name, "own:room")
    case = read(made)
    (nothing,) = compare([("doing nothing", doing_nothing(case), case)])
    assert nothing.breaks == 1 and nothing.kept is not None
    assert nothing.kept.share == pytest.approx(0.5)
