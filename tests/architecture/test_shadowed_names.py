"""A module named as a builtin shadows it in its package's ``__init__`` once it has been imported."""

from __future__ import annotations

import ast
import builtins
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = sorted((ROOT / "planner").rglob("__init__.py"))


@pytest.mark.parametrize("init", PACKAGES, ids=lambda path: path.parent.name)
def test_no_package_calls_a_builtin_that_one_of_its_modules_is_named_as(init: Path) -> None:
    modules = {path.stem for path in init.parent.iterdir()}
    called = {
        node.func.id
        for node in ast.walk(ast.parse(init.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not modules & called & set(dir(builtins))
