"""The core case plans again: hours, exact egress, regions that may be lost, an earlier plan."""

from pathlib import Path

import pytest

from planner.audit.audit import audit
from planner.inputs import read_case
from planner.plan.folder import copy_inputs, save, write_manifest
from planner.planning import solve_case

pytestmark = pytest.mark.slow
"""The case plans twice, with exact tiers: more than half a minute."""

CASE = Path(__file__).resolve().parents[2] / "examples" / "national-core"


@pytest.fixture(scope="module")
def case():
    return read_case(CASE)


@pytest.fixture(scope="module")
def plan(case):
    return solve_case(case).plan


def test_it_plans_from_hours(case, plan):
    assert case.settings.traces is not None
    head = plan.head["traces"]
    assert head["levels"] > 1_000 > head["slices"]


def test_the_first_half_year_is_that_of_the_earlier_plan(case, plan):
    key = ["workload", "region", "role"]
    earlier = case.earlier_placements
    then = earlier[earlier["t"] == 0].set_index(key)["share"].sort_index()
    now = plan.placements[plan.placements["period"] == "2027-01"].set_index(key)["share"].sort_index()
    assert now.subtract(then, fill_value=0.0).abs().max() < 1e-6
    assert plan.head["objective"] > plan.head["replan"]["free_objective"] + 1_000


def test_a_year_is_paid_whole_at_its_start_and_a_part_runs_on_spot(plan):
    bought = plan.purchases
    assert {"commit_1y_upfront", "spot", "on_demand"} <= set(bought["term"])
    early = plan.costs[plan.costs["term"] == "commitment upfront"]
    assert early["amortised"].abs().max() == 0.0 and early["cash"].max() > 5_000
    assert early["cash"].sum() == pytest.approx(0.0, abs=0.02)


def test_exact_egress_takes_something_off(plan):
    assert plan.costs.loc[plan.costs["term"] == "egress tiers", "cash"].sum() < -100_000


def test_critical_work_has_a_place_without_any_one_region(case, plan):
    named = set(plan.survival["event"])
    assert len(named) >= 3 and named <= set(case.regions["region"])


def test_it_is_in_whole_machines(plan):
    bought = plan.purchases
    assert (bought.loc[bought["unit"] == "machines", "units"] % 1 == 0).all()
    assert plan.run["gap"] < 0.02


@pytest.mark.xfail(
    strict=True, reason="a new plan within a gap of 1 % changes more of the earlier one than it need"
)
def test_the_exit_limit_binds_and_nothing_is_moved_for_it(plan):
    bound = plan.binding[plan.binding["family"] == "exit"]
    assert set(bound["rule"]) == {"OWN-EXIT-01"}
    assert plan.head["replan"]["changed"] == 0.0


def test_the_audit_passes_it_and_counts_the_waiver_apart(case, plan, tmp_path):
    save(plan, tmp_path)
    copy_inputs(case.files, tmp_path)
    write_manifest(tmp_path)
    found = audit(tmp_path).findings
    assert [(f.check, f.subject, f.message) for f in found if f.status in ("fail", "not checked")] == []
    assert [f.rule or f.check for f in found if f.status == "exception"] == ["waivers"]
