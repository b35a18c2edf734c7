"""The reference of ``case.toml``: every key that is read stands in it, and every example in it is read."""

from __future__ import annotations

import ast
import tomllib

import pytest
from support.cli import ROOT

from planner.case import settings as settings_module
from planner.case.files import Files
from planner.case.keys import SECTIONS, Section
from planner.case.reader import FILE, Reader
from planner.case.settings import read_settings

EXCLUSIVE = ({"traces"}, {"slices"})
"""Sections that may not stand in one case."""
NAMED = {"rules.ID": 'rules."vendor-share"', "scenario.NAME": "scenario.dearer"}


def header(section: Section) -> str:
    name = section.name
    return section.header.replace(name, NAMED.get(name, name)) if name else ""


def text(
    without: set[str], leave: str = "", replace: tuple[str, str] = ("", ""), extra: str | None = None
) -> str:
    """A ``case.toml`` of all examples; ``leave`` and ``replace`` change one key, ``extra`` is a section's."""
    lines = []
    for section in SECTIONS:
        if section.name in without:
            continue
        lines.append(header(section))
        for key in section.keys:
            path = f"{section.name}.{key.name}".lstrip(".")
            if path == replace[0]:
                lines.append(replace[1])
            elif path not in (leave, "source.url_env"):
                lines.append(key.example)
        if section.name == extra:
            lines.append("no_such_key = 1")
    return "\n".join(lines) + "\n"


def problems_of(tmp_path, content: str):
    (tmp_path / FILE).write_text(content, encoding="utf-8")
    return read_settings(Files(tmp_path))


@pytest.mark.parametrize("without", EXCLUSIVE)
def test_all_examples_together_are_a_case_without_a_fault(tmp_path, without):
    settings, problems = problems_of(tmp_path, text(without))
    assert problems == []
    assert settings.year_begins == 7
    assert settings.robust.weight == 0.3


KEYS = [
    (f"{section.name}.{key.name}".lstrip("."), section, key)
    for section in SECTIONS
    for key in section.keys
    if not section.named
]


@pytest.mark.parametrize(("path", "section", "key"), KEYS, ids=[path for path, *_ in KEYS])
def test_what_is_called_required_is_and_the_rest_is_not(tmp_path, path, section, key):
    without = {"slices"} if section.name == "traces" else {"traces"}
    _, problems = problems_of(tmp_path, text(without, leave=path))
    told = {problem.column for problem in problems}
    # One of two addresses must be given, and only the first is: without it that is what is told.
    assert (path in told) == (not key.default or path == "source.url"), told


@pytest.mark.parametrize(("path", "section", "key"), KEYS, ids=[path for path, *_ in KEYS])
def test_a_value_of_another_type_is_refused(tmp_path, path, section, key):
    without = {"slices"} if section.name == "traces" else {"traces"}
    wrong = f"{key.name} = {{ a = 1 }}"
    _, problems = problems_of(tmp_path, text(without, replace=(path, wrong)))
    assert path in {problem.column for problem in problems}


@pytest.mark.parametrize("section", [s for s in SECTIONS if not s.named], ids=lambda s: s.name or "top")
def test_an_unknown_key_is_refused_in_every_section(tmp_path, section):
    without = {"slices"} if section.name == "traces" else {"traces"}
    _, problems = problems_of(tmp_path, text(without, extra=section.name))
    assert any(problem.column.endswith("no_such_key") for problem in problems)


def test_every_key_that_the_code_asks_for_is_documented(tmp_path, monkeypatch):
    """Recorded while a case that has every section is read, and by the names in the code beside."""
    readers = []

    class Recording(Reader):
        def __init__(self, *given):
            super().__init__(*given)
            readers.append(self)

    monkeypatch.setattr(settings_module, "Reader", Recording)
    for without in EXCLUSIVE:
        problems_of(tmp_path, text(without))
    asked = {f"{path}{key}" for reader in readers for path, keys in reader.asked.items() for key in keys}
    documented = {f"{section.name}.{key.name}".lstrip(".") for section in SECTIONS for key in section.keys}
    documented |= {section.name.split(".")[0] for section in SECTIONS} | {
        section.name for section in SECTIONS
    }
    # Rows of a section within a section are asked for by the last part of their name.
    documented |= {section.name.split(".")[-1] for section in SECTIONS}
    assert asked - documented == set()
    assert len(asked) > 80


METHODS = {"take", "checked", "words", "table", "rows", "names", "number", "_shaped"}


def test_no_key_is_read_behind_the_back_of_the_reference():
    known = {
        part for section in SECTIONS for key in section.keys for part in (*section.name.split("."), key.name)
    }
    for path in sorted((ROOT / "planner" / "case").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name not in METHODS or not isinstance(node.func, (ast.Attribute, ast.Name)):
                continue
            owner = getattr(getattr(node.func, "value", None), "id", "reader")
            if owner != "reader":
                continue
            literals = [
                a.value for a in node.args[:3] if isinstance(a, ast.Constant) and isinstance(a.value, str)
            ]
            keys = [word for word in literals if word and not word.endswith(".")]
            assert not keys or keys[0] in known, (
                f"{path.name}: {keys[0]} is in no section of planner/case/keys.py"
            )


def test_every_key_of_the_examples_is_documented():
    documented = {section.name.split(".")[0]: section for section in SECTIONS if section.name}
    top = {key.name for key in SECTIONS[0].keys}
    for path in sorted((ROOT / "examples").glob("*/case.toml")):
        for name in tomllib.loads(path.read_text(encoding="utf-8")):
            assert name in top or name in documented, f"{path}: {name}"
