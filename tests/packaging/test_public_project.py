"""The habits of a public project: files that say the same as the code."""

from __future__ import annotations

import re
import tomllib

import pytest
from support.cli import ROOT

from planner import __version__

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_the_citation_is_of_this_version_and_licence():
    citation = (ROOT / "CITATION.cff").read_text()
    assert f"version: {__version__}" in citation
    assert f"license: {PROJECT['license']}" in citation


def test_ci_runs_what_a_user_runs_on_every_python_that_is_promised():
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    assert "- run: .ci/run" in workflow
    oldest = PROJECT["requires-python"].removeprefix(">=")
    assert f'"{oldest}"' in workflow


def test_the_container_runs_without_root_from_the_lock():
    text = (ROOT / "Containerfile").read_text()
    users = re.findall(r"^USER (\S+)", text, re.MULTILINE)
    assert users
    assert users[-1] not in ("root", "0")
    assert "--require-hashes -r requirements.lock" in text
    for name, version in re.findall(r"(hatchling|editables)==([\w.]+)", text):
        assert f"{name}=={version}" in (ROOT / "requirements-dev.lock").read_text()


@pytest.mark.parametrize("tool", ["ruff format", "ruff check", "mypy", "lint-imports"])
def test_hooks_are_the_checks_of_make_lint(tool):
    assert f"entry: .venv/bin/{tool}" in (ROOT / ".pre-commit-config.yaml").read_text()
    assert tool.split()[0] in (ROOT / "Makefile").read_text()


def test_security_says_what_uses_the_network():
    text = (ROOT / "SECURITY.md").read_text()
    assert "planner catalog refresh" in text
    assert "--cluster" in text
