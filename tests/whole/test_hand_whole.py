"""Workloads that cannot be split, and what a plan with whole numbers says of itself.

aa:x sells a machine of 4 vCPU for 1.00 an hour, bb:x for 2.00; the quarter has 2,160 hours.
"""

import numpy as np
import pytest
from support.cases import World
from support.plans import cost, placed, plan_of, read, solved, whole_plan
from support.solvers import solve_with_cbc

from planner.answer.cross_check import cbc_objective
from planner.answer.whole import in_whole_machines, none_found
from planner.errors import Infeasible
from planner.lp.policy import PLANNING
from planner.model.to_arrays import to_arrays
from planner.model.to_pulp import to_pulp
from planner.money import CENT
from planner.planning import build_model, solve


def world(*sizes, divisible=False, **more):
    """Workloads w0, w1 … of so many machines."""
    made = World(**more)
    for vendor, price in (("aa", 1.0), ("bb", 2.0)):
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m4", 4, 16, price)
    for i, size in enumerate(sizes):
        made.workload(f"w{i}", demand={"vcpu": 4 * size, "memory_gib": 16 * size}, divisible=divisible)
    return made


def cap(made, share=0.5):
    return made.rule("cap", "vendor_share", {"cap": share, "basis": "resource", "resource": "vcpu"})


def test_the_best_set_that_fits():
    """Sizes 6, 5, 4, room for 8 at aa: no two fit, so the largest goes there: (6 + 2 × 9) × 2,160."""
    plan = plan_of(world(6, 5, 4).capacity("aa:x", "units", 8))
    assert cost(plan) == pytest.approx(24 * 2_160, abs=CENT)
    assert set(placed(plan).values()) == {1.0}


def test_the_same_divided():
    """All 8 are filled: (8 + 2 × 7) × 2,160."""
    plan = plan_of(world(6, 5, 4, divisible=True).capacity("aa:x", "units", 8))
    assert cost(plan) == pytest.approx(22 * 2_160, abs=CENT)


def test_greed_is_not_enough():
    """Sizes 6, 5, 4 and room for 9: the largest first saves 6, the other two 9: (9 + 2 × 6) × 2,160."""
    plan = plan_of(world(6, 5, 4).capacity("aa:x", "units", 9))
    assert cost(plan) == pytest.approx(21 * 2_160, abs=CENT)
    assert placed(plan)["w0", "bb:x"] == 1.0


def test_one_workload_cannot_be_half_and_half():
    with pytest.raises(Infeasible):
        plan_of(cap(world(6)))
    assert cost(plan_of(cap(world(6, divisible=True)))) == pytest.approx(9 * 2_160, abs=CENT)


def test_two_equal_ones_go_to_two_vendors():
    """(3 + 2 × 3) × 2,160, either way round."""
    plan = plan_of(cap(world(3, 3)))
    assert cost(plan) == pytest.approx(9 * 2_160, abs=CENT)


def test_each_is_whole_in_each_period():
    """Room for 6 in January, 5 from April; sizes 6 and 5 change places: 6 + 2 × 5, then 5 + 2 × 6."""
    plan = plan_of(world(6, 5, periods=2).capacity("aa:x", "units", [6, 5]))
    assert cost(plan) == pytest.approx(16 * 2_160 + 17 * 2_184, abs=CENT)
    assert placed(plan, "2027-04")["w1", "aa:x"] == 1.0


def test_moving_back_and_forth_may_not_be_worth_it():
    """As before, but each move costs 5,000: the larger stays at bb throughout: (5 + 12) × 4,344."""
    made = world(6, 5, periods=2).capacity("aa:x", "units", [6, 5]).labour(5000)
    assert cost(plan_of(made)) == pytest.approx(17 * 4_344, abs=CENT)


def test_containers_are_placed_whole_too():
    """Headroom none; sizes 6 and 4, room for 7 machines at aa: 6 at aa, 4 at bb."""
    made = world(6, 4, headroom=0.0).capacity("aa:x", "units", 7)
    for row in made.tables["workloads"]:
        row.update(platform="container", pod_vcpu=1, pod_memory_gib=4)
    assert cost(plan_of(made)) == pytest.approx(14 * 2_160, abs=CENT)


def test_a_plan_of_a_linear_program_says_nothing_of_whole_numbers():
    run = plan_of(cap(world(6, divisible=True))).run
    assert run["integers"] == 0
    assert run["duals"] == "checked"
    assert "gap" not in run and "bound" not in run


def test_a_plan_with_whole_numbers_tells_its_gap_and_bound():
    run = plan_of(world(6, 5, 4).capacity("aa:x", "units", 8)).run
    assert run["integers"] == 6
    assert run["gap_allowed"] == PLANNING.gap
    assert 0 <= run["gap"] <= run["gap_allowed"]
    assert run["bound"] <= run["objective"] * (1 + 1e-9)
    assert run["objective"] - run["bound"] <= run["gap_allowed"] * run["objective"] + CENT


def test_what_binds_is_told_of_the_program_with_its_whole_numbers_fixed():
    """w0 is whole at bb, w1 may be split. 4 machines fit at aa: one more saves 2,160.00, and the record
    says of which program that is true.
    """
    made = world(6, 5).capacity("aa:x", "units", 4)
    made.tables["workloads"][1]["divisible"] = True
    plan = plan_of(made)
    assert cost(plan) == pytest.approx((4 + 2 * 7) * 2_160, abs=CENT)
    assert plan.run["duals"] == "checked, of the program re-solved with its integers fixed"
    (line,) = plan.binding.itertuples()
    assert line.marginal == pytest.approx(2_160.00, abs=CENT)


def test_nothing_is_claimed_of_a_limit_that_only_binds_whole_numbers():
    """Room for 5 of a workload of 6: with it fixed at bb, more room is worth nothing."""
    plan = plan_of(world(6).capacity("aa:x", "units", 5))
    assert cost(plan) == pytest.approx(12 * 2_160, abs=CENT)
    assert plan.binding.empty


def test_a_wider_gap_is_told_and_kept():
    made = world(6, 5, 4, 3, 7, 9).capacity("aa:x", "units", 17)
    best, wide = solved(made), solve(read(made), gap=0.2)
    assert wide.plan.run["gap_allowed"] == 0.2
    assert wide.plan.run["bound"] <= best.plan.run["objective"] * (1 + 1e-9)
    assert wide.plan.run["objective"] <= best.plan.run["objective"] * 1.2 + CENT


def test_whole_numbers_whose_money_is_nothing():
    """Everything free: gap and bound are numbers all the same."""
    made = world(2, 1).capacity("aa:x", "units", 2)
    for row in made.tables["prices"]:
        row["ListUnitPrice"] = 0.0
    run = plan_of(made).run
    assert (run["gap"], run["bound"], run["objective"]) == (0.0, 0.0, 0.0)


def test_cbc_agrees_on_whole_numbers():
    found = solved(world(6, 5, 4, periods=2).capacity("aa:x", "units", [9, 8]).begin_cost("bb", 500))
    assert cbc_objective(found) == pytest.approx(found.plan.run["objective"], rel=1e-6)


def test_what_is_written_as_lp_has_the_whole_numbers_in_it():
    made = solved(world(6).capacity("aa:x", "units", 5))
    assert solve_with_cbc(to_pulp(made.model)) * made.model.unit == pytest.approx(12 * 2_160, abs=CENT)
    relaxed = solved(world(6, divisible=True).capacity("aa:x", "units", 5))
    assert relaxed.outcome.objective * relaxed.model.unit == pytest.approx(7 * 2_160, abs=CENT)


def test_doing_nothing_is_priced_though_a_whole_workload_is_split_today(tmp_path):
    """Half of w0's six machines run with each: (3 + 2 × 3) × 2,160."""
    from planner.answer.fixed import read_fixed
    from planner.inputs import read_case

    made = world(6).today("w0", "aa:x", 0.5).today("w0", "bb:x", 0.5)
    folder = made.write(tmp_path)
    case = read_case(folder)
    plan = solve(case, fixed=read_fixed(folder / "current.csv", case)).plan
    assert cost(plan) == pytest.approx(9 * 2_160, abs=CENT)
    assert placed(plan) == {("w0", "aa:x"): 0.5, ("w0", "bb:x"): 0.5}


def test_where_no_plan_in_whole_machines_is_found_the_ways_on_are_told():
    """6 vCPU take 1.5 machines of 4, and 6 are there: in parts it fits, two machines draw 8."""
    made = World().vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, 1.0).capacity("aa:x", "vcpu", 6)
    made.workload("w", demand={"vcpu": 6, "memory_gib": 16})
    assert plan_of(made).head["status"] == "optimal"
    with pytest.raises(Infeasible) as told:
        whole_plan(made)
    words = "; ".join(told.value.reasons)
    assert "though one in parts of machines does" in words and "[units] whole = false" in words
    assert "the nearest one breaks" in words and "aa:x" in words
    model = build_model(in_whole_machines(read(world(1))))
    arrays = to_arrays(model)
    (first, *_, last) = none_found(model, arrays, np.zeros(len(arrays.cost)))
    assert first == "no plan in whole machines was found before the effort was spent"
    assert "--effort 10" in last and "--gap" in last
