"""The recipes of CONTRIBUTING.md: what they name is there, and what they promise of names holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from planner.audit.formats import FORMATS
from planner.audit.registry import KINDS as CHECKED
from planner.commands import COMMANDS
from planner.exports.formats import FORMS
from planner.filters import FILTERS
from planner.model.build import TERMS
from planner.model.columns import COLUMNS
from planner.model.families import FAMILIES
from planner.policy.kinds import KINDS

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"\*\*(Add [^*]+)\.\*\* ((?:.+\n)+)", TEXT))


def test_there_is_a_recipe_for_whatever_is_added_again_and_again():
    wanted = {
        "a constraint family", "a kind of rule", "an objective term", "a family of columns", "a command",
        "a table or a column to a plan", "an entry to `plan.json`", "an output format",
    }  # fmt: skip
    assert {f"Add {what}" for what in wanted} <= set(RECIPES)


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_file_that_a_recipe_names_is_there(recipe):
    named = re.findall(r"`((?:planner|tests|docs|examples|catalogs)/[^`\s]*)`", RECIPES[recipe])
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_a_family_is_the_function_of_its_file_and_one_line():
    for family in FAMILIES:
        assert family.build.__module__ == f"planner.model.families.{family.name}"
    assert len({family.name for family in FAMILIES}) == len(FAMILIES)


def test_a_kind_of_rule_is_a_filter_or_a_family_of_its_name_and_has_a_check():
    families = {family.name for family in FAMILIES}
    for name, kind in KINDS.items():
        assert name in CHECKED
        if kind.planned and kind.effect in ("filter", "row"):
            assert name in (FILTERS if kind.effect == "filter" else families)
    swept = {family.name for family in FAMILIES if family.number is not None}
    assert swept <= {name for name, kind in KINDS.items() if kind.effect == "row"}


def test_terms_columns_formats_and_commands_are_named_once():
    for names in ([t.__name__ for t in TERMS], [c.name for c in COLUMNS], list(FORMATS), list(FORMS)):
        assert len(set(names)) == len(names)
    files = {path.stem.rstrip("_").replace("_", "-") for path in (ROOT / "planner" / "commands").iterdir()}
    assert set(COMMANDS) <= files
