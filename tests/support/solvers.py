"""CBC, as PuLP ships it: a solver that shares no code with HiGHS."""

from __future__ import annotations

from typing import Any

import pulp
from pulp.apis.coin_api import pulp_cbc_path


def solve_with_cbc(problem: Any) -> float | None:
    """The objective of a PuLP problem, or None when it has no solution."""
    problem.solve(pulp.COIN_CMD(path=pulp_cbc_path, msg=False, threads=1))
    if problem.status == pulp.LpStatusInfeasible:
        return None
    assert problem.status == pulp.LpStatusOptimal, pulp.LpStatus[problem.status]
    return float(pulp.value(problem.objective) or 0.0)
