"""Promises about the shape of the code that no single test of behaviour would notice."""

from __future__ import annotations

import ast
import csv
import re
from pathlib import Path

import pytest

import planner
import planner.model.families
from planner.catalog.load import shipped
from planner.eligibility import FILTERS
from planner.policy.kinds import KINDS

PLANNER = Path(planner.__file__).parent
MODULES = sorted(PLANNER.rglob("*.py"))
LONGEST = 400


def test_every_filter_kind_filters_and_nothing_else_does():
    assert set(FILTERS) == {name for name, kind in KINDS.items() if kind.effect == "filter" and kind.planned}


def test_every_row_kind_is_a_constraint_family():
    families = {path.stem for path in Path(planner.model.families.__file__).parent.glob("*.py")}
    rows = {name for name, kind in KINDS.items() if kind.effect == "row" and kind.planned}
    assert rows <= families, rows - families


def test_every_constraint_family_states_its_equation_units_and_dual():
    folder = Path(planner.model.families.__file__).parent
    lacking = {
        (path.name, word)
        for path in sorted(folder.glob("[!_]*.py"))
        for word in ("Purpose:", "Equation", "Units:", "Keys:", "Dual:")
        if word not in path.read_text(encoding="utf-8")
    }
    assert lacking == set()


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(PLANNER).as_posix())
def test_no_module_is_long(module):
    assert len(module.read_text(encoding="utf-8").splitlines()) <= LONGEST


LONGEST_FUNCTION = 60
LONG = {
    "read_case.py: _tables": 90,
    "checks.py: _check_workloads": 90,
    "load.py: read_tables": 80,
    "settings.py: _settings": 140,
    "propose.py: propose": 80,
    "plan.py: command": 100,
    "why.py: command": 90,
    "write.py: sections": 90,
    "case_text.py: case_text": 80,
}
"""Functions that are longer still, and how long they may be: lines are to go here, never to come."""


def test_no_function_is_long():
    """Lines of a function without its docstring."""
    long = {}
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                words = len((ast.get_docstring(node, clean=False) or "").splitlines())
                lines = (node.end_lineno or 0) - node.lineno + 1 - words
                name = f"{module.name}: {node.name}"
                if lines > LONG.get(name, LONGEST_FUNCTION):
                    long[name] = lines
    assert long == {}


def test_every_module_says_what_it_is_for():
    silent = [m.name for m in MODULES if not ast.get_docstring(ast.parse(m.read_text(encoding="utf-8")))]
    assert silent == []


def vendors():
    """Ids, names and groups of the vendors that ship with the planner."""
    names = set()
    for table in shipped().glob("*/vendors.csv"):
        with table.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                names |= {row["vendor"], row["vendor_group"], *row["name"].split()[:1]}
    return names - {"government", "premises", "Agency", "Government"}


READERS = {"aws.py", "azure.py", "gcp.py", "alibaba.py"}
"""Each reads the list that one vendor publishes, in that vendor's words."""


def test_no_code_names_a_vendor_or_a_country():
    """Both are data. Docstrings may give examples; code may not, but for readers of a vendor's own format."""
    words = {*vendors(), "Malaysia", "Singapore", "Indonesia", "Thailand"}
    named = re.compile(rf"\b({'|'.join(map(re.escape, sorted(words)))})\b", re.IGNORECASE)
    assert named.search("the price of AWS in Malaysia")
    found = []
    for module in MODULES:
        if module.parent.name == "refresh" and module.name in READERS:
            continue
        tree = ast.parse(module.read_text(encoding="utf-8"))
        docs = {id(node.body[0].value) for node in ast.walk(tree) if has_docstring(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                found += [(module.name, node.lineno, node.value)] if named.search(node.value) else []
    assert found == []


def has_docstring(node):
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return isinstance(node, kinds) and ast.get_docstring(node) is not None


def test_what_comes_next_can_be_typed() -> None:
    """``next: …`` names the folder that was given, never a word that stands for one."""
    said = [line for path in sorted((PLANNER / "commands").rglob("*.py"))
            for line in path.read_text(encoding="utf-8").splitlines() if "next: " in line]  # fmt: skip
    assert said and [line for line in said if "CASE" in line] == []
