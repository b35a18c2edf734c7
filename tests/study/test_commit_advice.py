"""Commitments before demand is known: the newsvendor's quantities and costs, worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.cases import World
from support.plans import cost, plan_of, read

from planner.commands import cli
from planner.commands.run import run
from planner.errors import Infeasible
from planner.study.commit_advice import commit_advice

HALF = [0.5, 1.0, 1.5]


def world(committed: float = 0.15, three: float | None = None, periods: int = 1) -> World:
    """Ten machines at 0.20 an hour on demand, committed for less."""
    made = World(periods=periods, months=12)
    made.vendor("a").region("a:x").machine("a:x", "m", 4, 16, 0.2).committed("a:x:m", committed)
    offers = ["commit_1y"]
    if three is not None:
        made.committed("a:x:m", three, years=3)
        offers.append("commit_3y")
    return made.workload("tax", demand={"vcpu": 40, "memory_gib": 40}).offer(*offers)


@pytest.mark.parametrize(("committed", "units"), [(0.05, 15.0), (0.12, 10.0), (0.15, 5.0), (0.19, 5.0)])
def test_commit_up_to_the_demand_that_is_likely_enough(committed: float, units: float):
    """5, 10 or 15 machines, each as likely: P(≥ 15) = 1/3, P(≥ 10) = 2/3, against the ratio of prices."""
    found = commit_advice(read(world(committed)), HALF, [1, 1, 1])
    assert found.table["advised"].tolist() == [pytest.approx(units)]
    assert found.table["pays_from"].tolist() == [pytest.approx(committed / 0.2)]
    assert found.table[["alone_0", "alone_1", "alone_2"]].to_numpy()[0] == pytest.approx([5, 10, 15])


def test_costs_and_what_knowing_is_worth_are_those_worked_out_by_hand():
    found = commit_advice(read(world(0.15)), HALF, [1, 1, 1])
    hours = 8760
    assert found.expected == pytest.approx((5 * 0.15 + 5 * 0.2) * hours)
    assert found.perfect == pytest.approx(10 * 0.15 * hours)
    assert found.table["for_mean"].tolist() == [pytest.approx(10)]
    assert found.of_mean == pytest.approx((10 * 0.15 + 5 * 0.2 / 3) * hours)


def test_weights_decide_and_need_not_sum_to_one():
    likely = commit_advice(read(world(0.15)), HALF, [1, 1, 8])
    assert likely.table["advised"].tolist() == [pytest.approx(15)]
    assert [level.weight for level in likely.levels] == pytest.approx([0.1, 0.1, 0.8])


def test_three_years_for_what_is_sure_and_one_for_what_is_likely():
    """Later years know their demand, so a year's commitment is bought then for all of it at 0.12.

    Three years at 0.10: the fifth machine runs in all years; the tenth, idle in one case of three, costs
    3 · 0.10 against 0.12 (first year) + 2 · (2/3) · 0.12 (later) = 0.28.
    """
    found = commit_advice(read(world(0.12, 0.10, periods=3)), HALF, [1, 1, 1])
    units = dict(zip(found.table["term"], found.table["advised"], strict=True))
    assert units == {"commit_1y": pytest.approx(5), "commit_3y": pytest.approx(5)}


def test_each_level_alone_is_its_own_plan_and_order_holds():
    found = commit_advice(read(world(0.15)), HALF, [1, 2, 1])
    assert found.levels[1].alone == pytest.approx(cost(plan_of(world(0.15))))
    assert found.perfect <= found.expected <= found.of_mean + 1e-9


@pytest.mark.parametrize("large", [0, 10**9])
def test_a_level_without_a_plan_is_told_and_the_others_are_advised(large: int):
    """5 or 10 machines, each as likely: P(≥ 10) = 1/2 against 0.15 / 0.20."""
    case = read(world().capacity("a:x", "vcpu", 50))
    found = commit_advice(case, HALF, [1, 1, 2], large=large)
    assert [(factor, weight) for factor, weight, _ in found.missing] == [(1.5, 0.5)]
    assert "a:x" in found.missing[0][2]
    assert [(v.factor, v.weight) for v in found.levels] == [(0.5, 0.5), (1.0, 0.5)]
    assert found.table["advised"].tolist() == pytest.approx([5])
    with pytest.raises(Infeasible) as told:
        commit_advice(case, [0.5, 1.5, 2.0], [1, 1, 1], large=large)
    assert [reason[:35] for reason in told.value.reasons[:2]] == [
        "there is no plan for demand times 2", "there is no plan for demand times 1",
    ]  # fmt: skip
    assert "only demand times 0.5 has a plan" in told.value.reasons[2]


def rich() -> World:
    """Two whole systems and one that splits, a dear place that begins at a cost, a room that binds."""
    made = World(periods=2, months=12)
    for vendor, price, room in (("a", 0.2, 90), ("b", 0.23, 400)):
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, price)
        made.committed(f"{vendor}:x:m", price * 0.7).capacity(f"{vendor}:x", "vcpu", room)
    made.begin_cost("b:x", 2000)
    for name, vcpu, whole in (("tax", 40, True), ("web", 36, True), ("logs", 30, False)):
        need = {"vcpu": [vcpu, vcpu * 1.1], "memory_gib": [vcpu, vcpu * 1.1]}
        made.workload(name, demand=need, divisible=not whole)
    return made.offer("commit_1y")


@pytest.mark.parametrize("weights", [[1, 1, 1], [5, 2, 1]])
def test_advice_for_a_large_case_is_honest_about_what_it_may_miss(weights: list[float]):
    case = read(rich())
    exact = commit_advice(case, HALF, weights)
    for gap in (0.5, 0.0):
        found = commit_advice(case, HALF, weights, gap=gap, large=0)
        assert found.expected >= exact.expected * (1 - 2e-4)
        assert found.expected - found.unproved <= exact.expected * (1 + 2e-4)
        assert found.perfect <= found.expected + 1e-6 and found.expected <= found.of_mean + 1e-6


def test_for_one_machine_the_candidates_hold_the_best_advice():
    """As above: five where P(≥ 10) = 2/3 is less than 0.15 / 0.20."""
    found = commit_advice(read(world(0.15)), HALF, [1, 1, 1], large=0)
    assert found.table["advised"].tolist() == pytest.approx([5])
    assert found.expected == pytest.approx((5 * 0.15 + 5 * 0.2) * 8760)
    assert found.perfect == pytest.approx(10 * 0.15 * 8760)
    assert found.of_mean == pytest.approx((10 * 0.15 + 5 * 0.2 / 3) * 8760)


def test_a_large_case_whose_mean_is_no_level():
    found = commit_advice(read(world(0.12)), [0.5, 1.5], [1, 3], large=0)
    exact = commit_advice(read(world(0.12)), [0.5, 1.5], [1, 3])
    assert found.expected == pytest.approx(exact.expected)
    assert found.table["for_mean"].tolist() == pytest.approx(exact.table["for_mean"].tolist())


def command(*argv: str) -> int:
    with pytest.raises(SystemExit) as left:
        run(cli, list(argv))
    return int(left.value.code or 0)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    case, out = world(0.12).write(tmp_path / "case"), tmp_path / "out"
    argv = ["commit-advice", str(case), "--demand", "-50%,0%,+50%"]
    assert command(*argv, "--out", str(out)) == 0
    said = capsys.readouterr()
    assert said.out.startswith("SYNTHETIC") and "a:x:m commit_1y" in said.out and "60 %" in said.out
    assert command(*argv, "--weights", "1,1,1", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document == json.loads((out / "study.json").read_text(encoding="utf-8"))
    assert {"commit-advice.svg", "commit-advice.png"} <= {path.name for path in out.iterdir()}
    assert document["advice"][0]["advised"] == pytest.approx(10)
    assert command(*argv, "--weights", "1,1") == 2
    assert command("commit-advice", str(case), "--demand", "much,little") == 2


def test_the_command_says_which_level_has_no_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    case = world().capacity("a:x", "vcpu", 50).write(tmp_path / "case")
    assert command("commit-advice", str(case), "--demand", "-50%,0%,+50%", "--json") == 0
    said = capsys.readouterr()
    assert "NO PLAN at demand +50% (weight 33%)" in said.err
    document = json.loads(said.out)
    assert [v["demand"] for v in document["without_plan"]] == [1.5] and len(document["levels"]) == 2
    assert command("commit-advice", str(case), "--demand", "+50%,+60%") == 3


def test_a_case_that_offers_no_commitment_is_told_so_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    case = world().offer().write(tmp_path / "case")
    assert command("commit-advice", str(case), "--out", str(tmp_path / "out")) == 5
    assert "offers no commitment to advise on" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
