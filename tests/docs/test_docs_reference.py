"""The pages of reference: up to date, whole, and every example in them is one that the planner reads."""

from __future__ import annotations

import re
import sys

import pytest
from support.cli import ROOT

from planner.policy.fields import NOTICE_FIELDS, PACK_FIELDS, RULE_FIELDS
from planner.policy.kinds import KINDS
from planner.policy.notices import Notice
from planner.policy.pack import read_pack_file
from planner.policy.rules import Rule

sys.path.append(str(ROOT / "docs"))
import reference

PAGES = {"tables.md": reference.tables_page, "case.md": reference.case_page, "packs.md": reference.packs_page}


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_the_schemas_say(name):
    assert page(name) == PAGES[name](), "run: make docs"


def test_no_column_and_no_field_is_without_an_example():
    rows = [line for name in PAGES for line in page(name).splitlines() if line.startswith("| `")]
    assert len(rows) > 300
    assert [row for row in rows if "``" in row or row.rstrip().endswith("|  |")] == []


def test_every_kind_of_rule_has_an_example():
    text = page("tables.md")
    for kind in KINDS:
        part = text.split(f"### {kind} (")[1].split("\n### ")[0]
        assert f'kind = "{kind}"' in part


def pack(leave: str = "") -> str:
    lines = [f.example for f in PACK_FIELDS if f.type is not list or f.name == "classes"]
    for header, fields in (("[[rule]]", RULE_FIELDS), ("[[notice]]", NOTICE_FIELDS)):
        lines += [header]
        for field in fields:
            if f"{header}.{field.name}" != leave:
                lines += [field.example, 'parameters.roles = ["primary"]'][: 1 + (field.name == "parameters")]
    return "\n".join(lines) + "\n"


def test_all_fields_together_are_a_pack_without_a_fault(tmp_path):
    (tmp_path / "ours.toml").write_text(pack(), encoding="utf-8")
    made, problems = read_pack_file(tmp_path / "ours.toml", "ours.toml", "ours")
    assert problems == []
    assert (len(made.rules), len(made.notices)) == (1, 1)


@pytest.mark.parametrize(
    ("header", "field"),
    [(h, f) for h, fields in (("[[rule]]", RULE_FIELDS), ("[[notice]]", NOTICE_FIELDS)) for f in fields],
    ids=lambda value: getattr(value, "name", value),
)
def test_what_is_called_required_is_and_the_rest_is_not(tmp_path, header, field):
    (tmp_path / "ours.toml").write_text(pack(leave=f"{header}.{field.name}"), encoding="utf-8")
    _, problems = read_pack_file(tmp_path / "ours.toml", "ours.toml", "ours")
    told = [p for p in problems if p.column.split(".")[-1] == field.name and p.problem == "is missing"]
    assert bool(told) == field.required


def test_a_rule_and_a_notice_hold_what_is_read():
    """Beside what a case makes of a rule, every attribute of it is a field of the pack."""
    of_a_case = {
        "declared_severity",
        "standing",
        "superseded_by",
        "pack",
        "adopted_by",
        "adopted_on",
        "reference",
    }
    assert set(Rule.__dataclass_fields__) - of_a_case == {field.name for field in RULE_FIELDS}
    assert set(Notice.__dataclass_fields__) == {field.name for field in NOTICE_FIELDS}


def test_the_pages_name_every_table_that_is_linked():
    for target in re.findall(r"\]\(([\w-]+\.md)(?:#[\w-]+)?\)", "".join(page(name) for name in PAGES)):
        assert (ROOT / "docs" / target).is_file(), target
