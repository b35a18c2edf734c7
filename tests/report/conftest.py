"""The plan of :mod:`sample_plan`, drawn once for all tests that only look at it."""

from __future__ import annotations

from pathlib import Path

import pytest
import sample_plan

from planner.report.write import write_report


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the sample plan."""
    folder = tmp_path_factory.mktemp("report")
    write_report(sample_plan.plan(), sample_plan.background(), folder)
    return folder
