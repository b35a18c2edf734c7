"""Carbon, solved by hand. January to March 2027 has 2,160 hours; one vCPU draws 0.01 kWh an hour.

Two machines of 4 vCPU carry web. One emits 2,160 × 4 × 0.01 × grid = 86.4 kg × grid in the period. At
aa:x the grid has 1 kg a kWh and a machine costs 1.00 an hour, at bb:x 0.25 kg and 1.10.
"""

import pytest
from support.audit_plan import audited
from support.cases import World
from support.plans import bought, cash, cost, placed, plan_of, read

from planner.errors import BadInput, Infeasible
from planner.explain.explain import explain
from planner.money import CENT


def world(**more):
    made = World(**more).vendor("aa").vendor("bb").region("aa:x").region("bb:x")
    made.machine("aa:x", "m4", 4, 16, 1.0).machine("bb:x", "m4", 4, 16, 1.1)
    return made.workload("web", demand={"vcpu": 8, "memory_gib": 32}).grid(aa=1.0, bb=0.25)


def cap(made, tonnes, per="period", **more):
    return made.rule("cap", "carbon", {"cap": tonnes, "per": per}, **more)


def test_a_plan_says_what_it_emits():
    """Both machines at aa: 0.1728 t."""
    plan = plan_of(world())
    assert plan.head["carbon"] == {"tonnes": 0.1728, "by_period": {"2027-01": 0.1728}, "unknown": []}


def test_an_unknown_grid_is_said_and_is_not_zero():
    made = world()
    made.tables["grid"] = [row for row in made.tables["grid"] if row["region"] != "aa:x"]
    plan = plan_of(made)
    assert plan.head["carbon"] == {"tonnes": 0.0, "by_period": {"2027-01": 0.0}, "unknown": ["aa:x"]}


def test_a_case_without_figures_of_carbon_says_nothing():
    made = world()
    made.tables["grid"], made.tables["energy"] = [], []
    assert "carbon" not in plan_of(made).head


def test_a_cap_moves_as_much_as_it_must():
    """x at aa: 172.8 x + 43.2 (1 − x) ≤ 108 gives x = 1/2: 2,160 × (1.00 + 1.10) = 4,536.00."""
    plan = plan_of(cap(world(), 0.108))
    assert placed(plan) == {("web", "aa:x"): 0.5, ("web", "bb:x"): 0.5}
    assert cost(plan) == pytest.approx(4_536.00, abs=CENT)
    # One more tonne moves 1 / 0.1296 of web to aa, where it saves 432.00.
    bound = plan.binding.set_index("family").loc["carbon"]
    assert float(bound["marginal"]) == pytest.approx(432 / 0.1296, rel=1e-6)
    assert (bound["rule"], bound["period"], bound["per"]) == ("cap", "2027-01", "one more tonne")


def test_a_cap_that_no_place_keeps_leaves_no_plan():
    with pytest.raises(Infeasible):
        plan_of(cap(world(), 0.04))


def test_a_cap_of_a_year_adds_its_periods_and_a_region_may_be_meant_alone():
    """2027: 2,160 + 2,184 hours, 8 vCPU: 0.34752 t at aa, of which half may stay: hours do not matter."""
    made = cap(world(periods=2), 0.17376, "year", select={"region": {"region": ["aa:x"]}})
    assert cost(plan_of(made)) == pytest.approx(4_344 * 2.1, abs=CENT)


def test_a_price_moves_work_when_it_outweighs_the_price_of_machines():
    """0.1296 t are saved for 432.00: worth it from 3,333.33 a tonne on; and nobody is paid."""
    cheap = plan_of(world().carbon_price(3_300))
    assert placed(cheap) == {("web", "aa:x"): 1.0}
    assert cost(cheap) == pytest.approx(4_320 + 3_300 * 0.1728, abs=CENT)
    dear = plan_of(world().carbon_price(3_400))
    assert placed(dear) == {("web", "bb:x"): 1.0}
    assert cost(dear) == pytest.approx(4_752 + 3_400 * 0.0432, abs=CENT)
    assert cash(dear) == pytest.approx(4_752, abs=CENT)
    assert cash(dear, term="carbon") == 0.0


def test_a_price_in_another_currency_is_exchanged():
    made = world().rate("USD", 2027, 4.0, 0.25).carbon_price(100, "USD")
    assert cost(plan_of(made)) == pytest.approx(4_320 + 500 * 0.1728, abs=CENT)


def test_a_dearer_machine_that_emits_less_is_kept_to_choose_from():
    """r2 has 2 vCPU for 0.60: web needs 16 GiB, so r2 suffices and halves what is emitted."""
    made = World().vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, 0.5).grid(aa=1.0)
    made.machine("aa:x", "r2", 2, 16, 0.6).workload("web", demand={"vcpu": 2, "memory_gib": 16})
    assert bought(plan_of(made)) == {"aa:x:m4": 1.0}
    assert bought(plan_of(cap(made, 0.0432))) == {"aa:x:r2": 1.0}


def test_a_committed_machine_counts_for_all_its_hours():
    """Two machines by day, one by night. Committing both (0.80 an hour) beats one and a half (0.90) and
    emits 8,760 × 0.08 kg; under a cap of three quarters of that one runs on demand by day.
    """
    made = World(slices={"day": 0.5, "night": 0.5}, months=12).vendor("aa").region("aa:x").grid(aa=1.0)
    made.machine("aa:x", "m4", 4, 16, 1.0).committed("aa:x:m4", 0.4).offer("commit_1y")
    made.workload("web", demand={"vcpu": 8, "memory_gib": 32}).load("web", day=1.0, night=0.5)
    assert plan_of(made).head["carbon"]["tonnes"] == pytest.approx(0.7008, rel=1e-9)
    capped = plan_of(cap(made, 0.5256)).purchases
    found = {(r.term, r.slice): round(r.units, 6) for r in capped.itertuples()}
    assert found == {("commit_1y", "all"): 1.0, ("on_demand", "day"): 1.0}


def test_what_counts_must_be_known():
    made = cap(world(), 1.0)
    made.tables["grid"] = [row for row in made.tables["grid"] if row["region"] != "bb:x"]
    with pytest.raises(BadInput) as refused:
        plan_of(made)
    found = [(p.file, p.column, p.value) for p in refused.value.problems]
    assert found == [("grid.csv", "region", "bb:x")]


def test_a_machine_whose_card_is_unknown_is_left_out_where_carbon_counts():
    made = world().accelerator("card", 1, 1)
    made.machine("aa:x", "g4", 4, 16, 0.5, accelerator="card", accelerator_count=1)
    assert plan_of(made).head["carbon"]["unknown"] == ["aa:x"]
    assert bought(plan_of(cap(made, 1.0))) == {"aa:x:m4": 2.0}


def test_a_place_without_figures_that_a_rule_closes_stays_closed_in_an_explanation():
    """Only aa:x is open and emits 0.1728 t. To open bb:x helps nobody, as its grid is not known."""
    made = cap(world(), 0.1)
    made.rule("panel", "vendor_panel", {"vendors": ["aa"]})
    made.tables["grid"] = [row for row in made.tables["grid"] if row["region"] != "bb:x"]
    (told,) = explain(read(made)).conflicts
    assert {member.id for member in told.members} == {"web", "cap"}


@pytest.mark.parametrize("priced", [False, True])
def test_the_audit_works_carbon_out_again(tmp_path, priced):
    made = cap(world(), 0.108)
    made = made.carbon_price(50) if priced else made
    verdicts = audited(made, tmp_path)
    assert {f.status for f in verdicts if f.check in ("carbon", "carbon-recorded", "costs")} == {"pass"}
    assert len([f for f in verdicts if f.check == "carbon-recorded"]) == 1 + priced


def test_the_audit_finds_carbon_above_the_cap_and_another_record(tmp_path):
    def spoil(plan):
        grid = plan / "inputs" / "catalogs" / "catalog" / "grid.csv"
        grid.write_text(grid.read_text().replace("0.25", "0.75"))

    failed = {f.check for f in audited(cap(world(), 0.108), tmp_path, spoil) if f.status == "fail"}
    assert failed == {"carbon", "carbon-recorded", "manifest"}


def test_a_rule_on_carbon_selects_no_workload():
    select = {"workload": {"workload": ["web"]}}
    with pytest.raises(BadInput) as refused:
        plan_of(cap(world(), 1.0, select=select))
    assert [p.problem for p in refused.value.problems] == ["does not fit kind carbon"]
