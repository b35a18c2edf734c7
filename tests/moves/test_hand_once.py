"""What is paid for beginning, for a place, and out of a budget, solved by hand.

The quarters of 2027 have 2,160, 2,184, 2,208 and 2,208 hours, together 8,760.
"""

import pytest
from support.audit_plan import audited
from support.cases import World
from support.plans import bought, cash, cost, placed, plan_of

from planner.errors import BadInput, Infeasible
from planner.inputs import read_case
from planner.money import CENT
from planner.planning import solve


def world(*prices, **more):
    made = World(**{"periods": 4, **more})
    for vendor, price in zip(("aa", "bb", "cc"), prices, strict=False):
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m4", 4, 16, price)
    return made


# Activation


@pytest.mark.parametrize(("amount", "expected", "place"), [(4000, 12_760.00, "aa"), (5000, 13_140.00, "bb")])
def test_beginning_is_paid_if_it_pays(amount, expected, place):
    """The year costs 8,760.00 at aa, 13,140.00 at bb: worth 4,380.00 to begin with aa."""
    plan = plan_of(world(1.0, 1.5).begin_cost("aa", amount).workload("web"))
    assert cost(plan) == pytest.approx(expected, abs=CENT)
    assert placed(plan) == {("web", f"{place}:x"): 1.0}
    assert cash(plan, term="activation") == pytest.approx(amount if place == "aa" else 0.0, abs=CENT)


def test_many_share_one_beginning():
    """One alone saves 4,380, less than 5,000; three save 13,140: 3 × 8,760 + 5,000 = 31,280.00."""
    made = world(1.0, 1.5).begin_cost("aa", 5000)
    plan = plan_of(made.workload("web").workload("api", "moh").workload("tax", "treasury"))
    assert cost(plan) == pytest.approx(31_280.00, abs=CENT)


def test_a_part_of_a_workload_begins_the_whole_region():
    """Room for a half at aa: it would save 2,190 of 13,140, less than the 2,500 to begin: bb."""
    made = world(1.0, 1.5).begin_cost("aa:x", 2500).capacity("aa:x", "vcpu", 2).workload("web")
    assert cost(plan_of(made)) == pytest.approx(13_140.00, abs=CENT)


def test_a_vendor_is_begun_with_once_for_all_its_regions():
    """One machine fits into each of aa's regions: 2 × 8,760 + 1,000 = 18,520.00."""
    made = world(1.0).region("aa:y").machine("aa:y", "m4", 4, 16, 1.0).begin_cost("aa", 1000)
    made.capacity("aa:x", "vcpu", 4).capacity("aa:y", "vcpu", 4).workload("web").workload("api")
    assert cost(plan_of(made)) == pytest.approx(18_520.00, abs=CENT)


def test_it_is_paid_when_it_is_first_used_and_never_again():
    """Needed in April and October only: paid in April, once; 1,000 + 2,184 + 2,208 = 5,392.00."""
    made = world(1.0).begin_cost("aa", 1000)
    made.workload("web", demand={"vcpu": [0, 4, 0, 4], "memory_gib": [0, 16, 0, 16]})
    plan = plan_of(made)
    lines = plan.costs[plan.costs["term"] == "activation"]
    assert cost(plan) == pytest.approx(5_392.00, abs=CENT)
    assert [(r.period, r.cash) for r in lines.itertuples()] == [("2027-04", 1000.0)]


def test_a_standby_and_a_backup_begin_a_region_too():
    """web at aa, half of it ready at bb: 8,760 + 0.5 × 13,140 + 700 to begin with bb = 16,030.00."""
    made = world(1.0, 1.5).tier("warm", "other_region", 0.5).begin_cost("bb:x", 700)
    assert cost(plan_of(made.workload("web", resilience="warm"))) == pytest.approx(16_030.00, abs=CENT)
    kept = world(1.0, 1.5).tier("kept", backup=1.0).begin_cost("bb:x", 700)
    for region in ("aa:x", "bb:x"):
        kept.store(region, "block_gib", 0.2).store(region, "object_gib", 0.05)
    kept.workload("web", demand={"vcpu": 4, "memory_gib": 16, "block_gib": 100}, resilience="kept")
    assert cost(plan_of(kept)) == pytest.approx(8_760 + 240 + 60 + 700, abs=CENT)


def begun(payer):
    """As above 4,380 are saved a year by 4,000; moh has 3,000 to develop, and a system that stays at bb."""
    made = world(1.0, 1.5).begin_cost("aa", 4000, payer).workload("web").workload("tax", "moh")
    made.rule("stay", "vendor_panel", {"vendors": ["bb"]}, select={"workload": {"workload": ["tax"]}})
    return made.budget("moh", 2027, 3000, "development")


@pytest.mark.parametrize(("payer", "expected"), [("", 12_760.00), ("mof", 12_760.00), ("moh", 13_140.00)])
def test_who_pays_for_a_beginning_must_have_the_money(payer, expected):
    plan = plan_of(begun(payer))
    assert cost(plan) == pytest.approx(13_140.00 + expected, abs=CENT)
    paid = plan.costs[plan.costs["term"] == "activation"]
    assert paid["payer"].tolist() == ([payer] if expected < 13_000 else [])


def test_the_audit_asks_the_one_who_pays(tmp_path):
    """Whom activation.csv names owes the 4,000: the audit says so of a plan that charges another."""

    def spoil(plan):
        table = plan / "inputs" / "activation.csv"
        table.write_text(table.read_text(encoding="utf-8").replace("mof", "moh"), encoding="utf-8")

    verdicts = audited(begun("mof"), tmp_path)
    assert {f.status for f in verdicts if f.check in ("costs", "budget")} == {"pass"}
    (tmp_path / "again").mkdir()
    failed = {f.check for f in audited(begun("mof"), tmp_path / "again", spoil) if f.status == "fail"}
    assert failed == {"costs", "manifest"}


def test_a_table_without_the_column_is_paid_in_common(tmp_path):
    case = begun("moh").write(tmp_path)
    rows = (case / "activation.csv").read_text(encoding="utf-8").splitlines()
    text = "\n".join(row.rsplit(",", 1)[0] for row in rows)
    (case / "activation.csv").write_text(text + "\n", encoding="utf-8")
    assert cost(solve(read_case(case)).plan) == pytest.approx(25_900.00, abs=CENT)


# Placement costs


def test_a_place_may_cost_in_every_period():
    """aa 8,760 + 4 × 500 = 10,760.00, against 10,512.00 at bb for 1.20."""
    made = world(1.0, 1.2).place_cost("web", "aa:x", 500).workload("web")
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(10_512.00, abs=CENT)
    assert placed(plan) == {("web", "bb:x"): 1.0}
    assert cost(plan_of(world(1.0).place_cost("web", "aa:x", 500).workload("web"))) == pytest.approx(
        10_760.00, abs=CENT
    )


def test_what_is_paid_once_is_paid_with_the_first_placement_of_a_new_workload():
    assert cost(plan_of(world(1.0).place_cost("web", "aa:x", 500, "once").workload("web"))) == pytest.approx(
        9_260.00, abs=CENT
    )


def test_what_is_paid_once_is_not_paid_by_who_is_there_already():
    made = world(1.0).place_cost("web", "aa:x", 500, "once").workload("web").today("web", "aa:x")
    assert cost(plan_of(made)) == pytest.approx(8_760.00, abs=CENT)


def test_what_is_paid_once_is_paid_by_who_moves_there():
    """From bb at 2.00 to aa: 8,760 + 500 = 9,260.00; api, which the table does not name, pays nothing."""
    made = world(1.0, 2.0).place_cost("web", "aa:x", 500, "once").workload("web").today("web", "bb:x")
    assert cost(plan_of(made.workload("api").today("api", "bb:x"))) == pytest.approx(18_020.00, abs=CENT)


# Budgets


def test_a_budget_for_what_is_paid_once():
    """aa at 1.00 needs 1,000 once, of which 400 are voted: 40 % of web goes there, the rest to bb at 2.00.

    0.4 × 2,160 + 0.6 × 4,320 + 400 = 3,856.00; one more ringgit saves 1.16.
    """
    made = world(1.0, 2.0, periods=1).place_cost("web", "aa:x", 1000, "once").workload("web")
    plan = plan_of(made.budget("mof", 2027, 400, "development"))
    assert cost(plan) == pytest.approx(3_856.00, abs=CENT)
    (line,) = plan.binding.itertuples()
    assert (line.family, line.marginal) == ("budget", pytest.approx(1.16, abs=1e-5))


def test_a_budget_of_a_later_year_makes_it_move_in_time():
    """October 2027 to March 2028: 2,208 and 2,184 hours. aa 1.00; bb 0.50, but 5,000 once.

    1,638 are voted for running in 2028: half of web at bb, best from the start: 0.75 × 4,392 + 2,500.
    """
    made = world(1.0, 0.5, start="2027-10", periods=2).place_cost("web", "bb:x", 5000, "once")
    plan = plan_of(made.workload("web").budget("mof", 2028, 1638))
    assert cost(plan) == pytest.approx(5_794.00, abs=CENT)
    assert placed(plan, "2027-10")["web", "bb:x"] == pytest.approx(0.5)


def test_a_budget_is_the_payers_for_all_its_agencies():
    """moh's bills are paid by mof: 4,320.00 in all, and not a ringgit less."""
    made = (
        world(1.0, periods=1).agency("mof").agency("moh", payer="mof").workload("web").workload("api", "moh")
    )
    assert cost(plan_of(made.budget("mof", 2027, 4_320))) == pytest.approx(4_320.00, abs=CENT)
    made.tables["budgets"][0]["amount"] = 4_319
    with pytest.raises(Infeasible):
        plan_of(made)


def test_a_budget_counts_tax():
    """2,160.00 and 8 % tax do not fit into 2,300.00."""
    made = world(1.0, periods=1).contract("frame", "aa", tax=0.08).workload("web").budget("mof", 2027, 2_300)
    with pytest.raises(Infeasible):
        plan_of(made)


def test_a_budget_of_another_year_or_payer_does_not_bind():
    made = world(1.0, periods=1).workload("web").workload("api", "moh")
    made.budget("mof", 2028, 1).budget("moh", 2027, 2_160)
    assert cost(plan_of(made)) == pytest.approx(4_320.00, abs=CENT)


def test_a_budget_is_of_cash_so_a_commitment_of_next_year_is_not_charged_to_this():
    """A year for 0.60 from October 2027: 1,324.80 this year; on demand would be 2,208.00."""
    made = world(1.0, start="2027-10", periods=4).committed("aa:x:m4", 0.6).offer("commit_1y")
    plan = plan_of(made.workload("web").budget("mof", 2027, 1_324.80))
    assert cost(plan) == pytest.approx(0.6 * (2208 + 2184 + 2184 + 2208), abs=CENT)


# Capacity groups


def group(made, name, **row):
    return made.add("capacity_groups", group=name, **row)


def test_a_quota_on_a_family_over_two_regions():
    """Four vCPU of family m4 at aa:x and aa:y together, bb's other family at 2.00: 2,160 + 4,320."""
    made = world(1.0, periods=1).region("aa:y").machine("aa:y", "m4", 4, 16, 1.0)
    made.vendor("bb").region("bb:x").machine("bb:x", "n4", 4, 16, 2.0)
    group(made, "quota", family="m4").capacity("quota", "vcpu", 4)
    made.workload("web", demand={"vcpu": 8, "memory_gib": 32})
    assert cost(plan_of(made)) == pytest.approx(6_480.00, abs=CENT)


def test_a_group_of_several_rows_counts_a_machine_once():
    """m4 matches both rows; two machines fit."""
    made = world(1.0, 2.0, periods=1)
    group(group(made, "quota", family="m4", region="aa:x"), "quota", region="aa:x").capacity(
        "quota", "units", 2
    )
    made.workload("web", demand={"vcpu": 12, "memory_gib": 48})
    assert cost(plan_of(made)) == pytest.approx(2 * 2_160 + 4_320, abs=CENT)


def test_a_quota_of_one_payer():
    """moh may have one machine of the group, mof has no limit."""
    made = world(1.0, 2.0, periods=1)
    group(made, "quota", region="aa:x").capacity("quota", "units", 1, payer="moh")
    need = {"vcpu": 8, "memory_gib": 32}
    plan = plan_of(made.workload("web", demand=need).workload("api", "moh", demand=need))
    assert cost(plan) == pytest.approx(2 * 2_160 + 2_160 + 4_320, abs=CENT)
    assert bought(plan) == {"aa:x:m4": 3.0, "bb:x:m4": 1.0}


def disks():
    """1,000 GiB; block storage for 0.10 a GiB-month at aa, where a dearer kind is sold too, 0.20 at bb."""
    made = world(1.0, 1.0, periods=1)
    for region, price in (("aa:x", 0.1), ("bb:x", 0.2)):
        made.store(region, "block_gib", price)
    made.store("aa:x", "block_gib", 0.9, "io")
    return made.workload("disk", demand={"vcpu": 0, "memory_gib": 0, "block_gib": 1000})


@pytest.mark.parametrize(
    ("subject", "row", "expected"),
    [
        ("aa:x", None, 480.00),
        ("racks", {"region": "aa:x"}, 480.00),
        ("racks", {"category": "block"}, None),
        ("aa:x:block_gib", None, 480.00),
        ("aa:x:io", None, 300.00),
    ],
)
def test_a_limit_on_what_is_stored(subject, row, expected):
    """400 GiB at most: 400 × 0.10 × 3 + 600 × 0.20 × 3 = 480.00; a limit on what is not bought is none;
    a limit on all block storage leaves no plan.
    """
    made = disks()
    if row:
        group(made, subject, **row)
    made.capacity(subject, "block_gib", 400)
    if expected is None:
        with pytest.raises(Infeasible):
            plan_of(made)
    else:
        assert cost(plan_of(made)) == pytest.approx(expected, abs=CENT)


def test_a_cost_in_another_currency_is_refused():
    made = world(1.0).workload("web").begin_cost("aa", 10)
    made.tables["activation"][0]["currency"] = "USD"
    with pytest.raises(BadInput) as error:
        plan_of(made)
    assert "is not the case's currency" in str(error.value.problems[0])


def test_a_budget_of_an_agency_that_another_pays_for_is_refused():
    """It would limit nothing: the bills are mof's."""
    made = world(1.0).agency("mof").agency("moh", payer="mof").workload("web", "moh").budget("moh", 2027, 1)
    with pytest.raises(BadInput) as error:
        plan_of(made)
    assert "is paid for by mof" in str(error.value.problems[0])
