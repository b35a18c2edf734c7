"""Commands on plan folders that nobody vouches for: what makes no sense there is bad input, no crash."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

_SPOILT = (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError, RecursionError)
"""What a figure, date or entry raises that is not what plans hold."""


def of_plans(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command end as with bad input where it meets what no plan holds.

    Its arguments tell the folders. What their manifests tell of them is said: what was changed is then known;
    where nothing was, the fault may be the planner's own, which ``PLANNER_DEBUG=1`` shows.
    """

    @functools.wraps(command)
    def guarded(**arguments: Any) -> Any:
        try:
            return command(**arguments)
        except _SPOILT as error:
            paths = [path for value in arguments.values() for path in _paths(value)]
            if os.environ.get("PLANNER_DEBUG") or not paths:
                raise
            from planner.errors import BadInput, Issue
            from planner.plan.folder import not_as_written

            kind = type(error).__name__
            mend = "Write the plan again with planner plan."
            changes = [(path, not_as_written(path)) for path in paths]
            problems = [
                Issue(path.name, 0, "", "", f"cannot be read as a plan ({kind}): it holds {what}", mend)
                for path, what in changes
                if what
            ]
            mend = "Write it again with planner plan; if that gives the same, it is a fault of the planner."
            problems = problems or [
                Issue(path.name, 0, "", "", f"holds what no plan does ({kind})", mend) for path in paths
            ]
            raise BadInput(problems) from None

    return guarded


def _paths(value: object) -> list[Path]:
    """Plan folders among the values of an argument."""
    values = value if isinstance(value, tuple) else (value,)
    return [path for path in values if isinstance(path, Path) and (path / "plan.json").is_file()]
