"""``planner generate``: a larger case drawn from one that exists."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.cli import process

from planner import read_case
from planner.errors import BadInput
from planner.planning import solve
from planner.start.generate import generate_case, generated

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
QUARTERS = EXAMPLES.parent / "benchmarks" / "cases" / "national-quarters"


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "example", ["vendor-cap", "capacity-binds", "commitment-depth", "exit-limit", "budget", "residency"]
)
def test_two_equal_draws_of_each_system_cost_twice(example: str) -> None:
    """By hand: with limits twice as wide, two copies of every system cost twice what one costs."""
    case = read_case(EXAMPLES / example).with_settings({"units.whole": False})
    twice = generated(case, 2 * len(case.workloads), seed=3, spread=0)
    costs = [solve(one, gap=1e-9).plan.head["objective"] for one in (case, twice)]
    assert costs[1] == pytest.approx(2 * costs[0], rel=1e-6)


def test_the_same_seed_gives_the_same_bytes_and_another_other_sizes(tmp_path: Path) -> None:
    folders = []
    for name, seed in (("first", 5), ("again", 5), ("other", 6)):
        folders.append(tmp_path / name / "case")
        generate_case(QUARTERS, folders[-1], 100, seed)
    first, again, other = map(content, folders)
    assert first == again
    assert first["demand.csv"] != other["demand.csv"]


def test_sizes_of_the_draws_of_a_system_have_its_mean() -> None:
    case = read_case(QUARTERS)
    larger = generated(case, 3 * len(case.workloads), seed=1)
    assert larger.settings.synthetic
    assert len(larger.workloads) == 3 * len(case.workloads)
    before, after = (one.frames["demand"].groupby("resource")["amount"].sum() for one in (case, larger))
    for resource, amount in before.items():
        assert after[resource] == pytest.approx(3 * amount, rel=1e-6), resource
    assert larger.capacity["amount"].sum() == pytest.approx(3 * case.capacity["amount"].sum())


def test_systems_that_depend_on_one_another_do_so_draw_by_draw() -> None:
    case = read_case(EXAMPLES / "national-full")
    larger = generated(case, 2 * len(case.workloads), seed=1)
    before, after = case.frames["dependencies"], larger.frames["dependencies"]
    assert len(after) == 2 * len(before) > 0
    draws = [after[name].str.rsplit("-", n=1).str[1] for name in ("from_workload", "to_workload")]
    assert (draws[0] == draws[1]).all()


def test_what_is_out_of_range_is_told_all_at_once() -> None:
    with pytest.raises(BadInput) as error:
        generated(read_case(EXAMPLES / "vendor-cap"), 0, seed=-1, spread=9)
    assert sorted(problem.column for problem in error.value.problems) == ["seed", "spread", "workloads"]


def test_the_command_writes_a_case_that_checks_and_nothing_over_another(tmp_path: Path) -> None:
    asked = ("generate", "big", "--from", str(EXAMPLES / "vendor-cap"), "--workloads", "7")
    made = process(*asked, cwd=tmp_path)
    assert made.code == 0, made.err
    assert "7 systems" in made.out
    assert process("check", "big", cwd=tmp_path).code == 0
    assert process(*asked, cwd=tmp_path).code == 2
