"""Moving, freezing and limits on moves, solved by hand.

The quarters of 2027 have 2,160, 2,184, 2,208 and 2,208 hours, together 8,760. aa:x sells a machine at
1.00 an hour, bb:x at 2.00; web needs one and runs at bb:x today unless a test says otherwise.
"""

import pytest
from support.audit_plan import audited
from support.cases import World
from support.plans import cash, cost, placed, plan_of

from planner.errors import BadInput, Infeasible
from planner.money import CENT


def world(**more):
    made = World(**{"periods": 4, **more})
    for vendor, price in (("aa", 1.0), ("bb", 2.0)):
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m4", 4, 16, price)
        made.egress(f"{vendor}:x", 0.5).store(f"{vendor}:x", "block_gib", 0.1)
    return made


def at_bb(**more):
    return world(**more).workload("web").today("web", "bb:x")


def stored(amount, **more):
    need = {"vcpu": 4, "memory_gib": 16, "block_gib": amount}
    return world(**more).workload("web", demand=need).today("web", "bb:x")


def where(plan, workload="web"):
    rows = plan.placements[plan.placements["workload"] == workload]
    return sorted((r.period, r.region) for r in rows.itertuples())


def test_moving_pays_when_it_saves_more_than_labour_and_egress():
    """Labour 5,000; 1,000 GiB leave bb for 0.50: 500. The year at aa 8,760.00, storage 1,200.00: 15,460.00.

    To stay would cost 17,520 + 1,200 = 18,720.00.
    """
    plan = plan_of(stored(1000).labour(5000))
    assert cash(plan, term="migration labour") == pytest.approx(5_000.00, abs=CENT)
    assert cash(plan, term="migration transfer", region="bb:x") == pytest.approx(500.00, abs=CENT)
    assert cost(plan) == pytest.approx(15_460.00, abs=CENT)


def test_data_that_move_are_taxed_as_the_contract_says(tmp_path):
    """bb takes 10 % off and 8 % tax: 500 × 0.9 × 1.08 = 486.00 of cash, which budgets count."""
    made = stored(1000).labour(5000).contract("frame", "bb", discount=0.1, tax=0.08)
    plan = plan_of(made)
    assert cash(plan, term="migration transfer") == pytest.approx(486.00, abs=CENT)
    made.affinity("forbid", "web", region="bb:x").budget("mof", 2027, 5_485.99, "development")
    with pytest.raises(Infeasible):
        plan_of(made)
    made.tables["budgets"][0]["amount"] = 5_486.01
    assert [f for f in audited(made, tmp_path) if f.status in ("fail", "exception")] == []


def test_it_stays_when_the_horizon_is_too_short():
    """Half a year at aa saves 4,344.00, less than 5,500.00: 8,688 + 600 = 9,288.00."""
    plan = plan_of(stored(1000, periods=2).labour(5000))
    assert cost(plan) == pytest.approx(9_288.00, abs=CENT)
    assert placed(plan) == {("web", "bb:x"): 1.0}


def test_what_is_stored_before_the_move_is_what_leaves():
    """100 GiB in the first quarter, in which web may not move, 1,000 from April: 100 × 0.50 = 50.00.

    2 × 2,160 + 6,600 + labour 100 + 50 + storage 0.1 × 3 × 3,100 = 930: 12,000.00.
    """
    made = stored([100, 1000, 1000, 1000]).labour(100).move_limit([0, 1, 1, 1])
    plan = plan_of(made)
    assert cash(plan, term="migration transfer") == pytest.approx(50.00, abs=CENT)
    assert cost(plan) == pytest.approx(12_000.00, abs=CENT)


def test_without_a_section_on_migration_moving_is_free():
    assert cost(plan_of(stored(1000))) == pytest.approx(9_960.00, abs=CENT)


def test_a_new_workload_moves_nowhere():
    """Not in current.csv: no labour."""
    assert cost(plan_of(world().labour(5000).workload("web"))) == pytest.approx(8_760.00, abs=CENT)


def test_a_workload_that_begins_later_moves_nowhere():
    """Nothing is needed until July: 4,416.00, and api's labour never falls due."""
    made = world().labour(5000).workload("api", demand={"vcpu": [0, 0, 4, 4], "memory_gib": [0, 0, 16, 16]})
    assert cost(plan_of(made)) == pytest.approx(4_416.00, abs=CENT)


def test_a_workload_leaves_a_site_outside_the_catalogs_for_labour_alone():
    """8,760 + 5,000 = 13,760.00; what it costs to leave the attic is the same wherever it goes."""
    made = world().labour(5000).workload("web").today("web", "attic:old")
    assert cost(plan_of(made)) == pytest.approx(13_760.00, abs=CENT)


def test_half_of_a_workload_moves_for_half_of_the_labour():
    """Room for half of web at aa: 0.5 × 8,760 + 0.5 × 17,520 + 0.5 × 5,000 = 15,640.00."""
    made = at_bb().labour(5000).capacity("aa:x", "vcpu", 2)
    assert cost(plan_of(made)) == pytest.approx(15_640.00, abs=CENT)


def test_moving_back_and_forth_is_paid_each_time():
    """aa closes to web in the second and third quarter (no capacity): two moves in, one back."""
    made = at_bb().labour(100).capacity("aa:x", "vcpu", [4, 0, 0, 4])
    plan = plan_of(made)
    assert cash(plan, term="migration labour") == pytest.approx(300.00, abs=CENT)
    assert cost(plan) == pytest.approx(2_160 + 4_368 + 4_416 + 2_208 + 300, abs=CENT)


def test_a_freeze():
    """No move before July: 2 × 4,344 + 4,416 + labour 1,000 = 14,104.00."""
    plan = plan_of(at_bb().labour(1000).move_limit([0, 0, 1, 1]))
    assert cost(plan) == pytest.approx(14_104.00, abs=CENT)
    assert where(plan)[1:3] == [("2027-04", "bb:x"), ("2027-07", "aa:x")]


def test_a_freeze_does_not_stop_what_is_new():
    plan = plan_of(at_bb().workload("api").move_limit([0, 0, 0, 0]))
    assert cost(plan) == pytest.approx(17_520 + 8_760, abs=CENT)


def test_a_freeze_where_it_must_move_leaves_no_plan():
    made = at_bb().move_limit(0).rule("panel", "vendor_panel", {"vendors": ["aa"]})
    with pytest.raises(Infeasible):
        plan_of(made)


def test_an_agency_moves_one_workload_a_quarter():
    """Three workloads of health, one of the treasury, which has no limit.

    Hours that stay at bb: 2,160 of the second's and 4,344 of the third's, a ringgit more each:
    4 × 8,760 + 2,160 + 4,344 = 41,544.00.
    """
    made = world().workload("tax", "treasury").today("tax", "bb:x").move_limit(1, "health")
    for name in ("lab", "ward", "scan"):
        made.workload(name, "health").today(name, "bb:x")
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(41_544.00, abs=CENT)
    assert sum(share for (_, region), share in placed(plan).items() if region == "aa:x") == pytest.approx(2)


def test_a_limit_for_all_and_one_workload_alone():
    """One move a quarter in all, none of ward until July: lab in January, ward in July."""
    made = world().move_limit(1).move_limit([0, 0, 1, 1], "health", "ward")
    for name in ("lab", "ward"):
        made.workload(name, "health").today(name, "bb:x")
    assert cost(plan_of(made)) == pytest.approx(2 * 8_760 + 4_344, abs=CENT)


def test_what_one_more_move_is_worth():
    """Two of three may move in January: one more saves its hours at bb until April, 2,160.00."""
    made = world().move_limit([2, 3, 3, 3])
    for name in ("lab", "ward", "scan"):
        made.workload(name).today(name, "bb:x")
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(3 * 8_760 + 2_160, abs=CENT)
    (line,) = plan.binding.itertuples()
    assert (line.family, line.period) == ("move_limit", "2027-01")
    assert line.marginal == pytest.approx(2_160.00, abs=CENT)


def test_a_place_without_a_price_for_what_leaves_it_is_told():
    made = stored(1000).labour(1)
    made.tables["transfer"] = [row for row in made.tables["transfer"] if row["region"] != "bb:x"]
    with pytest.raises(BadInput) as error:
        plan_of(made)
    assert "has no price for data that leave it" in str(error.value.problems[0])


@pytest.mark.parametrize("discount", [0.0, 0.1])
def test_labour_is_discounted_like_everything_in_its_period(discount):
    plan = plan_of(at_bb(discount_rate=discount).labour(1000))
    line = plan.costs[plan.costs["term"] == "migration labour"].iloc[0]
    factor = plan.periods["discount"].iloc[0]
    assert line["objective"] == pytest.approx(1000 * factor, abs=CENT)
    assert (factor < 1) == (discount > 0)


def test_a_limit_on_the_workload_of_another_agency_is_refused():
    made = at_bb().workload("api", "moh").move_limit(0, "moh", "web")
    with pytest.raises(BadInput) as error:
        plan_of(made)
    assert "does not own web" in str(error.value.problems[0])
