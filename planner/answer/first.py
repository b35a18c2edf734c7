"""The cheapest plan of a program, whole numbers and all, with the linear program that its duals are of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from planner.errors import PlannerError
from planner.lp.arrays import Arrays
from planner.lp.branch import quick
from planner.lp.problem import LARGE, Outcome, Problem, Status, fix_integers
from planner.lp.pulp_solver import HighsByArrays
from planner.model.build import Model
from planner.model.registry import column_names
from planner.model.to_arrays import to_arrays
from planner.model.to_pulp import LARGEST, to_pulp


@dataclass(frozen=True)
class First:
    """What the first stage found.

    Attributes
    ----------
    arrays, outcome
        The linear program, with whole numbers fixed where the plan has them, and its solution; if there is
        none, what the solver said instead.
    seconds
        Time in the solver until the whole numbers were settled.
    rendering
        How the program was handed over.
    whole
        Entries of the run record on whole numbers: ``integers``, and if there are any ``gap``, ``bound``
        (money) and ``gap_allowed``.
    """

    arrays: Arrays
    outcome: Outcome
    seconds: float
    rendering: str
    whole: dict[str, Any]


def first_stage(model: Model, time_limit: float | None, gap: float) -> First:
    """Solve: large programs with whole numbers in a tree of re-solves, the others by HiGHS in one go."""
    arrays = to_arrays(model)
    integers = int(arrays.integer.sum())
    if integers and len(arrays.index) >= LARGE:
        found = quick(arrays, gap, seconds=time_limit)
        whole = {"integers": integers, "gap": found.gap, "bound": found.bound * model.unit}
        outcome = found.outcome
        if outcome.status is Status.OPTIMAL:
            arrays = fix_integers(arrays, outcome)
        rendering = f"arrays only: whole numbers and more than {LARGE:,} entries"
        return First(arrays, outcome, outcome.seconds, rendering, {**whole, "gap_allowed": gap})
    rendering = f"arrays only: more than {LARGEST:,} entries" if len(arrays.index) > LARGEST else "pulp"
    outcome = _one_go(model, arrays, time_limit, gap)
    seconds, whole = outcome.seconds, {"integers": integers}
    if integers and outcome.status is Status.OPTIMAL:
        whole |= {"gap": outcome.gap, "bound": outcome.bound * model.unit, "gap_allowed": gap}
        arrays = fix_integers(arrays, outcome)
        outcome = Problem(arrays, time_limit).solve()
        if outcome.status is not Status.OPTIMAL:
            raise PlannerError(f"the program with its integers fixed ended {outcome.word}")
    return First(arrays, outcome, seconds, rendering, whole)


def _one_go(model: Model, arrays: Arrays, time_limit: float | None, gap: float) -> Outcome:
    if len(arrays.index) > LARGEST:
        return Problem(arrays, time_limit, gap).solve()
    solver = HighsByArrays(column_names(model), time_limit, gap)
    to_pulp(model).solve(solver)
    if solver.outcome is None:
        raise PlannerError("PuLP did not call the solver")
    return solver.outcome
