"""Exact tiers of egress, by hand and by enumeration. January to March 2027 has 2,160 hours, three months."""

from itertools import product

import pytest
from audit.small_plan import edit, edit_text, where, write
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cases import World
from support.plans import cash, cost, placed, plan_of, read, whole_plan

from planner.audit.audit import audit
from planner.errors import BadInput
from planner.inputs import read_case
from planner.money import CENT
from planner.planning import solve
from planner.report.terminal import findings

MACHINE = 2160.0
SMALL = {"vcpu": 4, "memory_gib": 16}


def world(exact=True, **tiers):
    """Regions aa:x and bb:x with tiers as (from, price); a machine costs 1.00 an hour in each."""
    made = World(exact_tiers=exact)
    for vendor, steps in tiers.items():
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, 1.0)
        for begins, price in steps:
            made.egress(f"{vendor}:x", price, from_gib=begins)
    return made


def sends(made, gib, name="web", agency="mof", **more):
    return made.workload(name, agency, demand={**SMALL, "egress_gib": gib}, **more)


TWO = {"aa": [(0, 1.0), (1000, 0.2)], "bb": [(0, 0.9), (1000, 0.8)]}


def test_exact_tiers_change_where_a_large_sender_goes():
    """3,000 GiB: at bb 2,700 by the first tier, 900 + 1,600 in truth; at aa 1,000 + 2,000 × 0.20 = 1,400."""
    first = plan_of(sends(world(exact=False, **TWO), 3000))
    assert placed(first) == {("web", "bb:x"): 1.0}
    assert first.head["egress"] == {"tiers": "first-paid", "first_paid": 8100.0, "exact": 7500.0}
    assert any("by exact tiers it would cost MYR 7,500" in line for line in findings(first))
    plan = plan_of(sends(world(**TWO), 3000))
    assert placed(plan) == {("web", "aa:x"): 1.0}
    assert cost(plan) == pytest.approx(MACHINE + 3 * 1400, abs=CENT)
    assert cash(plan, term="egress") == pytest.approx(9000, abs=CENT)
    assert cash(plan, term="egress tiers") == pytest.approx(-4800, abs=CENT)
    assert plan.head["egress"] == {"tiers": "exact", "first_paid": 9000.0, "exact": 4200.0}
    assert plan.run["integers"] == 2
    assert plan.run["gap"] <= plan.run["gap_allowed"]


def test_a_small_sender_is_not_drawn_by_a_tier_that_it_does_not_reach():
    """500 GiB never see 0.20: 450 at bb against 500 at aa."""
    plan = plan_of(sends(world(**TWO), 500))
    assert placed(plan) == {("web", "bb:x"): 1.0}
    assert cost(plan) == pytest.approx(MACHINE + 3 * 450, abs=CENT)


def test_the_first_tier_is_filled_before_the_second():
    """1,000 × 1.00 + 200 × 0.20 = 1,040 a month; the cheap tier alone would be 240."""
    plan = plan_of(sends(world(aa=TWO["aa"]), 1200))
    assert cost(plan) == pytest.approx(MACHINE + 3 * 1040, abs=CENT)


def test_a_free_tier_is_free():
    """80 of 100 GiB without charge cost nothing, which the first paid tier would price at 8.00 a month."""
    plan = plan_of(sends(world(aa=[(0, 0.0), (100, 0.1)]), 80))
    assert cost(plan) == pytest.approx(MACHINE, abs=CENT)
    assert plan.head["egress"] == {"tiers": "exact", "first_paid": 24.0, "exact": 0.0}


def test_volumes_of_one_payer_add_up_and_those_of_two_do_not():
    """Two of 1,000: one payer 1,000 + 200 a month, two payers 1,000 each."""
    for agencies, month in ((("mof", "mof"), 1200), (("mof", "moh"), 2000)):
        made = world(aa=TWO["aa"])
        for name, agency in zip(("web", "api"), agencies, strict=True):
            sends(made, 1000, name, agency)
        assert cost(plan_of(made)) == pytest.approx(2 * MACHINE + 3 * month, abs=CENT), agencies


def test_divided_work_uses_the_free_tier_of_both_places():
    plan = plan_of(sends(world(aa=[(0, 0.0), (100, 0.1)], bb=[(0, 0.0), (100, 0.1)]), 200))
    assert cost(plan) == pytest.approx(MACHINE, abs=CENT)


def test_contract_tax_and_currency_apply_to_every_tier():
    """1,400 USD a month at 4.00, 10 % off, then 6 % tax; the machine is 10 % off with tax too."""
    made = World(exact_tiers=True).vendor("aa").region("aa:x").machine("aa:x", "m", 4, 16, 1.0)
    made.egress("aa:x", 1.0, currency="USD").egress("aa:x", 0.2, 1000, "USD").rate("USD", 2027, 4.0)
    made.contract("c", "aa", discount=0.1, tax=0.06)
    plan = plan_of(sends(made, 3000))
    assert cost(plan) == pytest.approx((MACHINE + 3 * 1400 * 4) * 0.9 * 1.06, abs=CENT)


def test_shares_count_egress_at_the_first_paid_tier():
    """Half each: 2,160 + 9,000 at aa against 2,160 + 8,100 at bb, though tiers take more off at aa."""
    made = sends(world(**TWO), 3000).rule("cap", "vendor_share", {"cap": 0.5, "basis": "spend"})
    plan = plan_of(made)
    assert {a: round(s, 6) for (_, a), s in placed(plan).items()} == pytest.approx(
        {"aa:x": 10260 / 21420, "bb:x": 11160 / 21420}, abs=1e-6
    )


def test_the_audit_works_exact_tiers_out_again(tmp_path):
    made = sends(world(**TWO, cc=[(0, 0.5)]), 3000)
    sends(made, 1700, "api").rule("cap", "vendor_share", {"cap": 0.6, "basis": "spend"})
    plan = write(made, tmp_path)
    assert [f for f in audit(plan).findings if f.status in ("fail", "not checked", "exception")] == []
    tiers = where(lambda row: row["term"] == "egress tiers", list=lambda v: str(float(v) - 1))
    edit(plan / "costs.csv", tiers)
    failed = {f.check for f in audit(plan).findings if f.status == "fail"}
    assert "costs" in failed


def test_the_audit_wants_exact_tiers_where_the_case_does(tmp_path):
    """A plan at the first paid tier is wrong once the case asks for exact tiers."""
    plan = write(sends(world(exact=False, aa=TWO["aa"]), 3000), tmp_path)
    assert not audit(plan).failed()
    edit_text(plan / "inputs" / "case.toml", "[periods]", '[egress]\ntiers = "exact"\n[periods]')
    wrong = [f.message for f in audit(plan).findings if f.status == "fail" and f.check == "costs"]
    assert any("egress tiers of mof at aa:x" in message for message in wrong)


def test_another_way_to_count_tiers_is_an_error(tmp_path):
    folder = sends(world(aa=TWO["aa"]), 10).write(tmp_path)
    edit_text(folder / "case.toml", '"exact"', '"cheapest"')
    with pytest.raises(BadInput) as caught:
        read_case(folder)
    assert [(p.column, p.value) for p in caught.value.problems] == [("egress.tiers", "cheapest")]


def test_whole_machines_keep_exact_tiers():
    """One and a half machines at aa become two: the bill of what it sends stays 1,400 a month."""
    made = world(**TWO).workload("web", demand={"vcpu": 6, "memory_gib": 24, "egress_gib": 3000})
    assert cost(whole_plan(made)) == pytest.approx(2 * MACHINE + 3 * 1400, abs=CENT)


@st.composite
def puzzles(draw):
    """Volumes of three systems of two payers, and tiers of three regions, in any order of price."""
    price = st.sampled_from((0.0, 0.05, 0.1, 0.2, 0.4))
    tiers = st.lists(st.sampled_from((100, 300, 700)), unique=True, max_size=2).map(sorted)
    regions = [[(b, draw(price)) for b in (0, *draw(tiers))] for _ in range(3)]
    return [draw(st.sampled_from((60, 250, 500, 900))) for _ in range(3)], regions


def bill(gib, steps):
    """What a volume costs by tiers, a GiB-range at a time."""
    ends = [*(b for b, _ in steps[1:]), float("inf")]
    return sum(max(0.0, min(gib, e) - b) * p for (b, p), e in zip(steps, ends, strict=True))


@given(puzzles())
@settings(max_examples=4, deadline=None)
def test_no_assignment_of_whole_workloads_is_cheaper(puzzle):
    volumes, regions = puzzle
    payers = ("mof", "mof", "moh")
    made = world(**dict(zip(("aa", "bb", "cc"), regions, strict=True)))
    for i, (gib, payer) in enumerate(zip(volumes, payers, strict=True)):
        sends(made, gib, f"w{i}", payer, divisible=False)
    best = min(
        sum(
            bill(
                sum(g for g, a, p in zip(volumes, at, payers, strict=True) if (a, p) == (r, payer)),
                regions[r],
            )
            for r in range(3)
            for payer in ("mof", "moh")
        )
        for at in product(range(3), repeat=3)
    )
    plan = solve(read(made), gap=1e-9).plan
    assert cost(plan) == pytest.approx(3 * MACHINE + 3 * best, rel=1e-7)
