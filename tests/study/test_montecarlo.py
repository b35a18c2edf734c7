"""Monte Carlo: draws are those of the seed, costs follow them, intervals are those of order statistics."""

from __future__ import annotations

import json
import math
import subprocess
import sys

import numpy as np
import pytest
from support.broken import edit
from support.cases import World
from support.cli import ROOT, call, environment
from support.killed import killed_at_first_line
from support.plans import cost, plan_of

from planner.case.studies import Spread
from planner.money import CENT
from planner.study.montecarlo import draws, ranks, summary

HOURS = 8760
SPREADS = (("price:*", 0.2), ("demand:*", 0.1), ("currency:USD", 0.05))


def world(sizes=(40,)) -> World:
    made = World(months=12)
    made.rate("USD", 2027, 4.0)
    made.vendor("a").region("a:x").machine("a:x", "m", 4, 16, 0.05, currency="USD")
    for i, vcpu in enumerate(sizes):
        made.workload(f"w{i}", demand={"vcpu": vcpu, "memory_gib": vcpu})
    return made


def asked(folder, made: World, spreads=SPREADS):
    folder.mkdir(exist_ok=True)
    made.write(folder)
    lines = [""]
    for of, sigma in spreads:
        lines += ["[[montecarlo.spread]]", f"of = {json.dumps(of)}", f"sigma = {sigma}"]
        lines += ['basis = "assumed"', 'source = "test"', "as_of = 2026-01-01"]
    path = folder / "case.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n".join(lines) + "\n", encoding="utf-8")
    return folder


def spreads(*pairs) -> tuple[Spread, ...]:
    from datetime import date

    return tuple(Spread(of, sigma, "assumed", "test", date(2026, 1, 1)) for of, sigma in pairs)


def test_draws_belong_to_the_seed_and_have_mean_one():
    some = spreads(*SPREADS)
    assert draws(some, 10, 1) == draws(some, 20, 1)[:10] != draws(some, 10, 2)
    factors = [
        1 + float(t.split(":")[-1].rstrip("%")) / 100 for t in draws(spreads(("demand:*", 0.2)), 4000, 3)
    ]
    assert np.mean(factors) == pytest.approx(1.0, abs=0.015)
    assert np.std(np.log(factors)) == pytest.approx(0.2, rel=0.05)


def test_a_case_of_one_place_costs_the_product_of_the_factors(tmp_path):
    case, out = asked(tmp_path / "case", world()), tmp_path / "out"
    document = call("montecarlo", case, "--runs", "20", "--seed", "7", "--out", out, "--json").document
    base = cost(plan_of(world()))
    lines = draws(spreads(*SPREADS), 20, 7)
    product = [
        math.prod(1 + float(p.split(":")[-1].rstrip("%")) / 100 for p in t.split(" & ")) for t in lines
    ]
    expected = sorted(base * factor for factor in product)
    assert document["quantiles"][2]["cost"] == pytest.approx(expected[9], abs=2 * CENT)
    assert document["mean"] == pytest.approx(np.mean(expected), abs=2 * CENT)
    assert document["mean_low"] < document["mean"] < document["mean_high"]


def test_a_held_plan_never_costs_less_than_one_made_again(tmp_path):
    made = World(months=12)
    made.vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, 1.0).committed("aa:x:m4", 0.8)
    made.offer("commit_1y").workload("web", demand={"vcpu": 40, "memory_gib": 160})
    case = asked(tmp_path / "case", made, (("demand:*", 0.4),))
    argv = ("montecarlo", case, "--runs", "12", "--json", "--out")
    again, held = call(*argv, tmp_path / "a").document, call(*argv, tmp_path / "b", "--fixed").document
    # Ten are committed: 8.0 an hour, and 1.0 for each machine beyond them.
    for line, row in zip(again["quantiles"], held["quantiles"], strict=True):
        need = line["cost"] / HOURS / 0.8
        assert row["cost"] == pytest.approx(HOURS * (8.0 + max(0.0, need - 10)), abs=0.05)


def test_ranks_are_those_of_the_binomial_distribution():
    """For the median of 10 the second and the ninth: P(B < 2) = P(B ≥ 9) = 11/1024 < 2.5 % < 56/1024."""
    assert ranks(10, 0.5) == (2, 9)
    assert ranks(2, 0.5) == (0, 3)
    low, high = ranks(200, 0.95)
    assert low < 190 < high <= 200


def test_a_draw_without_a_plan_counts_as_dearer_than_any_other(tmp_path):
    found = summary([3.0, None, 1.0, 2.0])
    assert found["without_plan"] == 1 and found["mean"] is None
    assert [q["cost"] for q in found["quantiles"]] == [1.0, 1.0, 2.0, 3.0, None]
    made = world().capacity("a:x", "vcpu", 40)
    case = asked(tmp_path / "case", made, (("demand:*", 0.3),))
    document = call("montecarlo", case, "--runs", "10", "--out", tmp_path / "out", "--json").document
    grown = sum("+" in text for text in draws(spreads(("demand:*", 0.3)), 10, 1))
    assert document["without_plan"] == grown > 0
    said = call("montecarlo", case, "--runs", "10", "--out", tmp_path / "out").out
    assert f"{grown} of 10 draws have no plan; none: beyond all costs," in said
    assert "a draw without a plan counts as dearer than any" in said


def test_a_killed_study_resumes_to_the_same_bytes_in_any_number_of_processes(tmp_path):
    case = asked(tmp_path / "case", world())

    def argv(out: str, keep: str, *more: str) -> list[str]:
        paths = ["--out", str(tmp_path / out), "--keep", str(tmp_path / keep)]
        return [sys.executable, str(ROOT / "cli.py"), "montecarlo", str(case), "--runs", "6", *paths, *more]

    env = environment()
    first = killed_at_first_line(argv("out", "runs"), 100, tmp_path, env)
    assert first == "1 of 6: " and not (tmp_path / "out").exists()
    again = subprocess.run(
        argv("out", "runs", "--jobs", "2"), capture_output=True, text=True, check=True, env=env
    )
    assert "kept from before" in again.stderr and "\x1b" not in again.stderr
    subprocess.run(argv("whole", "other"), capture_output=True, check=True, env=env)
    for name in ("study.json", "montecarlo.csv"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


BROKEN = {
    "kind": ('of = "demand:*"', 'of = "vendor-gone:a"', "vendor-gone:a"),
    "subject": ('of = "demand:*"', 'of = "demand:none"', "demand:none"),
    "twice": ('of = "demand:*"', 'of = "price:*"', "price:*"),
    "sigma": ("sigma = 0.1", "sigma = -0.1", "-0.1"),
    "no source": ('source = "test"', "", "source"),
}


@pytest.mark.parametrize("wrong", BROKEN)
def test_a_broken_spread_is_refused(tmp_path, wrong):
    case = asked(tmp_path / "case", world(), (("price:*", 0.2), ("demand:*", 0.1)))
    before, after, value = BROKEN[wrong]
    at = (case / "case.toml").read_text(encoding="utf-8").index("[[montecarlo")
    edit(case / "case.toml", lambda text: text[:at] + text[at:].replace(before, after))
    said = call("montecarlo", case, "--runs", "2", "--out", tmp_path / "out")
    assert said.code == 5 and "montecarlo.spread" in said.err and value in said.err
    assert not (tmp_path / "out").exists()
