"""A pack extends another: it may make rules stricter and add its own, and loosen nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from planner.errors import Issue
from planner.policy.load import read_packs
from planner.policy.rules import Rule

HEAD = 'schema = 1\ntitle = "t"\n'
RULE = {
    "id": '"CAP"',
    "kind": '"vendor_share"',
    "title": '"t"',
    "severity": '"hard"',
    "confidence": '"B"',
    "instrument": '"i"',
    "clause": '"c"',
    "date": '"2026-01-01"',
    "valid_from": "2026-01-01",
    "waivable": "false",
    "fix": '"f"',
    "parameters": '{ cap = 0.4, basis = "spend" }',
}
HOME = {
    **RULE,
    "id": '"HOME"',
    "kind": '"residency"',
    "parameters": '{ countries = ["MY", "SG"], roles = ["primary"] }',
    "select": '{ workload.classification = ["rasmi"] }',
}


def pack(folder: Path, name: str, *rules: dict[str, str], extends: str = "") -> str:
    """Write a pack and return its name in a case."""
    text = HEAD + (f"extends = [{extends}]\n" if extends else "")
    text += "".join("[[rule]]\n" + "".join(f"{k} = {v}\n" for k, v in rule.items()) for rule in rules)
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return f"./{name}.toml"


def read(folder: Path, *names: str) -> tuple[dict[str, Rule], list[Issue]]:
    rules, problems, _ = read_packs(names, folder, {}, date(2026, 11, 23), date(2026, 11, 23))
    return {rule.id: rule for rule in rules}, problems


def test_a_pack_brings_the_rules_of_the_pack_it_extends(tmp_path: Path) -> None:
    pack(tmp_path, "base", RULE, HOME)
    own = pack(tmp_path, "own", {**RULE, "id": '"MORE"'}, extends='"./base.toml"')
    rules, problems = read(tmp_path, own)
    assert problems == []
    assert set(rules) == {"CAP", "HOME", "MORE"}


STRICTER = {
    "a lower cap": (RULE, {"parameters": '{ cap = 0.3, basis = "spend" }'}),
    "the same rule": (RULE, {}),
    "fewer countries": (HOME, {"parameters": '{ countries = ["MY"], roles = ["primary"] }'}),
    "more roles": (HOME, {"parameters": '{ countries = ["MY", "SG"], roles = ["primary", "backup"] }'}),
    "sovereign besides": (
        HOME,
        {"parameters": '{ countries = ["MY", "SG"], roles = ["primary"], sovereign = true }'},
    ),
    "more workloads": (HOME, {"select": '{ workload.classification = ["rasmi", "sulit"] }'}),
    "everybody": (HOME, {"select": "{ }"}),
    "earlier": (RULE, {"valid_from": "2025-01-01"}),
}


@pytest.mark.parametrize("name", STRICTER)
def test_a_rule_may_be_made_stricter(name: str, tmp_path: Path) -> None:
    rule, change = STRICTER[name]
    pack(tmp_path, "base", rule)
    own = pack(tmp_path, "own", {**rule, **change}, extends='"./base.toml"')
    rules, problems = read(tmp_path, own)
    assert problems == []
    assert len(rules) == 1
    assert next(iter(rules.values())).pack == own


LOOSER = {
    "a higher cap": (RULE, {"parameters": '{ cap = 0.41, basis = "spend" }'}, "parameters.cap"),
    "another basis": (RULE, {"parameters": '{ cap = 0.4, basis = "critical" }'}, "parameters.basis"),
    "a country more": (
        HOME,
        {"parameters": '{ countries = ["MY", "SG", "TH"], roles = ["primary"] }'},
        "parameters.countries",
    ),
    "a role less": (
        HOME,
        {"parameters": '{ countries = ["MY", "SG"], roles = ["backup"] }'},
        "parameters.roles",
    ),
    "fewer workloads": (
        HOME,
        {"select": '{ workload.classification = ["rasmi"], agency.level = ["state"] }'},
        "select.agency.level",
    ),
    "others": (HOME, {"select": '{ workload.classification = ["sulit"] }'}, "select.workload.classification"),
    "a warning only": (RULE, {"severity": '"warn"'}, "severity"),
    "to be waived": (RULE, {"waivable": "true"}, "waivable"),
    "to be set by a case": (RULE, {"is_parameter": "true", "benchmark": '"b"'}, "is_parameter"),
    "to be adopted first": (RULE, {"confidence": '"D"'}, "confidence"),
    "later": (RULE, {"valid_from": "2027-01-01"}, "valid_from"),
    "not for ever": (RULE, {"valid_to": "2028-01-01"}, "valid_to"),
    "another kind": (
        RULE,
        {"kind": '"minimum_share"', "parameters": '{ floor = 0.4, of = "domestic", basis = "spend" }'},
        "kind",
    ),
}


@pytest.mark.parametrize("name", LOOSER)
def test_a_rule_may_not_be_loosened(name: str, tmp_path: Path) -> None:
    rule, change, column = LOOSER[name]
    pack(tmp_path, "base", rule)
    own = pack(tmp_path, "own", {**rule, **change}, extends='"./base.toml"')
    _, problems = read(tmp_path, own)
    assert column in {p.column.split(".", 1)[1] for p in problems}


def test_superseding_a_rule_of_the_base_may_not_loosen_it_either(tmp_path: Path) -> None:
    pack(tmp_path, "base", RULE)
    changed = {
        **RULE,
        "id": '"CAP-2"',
        "supersedes": '["CAP"]',
        "parameters": '{ cap = 0.9, basis = "spend" }',
    }
    own = pack(tmp_path, "own", changed, extends='"./base.toml"')
    assert {p.column for p in read(tmp_path, own)[1]} == {"CAP-2.parameters.cap"}


def test_two_packs_that_do_not_extend_each_other_may_not_share_an_id(tmp_path: Path) -> None:
    names = pack(tmp_path, "one", RULE), pack(tmp_path, "two", RULE)
    assert [p.problem for p in read(tmp_path, *names)[1]] == ["appears twice"]


def test_packs_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    pack(tmp_path, "one", RULE, extends='"./two.toml"')
    two = pack(tmp_path, "two", HOME, extends='"./one.toml"')
    assert "extends itself through other packs" in {p.problem for p in read(tmp_path, two)[1]}


def test_a_base_that_does_not_exist_is_a_problem(tmp_path: Path) -> None:
    own = pack(tmp_path, "own", RULE, extends='"./gone.toml"')
    assert [p.file for p in read(tmp_path, own)[1]] == ["gone.toml"]


def test_a_rule_is_checked_once_however_often_its_pack_is_named(tmp_path: Path) -> None:
    base = pack(tmp_path, "base", RULE)
    own = pack(tmp_path, "own", HOME, extends='"./base.toml"')
    rules, problems = read(tmp_path, base, own)
    assert problems == []
    assert set(rules) == {"CAP", "HOME"}
