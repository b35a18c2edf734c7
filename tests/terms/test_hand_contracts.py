"""From list to landed price, to the cent. January to March 2027 has 2,160 hours, the year 8,760."""

import pytest
from support.cases import World
from support.plans import bought, cash, cost, placed, plan_of

from planner.errors import BadInput, Infeasible
from planner.money import CENT

FRAME = {"discount": 0.1, "margin": 0.05, "tax": 0.08}


def world(*prices, **more):
    made = World(**more)
    for vendor, price in zip(("aa", "bb"), prices or (1.0,), strict=False):
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m4", 4, 16, price)
    return made


def test_list_discount_margin_and_tax_are_kept_apart():
    """2,160.00 list; − 216.00; margin 5 % of 1,944.00 = 97.20; tax 8 % of 2,041.20 = 163.296; 2,204.496."""
    plan = plan_of(world().contract("frame", "aa", **FRAME).workload("web"))
    (line,) = plan.costs.itertuples()
    found = (line.list, line.discount, line.margin, line.tax, line.amortised, line.cash)
    assert found == pytest.approx((2_160.00, 216.00, 97.20, 163.296, 2_041.20, 2_204.496), abs=CENT / 10)
    assert cost(plan) == pytest.approx(2_204.50, abs=CENT)


def test_storage_and_egress_are_under_the_contract_too():
    """Each times 0.9 × 1.05 × 1.08 = 1.0206: 2,160.00, 60.00, 12.00 → 2,204.496, 61.236, 12.2472."""
    made = world().store("aa:x", "block_gib", 0.2).egress("aa:x", 0.1).contract("frame", "aa", **FRAME)
    need = {"vcpu": 4, "memory_gib": 16, "block_gib": 100, "egress_gib": 40}
    plan = plan_of(made.workload("web", demand=need))
    found = [cash(plan, term=term) for term in ("compute", "storage", "egress")]
    assert found == pytest.approx([2_204.496, 61.236, 12.2472], abs=CENT / 10)


def test_a_contract_is_of_one_vendor():
    """aa 1.00 with 30 % tax, bb 1.20 without a contract: bb, 2,592.00 against 2,808.00."""
    plan = plan_of(world(1.0, 1.2).contract("frame", "aa", tax=0.3).workload("web"))
    assert cost(plan) == pytest.approx(2_592.00, abs=CENT)
    assert placed(plan) == {("web", "bb:x"): 1.0}


def test_shares_are_of_money_before_tax():
    """Tax 100 % at aa: before tax both cost the same, half each; 1,080 × 2 + 1,080 = 3,240.00."""
    made = world(1.0, 1.0).contract("frame", "aa", tax=1.0).workload("web")
    plan = plan_of(cap(made, 0.5))
    assert cost(plan) == pytest.approx(3_240.00, abs=CENT)


def cap(made, share):
    return made.rule("cap", "vendor_share", {"cap": share, "basis": "spend"})


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2027-01-01", "", 4_380.00),  # half price all year
        ("2027-01-01", "2027-07-01", 6_588.00),  # 4,344 / 2 + 4,416
        ("2027-02-01", "", 5_460.00),  # begins within a quarter, which it does not hold: 2,160 + 6,600 / 2
        ("2026-01-01", "2027-02-01", 7_680.00),  # ends within a quarter, which it holds: 1,080 + 6,600
        ("2028-01-01", "", 8_760.00),
        ("2026-01-01", "2027-01-01", 8_760.00),
    ],
)
def test_a_contract_holds_for_the_periods_that_begin_within_it(first, last, expected):
    made = world(periods=4).contract("frame", "aa", discount=0.5, valid_from=first, valid_to=last)
    assert cost(plan_of(made.workload("web"))) == pytest.approx(expected, abs=CENT)


def test_one_contract_follows_another():
    """Half off until June, a quarter off afterwards: 4,344 × 0.5 + 4,416 × 0.75 = 5,484.00."""
    made = world(periods=4).contract("old", "aa", discount=0.5, valid_to="2027-07-01")
    made.contract("new", "aa", discount=0.25, valid_from="2027-07-01").workload("web")
    assert cost(plan_of(made)) == pytest.approx(5_484.00, abs=CENT)


def test_a_commitment_keeps_the_contract_under_which_it_was_bought():
    """Half off in the first quarter only. A year bought then: 0.60 × 0.5 × 8,760 = 2,628.00."""
    made = world(periods=4).committed("aa:x:m4", 0.6).offer("commit_1y").workload("web")
    made.contract("frame", "aa", discount=0.5, valid_to="2027-04-01")
    assert cost(plan_of(made)) == pytest.approx(2_628.00, abs=CENT)


def test_exchange_then_contract():
    """USD 0.50 × 4.00 × 1.05 = 2.10 an hour; × 2,160 = 4,536.00 list; landed × 1.0206 = 4,629.44."""
    made = World().vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, 0.5, "USD")
    made.rate("USD", 2027, 4.0, 0.05).contract("frame", "aa", **FRAME).workload("web")
    plan = plan_of(made)
    assert plan.costs["list"].sum() == pytest.approx(4_536.00, abs=CENT)
    assert cost(plan) == pytest.approx(4_629.44, abs=CENT)


def test_a_ceiling_that_binds_sends_the_rest_elsewhere():
    """1,000.00 under the contract with aa at 1.00, the rest at bb for twice that: 1,000 + 2 × 1,160.

    One more ringgit under the contract saves one.
    """
    made = world(1.0, 2.0).contract("frame", "aa", ceiling=1000).workload("web")
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(3_320.00, abs=CENT)
    (line,) = plan.binding.itertuples()
    assert (line.family, line.subject) == ("ceiling", "frame")
    assert line.marginal == pytest.approx(1.0, abs=1e-5)


def test_a_ceiling_is_of_cash_with_tax():
    """Landed 1.0206 an hour: 1,000 / 1.0206 = 979.82 h at aa; 1,000 + 2 × 1,180.18 = 3,360.37."""
    made = world(1.0, 2.0).contract("frame", "aa", ceiling=1000, **FRAME).workload("web")
    assert cost(plan_of(made)) == pytest.approx(1_000 + 2 * (2_160 - 1_000 / 1.0206), abs=CENT)


def test_a_ceiling_holds_over_the_whole_contract():
    """3,000.00 in both quarters together: 4,344 h in all, so 1,344 h at 2.00: 5,688.00."""
    made = world(1.0, 2.0, periods=2).contract("frame", "aa", ceiling=3000).workload("web")
    assert cost(plan_of(made)) == pytest.approx(5_688.00, abs=CENT)


def test_a_ceiling_without_another_vendor_leaves_no_plan():
    with pytest.raises(Infeasible):
        plan_of(world().contract("frame", "aa", ceiling=1000).workload("web"))


def test_what_the_case_states_itself_is_outside_every_ceiling():
    """2,160.00 under the contract; 1,000 to begin, 500 labour and 300 once are not called off under it."""
    made = world(1.0, 9.0).contract("frame", "aa", ceiling=2_200, discount=0, tax=0).begin_cost("aa", 1000)
    made.place_cost("web", "aa:x", 300, "once").labour(500).workload("web").today("web", "bb:x")
    assert cost(plan_of(made)) == pytest.approx(3_960.00, abs=CENT)


def test_a_commitment_is_called_off_under_the_contract_that_it_was_bought_under():
    """Half off in the first quarter, at most 3,000.00; commitments are no cheaper than on demand.

    x of the machine committed in January costs 4,380 x to December, the rest 1,080 (1 − x) in the
    first quarter, all under the contract: x = 1,920 / 3,300. Afterwards (1 − x) × 6,600 = 2,760.00.
    """
    made = world(periods=4).committed("aa:x:m4", 1.0).offer("commit_1y").workload("web")
    made.contract("frame", "aa", discount=0.5, valid_to="2027-04-01", ceiling=3000)
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(5_760.00, abs=CENT)
    assert bought(plan, "2027-04")["aa:x:m4"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"currency": "USD"}, "is not the case's"),
        ({"valid_to": "2025-01-01"}, "ends before it begins"),
        ({"vendor": "zz"}, "zz"),
    ],
)
def test_contracts_that_make_no_sense_are_refused(change, problem):
    with pytest.raises(BadInput) as error:
        plan_of(world().contract("frame", **{"vendor": "aa", **change}).workload("web"))
    assert any(problem in str(p) for p in error.value.problems)


def test_two_contracts_of_a_vendor_at_once_are_refused():
    with pytest.raises(BadInput) as error:
        plan_of(world().contract("old", "aa").contract("new", "aa", valid_from="2027-01-01").workload("web"))
    assert "overlaps" in str(error.value.problems[0])
