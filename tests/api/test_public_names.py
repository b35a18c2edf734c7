"""The names of ``import planner``: all there, lazy, the same for type checkers, none hiding a package."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import planner
from planner import errors

HERE = Path(planner.__file__).parent
ASKED = {
    "read_case", "plan_case", "read_plan", "write_plan", "audit_plan", "explain_case", "why", "compare_plans",
    "frontier", "alternatives", "breakeven", "exit_cost", "commit_advice", "stress", "robust", "montecarlo",
    "round_trip", "Case", "Plan",
}  # fmt: skip


def test_what_is_exported_is_there_and_nothing_else_is():
    assert set(planner.__all__) >= ASKED
    assert sorted(planner.__all__) == planner.__all__ and set(planner.__all__) <= set(dir(planner))
    for name in planner.__all__:
        assert getattr(planner, name) is not None
    with pytest.raises(AttributeError, match="frontiers"):
        _ = planner.frontiers


def test_no_name_is_that_of_a_package_or_module():
    modules = {
        path.stem for path in HERE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    assert modules.isdisjoint(planner.__all__)


def test_every_error_a_user_can_meet_is_exported():
    raised = {n for n, v in vars(errors).items() if inspect.isclass(v) and issubclass(v, errors.PlannerError)}
    assert raised | {"Issue"} <= set(planner.__all__)


def test_type_checkers_are_told_the_same():
    tree = ast.parse((HERE / "__init__.pyi").read_text(encoding="utf-8"))
    stub = {
        (name.asname or name.name): f"{node.module}:{name.name}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module != "typing"
        for name in node.names
    }
    assert {*stub, "__version__"} == set(planner.__all__)
    for name, place in stub.items():
        module, attribute = place.split(":")
        assert getattr(planner, name) is getattr(sys.modules[module], attribute), name
    assert (HERE / "py.typed").is_file()


def test_public_functions_are_described():
    silent = [n for n in planner.__all__ if n != "__version__" and not inspect.getdoc(getattr(planner, n))]
    assert silent == []


def test_importing_the_package_imports_nothing_heavy():
    heavy = {"numpy", "pandas", "highspy", "click", "tomlkit"}
    code = f"import sys, planner; print(sorted({heavy!r} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
