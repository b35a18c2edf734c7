"""``planner catalog`` as a user runs it: a process, its streams and its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_package import GOOD, write

ROOT = Path(__file__).parents[2]


def planner(*args, cwd=None):
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), "catalog", *args],
        cwd=cwd,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        check=False,
    )


def test_list_shows_coverage_and_says_loudly_what_has_no_price():
    run = planner("list", "--as-of", "2026-11-01")
    assert run.returncode == 0
    assert "\x1b" not in run.stdout
    assert "NOT PRICED: gcp:asia-southeast4" in run.stdout
    assert "NOT PRICED: azure:southeastasia3" in run.stdout
    assert "ap-southeast-5" in run.stdout
    assert run.stderr.strip().splitlines()[-1].startswith("next: planner catalog")


def test_list_as_json():
    run = planner("list", "tm", "accelerators", "--as-of", "2026-11-01", "--json")
    document = json.loads(run.stdout)
    assert document["prices_as_of"] == "2026-11-01"
    assert [v["vendor"] for v in document["vendors"]] == ["tm"]
    assert {r["region"] for r in document["regions"]} == {c["region"] for c in document["coverage"]}


def test_check_of_shipped_catalogs():
    run = planner("check", "--json")
    assert run.returncode == 0
    document = json.loads(run.stdout)
    assert document["problems"] == []
    assert document["regions"] == 28


def test_check_of_a_broken_folder(tmp_path):
    write(tmp_path, {**GOOD, "prices.csv": GOOD["prices.csv"].replace("Hour,0.1,", "Hour,1e999,")})
    run = planner("check", "./ours", cwd=tmp_path)
    assert run.returncode == 5
    assert "ours/prices.csv, row 2, column ListUnitPrice = '1e999'" in run.stderr
    assert "Traceback" not in run.stderr
    assert run.stdout == ""


def test_check_of_a_broken_folder_as_json(tmp_path):
    write(tmp_path, {**GOOD, "prices.csv": GOOD["prices.csv"].replace("Hour,0.1,", "Hour,1e999,")})
    run = planner("check", "./ours", "--json", cwd=tmp_path)
    assert run.returncode == 5
    problems = json.loads(run.stdout)["problems"]
    assert [(p["file"], p["row"], p["column"], p["value"]) for p in problems] == [
        ("ours/prices.csv", 2, "ListUnitPrice", "1e999")
    ]


def test_check_finds_a_descriptor_that_is_out_of_date(tmp_path):
    folder = write(tmp_path)
    (folder / "datapackage.json").write_text('{"name": "ours", "resources": []}', encoding="utf-8")
    run = planner("check", "./ours", cwd=tmp_path)
    assert run.returncode == 5
    assert "ours/datapackage.json: does not describe" in run.stderr


def test_check_of_what_is_not_there(tmp_path):
    run = planner("check", "./nowhere", "amazon", cwd=tmp_path)
    assert run.returncode == 5
    assert "./nowhere: is not a folder" in run.stderr
    assert "amazon: is not a shipped catalog" in run.stderr


def test_stale_prices_have_an_exit_code_of_their_own():
    assert planner("check", "--as-of", "2026-11-01", "--max-age", "100000").returncode == 0
    run = planner("check", "--as-of", "2026-11-01", "--max-age", "30")
    assert run.returncode == 6
    assert "older than 30 days" in run.stderr


def test_show_a_region():
    run = planner("show", "azure:malaysiawest", "--category", "accelerated", "--as-of", "2026-11-01")
    assert run.returncode == 0
    assert "Standard_NC40ads_H100_v5" in run.stdout
    assert "8.167" in run.stdout
    assert "NOT PRICED" not in run.stdout


def test_show_a_region_as_json():
    run = planner("show", "azure:malaysiawest", "--category", "general", "--as-of", "2026-11-01", "--json")
    document = json.loads(run.stdout)
    sku = {s["SkuId"]: s for s in document["skus"]}["azure:malaysiawest:Standard_D4s_v5"]
    assert (sku["vcpu"], sku["memory_gib"], sku["on_demand"], sku["spot"]) == (4, 16, 0.216, None)


def test_show_says_when_a_region_was_last_confirmed():
    shown = planner("show", "aws:ap-southeast-5", "--as-of", "2026-11-29").stdout.splitlines()
    assert shown[0].startswith("aws:ap-southeast-5: live, last confirmed 2026-09-29 (")
    assert "2024-08-22 live: first day of service" in shown[1]
    earlier = planner("show", "aws:ap-southeast-5", "--as-of", "2025-01-01").stdout
    assert "last confirmed 2024-08-22" in earlier
    assert "no dated source" in planner("show", "tm:klang-valley", "--as-of", "2026-11-29").stdout


def test_show_a_region_without_price():
    run = planner("show", "gcp:asia-southeast4", "--as-of", "2026-11-01")
    assert run.returncode == 0
    assert "NOT PRICED" in run.stdout


@pytest.mark.parametrize(
    "args", [("show", "aws:nowhere"), ("show", "gcp:asia-southeast4", "--category", "toys")]
)
def test_usage_errors(args):
    run = planner(*args)
    assert run.returncode == 2
    assert "is none of" in run.stderr
