"""The case's own limits: affinity, moves, ceilings, dependencies; each spoilt, and found by its check."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from audit.small_plan import edit, small_world, where, write
from support.cases import World

from planner.audit.audit import audit
from planner.plan.folder import read_plan, write_manifest

Test = Callable[[dict[str, str]], bool]


def limited_world() -> World:
    """The small world with every limit that a case's own tables may state."""
    world = small_world()
    world.affinity("forbid", "forms", region="north:a").affinity("pin", "portal", region="south:a", value=0.2)
    world.affinity("together", "portal", "forms").affinity("apart", "store", "clinic")
    world.affinity("least_share", "store", value=0.1)
    world.depends("portal", "forms", 300, 15).depends("store", "portal", 100)
    world.today("portal", "south:a").today("forms", "south:a").today("store", "north:a").move_limit(3)
    world.contract("K", "south", discount=0.2, ceiling=50_000, valid_to="2027-03-01")
    world.committed("south:a:m", 0.05).offer("on_demand", "commit_1y")
    return world


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(limited_world(), tmp_path_factory.mktemp("limited"))


@pytest.fixture
def limited(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "plan"))


CHECKS = {"affinity", "moves", "ceiling", "dependencies"}


def test_the_limits_are_judged_and_hold(limited: Path) -> None:
    found = audit(limited)
    assert not found.failed(strict=True)
    assert {f.check for f in found.findings if f.status == "pass"} >= {*CHECKS, "costs"}
    assert sum(f.check == "affinity" for f in found.findings) == 5


def test_a_commitment_that_outlives_its_contract_is_warned_of_and_passes(limited: Path) -> None:
    plan = read_plan(limited)
    assert plan.head["outlived"] == [
        "commit_1y of south:a:m from 2027-01 runs to 2028-01, contract K ends 2027-03-01"
    ]
    late = plan.costs[(plan.costs["term"] == "commitment") & (plan.costs["period"] == "2027-04")]
    assert float(late["discount"].sum()) == pytest.approx(0.2 * float(late["list"].sum()), abs=1e-5)
    assert {f.status for f in audit(limited).findings if f.check == "costs"} == {"pass"}


def table(plan: Path, name: str, **change: str) -> Callable[[Test], object]:
    return lambda test: edit(plan / "inputs" / f"{name}.csv", where(test, **change))


def kind(name: str) -> Test:
    return lambda row: row["kind"] == name


SPOILS: dict[str, tuple[set[str], Callable[[Path], object]]] = {
    "a place forbidden afterwards": (
        {"affinity"},
        lambda p: table(p, "affinity", region="south:a")(kind("forbid")),
    ),
    "a pin raised": ({"affinity"}, lambda p: table(p, "affinity", region="east:a", value="1")(kind("pin"))),
    "one to run beside another": (
        {"affinity"},
        lambda p: table(p, "affinity", other="secret")(kind("together")),
    ),
    "two to run apart": (
        {"affinity"},
        lambda p: table(p, "affinity", workload="portal", other="forms")(kind("apart")),
    ),
    "a least share raised": (
        {"affinity"},
        lambda p: table(p, "affinity", workload="portal", value="1")(kind("least_share")),
    ),
    "a freeze declared": ({"moves"}, lambda p: table(p, "move_limits", amount="0")(lambda r: True)),
    "a ceiling lowered": ({"ceiling"}, lambda p: table(p, "contracts", ceiling="100")(lambda r: True)),
    "a discount raised": (
        {"costs", "counted", "due", "egress-recorded"},
        lambda p: table(p, "contracts", discount="0.3")(lambda r: True),
    ),
    "a dependency turned to one that is far away": (
        {"dependencies", "costs"},
        lambda p: table(p, "dependencies", latency_ms="1", to_workload="secret")(
            lambda r: r["from_workload"] == "portal"
        ),
    ),
    "more data between workloads": (
        {"costs"},
        lambda p: table(p, "dependencies", gib_per_month="5000")(lambda r: r["from_workload"] == "store"),
    ),
}


@pytest.mark.parametrize("name", SPOILS)
def test_exactly_the_matching_check_fires(name: str, limited: Path) -> None:
    expected, spoil = SPOILS[name]
    spoil(limited)
    write_manifest(limited)
    assert {f.rule or f.check for f in audit(limited).findings if f.status == "fail"} == expected
