"""The notebooks of examples/: every cell runs, and only public names are used."""

from __future__ import annotations

import ast

import nbformat
import pytest
from nbclient import NotebookClient
from support.cli import ROOT

import planner

FOLDER = ROOT / "examples"
NOTEBOOKS = sorted(path.stem for path in FOLDER.glob("*.ipynb"))
PACKAGES = {"planner", "pandas", "matplotlib.pyplot", "pathlib", "tempfile"}


def read(name: str) -> nbformat.NotebookNode:
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def executed(name: str) -> str:
    """All that the cells of a notebook print and show, as text."""
    notebook = read(name)
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": FOLDER}}
    ).execute()
    shown = []
    for output in (output for cell in notebook.cells for output in cell.get("outputs", ())):
        shown.append(output.get("text", "") or "".join(map(str, output.get("data", {}).values())))
        shown.append("PICTURE" if "image/png" in output.get("data", {}) else "")
    return "\n".join(shown)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_uses_what_is_public_and_is_kept_without_output(name):
    cells = [cell for cell in read(name).cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in cells)
    for node in ast.walk(ast.parse("\n".join(cell.source for cell in cells))):
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= PACKAGES
        if isinstance(node, ast.ImportFrom):
            assert node.module in PACKAGES
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "planner"
        ):
            assert node.attr in planner.__all__


@pytest.mark.slow
def test_a_first_plan_is_compared_and_drawn():
    shown = executed("first-plan")
    assert "cap 60 %" in shown
    assert "rules.vendor-share.cap" in shown
    assert "PICTURE" in shown


def test_what_was_changed_by_hand_is_found():
    shown = executed("audit-a-plan")
    for check in ("manifest", "enough", "costs", "moves-recorded"):
        assert f"'{check}'" in shown
