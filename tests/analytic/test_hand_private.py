"""Private prices and discounts by family and term, by hand: 2,160 hours, one machine of 4 vCPU a system."""

from __future__ import annotations

import shutil

import pytest
from audit.small_plan import edit, where, write
from support.broken import refused
from support.cases import World
from support.plans import bought, plan_of, read

from planner.audit.audit import audit
from planner.inputs import read_case
from planner.model.build import reference_spend
from planner.money import CENT
from planner.plan.folder import write_manifest
from planner.planning import build_model

HOURS = 2160


def world(**contract) -> World:
    """At list an hour m costs 1.00 and n 0.90, for a year committed m 0.70; a GiB-month of d1 0.20, of d2
    0.15. Contract deal: 10 % off everything, tax 6 %.
    """
    made = World().vendor("aa").region("aa:x")
    made.machine("aa:x", "m", 4, 16, 1.0).machine("aa:x", "n", 4, 16, 0.9)
    made.store("aa:x", "block_gib", 0.20, name="d1").store("aa:x", "block_gib", 0.15, name="d2")
    for row in made.tables["skus"]:
        if row["category"] == "block":
            row["family"] = row["SkuId"].rsplit(":", 1)[1]
    made.contract("deal", "aa", **{"discount": 0.1, "tax": 0.06, **contract})
    return made.workload("one", demand={"vcpu": 4, "memory_gib": 16, "block_gib": 1000})


def money(plan, term):
    rows = plan.costs[plan.costs["term"] == term]
    return [round(float(rows[c].sum()), 4) for c in ("list", "discount", "margin", "tax", "cash")]


def test_without_terms_of_their_own_all_have_the_contracts_discount():
    plan = plan_of(world())
    assert bought(plan) == {"aa:x:n": 1.0, "aa:x:d2": 1000.0}
    assert money(plan, "compute") == [1944.0, 194.4, 0.0, 104.976, 1854.576]


def test_a_private_price_stands_in_place_of_the_list_price_and_of_discounts():
    """m at 0.60 beats n at 0.81. List 2,160, of which 864 off; tax 6 % of 1,296."""
    plan = plan_of(world().private("aa:x:m", 0.6))
    assert bought(plan)["aa:x:m"] == 1.0
    assert money(plan, "compute") == [2160.0, 864.0, 0.0, 77.76, 1373.76]
    assert set(plan.purchases.loc[plan.purchases["sku"] == "aa:x:m", "unit_price"]) == {1.0}


def test_the_discount_of_a_family_stands_in_place_of_the_contracts():
    """30 % off m: 0.70 against 0.81. 40 % off d1: 0.12 against 0.135 of d2."""
    plan = plan_of(world().off(0.3, family="m").off(0.4, family="d1"))
    assert bought(plan) == {"aa:x:m": 1.0, "aa:x:d1": 1000.0}
    assert money(plan, "compute")[:2] == [2160.0, 648.0]
    assert money(plan, "storage")[:2] == [600.0, 240.0]


def test_the_nearer_row_comes_first():
    """On demand 20 %, m 5 %, m on demand 50 %: m 0.50, n 0.72."""
    plan = plan_of(world().off(0.2, term="on_demand").off(0.05, family="m").off(0.5, "m", "on_demand"))
    assert bought(plan)["aa:x:m"] == 1.0
    assert money(plan, "compute")[:2] == [2160.0, 1080.0]


def test_a_margin_comes_on_the_private_price():
    """0.60 plus 5 %, then 6 % tax."""
    plan = plan_of(world(margin=0.05).private("aa:x:m", 0.6))
    assert money(plan, "compute") == [2160.0, 864.0, 64.8, 81.648, 1442.448]


def test_a_private_price_ends_with_its_contract():
    """In the second quarter no contract holds: n at 0.90 and 2,184 hours."""
    made = world(valid_to="2027-04-01").private("aa:x:m", 0.6)
    made.periods = 2
    plan = plan_of(made)
    by = plan.purchases[plan.purchases["unit"] == "machines"].set_index("period")["sku"].to_dict()
    assert by == {"2027-01": "aa:x:m", "2027-04": "aa:x:n"}
    assert money(plan, "compute")[4] == pytest.approx(1373.76 + 0.9 * 2184, abs=CENT)


def committed(**contract) -> World:
    """Four quarters; 8,760 hours; the contract ends after the second."""
    made = world(valid_to="2027-07-01", **contract).committed("aa:x:m", 0.7).offer("commit_1y")
    made.periods = 4
    return made


def test_a_commitment_keeps_the_discount_of_its_term_to_its_end():
    """Half off the term: 0.35 an hour for the year, 3,066 before tax; n on demand 0.81 and 0.90."""
    plan = plan_of(committed().off(0.5, term="commit_1y"))
    assert money(plan, "commitment") == [6132.0, 3066.0, 0.0, 183.96, 3249.96]
    assert money(plan, "compute")[0] == 0.0


def test_a_private_price_of_a_term_is_not_that_of_another():
    """m committed at 0.70 list less 10 % is 0.63; on demand it would be 0.20 while the contract holds, then n
    0.90: 0.20 × 4,344 + 0.90 × 4,416 is dearer than 0.20 × 4,344 alone with 0.63 × 8,760.
    """
    plan = plan_of(committed().private("aa:x:m", 0.2))
    assert money(plan, "compute")[:2] == [pytest.approx(4344 + 0.9 * 4416), pytest.approx(0.8 * 4344)]


def test_a_private_price_of_spot_is_that_of_spot_alone():
    made = world().spot("aa:x:n", 0.5).spot("aa:x:m", 0.6).offer("spot").private("aa:x:m", 0.3, "spot")
    made.tables["workloads"][0]["spot_ok"] = True
    plan = plan_of(made)
    rows = plan.purchases[plan.purchases["unit"] == "machines"]
    assert set(zip(rows["sku"], rows["term"], strict=True)) == {("aa:x:m", "spot")}
    assert money(plan, "compute")[:2] == [1296.0, 648.0]


def test_reference_spend_stays_at_list():
    """0.90 an hour and 0.15 a GiB-month, whatever deals say: 1,944 and 450."""
    case = read(world().private("aa:x:m", 0.6).off(0.4, family="d1"))
    model = build_model(case)
    spent = reference_spend(model.index, model.columns, model.lines)
    assert spent.tolist() == [[pytest.approx(2394.0)]]


BROKEN = [
    (lambda w: w.private("aa:x:z", 0.5), ("private_prices.csv", 2, "sku", "aa:x:z")),
    (lambda w: w.private("aa:x:m", 0.5, contract="dael"), ("private_prices.csv", 2, "contract", "dael")),
    (lambda w: w.private("aa:x:m", 1.01), ("private_prices.csv", 2, "price", "1.01")),
    (lambda w: w.private("aa:x:m", 0.5, "commit_3y"), ("private_prices.csv", 2, "term", "commit_3y")),
    (lambda w: w.private("aa:x:m", 0.5, currency="USD"), ("private_prices.csv", 2, "currency", "USD")),
    (lambda w: w.private("aa:x:m", 0), ("private_prices.csv", 2, "price", "0")),
    (lambda w: w.off(0.2, family="q"), ("discounts.csv", 2, "family", "q")),
    (lambda w: w.off(0.2), ("discounts.csv", 2, "family", "")),
    (lambda w: w.off(0.2, "n", "commit_1y"), ("discounts.csv", 2, "term", "commit_1y")),
    (lambda w: w.off(0.2, "m", contract="none"), ("discounts.csv", 2, "contract", "none")),
    (lambda w: w.off(0.2, "m").off(0.3, term="on_demand"), ("discounts.csv", 3, "discount", "0.3")),
    (lambda w: w.off(0.2, "m").off(0.3, "m"), ("discounts.csv", 3, "contract", "deal, m, ")),
]


@pytest.mark.parametrize(("spoil", "found"), BROKEN, ids=[f"{f[0]} {f[2]} {f[3]}" for _, f in BROKEN])
def test_conflicts_and_unknown_names_are_bad_input(tmp_path, spoil, found):
    made = world().committed("aa:x:m", 0.7)
    spoil(made)
    refused(made.write(tmp_path), [found])


def test_another_vendors_machine_is_bad_input(tmp_path):
    made = world().vendor("bb").region("bb:x").machine("bb:x", "m", 4, 16, 1.0).private("bb:x:m", 0.5)
    refused(made.write(tmp_path), [("private_prices.csv", 2, "sku", "bb:x:m")])


def test_families_and_terms_may_meet_where_a_row_says_which_holds(tmp_path):
    made = world().off(0.2, "m").off(0.3, term="on_demand").off(0.3, "m", "on_demand")
    read_case(made.write(tmp_path))


def failed(plan):
    return {f.check for f in audit(plan).findings if f.status == "fail"}


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    """With a commitment held before, one bought, machines on demand and storage."""
    made = committed().off(0.5, term="commit_1y").private("aa:x:m", 0.3).off(0.4, family="d1")
    made.held("aa:x:m", 1, "2026-07")
    made.workload("two", demand={"vcpu": [4, 16, 4, 4], "memory_gib": 16})
    made.rule("SPEND", "vendor_share", {"cap": 1.0, "basis": "spend"})
    made.rule("REFERENCE", "vendor_share", {"cap": 1.0, "basis": "reference_spend"})
    return write(made, tmp_path_factory.mktemp("private"))


def test_the_audit_follows(plan):
    assert failed(plan) == set()
    assert "granted" in {f.check for f in audit(plan).findings if f.status == "pass"}


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("private_prices", {"price": "0.4"}),
        ("discounts", {"discount": "0.45"}),
    ],
)
def test_the_audit_finds_other_terms_than_the_plan_was_made_with(plan, tmp_path, table, change):
    copy = shutil.copytree(plan, tmp_path / "plan")
    edit(copy / f"inputs/{table}.csv", where(lambda r: r["term"] != "" or table == "discounts", **change))
    write_manifest(copy)
    assert "granted" in failed(copy)
