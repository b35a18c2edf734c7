"""``planner latency`` as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), "latency", *args],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        check=False,
    )


@pytest.mark.parametrize(
    ("a", "b", "basis"),
    [
        ("azure:malaysiawest", "azure:southeastasia", "measured"),
        ("gcp:asia-southeast4", "aws:ap-southeast-5", "derived"),
        ("Kuching", "aws:ap-southeast-5", "assumed"),
        ("Kuching", "Kuala Lumpur", "derived"),
    ],
)
def test_json_of_a_pair(a, b, basis):
    done = run("--from", a, "--to", b, "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["from"], answer["to"], answer["basis"]) == (a, b, basis)
    assert (answer["path"][0], answer["path"][-1]) == (a, b)
    assert 0 < answer["low_ms"] <= answer["rtt_ms"] <= answer["high_ms"]
    assert answer["p95_ms"] >= answer["rtt_ms"]
    assert answer["source"]
    assert answer["as_of"] <= "2026-12-31"


def test_text_of_a_pair_says_basis_path_and_what_next():
    done = run("--from", "Miri", "--to", "azure:malaysiawest")
    assert done.returncode == 0
    assert "basis" in done.stdout
    assert "Miri → Miri hub → " in done.stdout
    assert done.stderr.splitlines()[-1].startswith("next: planner latency")
    assert "\x1b" not in done.stdout


def test_without_a_cable():
    whole, less = (
        json.loads(run("--from", "Miri", "--to", "Kuala Lumpur", "--json", *extra).stdout)
        for extra in (
            (),
            ("--without-link", "Kuching landing|Mersing landing|SKR1M", "--without-link", "MCT"),
        )
    )
    assert less["rtt_ms"] > whole["rtt_ms"]


def test_nothing_joins_them():
    done = run("--from", "Tawau", "--to", "Kuala Lumpur", "--without-link", "SKR1M", "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["error"] == "NoRoute"


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--from", "Kuchin", "--to", "Miri"), "did you mean 'Kuching'"),
        (("--from", "Kuching"), "belong together"),
        ((), "name a case"),
        (("--validate", "--nodes"), "choose one"),
        (("--from", "Miri", "--to", "Kudat", "--without-link", "SKR2M"), "no link 'SKR2M'"),
        (("--validate", "--without-link", "SKR1M"), "go with a case"),
    ],
)
def test_usage(args, says):
    done = run(*args)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_validate_prints_error_beside_the_naive_one():
    done = run("--validate", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    methods = {(row["group"], row["method"]): row for row in found["summary"]}
    assert methods["all", "one pair left out"]["median_rel"] < methods["all", "naive ratio"]["median_rel"]
    assert len(found["pairs"]) == methods["all", "naive ratio"]["pairs"]
    text = run("--validate")
    assert "naive ratio" in text.stdout


def test_nodes_lists_sites_and_regions():
    done = run("--nodes", "--json")
    names = {row["node"] for row in json.loads(done.stdout)}
    assert {"Kuching", "Belaga", "azure:malaysiawest", "tm:klang-valley"} <= names


def test_matrix_of_a_case():
    done = run("examples/quick-start", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    sites = {row["site"] for row in found["round_trips"]}
    regions = {row["region"] for row in found["round_trips"]}
    assert len(found["round_trips"]) == len(sites) * len(regions)
    assert all(row["p95_ms"] >= row["mean_ms"] > 0 for row in found["round_trips"])
    assert all(0 <= row["coverage"] <= 1 for row in found["coverage"])
    text = run("examples/quick-start")
    assert "Round trip in ms" in text.stdout
    assert all(site in text.stdout for site in sites)


def test_matrix_of_a_case_that_is_cut_off():
    done = run("examples/quick-start", "--without-link", "SKR1M", "--json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["round_trips"]
    cut = [row for row in rows if row["site"] == "Kota Kinabalu"]
    assert cut
    assert all(row["mean_ms"] is None for row in cut)
    assert "none" in run("examples/quick-start", "--without-link", "SKR1M").stdout
