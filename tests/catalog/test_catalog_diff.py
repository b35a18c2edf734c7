"""``catalog diff``: what changed between two packages, and what it does to a plan, by hand."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from small_package import GOOD, write
from support.cli import call
from test_catalog_command import planner

from planner.catalog.diff import compare
from planner.catalog.packages import read_side
from planner.catalog.supersede import read_rows, text_of
from planner.commands.inputs_of import inputs_of
from planner.plan.folder import read_plan
from planner.study.reprice import reprice

ROOT = Path(__file__).parents[2]
DAY = date(2026, 6, 1)


def _sides(tmp_path, **files):
    before, after = write(tmp_path / "a"), write(tmp_path / "b", {**GOOD, **files})
    return read_side(str(before), DAY), read_side(str(after), DAY)


def test_equal_packages_do_not_differ(tmp_path):
    assert compare(*_sides(tmp_path)).same


def test_prices_added_gone_and_repriced_and_other_rows(tmp_path):
    prices = GOOD["prices.csv"].replace("Hour,0.09,", "Hour,0.108,").replace(
        "acme:east:a2,spot,Dynamic,Hour,0.03", "acme:east:a2,commit_1y,Committed,Hour,0.06"
    )  # fmt: skip
    found = compare(
        *_sides(
            tmp_path,
            **{
                "prices.csv": prices,
                "skus.csv": GOOD["skus.csv"].replace(
                    "a2,acme:east,a,general,x86,2,8", "a2,acme:east,a,general,x86,2,7"
                ),
                "not_sold.csv": GOOD["not_sold.csv"].splitlines()[0] + "\n",
            },
        )
    )
    told = (
        found.prices[["change", "price", "before", "after"]].astype(object).where(found.prices.notna(), None)
    )
    assert told.values.tolist() == [
        ["repriced", "acme:east:a2 on_demand", 0.09, 0.108],
        ["gone", "acme:east:a2 spot", 0.03, None],
        ["added", "acme:east:a2 commit_1y", None, 0.06],
    ]
    assert found.prices["ratio"].iloc[0] == pytest.approx(1.2)
    assert found.rows.values.tolist() == [
        ["skus", "changed", "acme:east:a2", "memory_gib"],
        ["not_sold", "gone", "acme:east a commit_3y", ""],
    ]


def test_a_source_alone_is_no_difference(tmp_path):
    assert compare(
        *_sides(tmp_path, **{"regions.csv": GOOD["regions.csv"].replace("a price list", "another")})
    ).same


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    """A plan of an example with slices, and the copy of its catalog that it keeps."""
    folder = tmp_path_factory.mktemp("plan") / "plan"
    run = subprocess.run(
        [sys.executable, "cli.py", "plan", "examples/hourly-traces", "--out", str(folder)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    (prices,) = (folder / "inputs").rglob("prices.csv")
    return folder, prices.parent


def test_the_prices_of_a_plan_give_the_list_cost_of_the_plan(plan):
    folder, kept = plan
    made = read_plan(folder)
    catalog = read_side(str(kept), date.fromisoformat(made.head["prices_as_of"]))
    found = reprice(made, inputs_of(folder)[0], catalog, catalog)
    counted = made.costs[made.costs["term"].isin(["compute", "commitment", "storage", "egress"])][
        "list"
    ].sum()
    assert counted > 0
    assert found.vendors["before"].sum() == pytest.approx(counted)
    assert found.difference == 0
    assert found.gone == ()


def test_a_plan_costs_twice_at_twice_the_prices(tmp_path, plan):
    folder, kept = plan
    twice = tmp_path / "twice"
    shutil.copytree(kept, twice)
    for name in ("prices.csv", "transfer.csv"):
        rows = read_rows(twice / name)
        for row in rows:
            row["ListUnitPrice"] = repr(float(row["ListUnitPrice"]) * 2)
        if rows:
            (twice / name).write_text(text_of(rows, list(rows[0])), encoding="utf-8")
    day = str(read_plan(folder).head["prices_as_of"])
    run = planner("diff", str(kept), str(twice), "--plan", str(folder), "--as-of", day, "--json")
    assert run.returncode == 0, run.stderr
    document = json.loads(run.stdout)
    assert {p["change"] for p in document["prices"]} == {"repriced"}
    for line in document["plan"]["vendors"]:
        assert line["after"] == pytest.approx(2 * line["before"])
    assert document["plan"]["difference"] > 0
    assert "+100.0 %" in planner("diff", str(kept), str(twice), "--as-of", day).stdout


def test_what_a_plan_buys_and_the_second_lacks_is_named(tmp_path, plan):
    folder, kept = plan
    less = tmp_path / "less"
    shutil.copytree(kept, less)
    bought = read_plan(folder).purchases["sku"].iloc[0]
    rows = read_rows(less / "prices.csv")
    left = [row for row in rows if row["SkuId"] != bought]
    (less / "prices.csv").write_text(text_of(left, list(rows[0])), encoding="utf-8")
    day = str(read_plan(folder).head["prices_as_of"])
    run = planner("diff", str(kept), str(less), "--plan", str(folder), "--as-of", day)
    assert f"No longer priced, and in the plan: {bought} commit_1y, {bought} on_demand" in run.stdout


def test_private_prices_stay_and_discounts_follow(tmp_path):
    """h4 stays 21,600 × 0.21 = 4,536; a4 4,320 × 0.25 × 0.8 = 864 doubles with its list price."""
    folder, twice = tmp_path / "plan", tmp_path / "twice"
    case = ROOT / "examples/private-prices"
    assert call("plan", case, "--out", folder, "--no-figures").code == 0
    shutil.copytree(case / "catalog", twice)
    rows = read_rows(twice / "prices.csv")
    for row in rows:
        row["ListUnitPrice"] = repr(float(row["ListUnitPrice"]) * 2)
    (twice / "prices.csv").write_text(text_of(rows, list(rows[0])), encoding="utf-8")
    words = (case / "catalog", twice, "--plan", folder, "--as-of", "2026-11-23")
    (line,) = call("catalog", "diff", *words, "--json").document["plan"]["vendors"]
    assert (line["before"], line["after"]) == (pytest.approx(4536 + 864), pytest.approx(4536 + 1728))
    assert "less private prices and discounts (MYR" in call("catalog", "diff", *words).out
