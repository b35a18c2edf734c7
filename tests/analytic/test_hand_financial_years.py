"""Financial years that begin within a calendar year, by hand. A quarter from January has 2,160 hours."""

import io
from pathlib import Path

import pytest
from audit.small_plan import edit_text, write
from rich.console import Console
from support.broken import refused
from support.cases import World
from support.plans import cash, placed, plan_of

from planner.audit.audit import audit
from planner.money import CENT
from planner.plan.folder import write_manifest
from planner.report.named import named
from planner.report.terminal_tables import show_costs

# Hours of the quarters of 2027: 2,160, 2,184, 2,208, 2,208.


def world(year_begins: int) -> World:
    """Four quarters of 2027; web costs 1.00 an hour at bb:x and 1.50 at aa:x."""
    made = World(periods=4, year_begins=year_begins).vendor("aa").vendor("bb").region("aa:x").region("bb:x")
    return made.machine("aa:x", "m4", 4, 16, 1.5).machine("bb:x", "m4", 4, 16, 1.0).workload("web")


def test_a_budget_of_a_year_that_begins_in_july_binds_from_july():
    """2027/28 has 0.00 for bb, so a rule on cash there holds from July on; before it is 2026/27."""
    cap = {"cap": 100.0, "currency": ["MYR"], "per": "year", "years": [2027]}
    made = world(7).rule("cash", "budget", cap, select={"region": {"vendor_group": ["bb"]}})
    plan = plan_of(made)
    assert placed(plan, "2027-04") == {("web", "bb:x"): 1.0}
    assert sum(cash(plan, vendor_group="bb", period=p) for p in ("2027-07", "2027-10")) == pytest.approx(100)
    january = plan_of(world(1).rule("cash", "budget", cap, select={"region": {"vendor_group": ["bb"]}}))
    assert cash(january, vendor_group="bb") == pytest.approx(100, abs=CENT)


def test_rows_of_budgets_are_of_financial_years(tmp_path):
    """4,344.00 in 2026/27 are exactly two quarters at bb; the audit adds up the same quarters."""
    made = world(7).budget("mof", 2026, 4_344.0).budget("mof", 2027, 1e6)
    plan = write(made, tmp_path)
    assert not [f for f in audit(plan).findings if f.status == "fail"]
    edit_text(plan / "inputs/case.toml", "year_begins = 7", "year_begins = 4")
    write_manifest(plan)
    assert not [f for f in audit(plan).findings if f.check == "budget" and f.status == "fail"]
    edit_text(plan / "inputs/case.toml", "year_begins = 4", "year_begins = 10")
    write_manifest(plan)
    assert [f.subject for f in audit(plan).findings if f.check == "budget" and f.status == "fail"] == [
        "mof, 2026, operating"
    ]


def test_tables_of_money_show_them():
    assert _heads(plan_of(world(7))) == ["term", "2026/27", "2027/28", "all"]
    assert _heads(plan_of(world(1))) == ["term", "2027", "all"]


def _heads(plan):
    to = Console(file=io.StringIO(), width=80)
    show_costs(named(plan, Path("no folder")), to)
    return to.file.getvalue().splitlines()[1].split()


@pytest.mark.parametrize("month", [0, 13, 2])
def test_a_month_that_is_none_or_lies_within_a_period_is_refused(tmp_path, month):
    refused(
        world(month).write(tmp_path / "case"),
        [("case.toml", _row(tmp_path), "money.year_begins", str(month))],
    )


def _row(folder):
    lines = (folder / "case" / "case.toml").read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(lines, 1) if line.startswith("year_begins"))
