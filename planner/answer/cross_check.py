"""A second opinion: the PuLP rendering solved by CBC, which shares no code with HiGHS."""

from __future__ import annotations

import pulp
from pulp.apis.coin_api import pulp_cbc_path

from planner.answer.solved import Solved
from planner.errors import PlannerError
from planner.tolerances import SAME_COST


def cbc_objective(solved: Solved) -> float:
    """Objective of a plan's program as CBC finds it, in the case's currency.

    Raises
    ------
    PlannerError
        If CBC finds no optimum.
    """
    problem = solved.pulp
    # The binary that PuLP ships; PULP_CBC_CMD, its own way to it, is deprecated.
    problem.solve(pulp.COIN_CMD(path=pulp_cbc_path, msg=False, threads=1))
    if problem.status != pulp.LpStatusOptimal:
        raise PlannerError(f"CBC found no optimum ({pulp.LpStatus[problem.status]}) where HiGHS did")
    return float(pulp.value(problem.objective)) * solved.model.unit


def cross_check(solved: Solved) -> str:
    """Compare HiGHS's objective with CBC's: a sentence with both.

    Raises
    ------
    PlannerError
        If they differ by more than 1e-6 relative (and the gap allowed with whole numbers), or CBC
        finds no optimum.
    """
    other, ours = cbc_objective(solved), float(solved.plan.run["objective"])
    run = solved.plan.run
    # With whole numbers HiGHS stops within a gap, so CBC may find something that much cheaper.
    allowed = SAME_COST + (float(run["gap_allowed"]) if run["integers"] else 0.0)
    if abs(other - ours) > allowed * max(1.0, abs(ours)):
        raise PlannerError(f"CBC's objective {other:.4f} differs from HiGHS's {ours:.4f}")
    return f"cross-check: CBC {other:,.2f}, HiGHS {ours:,.2f}"
