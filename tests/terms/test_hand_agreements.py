"""Spend commitments, solved by hand. January to March 2027 has 2,160 hours."""

import pytest
from audit.small_plan import edit, where, write
from support.cases import World
from support.plans import cash, cost, placed, plan_of

from planner.audit.audit import audit
from planner.money import CENT


def world(price=1.2, **more):
    """web takes one m: 2,160.00 at aa:x; at bb:x ``price`` times that."""
    made = World(**more).vendor("aa").region("aa:x").machine("aa:x", "m", 4, 16, 1.0)
    made.vendor("bb").region("bb:x").machine("bb:x", "m", 4, 16, price)
    return made.workload("web")


def test_a_held_commitment_draws_work_that_would_fall_short():
    """864 a month is owed bb: 2,592, what web costs there. At aa 2,160 + 2,592; at bb 2,592.00."""
    plan = plan_of(world().agreement("b", "bb", 864))
    assert placed(plan) == {("web", "bb:x"): 1.0}
    assert cost(plan) == pytest.approx(2_592.00, abs=CENT)


def test_work_is_split_where_each_unit_of_spend_pays():
    """100 a month, 300: each 2,592 of bb saves 2,160 + what is owed. 300 at bb, the rest at aa.

    300 / 2,592 of web at bb; 2,160 × (1 − 300 / 2,592) + 300 = 2,210.00.
    """
    plan = plan_of(world().agreement("b", "bb", 100))
    assert cost(plan) == pytest.approx(2_210.00, abs=CENT)
    assert cash(plan, term="agreement shortfall") == 0


def test_the_shortfall_is_paid():
    """Indivisible: bb at 3.00 costs 6,480; at aa 2,160 and 300 for nothing at bb: 2,460.00."""
    made = world(3.0).agreement("b", "bb", 100)
    made.tables["workloads"][0]["divisible"] = False
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(2_460.00, abs=CENT)
    assert cash(plan, term="agreement shortfall") == pytest.approx(300, abs=CENT)


@pytest.mark.parametrize(("discount", "expected"), [(0.1, 2160.0), (0.25, 1944.0)])
def test_an_offered_commitment_is_signed_where_it_pays(discount, expected):
    """bb would take 600 a month. 10 % off 2,592 is 2,332.80: not signed, 2,160; 25 % off is 1,944.00."""
    plan = plan_of(world().agreement("b", "bb", 600, status="offered", discount=discount, up_to=900))
    assert cost(plan) == pytest.approx(expected, abs=CENT)
    assert plan.head["agreements"] == {"b": discount == 0.25}


def test_the_discount_reaches_up_to_its_limit():
    """Half off the first 400 a month of aa: 2,160 − 0.5 × 1,200 = 1,560.00; 200 a month is owed."""
    plan = plan_of(world().agreement("a", "aa", 200, discount=0.5, up_to=400))
    assert cost(plan) == pytest.approx(1_560.00, abs=CENT)


def test_without_a_limit_the_discount_is_on_all_spend():
    """Half off 2,160 is 1,080.00 and more than the 300 owed."""
    assert cost(plan_of(world().agreement("a", "aa", 100, discount=0.5))) == pytest.approx(1080, abs=CENT)


def test_only_the_payers_own_spend_counts():
    """moh owes aa 100 a month and spends 2,160; mof's 2,160 do not count: no shortfall for moh."""
    made = world().workload("other", "moh").agreement("a", "aa", 800, payer="moh")
    plan = plan_of(made)
    assert cash(plan, term="agreement shortfall") == pytest.approx(240, abs=CENT)
    assert set(plan.costs.loc[plan.costs["term"] == "agreement shortfall", "payer"]) == {"moh"}


def test_it_runs_in_its_own_months_and_bears_the_contracts_tax():
    """Owed 1,000 a month in the second quarter only (2,184 h): short of it 816, with 10 % tax 897.60.

    2,160 × 1.1 + 2,184 × 1.1 + 897.60 = 5,676.00.
    """
    made = world(periods=2).contract("c", "aa", tax=0.1).agreement("a", "aa", 1000, start="2027-04")
    made.rule("panel", "vendor_panel", {"vendors": ["aa"]})
    assert cost(plan_of(made)) == pytest.approx(5_676.00, abs=CENT)


def test_of_many_prices_and_amounts_the_choice_is_what_enumeration_finds():
    """Indivisible, so four ways: at aa or bb, signed or not."""
    for price in (0.9, 1.1, 1.3):
        for amount in (100, 700, 1500):
            for discount in (0.0, 0.2):
                made = world(price).agreement(
                    "b", "bb", amount, status="offered", discount=discount, up_to=600
                )
                made.tables["workloads"][0]["divisible"] = False
                ways = []
                for here, spend in ((2160.0, 0.0), (0.0, 2160 * price)):
                    covered = min(spend, 1800.0)
                    short = max(0.0, 3 * amount - (1 - discount) * covered)
                    ways += [here + spend, here + spend - discount * covered + short]
                assert cost(plan_of(made)) == pytest.approx(min(ways), rel=1e-3)


def test_the_audit_works_discount_and_shortfall_out_again(tmp_path):
    made = world(periods=2).contract("c", "aa", tax=0.1, discount=0.1).agreement("a", "aa", 900, months=6,
        payer="mof", discount=0.3, up_to=500)  # fmt: skip
    plan = write(made, tmp_path)
    assert [f for f in audit(plan).findings if f.status in ("fail", "not checked", "exception")] == []
    less = where(lambda row: row["term"] == "agreement shortfall", list=lambda v: str(float(v) - 10))
    edit(plan / "costs.csv", less)
    assert "costs" in {f.check for f in audit(plan).findings if f.status == "fail"}
