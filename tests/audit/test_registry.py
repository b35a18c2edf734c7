"""Each kind of rule has a schema, a check, fixtures, and what makes the planner obey it."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from planner.audit.fixtures import fixtures_of, try_pack
from planner.audit.registry import KINDS as CHECKS
from planner.catalog.load import shipped
from planner.eligibility import FILTERS
from planner.policy.kinds import KINDS
from planner.policy.load import place_of, read_packs
from planner.policy.rules import Rule

PACKS = sorted(p.stem for p in (shipped() / "policies").glob("*.toml") if "." not in p.stem)


def rules_of(pack: str) -> tuple[Rule, ...]:
    from datetime import date

    rules, problems, _ = read_packs([pack], Path(), {}, date.max, date.max)
    assert not problems
    return rules


def test_each_kind_has_a_schema_and_a_check_and_no_check_is_without_a_kind() -> None:
    assert set(CHECKS) == set(KINDS)
    assert all(kind.parameters and kind.description for kind in KINDS.values())


@pytest.mark.parametrize("name", sorted(KINDS))
def test_what_restricts_a_plan_is_in_the_planner_or_says_that_it_is_not(name: str) -> None:
    kind = KINDS[name]
    if kind.effect == "filter":
        assert (name in FILTERS) == kind.planned
    elif kind.effect == "row" and kind.planned:
        family = importlib.import_module(f"planner.model.families.{name}")
        assert callable(getattr(family, name))
    else:
        assert name not in FILTERS


@pytest.mark.parametrize("pack", PACKS)
def test_the_fixtures_of_a_shipped_pack_hold_and_none_is_missing(pack: str) -> None:
    found = place_of(pack, Path())
    assert isinstance(found, tuple)
    tried, untested = try_pack(rules_of(pack), fixtures_of(found[1]))
    assert [t for t in tried if not t.good] == []
    assert untested == []


def test_each_kind_has_a_fixture_in_some_shipped_pack() -> None:
    used = {rule.kind for pack in PACKS for rule in rules_of(pack)}
    assert used == set(KINDS)


def test_comparisons_come_from_at_least_three_other_regimes() -> None:
    assert len([pack for pack in PACKS if "Comparison" in _title(pack)]) >= 3


def _title(pack: str) -> str:
    return (shipped() / "policies" / f"{pack}.toml").read_text(encoding="utf-8")


def test_a_wrong_fixture_is_found(tmp_path: Path) -> None:
    path = tmp_path / "npci-cap.tests.toml"
    path.write_text('[[fixture]]\nrule = "IN-NPCI-01"\nexpect = "pass"\namounts = { a = 31, b = 69 }\n')
    tried, untested = try_pack(rules_of("npci-cap"), path)
    assert [t.good for t in tried] == [False]
    assert "IN-NPCI-01: a fixture that must fail" in untested
