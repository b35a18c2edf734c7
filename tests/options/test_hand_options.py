"""What could be decided instead, solved by hand.

The first quarter of 2027 has 2,160 hours. Vendor aa asks 1.00 an hour for a machine, bb 2.00, so ten
machines cost 21,600 at aa; what moves to bb costs as much again.
"""

from __future__ import annotations

import pandas as pd
import pytest
from support.cases import World
from support.plans import read, solved

from planner.answer.options import with_options
from planner.audit.audit import audit
from planner.inputs import read_case
from planner.money import CENT
from planner.plan.folder import write_manifest
from planner.planning import plan_case
from planner.report.plan_folder import write_plan

TEN = {"vcpu": 40, "memory_gib": 160}


def world(cap=0.6, **more) -> World:
    made = World(**more)
    for vendor, price, parent in (("aa", 1.0, "XX"), ("bb", 2.0, "MY")):
        made.vendor(vendor, jurisdiction=parent).region(f"{vendor}:x").machine(
            f"{vendor}:x", "m4", 4, 16, price
        )
    made.workload("web", demand=TEN)
    if cap is not None:
        made.rule("cap", "vendor_share", {"cap": cap, "basis": "spend"})
    return made


def options(made: World):
    frame = with_options(solved(made)).plan.options
    assert frame["option"].is_unique
    return {row["option"]: row for row in frame.to_dict("records")}


def test_without_limits_all_is_at_the_cheapest_and_a_tighter_cap_costs_more():
    """A cap of 0.6 on spend: x at aa, 2 (10 − x) at bb, x ≤ 0.6 (20 − x): x = 7.5, 27,000 money.

    At 0.55: x ≤ 0.55 (20 − x), x = 11 / 1.55.
    """
    told = options(world())
    assert list(told) == ["cheapest", "plan", "tighter"]
    assert told["cheapest"]["cost"] == pytest.approx(21_600.00, abs=CENT)
    assert told["cheapest"]["largest_share"] == 1.0 and told["cheapest"]["rule"] == "cap"
    assert told["plan"]["cost"] == pytest.approx(27_000.00, abs=CENT)
    assert told["plan"]["largest"] == "aa" and told["plan"]["largest_share"] == pytest.approx(0.6)
    x = 11 / 1.55
    assert told["tighter"]["cost"] == pytest.approx((x + 2 * (10 - x)) * 2160, abs=CENT)
    assert (told["tighter"]["rule"], told["tighter"]["value"]) == ("cap", 0.55)
    assert told["plan"]["foreign_share"] == pytest.approx(0.6)


def test_a_cap_that_cannot_be_tightened_so_far_is_tightened_by_less():
    """Two vendors: no cap below a half. From 0.51 neither 0.46 nor 0.49, but 0.50 has a plan."""
    told = options(world(cap=0.51))
    assert told["tighter"]["value"] == 0.5 and told["tighter"]["largest_share"] == pytest.approx(0.5)
    assert options(world(cap=0.5))["tighter"]["reason"] == "no plan obeys every rule then"


def test_doing_nothing_is_priced_and_what_it_breaks_is_counted():
    """All at bb today: 43,200, a share of one against a cap of 0.6; nothing moves."""
    told = options(world().today("web", "bb:x"))
    assert list(told) == ["nothing", "cheapest", "plan", "tighter"]
    assert told["nothing"]["cost"] == pytest.approx(43_200.00, abs=CENT)
    assert told["nothing"]["breaks"] == 1 and told["nothing"]["moves"] == 0
    assert told["plan"]["moves"] == 1 and told["plan"]["breaks"] == 0


def test_doing_nothing_where_no_price_is_known_says_so():
    told = options(world().today("web", "elsewhere:x"))
    assert "elsewhere:x" in told["nothing"]["reason"] and told["nothing"]["cost"] != told["nothing"]["cost"]


def test_without_a_limit_on_shares_there_is_nothing_to_set_aside():
    assert list(options(world(cap=None))) == ["plan"]


def test_in_whole_machines_nothing_and_the_plan_are_whole_and_the_rest_is_a_bound():
    """Ten machines of work at 1.00 and 2.00; what nobody decided yet is told in parts of machines."""
    made = world()
    made.whole = None
    told = plan_case(read(made)).options.set_index("option")
    assert not told.loc["plan", "bound"]
    assert told.loc["cheapest", "bound"]
    assert told.loc["cheapest", "cost"] <= told.loc["plan", "cost"]


def test_what_critical_work_keeps_is_told():
    """Critical work at aa for 0.75 of it: the loss of aa leaves a quarter."""
    made = world()
    made.tables["workloads"][0]["critical"] = True
    told = options(made)
    assert told["plan"]["critical_kept"] == pytest.approx(0.25)
    assert told["plan"]["kept_without"] == "aa" and told["cheapest"]["critical_kept"] == 0.0


def test_whole_numbers_are_relaxed_and_it_is_said():
    """A system that may not be divided goes whole to aa; relaxed, a cap of 0.6 can be kept."""
    made = world(cap=0.6).workload("two", demand=TEN, divisible=False)
    told = options(made)
    assert told["cheapest"]["bound"] and told["tighter"]["bound"] and not told["plan"]["bound"]


@pytest.mark.parametrize("column", ["cost", "cash", "largest_share", "moves", "largest", "option"])
def test_a_spoilt_row_of_the_plan_is_found_by_the_audit(column, tmp_path):
    """The plan's own row follows from its tables, so nothing in it can be told otherwise."""
    write_plan(plan_case(read_case(world().today("web", "bb:x").write(tmp_path / "case"))), tmp_path / "p")
    assert not _failed(tmp_path / "p")
    told = pd.read_csv(tmp_path / "p" / "options.csv", dtype=str, keep_default_na=False)
    told.loc[told["option"] == "plan", column] = "bb" if column in ("largest", "option") else "0.25"
    told.to_csv(tmp_path / "p" / "options.csv", index=False)
    write_manifest(tmp_path / "p")
    assert _failed(tmp_path / "p") == {"options"}


def _failed(folder):
    return {f.check for f in audit(folder).findings if f.status == "fail"}
