"""Plans that the audit's tests share: solved once, copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from audit.small_plan import small_world, write


@pytest.fixture(scope="session")
def solved_plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small plan; nobody may change it."""
    return write(small_world(), tmp_path_factory.mktemp("small"))


@pytest.fixture
def plan(solved_plan: Path, tmp_path: Path) -> Path:
    """A copy of the small plan to spoil."""
    return Path(shutil.copytree(solved_plan, tmp_path / "plan"))
