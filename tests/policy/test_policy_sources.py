"""Each row of the collected sources is a rule of a shipped pack, or is left out for a stated reason."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from planner.catalog.load import shipped
from planner.policy.load import read_packs
from planner.policy.rules import Rule

with (Path(__file__).parent / "source_rows.csv").open(encoding="utf-8", newline="") as stream:
    ROWS = list(csv.DictReader(stream))

FEDERAL = {"federal", "statutory"}
CIRCULARS = ("MY-CLS-02", "MY-CLS-03", "MY-CLS-03-CONSULTATION", "MY-CLS-04", "MY-PRC-01", "MY-PRC-02",
             "MY-PRC-02-STUDY", "MY-PRC-03")  # fmt: skip


@pytest.fixture(scope="module")
def rules() -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    for pack in sorted(p.stem for p in (shipped() / "policies").glob("*.toml") if "." not in p.stem):
        read, problems, _ = read_packs([pack], Path(), {}, date.max, date.max)
        assert not problems
        found |= {rule.id: rule for rule in read}
    return found


def test_the_list_holds_every_source_row_once() -> None:
    assert len(ROWS) == 64
    assert len({row["source"] for row in ROWS}) == 64


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["source"])
def test_a_source_row_is_a_rule_or_is_left_out_for_a_reason(
    row: dict[str, str], rules: dict[str, Rule]
) -> None:
    assert bool(row["rules"]) != bool(row["reason"])
    for name in row["rules"].split():
        assert name in rules
        if name == row["source"]:
            assert rules[name].confidence in row["confidence"]


def test_a_malaysian_rule_stands_on_a_source_row_or_is_a_parameter(rules: dict[str, Rule]) -> None:
    named = {name for row in ROWS for name in row["rules"].split()}
    loose = {r.id for r in rules.values() if r.id not in named and not r.is_parameter}
    assert not {name for name in loose if name.startswith(("MY-", "STATE-"))}


@pytest.mark.parametrize("name", CIRCULARS)
def test_a_federal_circular_binds_federal_agencies_only(name: str, rules: dict[str, Rule]) -> None:
    assert set(rules[name].select["agency"]["level"]) <= FEDERAL


def test_what_rests_on_a_weak_source_says_so(rules: dict[str, Rule]) -> None:
    weak = [r for r in rules.values() if r.confidence in "CD" and not r.is_parameter]
    assert weak
    for rule in weak:
        if rule.declared_severity == "hard":
            assert "to be verified" in rule.label() or "not adopted" in rule.label()
