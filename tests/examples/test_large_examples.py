"""Quick start, and the case that speed is measured on, hold what they are meant to show."""

from pathlib import Path

import pytest

from planner.answer.fixed import read_fixed
from planner.case.schema import RESOURCES
from planner.inputs import read_case
from planner.planning import solve, solve_case

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {
    "quick-start": ROOT / "examples" / "quick-start",
    "national-quarters": ROOT / "benchmarks" / "cases" / "national-quarters",
}
NAMES = tuple(FOLDERS)


@pytest.fixture(scope="module")
def read():
    return {name: read_case(FOLDERS[name]) for name in NAMES}


@pytest.fixture(scope="module")
def plans(read):
    return {name: solve(read[name], None).plan for name in NAMES}


@pytest.fixture(scope="module")
def where(read, plans):
    """Placements of the national plan with the workload's and the region's columns."""
    regions = read["national-quarters"].regions
    table = plans["national-quarters"].placements.merge(read["national-quarters"].workloads, on="workload")
    return table.merge(regions, on="region", suffixes=("", "_region"))


@pytest.mark.parametrize("name", NAMES)
def test_it_is_synthetic_and_says_so(read, name):
    settings = read[name].settings
    assert settings.synthetic
    assert settings.marking == "SYNTHETIC"
    capacity = read[name].capacity
    assert set(capacity["basis"]) == {"assumed"}
    assert capacity["source"].str.contains("assumed").all()


@pytest.mark.parametrize("name", NAMES)
def test_every_classification_is_there(read, name):
    assert set(read[name].workloads["classification"]) == set(read[name].classes)


def test_the_national_case_is_as_large_as_it_claims(read):
    case = read["national-quarters"]
    assert len(case.workloads) >= 60
    assert len(case.agencies) == 12
    assert (case.agencies["level"] == "state").sum() == 2
    assert len(case.periods) == 12
    assert case.periods["period"].iloc[0] == "2027-01"
    assert case.users["site"].nunique() >= 30
    assert set(case.workloads["platform"]) == {"vm", "container"}
    assert {"any", "x86"} <= set(case.workloads["architecture"])
    assert case.workloads["burstable_ok"].any()
    assert (case.demand[:, RESOURCES.index("gpu_inference"), :] > 0).any()
    assert (case.demand[:, RESOURCES.index("gpu_training"), :] > 0).any()


def test_the_skilling_platform_grows_from_400_000_to_800_000_learners(read):
    users = read["national-quarters"].users
    learners = users[users["workload"] == "skilling-platform"].groupby("t")["users"].sum()
    assert learners.iloc[0] == pytest.approx(400_000, rel=0.01)
    assert learners.iloc[-1] == pytest.approx(800_000, rel=0.01)
    assert learners.is_monotonic_increasing


def test_secrets_stay_where_the_rules_keep_them(where):
    secret = where[where["classification"].isin(["rahsia_besar", "rahsia"])]
    assert set(secret["deployment"]) == {"agency_onprem"}
    assert (secret["serves_agency"] == secret["agency"]).all()
    closed = where[where["classification"].isin(["sulit", "terhad"])]
    assert set(closed["deployment"]) <= {"agency_onprem", "gov_private", "in_country_private"}
    assert set(where.loc[where["classification"] == "rasmi", "country"]) == {"MY"}
    assert set(where.loc[where["nccp_tier"] == "confidential", "sovereign"]) == {"true"}
    assert set(where.loc[where["critical_national"], "country"]) == {"MY"}
    assert len(set(where.loc[where["classification"] == "terbuka", "country"])) > 1


def test_contestable_work_is_at_least_half_of_the_spend(plans):
    plan = plans["national-quarters"]
    spend = plan.costs.groupby("period")["amortised"].sum()
    shares = plan.shares[plan.shares["rule"] == "vendor-share"].groupby("period")["total"].first()
    assert (shares >= 0.5 * spend[shares.index]).all()
    assert len(shares) == 12


def test_the_cap_the_floor_some_capacity_and_some_targets_bind(plans):
    binding = plans["national-quarters"].binding
    by_family = {family: set(rows["subject"]) for family, rows in binding.groupby("family")}
    assert by_family["vendor_share"]
    assert by_family["minimum_share"] == {"domestic"}
    assert len(by_family["capacity"]) >= 2
    assert len(by_family["latency"]) >= 3
    assert set(binding.loc[binding["family"] == "vendor_share", "period"]) == set(
        plans["national-quarters"].periods["period"]
    )


def test_the_cap_holds_in_every_period(plans):
    for name in NAMES:
        shares = plans[name].shares
        capped = shares[shares["rule"] == "vendor-share"]
        assert (capped["share"] <= 0.4 + 1e-6).all()


def test_what_is_not_possible_is_excused_by_many_rules(plans):
    excuses = plans["national-quarters"].excuses
    rules = set(excuses["rule"])
    assert rules >= {"MY-CLS-02", "MY-CLS-03", "MY-CLS-05", "MY-NCCP-03", "MY-NCCP-05", "STATE-OFFICIAL"}
    assert rules >= {"availability", "serves-agency", "no-machine"}
    never = excuses[(excuses["region"] == "azure:southeastasia3") & (excuses["rule"] == "availability")]
    assert set(never["workload"]) == set(plans["national-quarters"].placements["workload"])


def test_the_announced_region_serves_only_from_its_assumed_opening(plans):
    table = plans["national-quarters"].placements
    assert table.loc[table["region"] == "gcp:asia-southeast4", "period"].min() >= "2028-07"


def test_every_rule_that_rests_on_a_weak_source_is_adopted(read):
    for name in NAMES:
        assert [r.id for r in read[name].rules if r.standing == "not adopted"] == []


@pytest.mark.parametrize("name", NAMES)
def test_doing_nothing_has_a_price_and_says_what_it_breaks(read, plans, name):
    fixed = read_fixed(FOLDERS[name] / "current.csv", read[name])
    nothing = solve(read[name], fixed=fixed).plan
    held = nothing.placements.merge(read[name].current, on=["workload", "region"], suffixes=("", "_today"))
    assert len(held) == len(nothing.placements)
    assert (held["share"] - held["share_today"]).abs().max() < 1e-9
    assert nothing.head["objective"] > plans[name].head["objective"]
    assert any("vendor-share" in line for line in nothing.head["breaks"])


@pytest.mark.parametrize("name", ["quick-start", pytest.param("national-quarters", marks=pytest.mark.slow)])
def test_what_is_bought_is_whole_machines_within_a_hundredth_of_the_bound(read, name):
    plan = solve_case(read[name]).plan
    machines = plan.purchases[plan.purchases["unit"] == "machines"]
    assert (machines["units"] % 1 == 0).all()
    assert (plan.run["ended"], plan.head["status"]) == ("gap", "optimal")
    assert plan.run["gap"] <= 0.01
