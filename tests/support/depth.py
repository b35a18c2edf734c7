"""How many cases a random test draws: few in every run, many with ``--slow``."""

from __future__ import annotations

TIMES = 10
"""So many times the usual number of cases with ``--slow``."""

thorough = False
"""Whether ``--slow`` was asked for; set before tests are imported."""


def cases(quick: int) -> int:
    """Number of cases to draw.

    >>> cases(4)
    4
    """
    return quick * TIMES if thorough else quick
