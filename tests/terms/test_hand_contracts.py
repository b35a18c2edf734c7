"""From list to landed price, to the cent. January to March 2027 has 2,160 hours, the year 8,760."""

import pytest
from support.audit_plan import audited
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


def begun(made, share):
    """A year at 0.60 from January, half off in the first quarter only; bb on demand at 1.00."""
    made.committed("aa:x:m4", 0.6).offer("commit_1y").workload("web")
    made.contract("frame", "aa", discount=0.5, valid_to="2027-04-01")
    return cap(made, share)


def counted(plan, period, group="aa"):
    rows = plan.shares[(plan.shares["rule"] == "cap") & (plan.shares["subject"] == group)]
    return rows.set_index("period").loc[period, ["amount", "share"]].tolist()


def test_a_commitment_counts_in_shares_at_the_price_that_is_paid_for_it():
    """0.30 an hour all year, of 1.00 on demand elsewhere: 0.3 x ≤ ½ (0.3 x + 1 − x) gives x = 10 / 13.

    So the year costs 8,760 × (0.3 × 10 + 3) / 13, and at aa 0.3 × 10 / 13 × 2,184 counts in April.
    """
    plan = plan_of(begun(world(1.0, 1.0, periods=4), 0.5))
    assert cost(plan) == pytest.approx(8_760 * 6 / 13, abs=CENT)
    assert placed(plan, "2027-04") == {
        ("web", "aa:x"): pytest.approx(10 / 13),
        ("web", "bb:x"): pytest.approx(3 / 13),
    }
    assert counted(plan, "2027-04") == pytest.approx([2_184 * 3 / 13, 0.5])
    used = plan.costs[(plan.costs["term"] == "commitment used") & (plan.costs["period"] == "2027-04")]
    assert used["counted"].tolist() == pytest.approx([2_184 * 3 / 13])


def test_commitments_of_two_contracts_count_each_at_its_own():
    """One machine from January at 0.30, another from April, at 0.60: 2,184 × 0.90 count in April."""
    made = begun(world(1.0, 9.0, periods=5), 1.0)
    made.tables["contracts"][0]["ceiling"] = 0.3 * 8_760  # room for one
    made.tables["demand"] = []
    for resource, each in (("vcpu", 4), ("memory_gib", 16)):
        for t, count in enumerate((1, 2, 2, 2, 2)):
            made.add("demand", workload="web", resource=resource, period=made.period(t), amount=each * count)
    plan = plan_of(made)
    assert counted(plan, "2027-04") == pytest.approx([2_184 * 0.9, 1.0])
    assert counted(plan, "2028-01") == pytest.approx([2_184 * (0.6 + 1.0), 1.0])


def test_what_is_held_keeps_the_contract_of_its_own_start():
    """Bought in October 2026 at a quarter off, which ended with the year; half off from January.

    Held 0.60 × 0.75 × 2,160 = 972.00 in the first quarter; another machine on demand at 0.50.
    """
    made = world(1.0, 9.0).committed("aa:x:m4", 0.6).held("aa:x:m4", 1, "2026-10")
    made.contract("old", "aa", discount=0.25, valid_to="2027-01-01")
    made.contract("new", "aa", discount=0.5, valid_from="2027-01-01")
    plan = plan_of(cap(made.workload("web", demand={"vcpu": 8, "memory_gib": 32}), 1.0))
    assert cash(plan, term="commitment held") == pytest.approx(972.00, abs=CENT)
    assert cost(plan) == pytest.approx(972.00 + 1_080.00, abs=CENT)
    assert counted(plan, "2027-01") == pytest.approx([2_052.00, 1.0])


def test_what_is_held_without_a_known_contract_has_that_of_the_first_period():
    made = world().committed("aa:x:m4", 0.6).held("aa:x:m4", 1, "2026-10").workload("web")
    plan = plan_of(made.contract("new", "aa", discount=0.5, valid_from="2027-01-01"))
    assert cash(plan, term="commitment held") == pytest.approx(648.00, abs=CENT)


@pytest.mark.parametrize("world_of", [
    lambda: begun(world(1.0, 1.0, periods=4), 0.5),
    lambda: begun(world(periods=4), 1.0).contract("new", "aa", discount=0.2, valid_from="2027-07-01")
    .held("aa:x:m4", 0.5, "2026-05").committed("aa:x:m4", 0.7, 3).offer("commit_1y", "commit_3y"),
])  # fmt: skip
def test_the_audit_agrees_on_what_commitments_keep(world_of, tmp_path):
    verdicts = audited(world_of(), tmp_path)
    assert [f for f in verdicts if f.status == "fail"] == []
    assert {f.status for f in verdicts if f.check == "counted"} == {"pass"}


def test_the_audit_finds_what_counts_at_another_contract(tmp_path):
    """Were the commitment's price that of April, twice as much would count."""

    def spoil(plan):
        table = plan / "costs.csv"
        lines = table.read_text(encoding="utf-8").splitlines()
        (mine,) = [i for i, line in enumerate(lines) if "commitment used" in line and "2027-04" in line]
        lines[mine] = lines[mine].removesuffix(",504.0") + ",1008.0"
        table.write_text("\n".join(lines) + "\n", encoding="utf-8")

    made = begun(world(1.0, 1.0, periods=4), 0.5)
    failed = {f.check for f in audited(made, tmp_path, spoil) if f.status == "fail"}
    assert {"counted", "manifest"} <= failed
