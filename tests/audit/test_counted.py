"""What counts of commitments in shares of spend: judged exactly, and spoilt values found."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from audit.small_plan import edit, small_world, where, write
from support.cases import World

from planner.audit.audit import audit
from planner.plan.folder import read_plan, write_manifest


def committed_world() -> World:
    """Two years in quarters, day and night, held and bought commitments, contracts that end on the way."""
    world = small_world()
    world.periods = 8
    world.slices = {"day": 0.4, "night": 0.6}
    world.load("portal", day=1, night=0.5).load("forms", day=1, night=0.25)
    world.committed("own:room:m", 0.1).committed("south:a:m", 0.05).committed("north:b:m", 0.1)
    world.committed("south:a:m", 0.04, years=3).offer("on_demand", "commit_1y", "commit_3y", tail_credit=0.5)
    world.held("south:a:m", 3, "2026-10").held("south:a:m", 2, "2025-10", years=3)
    world.contract("K", "south", discount=0.2, margin=0.05, tax=0.06, valid_to="2027-09-01")
    world.contract("N", "north", discount=0.1, valid_from="2027-04-01", valid_to="2028-03-01")
    return world


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(committed_world(), tmp_path_factory.mktemp("committed"))


@pytest.fixture
def committed(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "plan"))


def failed(plan: Path) -> set[str]:
    write_manifest(plan)
    return {f.rule or f.check for f in audit(plan).findings if f.status == "fail"}


def test_shares_of_a_plan_with_commitments_are_judged_exactly(committed: Path) -> None:
    found = audit(committed)
    assert not found.failed(strict=True)
    assert found.counts()["not checked"] == 0
    assert {f.status for f in found.findings if f.rule == "SPEND"} == {"pass"}
    plan = read_plan(committed)
    assert set(plan.pools["workload"]) == {"secret", "portal", "store", "forms", "clinic"}
    idle = plan.purchases["units"] - plan.purchases["used"]
    assert float(idle.max()) > 0  # forms and portal sleep at night


def test_a_plan_without_commitments_has_no_such_columns(plan: Path) -> None:
    assert "counted" not in (plan / "costs.csv").read_text(encoding="utf-8").splitlines()[0]
    assert "used" not in (plan / "purchases.csv").read_text(encoding="utf-8").splitlines()[0]
    assert not (plan / "pools.csv").exists()


def of_term(term: str) -> Callable[[dict[str, str]], bool]:
    return lambda row: row["term"] == term


def used_at(region: str) -> Callable[[dict[str, str]], bool]:
    return lambda row: row["term"] == "commitment used" and row["region"] == region


def scaled(factor: float) -> Callable[[str], str]:
    return lambda cell: repr(float(cell) * factor)


SPOILS: dict[str, tuple[set[str], Callable[[Path], object]]] = {
    "what counts lowered by a thousandth": (
        {"counted"},
        lambda p: edit(p / "costs.csv", where(used_at("own:room"), counted=scaled(0.999))),
    ),
    "what counts raised": (
        {"counted", "shares-recorded"},
        lambda p: edit(p / "costs.csv", where(used_at("south:a"), counted=scaled(1.001))),
    ),
    "an idle commitment counted": (
        {"costs"},
        lambda p: edit(p / "costs.csv", where(of_term("commitment held"), counted="0.5")),
    ),
    "a machine on demand not counted": (
        {"costs", "shares-recorded"},
        lambda p: edit(p / "costs.csv", where(of_term("compute"), counted=scaled(0.999))),
    ),
    "used and counted lowered together": (
        {"counted", "shares-recorded", "SPEND"},
        lambda p: (
            edit(p / "costs.csv", where(of_term("commitment used"), counted=scaled(0.99))),
            edit(p / "purchases.csv", where(lambda r: r["term"].startswith("commit"), used=scaled(0.99))),
        ),
    ),
    "more used than bought": (
        {"counted"},
        lambda p: edit(p / "purchases.csv", where(of_term("commit_1y"), used="1000")),
    ),
    "bought on demand and idle": (
        {"counted"},
        lambda p: edit(p / "purchases.csv", where(of_term("on_demand"), used=scaled(0.5))),
    ),
    "a pool that its workload does not fit": (
        {"owners"},
        lambda p: edit(
            p / "pools.csv", where(lambda r: r["workload"] == "secret", pool="mof/vm/any/rasmi/public")
        ),
    ),
}


@pytest.mark.parametrize("name", SPOILS)
def test_exactly_the_matching_checks_fire(name: str, committed: Path) -> None:
    expected, spoil = SPOILS[name]
    spoil(committed)
    assert failed(committed) == expected
