"""The core case plans again: hours, exact egress, regions that may be lost, an earlier plan."""

from pathlib import Path

import pytest

from planner.inputs import read_inputs
from planner.solve.solve import solve
from planner.solve.whole import in_whole_machines

CASE = Path(__file__).resolve().parents[2] / "examples" / "national-core"


@pytest.fixture(scope="module")
def inputs():
    return read_inputs(CASE)


@pytest.fixture(scope="module")
def plan(inputs):
    return in_whole_machines(solve(inputs, None)).plan


def test_it_plans_from_hours(inputs, plan):
    assert inputs.case.settings.traces is not None
    head = plan.head["traces"]
    assert head["levels"] > 1_000 > head["slices"]


def test_the_first_half_year_is_that_of_the_earlier_plan(inputs, plan):
    key = ["workload", "region", "role"]
    earlier = inputs.case.earlier_placements
    then = earlier[earlier["t"] == 0].set_index(key)["share"].sort_index()
    now = plan.placements[plan.placements["period"] == "2027-01"].set_index(key)["share"].sort_index()
    assert now.subtract(then, fill_value=0.0).abs().max() < 1e-6
    assert plan.head["objective"] > plan.head["replan"]["free_objective"] + 1_000


def test_exact_egress_takes_something_off(plan):
    assert plan.costs.loc[plan.costs["term"] == "egress tiers", "cash"].sum() < -100_000


def test_critical_work_has_a_place_without_any_one_region(inputs, plan):
    named = set(plan.survival["event"])
    assert len(named) >= 3 and named <= set(inputs.regions["region"])


def test_a_plan_in_whole_machines_is_found(plan):
    assert plan.head["whole"]["status"] == "found"
    assert (plan.rounded["whole"] % 1 == 0).all()
