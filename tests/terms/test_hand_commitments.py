"""How deep and for how long to commit, solved by hand.

The quarters of 2027 have 2,160, 2,184, 2,208 and 2,208 hours, together 8,760. The machine m4 costs
1.00 an hour on demand; a year of it costs 0.60 an hour unless a test says otherwise, used or not.
"""

import pytest
from support.audit_plan import audited
from support.cases import World
from support.plans import bought, cash, cost, plan_of

from planner.errors import BadInput
from planner.money import CENT

ONE, NONE = {"vcpu": 4, "memory_gib": 16}, {"vcpu": 0, "memory_gib": 0}


def machines(*counts):
    """Demand for so many machines m4 by period."""
    return {"vcpu": [4 * n for n in counts], "memory_gib": [16 * n for n in counts]}


def world(year=0.6, three=None, tail_credit=0.0, vendors=("aa",), **more):
    made = World(**{"periods": 4, **more})
    for vendor in vendors:
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m4", 4, 16, 1.0)
    terms = []
    for years, price in ((1, year), (3, three)):
        if price is not None:
            made.committed("aa:x:m4", price, years)
            terms.append(f"commit_{years}y")
    return made.offer(*terms, tail_credit=tail_credit)


def committed(plan, term="commit_1y", period="2027-01"):
    rows = plan.purchases[(plan.purchases["term"] == term) & (plan.purchases["period"] == period)]
    return float(rows["units"].sum())


def test_a_year_is_committed_to_when_the_load_is_flat():
    """8,760 × 0.60 = 5,256.00 against 8,760.00 on demand."""
    plan = plan_of(world().workload("web", demand=ONE))
    assert cost(plan) == pytest.approx(5_256.00, abs=CENT)
    assert committed(plan) == 1.0
    assert plan.head["tail_liability"] == 0.0


@pytest.mark.parametrize(
    ("quarters", "expected", "depth"),
    [(1, 2_160.00, 0), (2, 4_344.00, 0), (3, 5_256.00, 1)],
)
def test_how_long_a_load_must_last_to_be_worth_a_year(quarters, expected, depth):
    """On demand: 2,160; 4,344; 6,552. A year costs 5,256.00 however long it is used."""
    need = machines(*([1] * quarters + [0] * (4 - quarters)))
    plan = plan_of(world().workload("web", demand=need))
    assert cost(plan) == pytest.approx(expected, abs=CENT)
    assert committed(plan) == depth


def test_a_year_is_renewed():
    """Two years, the second of 8,784 hours: 0.60 × 17,544 = 10,526.40."""
    plan = plan_of(world(periods=8).workload("web", demand=ONE))
    assert cost(plan) == pytest.approx(10_526.40, abs=CENT)


def test_three_years_beat_three_times_one():
    """0.40 × (8,760 + 8,784 + 8,760) = 10,521.60."""
    plan = plan_of(world(three=0.4, periods=12).workload("web", demand=ONE))
    assert cost(plan) == pytest.approx(10_521.60, abs=CENT)
    assert committed(plan, "commit_3y") == 1.0


def test_the_base_is_committed_to_and_the_growth_bought_on_demand():
    """1, 1, 1, 3 machines: one year 5,256; two more in the last quarter 2 × 2,208 = 4,416; 9,672.00."""
    plan = plan_of(world().workload("web", demand=machines(1, 1, 1, 3)))
    assert cost(plan) == pytest.approx(9_672.00, abs=CENT)
    assert bought(plan, "2027-10") == {"aa:x:m4": 3.0}


def test_three_years_are_not_bought_in_the_last_quarter_for_one_quarter():
    """At 0.30: 662.40 within the horizon and 24,096 h × 0.30 = 7,228.80 in the 33 months after it.

    On demand the quarter costs 2,208.00.
    """
    plan = plan_of(world(year=None, three=0.3).workload("web", demand=machines(0, 0, 0, 1)))
    assert cost(plan) == pytest.approx(2_208.00, abs=CENT)
    assert committed(plan, "commit_3y", "2027-10") == 0.0


def test_a_tail_credit_changes_that_and_the_tail_is_told():
    """Nine tenths of the tail are believed to be of use: 662.40 + 722.88 = 1,385.28; all of it is due."""
    made = world(year=None, three=0.3, tail_credit=0.9).workload("web", demand=machines(0, 0, 0, 1))
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(1_385.28, abs=CENT)
    assert cash(plan) == pytest.approx(662.40, abs=CENT)
    assert plan.head["tail_liability"] == pytest.approx(7_228.80, abs=CENT)
    assert plan.costs["tail"].sum() == pytest.approx(7_228.80, abs=CENT)


@pytest.mark.parametrize(
    ("price", "depth", "expected"),
    [
        (0.15, 8, 10_512.00),
        (0.4, 4, 21_024.00),
        (0.6, 2, 26_280.00),
        (0.99, 2, 33_112.80),
        (1.01, 0, 33_288.00),
    ],
)
def test_depth_against_the_hours_above_each_level(price, depth, expected):
    """Night (half of the hours) 2 machines, day (30 %) 4, peak (20 %) 8.

    The first two run all hours, the next two half of them, the last four a fifth: each level is
    committed to when that part of the hours, at 1.00, costs more than the commitment.

    0.15: 8 × 0.15 × 8,760. 0.40: 4 × 0.40 × 8,760 + 4 × 0.2 × 8,760. 0.60: 2 × 0.60 × 8,760 + 2 × 0.5 ×
    8,760 + 4 × 0.2 × 8,760; and so on. All on demand: (2 + 2 × 0.5 + 4 × 0.2) × 8,760 = 33,288.00.
    """
    made = world(year=price, months=12, periods=1, slices={"night": 0.5, "day": 0.3, "peak": 0.2})
    made.workload("web", demand=machines(8)).load("web", night=0.25, day=0.5, peak=1.0)
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(expected, abs=CENT)
    assert committed(plan) == pytest.approx(depth)


def test_what_is_held_is_used_first_and_only_the_rest_is_bought():
    """One machine held until June at 0.60: 0.60 × 4,344 = 2,606.40.

    web needs two: on demand 2,160 + 2,184 + 2 × 2,208 + 2 × 2,208 = 13,176.00; together 15,782.40.
    """
    made = world().offer().held("aa:x:m4", 1, "2026-07").workload("web", demand=machines(2, 2, 2, 2))
    plan = plan_of(made)
    assert cash(plan, term="commitment held") == pytest.approx(2_606.40, abs=CENT)
    assert cash(plan, term="compute") == pytest.approx(13_176.00, abs=CENT)
    assert cost(plan) == pytest.approx(15_782.40, abs=CENT)
    assert [committed(plan, period=p) for p in ("2027-04", "2027-07")] == [1.0, 0.0]


def ending_in_august(**more):
    """One machine held at 0.60 to the end of July: 4,344 hours, and 744 of the 2,208 of the third quarter."""
    return world(**more).offer().held("aa:x:m4", 1, "2026-08").workload("web", demand=machines(2, 2, 2, 2))


def test_what_ends_within_a_period_is_paid_and_used_until_then():
    """Held 0.60 × 5,088 = 3,052.80; the rest of 17,520 machine hours on demand, 12,432.00: 15,484.80."""
    plan = plan_of(ending_in_august())
    assert cash(plan, term="commitment held") == pytest.approx(3_052.80, abs=CENT)
    assert cash(plan, term="compute") == pytest.approx(12_432.00, abs=CENT)
    assert cost(plan) == pytest.approx(15_484.80, abs=CENT)
    assert committed(plan, period="2027-07") == pytest.approx(744 / 2208)
    assert committed(plan, period="2027-10") == 0.0


def test_it_draws_on_capacity_and_counts_in_shares_as_much():
    """Room for two machines, that held among them; of the third quarter 0.60 × 744 + 3,672.00 count."""
    made = ending_in_august(vendors=("aa", "bb")).capacity("aa:x", "units", 2)
    made.tables["prices"][1]["ListUnitPrice"] = 9.0
    plan = plan_of(made.rule("cap", "vendor_share", {"cap": 1.0, "basis": "spend"}))
    assert cost(plan) == pytest.approx(15_484.80, abs=CENT)
    mine = plan.shares[(plan.shares["rule"] == "cap") & (plan.shares["subject"] == "aa")]
    assert mine.set_index("period")["amount"]["2027-07"] == pytest.approx(4_118.40, abs=CENT)


def test_the_audit_knows_when_a_commitment_ends(tmp_path):
    def spoil(plan):
        table = plan / "inputs" / "held_commitments.csv"
        table.write_text(table.read_text(encoding="utf-8").replace("2026-08", "2026-09"), encoding="utf-8")

    (tmp_path / "spoilt").mkdir()
    assert "fail" not in {f.status for f in audited(ending_in_august(), tmp_path)}
    failed = [f for f in audited(ending_in_august(), tmp_path / "spoilt", spoil) if f.status == "fail"]
    assert {f.check for f in failed} == {"due", "held", "manifest"}


def test_what_is_held_is_paid_though_nothing_may_use_it():
    """web may only run with bb: 8,760.00, and 2,606.40 for the machine at aa."""
    made = world(vendors=("aa", "bb")).held("aa:x:m4", 1, "2026-07").workload("web", demand=ONE)
    plan = plan_of(made.rule("panel", "vendor_panel", {"vendors": ["bb"]}))
    assert cost(plan) == pytest.approx(11_366.40, abs=CENT)


def test_what_is_held_makes_its_place_cheap():
    """bb sells at 0.50; but the machine at aa is paid anyhow. First half year at aa, then at bb.

    2,606.40 + 0.50 × 4,416 = 4,814.40.
    """
    made = World(periods=4).vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, 1.0)
    made.vendor("bb").region("bb:x").machine("bb:x", "m4", 4, 16, 0.5).committed("aa:x:m4", 0.6)
    plan = plan_of(made.held("aa:x:m4", 1, "2026-07").workload("web", demand=ONE))
    assert cost(plan) == pytest.approx(4_814.40, abs=CENT)


@pytest.mark.parametrize(("start", "problem"), [("2027-01", "too late"), ("2027-04", "too late")])
def test_what_begins_in_the_plan_is_not_held(start, problem):
    with pytest.raises(BadInput) as error:
        plan_of(world().held("aa:x:m4", 1, start).workload("web"))
    assert problem in str(error.value.problems[0])


def test_idle_machines_do_not_count_in_shares():
    """web, 10 machines, at most half of the spend each; bb at 2.00.

    x × 1.00 = (1 − x) × 2.00: two thirds at aa, 28,800.00 in all. Five arm machines held at aa, which
    web cannot use, cost 5 × 0.60 × 2,160 = 6,480.00 and change no share.
    """
    made = World().vendor("aa").vendor("bb").region("aa:x").region("bb:x")
    made.machine("aa:x", "m4", 4, 16, 1.0).machine("bb:x", "m4", 4, 16, 2.0)
    made.machine("aa:x", "a4", 4, 16, 0.9, architecture="arm").committed("aa:x:a4", 0.6)
    made.held("aa:x:a4", 5, "2026-07").workload("web", demand=machines(10), architecture="x86")
    plan = plan_of(made.rule("cap", "vendor_share", {"cap": 0.5, "basis": "spend"}))
    assert cost(plan) == pytest.approx(35_280.00, abs=CENT)
    mine = plan.shares[plan.shares["rule"] == "cap"]
    assert mine["share"].tolist() == pytest.approx([0.5, 0.5])
    assert mine["total"].tolist() == pytest.approx([28_800.00] * 2, abs=CENT)


def test_machines_used_under_a_commitment_count_at_its_price():
    """10 machines at aa, 4 of them held: (6 × 1.00 + 4 × 0.60) × 2,160 = 18,144.00 in the shares."""
    made = world(periods=1, vendors=("aa", "bb")).held("aa:x:m4", 4, "2026-07")
    made.tables["prices"][1]["ListUnitPrice"] = 2.0
    made.offer().workload("web", demand=machines(10))
    plan = plan_of(made.rule("cap", "vendor_share", {"cap": 1.0, "basis": "spend"}))
    mine = plan.shares[(plan.shares["rule"] == "cap") & (plan.shares["subject"] == "aa")]
    assert mine["amount"].tolist() == pytest.approx([18_144.00], abs=CENT)


def halves(second, **more):
    """One workload in the first half of the year, another in the second."""
    made = world().workload("web", demand=machines(1, 1, 0, 0))
    return made.workload("api", second, demand=machines(0, 0, 1, 1), **more)


def test_workloads_of_a_pool_share_a_commitment():
    """Each needs half a year, together they fill one: 5,256.00."""
    assert cost(plan_of(halves("mof"))) == pytest.approx(5_256.00, abs=CENT)


def test_agencies_with_one_payer_share_a_commitment():
    made = halves("moh")
    made.tables["agencies"][1]["payer"] = "mof"
    assert cost(plan_of(made)) == pytest.approx(5_256.00, abs=CENT)


def test_two_payers_never_share_a_commitment():
    """Half a year each is not worth a year: all on demand, 8,760.00."""
    plan = plan_of(halves("moh"))
    assert cost(plan) == pytest.approx(8_760.00, abs=CENT)
    assert committed(plan) == 0.0


def test_two_security_domains_never_share_a_commitment():
    assert cost(plan_of(halves("mof", nccp_tier="internal"))) == pytest.approx(8_760.00, abs=CENT)


def test_containers_share_a_commitment_too():
    """api's pods and web's on one fleet, a quarter of headroom: 4 × 1.25 / 4 = 1.25 machines a year.

    1.25 × 5,256 = 6,570.00.
    """
    made = halves("mof")
    made.headroom = 0.25
    for row in made.tables["workloads"]:
        row.update(platform="container", pod_vcpu=1, pod_memory_gib=4)
    assert cost(plan_of(made)) == pytest.approx(6_570.00, abs=CENT)


def test_a_commitment_fills_capacity_though_idle():
    """At most one machine at aa: what is held there leaves room for nothing else.

    The arm machine held fills the region; web runs at bb on demand: 8,760 + 0.60 × 4,344 in the first
    half year, in which the region is full, but at aa afterwards costs the same: 11,366.40.
    """
    made = world(vendors=("aa", "bb"), year=None).machine("aa:x", "a4", 4, 16, 0.9, architecture="arm")
    made.committed("aa:x:a4", 0.6).held("aa:x:a4", 1, "2026-07").capacity("aa:x", "units", 1)
    plan = plan_of(made.workload("web", demand=ONE, architecture="x86"))
    assert cost(plan) == pytest.approx(11_366.40, abs=CENT)
    assert bought(plan) == {"aa:x:a4": 1.0, "bb:x:m4": 1.0}


def test_foreign_commitments_are_paid_at_the_rate_of_each_year():
    """USD 0.15 for three years, rate 4.00 in 2027 and 5.00 in 2028; on demand MYR 5.00.

    0.15 × 8,760 × 4 = 5,256.00; 0.15 × 8,784 × 5 = 6,588.00; the last year at the last rate:
    8,760 × 0.15 × 5 = 6,570.00.
    """
    made = World(months=12, periods=2).vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, 5.0)
    made.committed("aa:x:m4", 0.15, 3, "USD").rate("USD", 2027, 4.0).rate("USD", 2028, 5.0)
    plan = plan_of(made.offer("commit_3y").workload("web", demand=ONE))
    assert cash(plan, period="2027-01") == pytest.approx(5_256.00, abs=CENT)
    assert cash(plan, period="2028-01") == pytest.approx(6_588.00, abs=CENT)
    assert plan.head["tail_liability"] == pytest.approx(6_570.00, abs=CENT)


def test_a_term_that_the_case_does_not_offer_is_not_bought():
    plan = plan_of(world().offer().workload("web", demand=ONE))
    assert cost(plan) == pytest.approx(8_760.00, abs=CENT)


def test_a_case_cannot_do_without_on_demand():
    made = world()
    made.terms = {"offer": ["commit_1y"]}
    with pytest.raises(BadInput, match="problem"):
        plan_of(made.workload("web"))


@pytest.mark.parametrize("rule", ["none", "of all", "of one"])
def test_a_year_is_shared_by_systems_of_one_payer_that_need_it_one_after_the_other(rule, tmp_path):
    """8,760 × 0.60 = 5,256.00: half a year of the one, then of the other; apart both would buy on demand.

    A system that needs nothing is on no side of a share, whoever the rule on it counts.
    """
    made = world(vendors=("aa", "bb"))
    made.workload("spring", demand=machines(1, 1, 0, 0)).workload("autumn", demand=machines(0, 0, 1, 1))
    if rule != "none":
        select = {"workload": {"workload": ["autumn"]}} if rule == "of one" else {}
        made.rule("cap", "vendor_share", {"cap": 1.0, "basis": "spend"}, select=select)
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(5_256.00, abs=CENT)
    assert committed(plan) == 1.0
    assert plan.head["contestable_share"] == 1.0
    assert "fail" not in {f.status for f in audited(made, tmp_path)}


def test_what_is_bought_counts_in_a_share_or_does_not():
    """Only ``counted`` counts in the cap, and so shares no commitment with ``other``: 2 × 4,344 on demand."""
    made = world(vendors=("aa", "bb"))
    made.workload("counted", demand=machines(1, 1, 0, 0)).workload("other", demand=machines(0, 1, 1, 0))
    made.rule("cap", "vendor_share", {"cap": 1.0, "basis": "spend"},
              select={"workload": {"workload": ["counted"]}})  # fmt: skip
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(4_344.00 + 4_392.00, abs=CENT)
    assert len(set(plan.purchases["pool"])) == 2
