"""CBC, as PuLP ships it: a solver that shares no code with HiGHS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import highspy
import pulp
from pulp.apis.coin_api import pulp_cbc_path


def solve_with_cbc(problem: Any) -> float | None:
    """The objective of a PuLP problem, or None when it has no solution."""
    problem.solve(pulp.COIN_CMD(path=pulp_cbc_path, msg=False, threads=1))
    if problem.status == pulp.LpStatusInfeasible:
        return None
    assert problem.status == pulp.LpStatusOptimal, pulp.LpStatus[problem.status]
    return float(pulp.value(problem.objective) or 0.0)


def read_lp_objective(path: Path) -> float:
    """The least objective of a program in an LP file, as HiGHS reads it from the file."""
    highs: Any = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    assert highs.readModel(str(path)) == highspy.HighsStatus.kOk
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(highs.getInfo().objective_function_value)
