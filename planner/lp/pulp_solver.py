"""PuLP's way into :class:`~planner.lp.problem.Problem`: a small solver class.

PuLP's own HiGHS interface maps a time limit to "optimal" and reports zero duals on programs with
integers; this one passes on HiGHS's own status.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pulp

from planner.lp.arrays import Arrays
from planner.lp.outcome import Outcome, Status
from planner.lp.policy import PLANNING, SolvePolicy
from planner.lp.problem import Problem

_PULP_STATUS = {
    Status.OPTIMAL: pulp.LpStatusOptimal,
    Status.INFEASIBLE: pulp.LpStatusInfeasible,
    Status.UNBOUNDED: pulp.LpStatusUnbounded,
    Status.STOPPED: pulp.LpStatusNotSolved,
}


class HighsByArrays(pulp.LpSolver):  # type: ignore[misc]
    """Solve a PuLP problem with HiGHS through arrays.

    Parameters
    ----------
    columns
        Names of all columns in the order of the arrays. PuLP sorts by name and forgets columns
        that no row uses; this restores the order of the model.
    policy
        How far to solve.

    Attributes
    ----------
    outcome
        What came back, in the order of ``columns``.
    """

    name = "HighsByArrays"

    def __init__(self, columns: Sequence[str], policy: SolvePolicy = PLANNING) -> None:
        super().__init__(msg=False, timeLimit=policy.time_limit)
        self.columns, self.policy = tuple(columns), policy
        self.outcome: Outcome | None = None

    def available(self) -> bool:
        return True

    def actualSolve(self, lp: Any) -> int:  # noqa: N802 - PuLP's name
        self.outcome = Problem(arrays_of(lp, self.columns), self.policy).solve()
        if self.outcome.status is Status.OPTIMAL:
            values = dict(zip(self.columns, self.outcome.x.tolist(), strict=True))
            for variable in lp.variables():
                variable.varValue = values.get(variable.name, 0.0)
        status: int = _PULP_STATUS[self.outcome.status]
        lp.assignStatus(status)
        return status


def arrays_of(problem: Any, columns: Sequence[str]) -> Arrays:
    """Read the arrays back from a PuLP problem, columns in the order of their names ``columns``."""
    number = {name: i for i, name in enumerate(columns)}
    cost, lower, upper = np.zeros(len(columns)), np.zeros(len(columns)), np.full(len(columns), np.inf)
    integer = np.zeros(len(columns), dtype=bool)
    number_of: dict[Any, int] = {}
    for variable in problem.variables():
        if variable.name not in number:
            continue  # the zero column that PuLP puts into an empty objective
        i = number_of[variable] = number[variable.name]
        lower[i] = -np.inf if variable.lowBound is None else variable.lowBound
        upper[i] = np.inf if variable.upBound is None else variable.upBound
        integer[i] = variable.cat == pulp.LpInteger
    for variable, coefficient in problem.objective.items():
        if variable in number_of:
            cost[number_of[variable]] = coefficient
    start, index, value, low, high = [0], [], [], [], []
    for row in problem.constraints():
        entries = sorted((number_of[variable], coefficient) for variable, coefficient in row.items())
        index += [i for i, _ in entries]
        value += [c for _, c in entries]
        start.append(len(index))
        low.append(-np.inf if row.sense == pulp.LpConstraintLE else -row.constant)
        high.append(np.inf if row.sense == pulp.LpConstraintGE else -row.constant)
    return Arrays(
        cost=cost,
        lower=lower,
        upper=upper,
        row_lower=np.array(low, dtype="float64"),
        row_upper=np.array(high, dtype="float64"),
        start=np.array(start, dtype=np.int64),
        index=np.array(index, dtype=np.int64),
        value=np.array(value, dtype="float64"),
        integer=integer,
    )
