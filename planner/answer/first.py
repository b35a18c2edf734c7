"""The cheapest plan of a program, whole numbers and all, with the linear program that its duals are of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pulp

from planner.errors import PlannerError
from planner.lp.arrays import Arrays
from planner.lp.outcome import Outcome
from planner.lp.policy import PLANNING, SolvePolicy
from planner.lp.problem import LARGE
from planner.lp.pulp_solver import HighsByArrays
from planner.lp.solve import Solution, solve, with_duals
from planner.model.build import Model
from planner.model.registry import column_names
from planner.model.to_arrays import to_arrays
from planner.model.to_pulp import LARGEST, to_pulp


@dataclass(frozen=True)
class First:
    """What the first stage found.

    Attributes
    ----------
    solution
        With whole numbers fixed where the plan has them; if there is no plan, what the solver said instead.
    rendering
        How the program was handed over, in words; ``pulp`` is the PuLP problem if it was handed over so.
    whole
        Entries of the run record on whole numbers: ``integers``, and if there are any ``gap``, ``bound``
        (money) and ``gap_allowed``.
    """

    solution: Solution
    rendering: str
    whole: dict[str, Any]
    pulp: Any = None

    @property
    def arrays(self) -> Arrays:
        """The linear program that the duals are of."""
        return self.solution.arrays

    @property
    def outcome(self) -> Outcome:
        """Its solution."""
        return self.solution.outcome


def first_stage(model: Model, policy: SolvePolicy = PLANNING) -> First:
    """Solve: through PuLP, but for large programs, which go to the solver as arrays alone."""
    arrays = to_arrays(model)
    integers = int(arrays.integer.sum())
    entries, problem = len(arrays.index), None
    if integers and entries >= LARGE:
        rendering = f"arrays only: whole numbers and more than {LARGE:,} entries"
    else:
        rendering = f"arrays only: more than {LARGEST:,} entries" if entries > LARGEST else "pulp"
    if rendering == "pulp":
        problem = to_pulp(model)
        solution = with_duals(arrays, _through_pulp(model, problem, policy), policy)
    else:
        solution = solve(arrays, policy)
    whole: dict[str, Any] = {"integers": integers}
    if integers and solution.outcome.has_solution:
        whole |= {"gap": solution.gap, "bound": solution.bound * model.unit, "gap_allowed": policy.gap}
    return First(solution, rendering, whole, problem)


def _through_pulp(model: Model, problem: Any, policy: SolvePolicy) -> Outcome:
    """Solve the PuLP problem: status, objective and values are read from it, duals from HiGHS."""
    names = column_names(model)
    solver = HighsByArrays(names, policy)
    status = problem.solve(solver)
    if solver.outcome is None:
        raise PlannerError("PuLP did not call the solver")
    if status != pulp.LpStatusOptimal:
        return solver.outcome
    value = {variable.name: variable.varValue for variable in problem.variables()}
    return replace(solver.outcome, x=np.array([value[name] for name in names], dtype="float64"))
