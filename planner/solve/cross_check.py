"""A second opinion: the PuLP rendering solved by CBC."""

from __future__ import annotations

import pulp

from planner.errors import PlannerError
from planner.model.render_pulp import render_pulp
from planner.solve.solve import Solved

TOLERANCE = 1e-6


def cross_check(solved: Solved) -> str:
    """Solve the program with CBC and compare the objectives.

    Returns
    -------
    A sentence with both objectives.

    Raises
    ------
    PlannerError
        If CBC finds no optimum, or one that differs by more than 1e-6 relative.
    """
    problem = render_pulp(solved.model)
    problem.solve(pulp.PULP_CBC_CMD(msg=False, threads=1))
    if problem.status != pulp.LpStatusOptimal:
        raise PlannerError(f"CBC found no optimum ({pulp.LpStatus[problem.status]}) where HiGHS did")
    other = float(pulp.value(problem.objective)) * solved.model.unit
    ours = solved.outcome.objective * solved.model.unit
    if abs(other - ours) > TOLERANCE * max(1.0, abs(ours)):
        raise PlannerError(f"CBC's objective {other:.4f} differs from HiGHS's {ours:.4f}")
    return f"cross-check: CBC {other:,.2f}, HiGHS {ours:,.2f}"
