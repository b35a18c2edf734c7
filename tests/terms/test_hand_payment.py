"""When a commitment is paid, solved by hand: while it runs, in part at its start, or whole at its start.

The quarters of 2027 have 2,160, 2,184, 2,208 and 2,208 hours, together 8,760; m4 costs 1.00 an hour on
demand. What is paid at the start is cash of the first period and accrued over the term.
"""

import math
from pathlib import Path

import pytest
from audit.small_plan import edit
from support.audit_plan import audited
from support.cases import World
from support.plans import cash, cost, plan_of

from planner.errors import BadInput, Infeasible
from planner.money import CENT

QUARTERS = {"2027-01": 2160, "2027-04": 2184, "2027-07": 2208, "2027-10": 2208}
ONE = {"vcpu": 4, "memory_gib": 16}


def world(tail_credit=0.0, currency="MYR", **more) -> World:
    """One machine's work over the quarters; :func:`sold` offers the terms."""
    made = World(**{"periods": 4, **more}).vendor("aa").region("aa:x")
    made.machine("aa:x", "m4", 4, 16, 1.0, currency).workload("web", demand=ONE)
    return made.offer(tail_credit=tail_credit)


def sold(made: World, paid: str, price: float, years: int = 1, part="", currency="MYR") -> World:
    made.committed("aa:x:m4", price, years, currency, paid, part)
    made.terms["offer"].append(f"commit_{years}y" + (f"_{paid}" if paid else ""))
    return made


def by_quarter(plan, column="cash"):
    return {p: round(float(v), 2) for p, v in plan.costs.groupby("period")[column].sum().items()}


def test_what_is_paid_whole_at_the_start_is_cash_of_the_first_quarter_and_accrued_as_it_runs():
    """0.58 × 8,760 = 5,080.80 in January; accrued 0.58 × the hours of each quarter."""
    plan = plan_of(sold(world(), "upfront", 0.58))
    assert by_quarter(plan) == {**dict.fromkeys(QUARTERS, 0.0), "2027-01": 5_080.80}
    assert by_quarter(plan, "amortised") == {p: round(0.58 * h, 2) for p, h in QUARTERS.items()}
    assert cost(plan) == pytest.approx(5_080.80, abs=CENT)
    assert cash(plan, term="commitment upfront", period="2027-01") == pytest.approx(5_080.80 - 0.58 * 2160)


def test_a_part_at_the_start_and_the_rest_as_it_runs():
    """0.4 of 0.60 × 8,760 = 2,102.40 in January, and 0.36 an hour in every quarter."""
    plan = plan_of(sold(world(), "partial", 0.6, part=0.4))
    due = {p: round(0.36 * h, 2) for p, h in QUARTERS.items()}
    assert by_quarter(plan) == {**due, "2027-01": round(due["2027-01"] + 2_102.40, 2)}


@pytest.mark.parametrize(
    ("rate", "early", "chosen"),
    [(0.0, 0.59, "commit_1y_upfront"), (0.0, 0.61, "commit_1y"), (0.12, 0.59, "commit_1y"),
     (0.12, 0.56, "commit_1y_upfront")],
)  # fmt: skip
def test_paying_early_must_save_more_than_waiting_is_worth(rate, early, chosen):
    """At 12 % a year the year's payments weigh 0.945 on the mean and those of its first quarter 0.986: 0.60
    as it runs weighs 0.567, 0.59 at the start 0.582, 0.56 only 0.552.
    """
    plan = plan_of(sold(sold(world(discount_rate=rate), "", 0.6), "upfront", early))
    assert set(plan.purchases["term"]) == {chosen}


def test_a_year_s_vote_pays_early_only_as_far_as_it_reaches():
    """From July: 0.50 × 8,784 = 4,392.00 early is cash of 2027; 0.60 as it runs costs 5,270.40, of it
    2,649.60 in 2027. A vote of 3,000.00 reaches for 350.40 / 1,742.40 of a machine early: 5,093.75.
    """
    made = sold(sold(world(start="2027-07"), "", 0.6), "upfront", 0.5)
    assert cost(plan_of(made)) == pytest.approx(4_392.00, abs=CENT)
    plan = plan_of(made.budget("mof", 2027, 3_000))
    assert cost(plan) == pytest.approx(5_270.40 - 878.40 * 350.40 / 1_742.40, abs=CENT)


@pytest.mark.parametrize(
    ("paid", "part", "due"), [("upfront", "", 0.0), ("partial", 0.25, 0.75), ("", "", 1.0)]
)
def test_of_a_tail_only_what_is_not_paid_falls_due_and_its_credit_is_the_same(paid, part, due):
    """Three years at 0.30, one in the horizon: 2,628.00, and 17,544 × 0.30 = 5,263.20 beyond, of which nine
    tenths are believed to be of use: 2,628 + 526.32 = 3,154.32 whenever it is paid.
    """
    plan = plan_of(sold(world(tail_credit=0.9), paid, 0.3, 3, part))
    assert cost(plan) == pytest.approx(3_154.32, abs=CENT)
    assert plan.head["tail_liability"] == pytest.approx(5_263.20 * due, abs=CENT)
    assert cash(plan) == pytest.approx(2_628.00 + 5_263.20 * (1 - due), abs=CENT)


def test_what_is_paid_early_is_exchanged_at_the_rate_of_its_start():
    """From July 2027 at USD 0.50, 4,416 hours of 2027 and 4,368 of 2028: early 0.50 × 8,784 × 4.00."""
    for paid, expected in (("upfront", 17_568.00), ("", 0.5 * (4_416 * 4.0 + 4_368 * 5.0))):
        made = world(start="2027-07", currency="USD").rate("USD", 2027, 4.0).rate("USD", 2028, 5.0)
        assert cost(plan_of(sold(made, paid, 0.5, currency="USD"))) == pytest.approx(expected, abs=CENT)


def test_a_contract_lands_it_at_the_terms_of_its_start():
    """10 % off, 5 % margin, 8 % tax until June: 0.58 × 8,760 × 0.9 × 1.05 × 1.08 = 5,185.46."""
    terms = {"discount": 0.1, "margin": 0.05, "tax": 0.08}
    made = sold(world(), "upfront", 0.58).contract("frame", "aa", **terms, valid_to="2027-07-01")
    assert by_quarter(plan_of(made))["2027-01"] == pytest.approx(5_185.46, abs=CENT)
    assert cost(plan_of(made)) == pytest.approx(5_185.46, abs=CENT)


def test_a_ceiling_counts_what_is_paid_early():
    """5,080.80 is more than may be called off in all, so the work stays on demand with what is left of it."""
    made = sold(world(), "upfront", 0.58).contract("frame", "aa", ceiling=5_000)
    with pytest.raises(Infeasible):
        plan_of(made)
    assert cost(plan_of(sold(world(), "upfront", 0.57).contract("frame", "aa", ceiling=5_000))) == (
        pytest.approx(4_993.20, abs=CENT)
    )


def test_what_is_paid_early_stays_under_the_contract_of_its_start(tmp_path):
    """The first contract ends in June; all of the year was paid under it, and may be by its ceiling."""
    made = sold(world(), "upfront", 0.58).contract("old", "aa", ceiling=5_081, valid_to="2027-07-01")
    made.contract("new", "aa", ceiling=1, valid_from="2027-07-01")
    assert cost(plan_of(made)) == pytest.approx(5_080.80, abs=CENT)
    found = audited(made, tmp_path)
    assert {f.status for f in found if f.check == "ceiling"} == {"pass"}
    assert [f.message for f in found if f.status == "fail"] == []


@pytest.mark.parametrize(
    ("paid", "part", "left"), [("upfront", "", 0.0), ("partial", 0.5, 0.5), ("", "", 1.0)]
)
def test_of_what_is_held_only_what_was_not_paid_is_paid(paid, part, left):
    """A year from July 2026 at 0.60: 0.60 × 4,344 = 2,606.40 accrued to June; then 4,416.00 on demand."""
    made = sold(world(), paid, 0.6, part=part)
    made.terms["offer"] = ["on_demand"]
    term = "commit_1y" + (f"_{paid}" if paid else "")
    made.add("held_commitments", payer="mof", sku="aa:x:m4", term=term, start="2026-07", units=1)
    plan = plan_of(made)
    assert cash(plan) == pytest.approx(2_606.40 * left + 4_416.00, abs=CENT)
    assert float(plan.costs["amortised"].sum()) == pytest.approx(7_022.40, abs=CENT)


def test_what_is_paid_holds_nobody_back():
    """A cap on what leaving costs: three years as they run leave 0.30 × 24,120 hours unpaid after a first
    quarter, one per cent of a year's accrual pays for almost none of them; early nothing is unpaid.
    """
    rule = {"cap": 0.01, "of": "plan", "labour": 0.0}
    later = plan_of(sold(world(), "", 0.3, 3).rule("leave", "exit", rule)).purchases
    assert later.loc[later["term"] == "commit_3y", "units"].max() < 0.02
    early = plan_of(sold(world(tail_credit=0.99), "upfront", 0.3, 3).rule("leave", "exit", rule)).purchases
    assert set(early["term"]) == {"commit_3y_upfront"}


def test_machines_that_are_paid_at_other_times_are_kept_to_choose_from():
    """From October m4 for 0.50 asks for nine tenths at once: 4,063.20 in 2027. n4, as large, for 0.55 asks
    for one: 0.1 × 0.55 × 8,784 + 0.9 × 0.55 × 2,208 = 1,576.08. The vote of 2027 is no more than that.
    """
    made = sold(world(start="2027-10"), "partial", 0.5, part=0.9).machine("aa:x", "n4", 4, 16, 1.0)
    made.committed("aa:x:n4", 0.55, 1, "MYR", "partial", 0.1)
    assert cost(plan_of(made)) == pytest.approx(0.5 * 8_784, abs=CENT)
    plan = plan_of(made.budget("mof", 2027, 1_576.08))
    assert cost(plan) == pytest.approx(0.55 * 8_784, abs=CENT)
    assert set(plan.purchases["sku"]) == {"aa:x:n4"}


def paid_early() -> World:
    made = sold(world(tail_credit=0.5, discount_rate=0.05), "partial", 0.3, 3, 0.5)
    made.contract("frame", "aa", discount=0.1, tax=0.08)
    made.committed("aa:x:m4", 0.6, 1, "MYR", "upfront").held("aa:x:m4", 0.25, "2026-08")
    return made.add("held_commitments", payer="mof", sku="aa:x:m4", term="commit_1y_upfront", start="2026-08",
                    units=0.25)  # fmt: skip


def lines(plan: Path, term: str, column: str, factor: float):
    def spoil(rows):
        return [{**r, column: repr(float(r[column]) * factor)} if r["term"] == term else r for r in rows]

    edit(plan / "costs.csv", spoil)


@pytest.mark.parametrize(
    ("term", "column"),
    [("commitment upfront", "cash"), ("commitment upfront", "objective"), ("commitment tail", "tail"),
     ("commitment tail", "objective")],
)  # fmt: skip
def test_the_audit_works_out_what_is_paid_when(term, column, tmp_path):
    made = paid_early()
    made.tables["held_commitments"] = made.tables["held_commitments"][1:]
    (tmp_path / "right").mkdir()
    (tmp_path / "wrong").mkdir()
    found = audited(made, tmp_path / "right")
    assert [f for f in found if f.status == "fail"] == []
    assert "pass" in {f.status for f in found if f.check == "due"}
    spoilt = audited(made, tmp_path / "wrong", lambda p: lines(p, term, column, 1.01))
    assert "fail" in {f.status for f in spoilt if f.check == "due"}


@pytest.mark.parametrize(("paid", "part"), [("partial", ""), ("partial", 1), ("upfront", 0.5), ("", 0.5)])
def test_a_part_that_its_term_does_not_have_is_refused(paid, part):
    with pytest.raises(BadInput) as failure:
        plan_of(sold(world(), paid, 0.5, part=part))
    assert {(p.file.rpartition("/")[2], p.column) for p in failure.value.problems} == {
        ("prices.csv", "upfront")
    }


def test_what_is_held_beyond_the_horizon_is_told_and_weighs_nothing():
    """Three years from July 2026 at 0.30, half paid then: in 2027 0.15 × 8,760 = 1,314.00, and 18 months
    later 0.15 × 13,128 = 1,969.20 still due.
    """
    made = sold(world(), "partial", 0.3, 3, 0.5)
    made.terms["offer"] = ["on_demand"]
    made.add(
        "held_commitments", payer="mof", sku="aa:x:m4", term="commit_3y_partial", start="2026-07", units=1
    )
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(1_314.00, abs=CENT)
    assert plan.head["tail_liability"] == pytest.approx(1_969.20, abs=CENT)


# ---- The same commitment costs the same, whatever the horizon


@pytest.mark.parametrize("paid", ["", "partial", "upfront"])
@pytest.mark.parametrize(("periods", "months"), [(4, 3), (1, 3), (2, 6), (12, 1), (1, 12)])
def test_a_commitment_costs_the_same_in_any_horizon(paid, periods, months):
    """A year of 2028 at 0.50: 8,784 hours, 4,392.00, whatever of it lies after the horizon or is paid early.

    Discounted at 4 % evenly over the year, or on its first day.
    """
    made = World(periods=periods, months=months, start="2028-01", discount_rate=0.04)
    made.vendor("aa").region("aa:x").machine("aa:x", "m", 4, 16, None)
    made.committed("aa:x:m", 0.5, paid=paid).offer("commit_1y" + (f"_{paid}" if paid else ""))
    if paid == "partial":
        made.tables["prices"][-1]["upfront"] = 0.5
    plan = plan_of(made.workload("web"))
    money = plan.costs["cash"].sum() + plan.costs["tail"].sum()
    assert money == pytest.approx(4_392.00, abs=CENT)
    later = (1 - 1.04 ** (-8784 / 8760)) / (math.log(1.04) * 8784 / 8760)
    early = {"": 0.0, "partial": 0.5, "upfront": 1.0}[paid]
    assert cost(plan) == pytest.approx(4_392 * (early + (1 - early) * later), abs=CENT)


def test_the_tail_is_converted_at_the_rate_of_its_year(tmp_path):
    """In USD at 4.00 in 2027 and 5.00 in 2028: 0.50 × (2,208 × 4.00 + 6,552 × 5.00) = 20,796.00.

    A year from October 2027 on, of which a quarter lies in the horizon.
    """
    made = World(start="2027-10").rate("USD", 2027, 4.0).rate("USD", 2028, 5.0)
    made.vendor("aa").region("aa:x").machine("aa:x", "m", 4, 16, None)
    made.committed("aa:x:m", 0.5, currency="USD").offer("commit_1y")
    made.workload("web")
    plan = plan_of(made)
    hours = 8784 - 2208
    assert cost(plan) == pytest.approx(0.5 * (2_208 * 4 + hours * 5), abs=CENT)
    assert [f for f in audited(made, tmp_path) if f.status in ("fail", "exception")] == []
