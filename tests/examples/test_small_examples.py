"""Each small example shows one thing and costs what hand computation says, to the cent.

The arithmetic stands at the top of each example's ``case.toml``; what is asserted here is its result
and what a reader is meant to see.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from planner.audit.audit import audit
from planner.errors import Infeasible
from planner.inputs import read_case
from planner.money import CENT
from planner.plan.folder import copy_inputs, save, write_manifest
from planner.planning import solve, solve_case

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
LARGE = ("quick-start", "national-ai", "national-core", "national-full")
COST = {
    "accelerators": "29,376.00",
    "activation": "23,520.00",
    "announced-region": "21,864.00",
    "budget": "62,392.00",
    "burstable": "777.60",
    "capacity-binds": "5,184.00",
    "carbon-cap": "4,536.00",
    "commitment-depth": "19,272.00",
    "containers": "6,912.00",
    "contract": "6,613.49",
    "country-from-scratch": "78,693.60",
    "domestic-minimum": "17,280.00",
    "egress-tiers": "4,260.00",
    "exchange-rate": "76,473.60",
    "exit-limit": "4,752.00",
    "hourly-traces": "29,200.00",
    "indivisible": "6,696.00",
    "latency": "5,400.00",
    "machines-not-parts": "6,912.00",
    "missing-price": "6,600.00",
    "move-freeze": "60,187.20",
    "not-adopted": "2,160.00",
    "paid-early": "4,831.20",
    "planned-again": "8,504.00",
    "private-prices": "6,123.60",
    "residency": "2,802.00",
    "spend-commitment": "2,210.00",
    "standby-across-vendors": "11,220.00",
    "survival": "8,208.00",
    "vendor-cap": "12,960.00",
    "vendor-costs": "11,980.20",
}
UNSOLVABLE = ("no-plan",)


@pytest.fixture(scope="module")
def planned():
    made = {}

    def plan(name):
        if name not in made:
            made[name] = solve_case(read_case(EXAMPLES / name)).plan
        return made[name]

    return plan


def placed(plan, period=None):
    """Share by (workload, region) of the primary placements of one period, the first by default."""
    table = plan.placements[plan.placements["role"] == "primary"]
    table = table[table["period"] == (period or table["period"].min())]
    return {(p.workload, p.region): round(p.share, 6) for p in table.itertuples()}


def test_every_example_is_tested_and_described():
    folders = {path.name for path in EXAMPLES.iterdir() if (path / "case.toml").is_file()}
    assert folders == {*COST, *UNSOLVABLE, *LARGE}
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert [name for name in sorted(folders) if f"`{name}`" not in readme] == []


@pytest.mark.parametrize("name", COST)
def test_the_cost_is_that_of_the_hand_computation(planned, name):
    plan = planned(name)
    expected = float(COST[name].replace(",", ""))
    assert abs(plan.costs["cash"].sum() - expected) < CENT
    assert abs(plan.costs["objective"].sum() - expected) < CENT
    assert COST[name] in (EXAMPLES / name / "case.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COST)
def test_the_audit_passes_it(planned, name, tmp_path):
    case = read_case(EXAMPLES / name)
    save(planned(name), tmp_path)
    copy_inputs(case.files, tmp_path)
    write_manifest(tmp_path)
    found = audit(tmp_path).findings
    assert [(f.check, f.subject, f.message) for f in found if f.status in ("fail", "not checked")] == []


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("vendor-cap", {("portal", "alpha:one"): 0.6, ("portal", "beta:one"): 0.4}),
        ("capacity-binds", {("portal", "alpha:one"): 0.6, ("portal", "beta:one"): 0.4}),
        ("domestic-minimum", {("portal", "alpha:one"): 0.8, ("portal", "beta:one"): 0.2}),
        ("latency", {("portal", "alpha:near"): 0.5, ("portal", "alpha:far"): 0.5}),
        ("residency", {("records", "alpha:home"): 1.0, ("news", "alpha:abroad"): 1.0}),
        ("missing-price", {("portal", "alpha:one"): 1.0}),
        ("carbon-cap", {("portal", "alpha:coal"): 0.5, ("portal", "beta:hydro"): 0.5}),
        ("exit-limit", {("archive", "beta:one"): 1.0}),
        (
            "survival",
            {
                ("payments", "beta:home"): 1.0,
                ("portal", "beta:home"): 0.5,
                ("portal", "gamma:abroad"): 0.5,
            },
        ),
        ("planned-again", {("portal", "beta:one"): 1.0}),
    ],
)
def test_the_work_goes_where_the_example_says(planned, name, where):
    assert placed(planned(name)) == where


def test_half_of_the_spend_is_half_whatever_the_prices(planned):
    spend = planned("vendor-cap").costs.groupby("vendor_group")["amortised"].sum()
    assert spend["alpha"] == pytest.approx(spend["beta"], abs=CENT)


def test_the_announced_region_serves_from_the_assumed_opening(planned):
    plan = planned("announced-region")
    for period, region in (("2027-04", "alpha:old"), ("2027-07", "alpha:new"), ("2027-10", "alpha:new")):
        assert placed(plan, period) == {("portal", region): 1.0}
    early = plan.excuses[plan.excuses["region"] == "alpha:new"]
    assert list(early[["period_from", "period_to", "rule"]].itertuples(index=False, name=None)) == [
        ("2027-01", "2027-04", "availability")
    ]


def units(plan):
    return {
        sku.rsplit(":", 1)[1]: round(n, 6) for sku, n in plan.purchases.groupby("sku")["units"].sum().items()
    }


def test_a_commitment_is_as_deep_as_the_load_lasts(planned):
    bought = planned("commitment-depth").purchases
    first = bought[bought["period"] == "2027-01"]
    committed = first[first["term"] == "commit_1y"]
    assert committed["units"].tolist() == pytest.approx([6.0])
    on_demand = first[first["term"] == "on_demand"]
    assert dict(zip(on_demand["slice"], on_demand["units"], strict=True)) == pytest.approx({"peak": 4.0})


def test_half_of_a_commitment_is_paid_at_its_start(planned):
    plan = planned("paid-early")
    bought = plan.purchases.groupby("term")["units"].max().to_dict()
    assert bought == pytest.approx({"commit_1y": 0.5, "commit_1y_upfront": 0.5})
    first = plan.costs[plan.costs["period"].isin(("2027-07", "2027-10"))]
    assert float(first["cash"].sum()) == pytest.approx(3_520.80, abs=0.01)


def test_hours_of_a_year_are_committed_to_together(planned):
    bought = planned("hourly-traces").purchases
    assert dict(zip(bought["term"], bought["units"], strict=True)) == pytest.approx(
        {"commit_1y": 10.0, "on_demand": 2.0}
    )
    assert set(bought["slice"]) == {"all", "level-001"}


def test_nothing_moves_in_a_freeze_and_then_one_a_quarter(planned):
    plan = planned("move-freeze")
    where = {
        "2027-01": ("alpha:one", "alpha:one"),
        "2027-04": ("beta:one", "alpha:one"),
        "2027-07": ("beta:one", "beta:one"),
        "2027-10": ("beta:one", "beta:one"),
    }
    for period, (records, news) in where.items():
        assert placed(plan, period) == {("records", records): 1.0, ("news", news): 1.0}
    once = plan.costs.groupby("term")["cash"].sum()
    assert once["migration labour"] == pytest.approx(1600.0)
    assert once["migration transfer"] == pytest.approx(2000.0)


def test_a_standby_inside_the_country_is_with_another_vendor(planned):
    table = planned("standby-across-vendors").placements
    assert {(p.role, p.region, p.share) for p in table.itertuples()} == {
        ("primary", "alpha:home", 1.0),
        ("standby", "beta:home", 1.0),
        ("backup", "beta:home", 1.0),
    }


def test_only_what_pays_back_is_begun_with(planned):
    plan = planned("activation")
    assert placed(plan) == {("portal", "beta:one"): 1.0}
    assert plan.costs.groupby("term")["cash"].sum()["activation"] == pytest.approx(6000.0)


def test_what_cannot_be_split_stays_whole(planned):
    assert placed(planned("indivisible")) == {
        ("five", "alpha:one"): 1.0,
        ("four", "beta:one"): 1.0,
        ("three", "beta:one"): 1.0,
    }


def test_half_a_vote_moves_half_a_system(planned):
    plan = planned("budget")
    assert placed(plan, "2027-01") == {("portal", "alpha:one"): 0.5, ("portal", "beta:one"): 0.5}
    assert placed(plan, "2028-01") == {("portal", "beta:one"): 1.0}


def test_private_prices_and_discounts_stand_over_list_prices(planned):
    plan = planned("private-prices")
    assert dict(plan.purchases[["sku", "units"]].itertuples(index=False)) == {
        "alpha:one:a4": 2.0,
        "alpha:one:h4": 10.0,
    }
    money = plan.costs[["list", "discount", "margin", "tax"]].sum().round(2).tolist()
    assert money == [7128.0, 1728.0, 270.0, 453.6]


def test_a_contract_keeps_list_discount_margin_and_tax_apart(planned):
    money = planned("contract").costs[["list", "discount", "margin", "tax", "amortised", "cash"]].sum()
    assert money.round(2).tolist() == [6480.0, 648.0, 291.6, 489.89, 6123.6, 6613.49]


def test_a_fleet_mixes_families_and_a_machine_does_not(planned):
    assert units(planned("containers")) == {"c8": 5.0, "m8": 5.0}
    assert units(planned("machines-not-parts")) == {"m8": 8.0}


def test_burstable_machines_serve_only_who_allows_them(planned):
    bought = planned("burstable").purchases
    by_workload = {w: units_of for w, units_of in zip(bought["workload"], bought["sku"], strict=True) if w}
    assert units(planned("burstable")) == {"b2": 8.0, "g2": 2.0}
    assert by_workload.get("register", "alpha:one:g2") == "alpha:one:g2"


def test_each_need_gets_the_card_that_is_cheapest_for_it(planned):
    assert units(planned("accelerators")) == {"small": 8.0, "large": 2.0}


def test_what_has_no_price_is_excused_by_name(planned):
    excuses = planned("missing-price").excuses
    reasons = {e.region: (e.rule, e.reason) for e in excuses.itertuples()}
    assert set(reasons) == {"alpha:two", "alpha:three"}
    assert "block_gib" in reasons["alpha:two"][1]
    assert "price" in reasons["alpha:three"][1]


def test_a_rule_that_blocks_is_excused_with_its_numbers(planned):
    (excuse,) = planned("residency").excuses.itertuples()
    assert (excuse.workload, excuse.region, excuse.rule) == ("records", "alpha:abroad", "keep-home")
    assert "MY" in excuse.reason
    assert "SG" in excuse.reason


def test_a_rule_that_nobody_adopted_is_reported_and_binds_once_adopted(planned, tmp_path):
    assert placed(planned("not-adopted")) == {("records", "alpha:abroad"): 1.0}
    case = tmp_path / "case"
    shutil.copytree(EXAMPLES / "not-adopted", case)
    with (case / "case.toml").open("a", encoding="utf-8") as stream:
        stream.write('\n[rules.keep-home]\nadopted_by = "Board"\nadopted_on = 2026-11-20\nreference = "B"\n')
    case = read_case(case)
    assert [rule.label() for rule in case.rules] == ["keep-home (C, adopted, to be verified)"]
    plan = solve(case, None).plan
    assert placed(plan) == {("records", "alpha:home"): 1.0}
    assert abs(plan.costs["cash"].sum() - 4320.0) < CENT


def test_no_plan_names_the_rule_and_every_region():
    with pytest.raises(Infeasible) as caught:
        solve(read_case(EXAMPLES / "no-plan"), None)
    (reason,) = caught.value.reasons
    for word in ("dossiers", "premises-only", "alpha:one", "beta:one", "agency_onprem"):
        assert word in reason


def test_no_plan_exits_3_and_writes_nothing(tmp_path):
    command = ["cli.py", "plan", str(EXAMPLES / "no-plan"), "--out", str(tmp_path / "plan")]
    run = subprocess.run(
        [sys.executable, str(ROOT / command[0]), *command[1:]],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert run.returncode == 3
    assert "premises-only" in run.stderr
    assert "Traceback" not in run.stderr
    assert list(tmp_path.iterdir()) == []
