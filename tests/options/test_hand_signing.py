"""What is to be signed, solved by hand.

The quarters of 2027 have 2,160, 2,184, 2,208 and 2,208 hours, together 8,760. The machine m4 costs 1.00 an
hour on demand and 0.60 an hour for a year, under a contract with 8 % tax.
"""

from __future__ import annotations

import pytest
from support.cases import World
from support.plans import cash, plan_of

ONE = {"vcpu": 4, "memory_gib": 16}


def world(**more) -> World:
    made = World(**{"periods": 4, **more}).vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, 1.0)
    made.contract("C1", "aa", tax=0.08, valid_to="2027-07-01").workload("web", demand=ONE)
    return made.offer()


def row(plan, **where):
    rows = plan.signing
    for column, value in where.items():
        rows = rows[rows[column] == value]
    assert len(rows) == 1, plan.signing.to_string()
    return rows.iloc[0]


def test_what_is_bought_as_it_is_used_owes_nothing():
    """Two quarters under the contract at 1.08, two after it at 1.00."""
    plan = plan_of(world())
    first, later = row(plan, agreement="C1"), row(plan, agreement="")
    assert (first["status"], first["term"], first["family"]) == ("as used", "on_demand", "m4")
    assert (first["start"], first["end"], first["months"]) == ("2027-01-01", "2027-07-01", 6)
    assert first["expected"] == pytest.approx(1.08 * 4_344) and first["obligation"] == 0.0
    assert first["monthly"] == pytest.approx(1.08 * 4_344 / 6, abs=0.005) and first["exit_value"] == 0.0
    assert (later["start"], later["end"]) == ("2027-07-01", "2028-01-01")
    assert later["expected"] == pytest.approx(4_416.0)


def test_a_year_is_owed_whole_and_what_is_left_at_the_contracts_end_is_its_exit_value():
    """0.60 × 8,760 × 1.08 = 5,676.48; after June 4,416 hours of it, 2,861.57."""
    plan = plan_of(world().committed("aa:x:m4", 0.6).offer("commit_1y"))
    year = row(plan, term="commit_1y")
    assert (year["status"], year["units"], year["unit"], year["agreement"]) == ("sign", 1.0, "machines", "C1")
    assert (year["start"], year["end"], year["months"]) == ("2027-01-01", "2028-01-01", 12)
    assert year["obligation"] == pytest.approx(5_676.48) and year["upfront"] == 0.0
    assert year["monthly"] == pytest.approx(5_676.48 / 12)
    assert year["contract_end"] == "2027-07-01"
    assert year["exit_value"] == pytest.approx(0.6 * 4_416 * 1.08, abs=0.005)


def test_three_years_are_owed_beyond_the_plan():
    """0.20 an hour of 2027 to 2029 with 1.08 whole: 2028 is a leap year."""
    made = world().committed("aa:x:m4", 0.2, 3).offer("commit_3y")
    year = row(plan_of(made), term="commit_3y")
    assert year["end"] == "2030-01-01" and year["months"] == 36
    assert year["obligation"] == pytest.approx(0.2 * (8_760 + 8_784 + 8_760) * 1.08, abs=0.005)
    assert year["expected"] == pytest.approx(0.2 * 8_760 * 1.08)


def test_what_is_paid_at_the_start_is_told_apart():
    """Upfront 0.58 × 8,760 × 1.08; nothing monthly, nothing left to owe."""
    made = world().committed("aa:x:m4", 0.58, 1, "MYR", "upfront").offer("commit_1y_upfront")
    year = row(plan_of(made), term="commit_1y_upfront")
    assert year["upfront"] == pytest.approx(0.58 * 8_760 * 1.08)
    assert year["monthly"] == pytest.approx(0.0, abs=0.005)
    assert year["obligation"] == pytest.approx(0.58 * 8_760 * 1.08)
    assert year["exit_value"] == pytest.approx(0.0, abs=0.005)


def test_held_commitments_and_agreements_are_in_the_schedule():
    made = world().committed("aa:x:m4", 0.6).offer().held("aa:x:m4", 1, "2026-07")
    made.agreement("EA", "aa", 100.0, start="2027-01", months=6)
    plan = plan_of(made)
    held = row(plan, term="commit_1y")
    assert (held["status"], held["start"], held["end"]) == ("held", "2026-07-01", "2027-07-01")
    agreed = row(plan, agreement="EA")
    assert (agreed["status"], agreed["monthly"], agreed["obligation"]) == ("held", 100.0, 600.0)
    assert (agreed["end"], agreed["exit_value"]) == ("2027-07-01", 0.0)


@pytest.mark.parametrize("terms", [(), ("commit_1y",), ("commit_1y_upfront",)])
def test_what_is_expected_sums_to_the_cash_of_the_plan(terms):
    made = world().committed("aa:x:m4", 0.6).committed("aa:x:m4", 0.58, 1, "MYR", "upfront").offer(*terms)
    plan = plan_of(made.workload("two", demand={"vcpu": 8, "memory_gib": 32}))
    assert float(plan.signing["expected"].sum()) == pytest.approx(cash(plan), abs=0.02)


def test_leaving_is_told_for_every_group_and_quarter_but_the_first():
    """A year owed at the start of April: 0.60 × 6,600 hours × 1.08; labour 500; no data."""
    plan = plan_of(world().committed("aa:x:m4", 0.6).offer("commit_1y").labour(500.0))
    told = plan.leaving.set_index("period")
    assert list(told.index) == ["2027-04", "2027-07", "2027-10"]
    assert told.loc["2027-04", "owed"] == pytest.approx(0.6 * 6_600 * 1.08, abs=0.005)
    assert told.loc["2027-04", "labour"] == 500.0 and told.loc["2027-04", "egress"] == 0.0
    assert told.loc["2027-04", "total"] == pytest.approx(500 + 0.6 * 6_600 * 1.08, abs=0.005)
