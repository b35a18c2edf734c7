"""The full national case uses every table of a case, and several of its limits bind."""

import re
from pathlib import Path

import pytest

from planner.audit.audit import audit
from planner.case.files import Files
from planner.case.schema import TABLES
from planner.case.settings import read_settings
from planner.inputs import read_case
from planner.plan.folder import copy_inputs, save, write_manifest
from planner.planning import solve_case
from planner.policy.kinds import KINDS

pytestmark = pytest.mark.slow
"""The case forty systems with every table: more than half a minute."""

CASE = Path(__file__).resolve().parents[2] / "examples" / "national-full"
GUIDE = CASE.parents[1] / "docs" / "guide" / "a-case.md"
CORE = {"waivers", "evidence", "assessments", "earlier_placements", "earlier_commitments"}
"""Tables of examples/national-core: what is on record, and an earlier plan."""
MAIN = {"vendor_costs", "private_prices", "discounts"}
"""Tables that only other examples have."""


@pytest.fixture(scope="module")
def case():
    return read_case(CASE)


@pytest.fixture(scope="module")
def plan(case):
    return solve_case(case).plan


def test_it_uses_every_table_and_says_that_it_is_synthetic(case):
    settings = case.settings
    assert settings.synthetic
    assert settings.marking == "SYNTHETIC"
    assert set(settings.tables) == {table.name for table in TABLES} - CORE - MAIN
    core, _ = read_settings(Files(CASE.parent / "national-core"))
    assert set(core.tables) >= CORE
    assert settings.terms == ("on_demand", "spot", "commit_1y", "commit_3y")
    assert len(settings.slices) == 3
    assert set(case.workloads["classification"]) == set(case.classes)
    assert (~case.workloads["divisible"]).sum() >= 10
    assert set(case.affinity["kind"]) == {"together", "apart", "pin", "forbid", "least_share"}
    assert set(case.resilience["standby"]) == {"none", "other_region", "other_group"}


def test_the_guide_names_for_each_table_an_example_that_has_it():
    rows = re.findall(r"^\| `(\w+)\.csv` \| .* \| `([\w-]+)` \|$", GUIDE.read_text("utf-8"), re.MULTILINE)
    assert {table for table, _ in rows} == {table.name for table in TABLES}
    for table, example in rows:
        settings, problems = read_settings(Files(CASE.parent / example))
        assert settings is not None and not problems
        assert table in settings.tables


def test_it_is_solved_to_the_gap(plan):
    assert plan.run["integers"] > 100
    assert plan.run["gap"] <= 1e-3


def test_limits_of_many_kinds_bind(plan):
    assert set(plan.binding["family"]) >= {
        "capacity",
        "jurisdiction_share",
        "latency",
        "move_limit",
        "vendor_share",
    }


def test_with_the_core_case_rules_of_every_kind_that_states_rows_bind(case):
    rules = (*case.rules, *read_case(CASE.parent / "national-core").rules)
    hard = {rule.kind for rule in rules if rule.severity == "hard"}
    assert {kind.name for kind in KINDS.values() if kind.effect == "row"} <= hard


def test_restricted_critical_work_has_a_place_without_any_one_group(case, plan):
    work = case.workloads
    asked = work[work["ncii"] & (work["nccp_tier"] == "restricted") & (work["resilience"] == "high")]
    fled = plan.survival.groupby(["event", "workload", "period"])[["standby", "extra"]].sum().sum(axis=1)
    assert set(plan.survival["workload"]) <= set(asked["workload"])
    assert plan.survival["event"].nunique() >= 3
    assert (fled > 0.0).all()


def test_waiting_and_carbon_are_weighed_but_paid_to_nobody(plan):
    weighed = plan.costs[plan.costs["term"].isin(("carbon", "latency"))]
    assert (weighed.groupby("term")["objective"].sum() > 1e5).sum() == 2
    assert (weighed["cash"] == 0.0).all()


def test_what_does_not_pay_back_is_not_begun_with(case, plan):
    begun = plan.costs[plan.costs["term"] == "activation"]["cash"].sum()
    assert 0 < begun < case.activation["amount"].sum()
    primary = plan.placements[plan.placements["role"] == "primary"]
    assert not {"gcp:asia-southeast4", "azure:southeastasia"} & set(primary["region"])


def test_machines_are_bought_on_every_term(plan):
    machines = plan.purchases[plan.purchases["unit"] == "machines"]
    assert set(machines["term"]) == {"on_demand", "spot", "commit_1y", "commit_3y"}
    assert "commitment held" in set(plan.costs["term"])


def test_standbys_inside_the_country_cross_vendors(case, plan):
    parent = case.regions.set_index("region")[["vendor_group", "country"]]
    table = plan.placements.join(parent, on="region").merge(
        case.workloads[["workload", "resilience"]], on="workload"
    )
    high = table[table["resilience"] == "high"]
    standby = high[high["role"] == "standby"]
    assert set(standby["country"]) == {"MY"}
    assert len(set(standby["vendor_group"]) & {"amazon", "microsoft", "tm"}) >= 2


def test_what_cannot_be_split_is_whole(case, plan):
    whole = set(case.workloads.loc[~case.workloads["divisible"], "workload"])
    primary = plan.placements[plan.placements["role"] == "primary"]
    assert set(primary.loc[primary["workload"].isin(whole), "share"].round(6)) == {1.0}


def test_a_freeze_freezes(plan):
    """identity-register may never move, health-records only from 2028 on."""
    primary = plan.placements[plan.placements["role"] == "primary"]
    share = primary.pivot_table("share", ["workload", "region"], "period", fill_value=0.0)
    assert (share.loc["identity-register", :].loc["mygovcloud:pdsa"] == 1.0).all()
    health = share.loc["health-records"]
    assert health.loc["azure:malaysiawest", "2027-01"] == pytest.approx(0.7)
    assert (health["2027-07"] - health["2027-01"]).abs().max() < 1e-6


def test_its_plan_in_parts_of_machines_passes_the_audit(case, plan, tmp_path):
    assert case.settings.whole_units is False
    save(plan, tmp_path)
    copy_inputs(case.files, tmp_path)
    write_manifest(tmp_path)
    found = audit(tmp_path).findings
    assert [(f.check, f.subject, f.message) for f in found if f.status in ("fail", "not checked")] == []
