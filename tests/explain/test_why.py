"""Why here and not there: excuses with sources, the extra cost of forcing, what would have to change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.cases import World
from support.cli import call
from support.plans import cost, placed, plan_of, read

from planner.commands import cli
from planner.commands.run import run
from planner.errors import UnknownName
from planner.explain.why import Verdict, sentences, why

PRICES = {"a": 0.2, "b": 0.3, "c": 0.5}


def world(prices: dict[str, float] | None = None) -> World:
    """Vendor a is cheapest; s sits abroad, cheaper still, where the law lets nothing go."""
    made = World(periods=2)
    for vendor, price in {**PRICES, **(prices or {})}.items():
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, price)
    made.vendor("s").region("s:x", country="SG").machine("s:x", "m", 4, 16, 0.1)
    made.vendor("z").region("z:x", status="announced").machine("z:x", "m", 4, 16, 0.1)
    made.capacity("b:x", "vcpu", 60)
    made.workload("tax", demand={"vcpu": [80, 40], "memory_gib": [80, 40]})
    made.workload("web", demand={"vcpu": [20, 20], "memory_gib": [20, 20]})
    values = {"countries": ["MY"], "roles": ["primary"]}
    return made.rule(
        "at-home",
        "residency",
        values,
        title="Data stay.",
        fix="Stay.",
        select={"workload": {"workload": ["tax"]}},
    )


def verdicts(workload: str, region: str | None = None) -> dict[str, Verdict]:
    return {v.region: v for v in why(read(world()), workload, region).verdicts}


def only(workload: str, vendor: str) -> World:
    """The same world with everything but one vendor closed to the workload."""
    others = [v for v in (*PRICES, "s", "z") if v != vendor]
    made = world()
    select = {"workload": {"workload": [workload]}, "region": {"vendor": others}}
    return made.rule("forced", "key_custody", {"allowed": ["customer_hsm"]}, select=select)


def test_forcing_costs_what_a_plan_with_only_that_region_costs():
    base = cost(plan_of(world()))
    found = verdicts("tax")
    assert found["a:x"].status == "runs here" and found["a:x"].share == pytest.approx(1)
    assert found["c:x"].status == "open"
    assert found["c:x"].extra == pytest.approx(cost(plan_of(only("tax", "c"))) - base, rel=1e-9)
    assert verdicts("web", "b:x")["b:x"].extra == pytest.approx(
        cost(plan_of(only("web", "b"))) - base, rel=1e-9
    )


def test_the_discount_named_is_the_one_that_brings_the_workload():
    found = verdicts("tax", "c:x")["c:x"]
    assert found.discount == pytest.approx(1 - 0.2 / 0.5, rel=1e-6)
    ample = plan_of(world({"c": 0.5 * (1 - found.discount) * 0.999}))
    scant = plan_of(world({"c": 0.5 * (1 - found.discount) * 1.001}))
    assert placed(ample)["tax", "c:x"] == pytest.approx(1) and ("tax", "c:x") not in placed(scant)


def test_what_does_not_fit_says_how_much_does():
    found = verdicts("tax", "b:x")["b:x"]
    assert found.extra is None and found.most == pytest.approx((60 / 80 + 1) / 2)


def test_a_closed_region_names_the_rule_its_source_and_what_a_waiver_would_save():
    answer = why(read(world()), "tax", "s:x")
    (found,) = answer.verdicts
    assert found.status == "closed" and [e.rule for e in found.excuses] == ["at-home"]
    assert found.excuses[0].source.startswith("test") and found.excuses[0].fix == "Stay."
    freed = world()
    freed.rules.clear()
    # web may use s:x already, so the waiver saves what tax saves.
    assert found.saving == pytest.approx(cost(plan_of(world())) - cost(plan_of(freed)), rel=1e-9)
    assert found.extra == pytest.approx(-found.saving)
    assert any("less" in line for line in sentences(answer, found))


def test_a_fact_cannot_be_waived():
    answer = why(read(world()), "tax", "z:x")
    (found,) = answer.verdicts
    assert found.status == "closed" and found.saving is None and found.extra is None
    assert any("a fact stands in the way" in line for line in sentences(answer, found))


def test_where_it_runs_comes_first_and_all_regions_are_told():
    found = why(read(world()), "web").verdicts
    assert found[0].status == "runs here" and {v.region for v in found} == {f"{v}:x" for v in "abcsz"}
    assert [v.status for v in found] == sorted(
        (v.status for v in found), key=["runs here", "open", "closed"].index
    )


def test_unknown_names_say_which_are_near():
    with pytest.raises(UnknownName, match="tax"):
        why(read(world()), "taxx")
    with pytest.raises(UnknownName, match="a:x"):
        why(read(world()), "tax", "a:y")


def command(*argv: str) -> int:
    with pytest.raises(SystemExit) as left:
        run(cli, list(argv))
    return int(left.value.code or 0)


def test_a_plan_folder_and_its_case_give_the_same_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    case, plan = world().write(tmp_path / "case"), tmp_path / "plan"
    assert command("plan", str(case), "--out", str(plan)) == 0
    capsys.readouterr()
    answers = []
    for path in (case, plan):
        assert command("why", str(path), "--workload", "tax", "--json") == 0
        said = capsys.readouterr()
        assert said.err.strip().splitlines()[-1].startswith("next: ")
        answers.append(json.loads(said.out))
    assert answers[0] == answers[1]
    assert {row["region"] for row in answers[0]["regions"]} == {f"{v}:x" for v in "abcsz"}


def test_usage_errors_and_prices_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    case = str(world().write(tmp_path / "case"))
    out = tmp_path / "out"
    assert command("why", case, "--workload", "tax", "--out", str(out)) == 0
    assert {"why.csv", "why.svg", "why.png", "study.json"} <= {path.name for path in out.iterdir()}
    assert command("why", case, "--rule", "at-home", "--out", str(out)) == 2
    assert command("why", case) == 2
    assert command("why", case, "--workload", "tax", "--rule", "at-home") == 2
    assert command("why", case, "--rule", "at-home", "--region", "a:x") == 2
    assert command("why", case, "--rule", "at-hom") == 2
    capsys.readouterr()
    assert command("why", case, "--rule", "capacity of b:x (vcpu)", "--json") == 0
    assert json.loads(capsys.readouterr().out)["total"] == 0.0
    assert command("why", case, "--rule", "at-home") == 0
    said = capsys.readouterr().out
    assert said.startswith("SYNTHETIC") and "source: test" in said
    assert command("why", case, "--workload", "tax") == 0
    assert "source: test" in capsys.readouterr().out


def tied() -> World:
    """Two regions at one price; the work is at b today, so the plan leaves it there."""
    made = World(periods=2).vendor("a").vendor("b")
    for region in ("a:x", "b:x"):
        made.region(region).machine(region, "m", 4, 16, 1.0)
    return made.workload("tax").today("tax", "b:x")


def test_the_plan_that_is_explained_is_the_one_that_is_made():
    found = {v.region: v for v in why(read(tied()), "tax").verdicts}
    assert placed(plan_of(tied())) == {("tax", "b:x"): 1.0}
    assert (found["b:x"].share, found["b:x"].status) == (1.0, "runs here")
    assert (found["a:x"].share, found["a:x"].status) == (0.0, "open")
    assert found["a:x"].extra == pytest.approx(0.0, abs=1e-6)


def test_a_plan_folder_is_explained_as_it_is(tmp_path: Path):
    """Held at b at 1.00 where a asks 0.50: two quarters of 4,344 hours cost 2,172 less at a."""
    made = tied()
    made.tables["prices"][0]["ListUnitPrice"] = 0.5
    case = made.write(tmp_path / "case")
    folder = tmp_path / "plan"
    assert call("plan", case, "--fix", "current.csv", "--out", folder).code == 0
    rows = {
        row["region"]: row for row in call("why", folder, "--workload", "tax", "--json").document["regions"]
    }
    assert rows["b:x"]["share"] == 1.0
    assert rows["a:x"]["share"] == 0.0
    assert rows["a:x"]["extra"] == pytest.approx(-2_172.00)
    assert any("MYR 2,172 less" in sentence for sentence in rows["a:x"]["sentences"])
