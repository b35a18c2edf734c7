"""Two-stage decisions: a reservation against three demands, solved by hand, and truths of all of them.

A year of 8,760 hours; a machine costs 1.00 an hour on demand and c committed for the year, run or not.
Demand is 5, 10 or 15 machines with probability 0.3, 0.4 and 0.3, mean 10. With Q committed a scenario
that needs D costs c·Q + max(0, D - Q) an hour: the newsvendor's problem. One more machine pays while
P(D > Q) > c, so Q = 5 at c = 0.8: 0.8·5 + 0.4·5 + 0.3·10 = 9.0 an hour.
- Known beforehand, D machines are committed: 0.8·10 = 8.0. EVPI = 1.0.
- For the mean 10 are committed: 0.8·10 + 0.3·5 = 9.5. VSS = 0.5.
- Regret: 0 at 5; 0.8·5 + 5 - 0.8·10 = 1.0 at 10; 0.8·5 + 10 - 0.8·15 = 2.0 at 15.
The worst 30 % is D = 15, which costs 15 - 0.2·Q; weighed with w, the objective falls up to Q = 10
where (1 - w)·0.1 < 0.2·w, so at w = 0.5 ten are committed: 9.5 on average, 13.0 in the worst 30 %.
"""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.broken import edit
from support.cases import World
from support.cli import call
from support.depth import cases
from support.plans import cost, plan_of

from planner.errors import Infeasible
from planner.inputs import read_case
from planner.money import CENT
from planner.study.robust import solve_robust, tail_mean

HOURS = 8760
DEMANDS = {"low": (0.3, "demand:*:-50%"), "usual": (0.4, ""), "high": (0.3, "demand:*:+50%")}


def reservation(price: float = 0.8) -> World:
    made = World(months=12)
    made.vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, 1.0).committed("aa:x:m4", price)
    made.offer("commit_1y")
    return made.workload("web", demand={"vcpu": 40, "memory_gib": 160})


def asked(folder, world: World, scenarios=DEMANDS, **options):
    """The world's folder with ``[robust]`` at its end."""
    folder.mkdir(exist_ok=True)
    world.write(folder)
    lines = ["", "[robust]", *(f"{key} = {json.dumps(value)}" for key, value in options.items())]
    for name, (probability, stressors) in scenarios.items():
        lines += ["[[robust.scenario]]", f'name = "{name}"', f"probability = {probability}"]
        lines += [f'stressors = "{stressors}"']
    path = folder / "case.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_the_newsvendor_by_hand(tmp_path):
    found = solve_robust(read_case(asked(tmp_path, reservation())))
    assert found.expected == pytest.approx(9.0 * HOURS, abs=CENT)
    assert found.evpi == pytest.approx(1.0 * HOURS, abs=CENT)
    assert found.vss == pytest.approx(0.5 * HOURS, abs=CENT)
    assert [f.regret for f in found.futures] == pytest.approx([0, HOURS, 2 * HOURS], abs=CENT)
    assert [f.alone for f in found.futures] == pytest.approx([4 * HOURS, 8 * HOURS, 12 * HOURS], abs=CENT)
    assert found.commitments["units"].tolist() == pytest.approx([5])


@pytest.mark.parametrize(
    ("weight", "units", "expected", "worst"),
    [(0.0, 5, 9.0, 14.0), (0.3, 5, 9.0, 14.0), (0.5, 10, 9.5, 13.0), (0.8, 15, 12.0, 12.0)],
)
def test_caution_commits_more(tmp_path, weight, units, expected, worst):
    found = solve_robust(read_case(asked(tmp_path, reservation(), alpha=0.7, weight=weight)))
    assert found.commitments["units"].sum() == pytest.approx(units)
    assert found.expected == pytest.approx(expected * HOURS, abs=CENT)
    assert found.cvar == pytest.approx(worst * HOURS, abs=CENT)
    assert found.neutral == pytest.approx(9.0 * HOURS, abs=CENT)


@pytest.mark.parametrize("price", [0.1, 0.29, 0.31, 0.69, 0.71, 0.95])
def test_every_price_of_a_reservation_against_all_depths(tmp_path, price):
    def at(depth: int) -> float:
        chances = ((0.3, 5), (0.4, 10), (0.3, 15))
        return HOURS * (price * depth + sum(p * max(0, d - depth) for p, d in chances))

    found = solve_robust(read_case(asked(tmp_path, reservation(price))))
    assert found.neutral == pytest.approx(min(at(q) for q in range(16)), abs=CENT)
    assert found.mean_plan == pytest.approx(at(10), abs=CENT)
    assert found.perfect == pytest.approx(HOURS * price * 10, abs=CENT)


def two_places() -> World:
    made = World(months=12)
    for vendor, price in (("a", 0.2), ("b", 0.3)):
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, price)
    return made.workload("web", demand={"vcpu": 40, "memory_gib": 160})


LATE = {"open": (0.9, ""), "closed": (0.1, "region-gone:a:x")}


def test_a_place_that_may_close_is_left_if_moving_later_is_no_choice(tmp_path):
    """Ten machines: 3.0 an hour at b in both scenarios. The mean holds a open, and breaks."""
    found = solve_robust(read_case(asked(tmp_path, two_places(), LATE)))
    assert found.expected == pytest.approx(3.0 * HOURS)
    assert found.evpi == pytest.approx((3.0 - 0.9 * 2.0 - 0.1 * 3.0) * HOURS)
    assert found.vss is None and "closed" in found.why_not
    assert found.decisions() == ["place at b:x from 2027-01: web"]


def test_with_placement_as_recourse_everybody_moves_when_it_closes(tmp_path):
    found = solve_robust(read_case(asked(tmp_path, two_places(), LATE, first_stage=["commitments"])))
    assert found.expected == pytest.approx((0.9 * 2.0 + 0.1 * 3.0) * HOURS)
    assert found.evpi == pytest.approx(0.0, abs=CENT) and found.vss == pytest.approx(0.0, abs=CENT)


def test_a_commitment_bought_where_it_closes_is_paid_all_the_same(tmp_path):
    """At 0.5 an hour and a chance of 0.9 to use it, ten are committed: 5.0, and 20.0 at b beside it."""
    made = reservation(0.5)
    made.vendor("b").region("b:x").machine("b:x", "m", 4, 16, 2.0)
    chances = {"open": (0.9, ""), "closed": (0.1, "region-gone:aa:x")}
    found = solve_robust(read_case(asked(tmp_path, made, chances, first_stage=["commitments"])))
    assert [f.cost for f in found.futures] == pytest.approx([5.0 * HOURS, 25.0 * HOURS], abs=CENT)


def test_a_machine_that_is_never_best_in_one_scenario_is_still_there_for_the_next(tmp_path):
    """A large machine carries the high demand for less; both sizes stand in the program."""
    made = World(months=12)
    made.vendor("a").region("a:x").machine("a:x", "small", 4, 16, 1.0).machine("a:x", "large", 8, 32, 1.9)
    made.committed("a:x:small", 0.5).committed("a:x:large", 0.9).offer("commit_1y")
    made.workload("web", demand={"vcpu": 4, "memory_gib": 16}, min_units=1)
    chances = {"one": (0.5, ""), "two": (0.5, "demand:*:+100%")}
    found = solve_robust(read_case(asked(tmp_path, made, chances)))
    assert [f.alone for f in found.futures] == pytest.approx([0.5 * HOURS, 0.9 * HOURS], abs=CENT)
    # A small one and a second small one on demand or committed: 0.5·2; a large one: 0.9 in both.
    assert found.expected == pytest.approx(0.9 * HOURS, abs=CENT)


def test_one_certain_scenario_is_the_plan(tmp_path):
    found = solve_robust(read_case(asked(tmp_path, reservation(), {"only": (1.0, "")})))
    assert found.expected == pytest.approx(cost(plan_of(reservation())))
    assert found.evpi == pytest.approx(0, abs=CENT) and found.vss == pytest.approx(0, abs=CENT)


@settings(max_examples=cases(3))
@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(-90, 200)), min_size=2, max_size=4),
    st.floats(0.05, 1.2),
    st.floats(0.0, 0.9),
)
def test_information_and_foresight_are_never_worth_less_than_nothing(tmp_path_factory, lots, price, weight):
    total = sum(n for n, _ in lots)
    chances = {f"s{i}": (n / total, f"demand:*:{d}%") for i, (n, d) in enumerate(lots)}
    folder = asked(tmp_path_factory.mktemp("case"), reservation(price), chances, alpha=0.5, weight=weight)
    found = solve_robust(read_case(folder))
    assert found.evpi >= -CENT and found.vss is not None and found.vss >= -CENT
    assert all(f.regret >= -CENT for f in found.futures)
    assert found.neutral <= found.expected + CENT <= found.cvar + 2 * CENT


def test_the_mean_of_the_worst():
    p = np.array([0.3, 0.4, 0.3])
    assert tail_mean([1.0, 2.0, 3.0], p, 0.0) == pytest.approx(2.0)
    assert tail_mean([1.0, 2.0, 3.0], p, 0.7) == pytest.approx(3.0)
    assert tail_mean([3.0, 2.0, 1.0], p, 0.4) == pytest.approx(2.5)


def test_what_no_decision_survives_is_said(tmp_path):
    both = {"a": (0.5, "region-gone:a:x"), "b": (0.5, "region-gone:b:x")}
    with pytest.raises(Infeasible, match="carried out in all"):
        solve_robust(read_case(asked(tmp_path / "1", two_places(), both)))
    with pytest.raises(Infeasible, match="scenario all has no plan"):
        gone = {"all": (1.0, "region-gone:a:x & region-gone:b:x")}
        solve_robust(read_case(asked(tmp_path / "2", two_places(), gone)))


def test_the_command_prints_and_writes_the_same_bytes_twice(tmp_path):
    case = asked(tmp_path, reservation(), alpha=0.7)
    said = call("robust", case, "--out", tmp_path / "one")
    assert said.code == 0 and said.out.startswith("SYNTHETIC") and "(VSS)" in said.out
    assert "decide now, whichever scenario comes:" in said.out
    assert (
        "  place at aa:x from 2027-01: web" in said.out
        and "  commit from 2027-01: 5.00 × aa:x:m4" in said.out
    )
    assert call("robust", case, "--out", tmp_path / "two", "--json").document["evpi"] == 8760.0
    for name in ("study.json", "robust.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


BROKEN = {
    "probabilities": ("probability = 0.4", "probability = 0.5", "robust.scenario", "1.1"),
    "two of a name": ('name = "usual"', 'name = "low"', "robust.scenario.name", "low"),
    "unknown key": ('name = "usual"', 'name = "usual"\nodds = 2', "robust.scenario.odds", "2"),
    "first stage": ("alpha = 0.7", 'first_stage = ["budget"]', "robust.first_stage", "budget"),
    "alpha": ("alpha = 0.7", "alpha = 1.0", "robust.alpha", "1.0"),
    "stressor": ("-50%", "-50", "robust.scenario.low.stressors", "demand:*:-50"),
}


@pytest.mark.parametrize("wrong", BROKEN)
def test_a_broken_section_is_refused(tmp_path, wrong):
    case = asked(tmp_path / "case", reservation(), alpha=0.7)
    before, after, column, value = BROKEN[wrong]
    edit(case / "case.toml", lambda text: text.replace(before, after))
    said = call("robust", case, "--out", tmp_path / "out")
    assert said.code == 5 and column in said.err and value in said.err and not (tmp_path / "out").exists()


def test_a_case_without_the_section_says_how_to_add_it(tmp_path):
    reservation().write(tmp_path)
    said = call("robust", tmp_path, "--out", tmp_path / "out")
    assert said.code == 5 and "[[robust.scenario]]" in said.err
