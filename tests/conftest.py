"""Options and settings that all tests share.

``pytest --update-golden`` writes the files of ``tests/golden`` anew; look at the difference before
committing it. ``--slow`` also runs what is marked slow; ``--fuzz 5000`` spoils so many documents and tables
instead of a few.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from support import depth


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Write the golden files anew.")
    parser.addoption("--slow", action="store_true", help="Run what is marked slow, too.")
    parser.addoption("--fuzz", type=int, help="How many documents and tables to spoil.")


def pytest_configure(config: pytest.Config) -> None:
    depth.thorough = bool(config.getoption("--slow"))
    settings.register_profile(
        "planner",
        max_examples=depth.cases(10),
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("planner")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--slow"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="runs with --slow"))


@pytest.fixture
def fuzz_count(request: pytest.FixtureRequest) -> int:
    """How many documents and tables a fuzzing test spoils."""
    asked = request.config.getoption("--fuzz")
    return 200 if asked is None else int(asked)


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written instead of compared."""
    return bool(request.config.getoption("--update-golden"))
