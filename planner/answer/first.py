"""The cheapest plan of a program, whole numbers and all, with the linear program that its duals are of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pulp

from planner.answer.parts import parts
from planner.answer.ties import with_moves
from planner.answer.whole import none_found, without_room_for_spare, without_spare
from planner.errors import PlannerError, Stopped
from planner.lp.arrays import Arrays
from planner.lp.outcome import Outcome, Status
from planner.lp.policy import PLANNING, SolvePolicy
from planner.lp.problem import LARGE, Problem
from planner.lp.pulp_solver import HighsByArrays
from planner.lp.repair import Parts, repair
from planner.lp.search import Preference, search
from planner.lp.solve import Solution, solve, with_duals
from planner.model.build import Model
from planner.model.registry import column_names
from planner.model.to_arrays import to_arrays
from planner.model.to_pulp import LARGEST, to_pulp
from planner.tolerances import SAME_COST

STAYING = 1.0
"""Moving every system once counts as so large a part of the gap."""


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
        (money) and ``gap_allowed``; in whole machines ``effort`` and ``ended`` too.
    bounding
        In whole machines: the linear program that bounds every plan, in parts, and its solution with duals.
    """

    solution: Solution
    rendering: str
    whole: dict[str, Any]
    pulp: Any = None
    bounding: tuple[Arrays, Outcome] | None = None

    @property
    def arrays(self) -> Arrays:
        """The linear program that the duals are of."""
        return self.solution.arrays

    @property
    def outcome(self) -> Outcome:
        """Its solution."""
        return self.solution.outcome


def first_stage(model: Model, policy: SolvePolicy = PLANNING) -> First:
    """Solve: programs in whole machines by a search, others through PuLP, but for large programs, which go to
    the solver as arrays alone.
    """
    arrays = to_arrays(model)
    integers = int(arrays.integer.sum())
    if integers and model.index.case.settings.whole_units:
        return _searched(model, arrays, policy)
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


def _searched(model: Model, arrays: Arrays, policy: SolvePolicy) -> First:
    """A plan in whole machines.

    Raises
    ------
    Stopped
        If none was found within the effort: with what the nearest one breaks.
    """
    searched = search(arrays, parts(model), policy, _staying(model, arrays, policy))
    relaxed, rendering, integers = searched.relaxed, "arrays only: whole machines", int(arrays.integer.sum())
    if searched.best is None:
        if searched.status is Status.STOPPED and relaxed.status is Status.OPTIMAL:
            raise Stopped("; ".join(none_found(model, arrays, searched.nearest)))
        outcome = replace(relaxed, status=searched.status, word=f"{relaxed.word}, in whole machines")
        return First(Solution(arrays, outcome, searched.bound), rendering, {"integers": integers})
    ended = "gap" if searched.status is Status.OPTIMAL else "effort"
    word = "within the gap" if ended == "gap" else "effort spent"
    best = replace(searched.best, status=searched.status, word=word, seconds=searched.seconds)
    solution = Solution(arrays.fixed(best.x), best, searched.bound)
    whole = {
        "integers": integers,
        "gap": solution.gap,
        "bound": solution.bound * model.unit,
        "gap_allowed": policy.gap,
        "effort": policy.effort,
        "ended": ended,
    }
    first = First(solution, rendering, whole, None, (arrays.relaxation(), relaxed))
    return leaner(model, first, best.x, policy) or first


def _staying(model: Model, arrays: Arrays, policy: SolvePolicy) -> Preference | None:
    """Of plans within the gap, rather one that leaves systems where they are, and an earlier plan as it is.

    Moving all of every system counts as much as a part of the gap, where nobody said what a move costs.
    """
    index = model.index
    again = model.columns.change.numbers
    if index.case.settings.labour and not len(again):
        return None
    moves = with_moves(model, arrays)
    count, added = len(arrays.cost), len(moves.cost) - len(arrays.cost)
    own = parts(model)
    none = np.full(added, -1, dtype=np.int64)
    rows = np.zeros(len(moves.row_lower) - len(arrays.row_lower), dtype=bool)
    wider = Parts(
        np.concatenate([own.pool, none]),
        np.concatenate([own.period, none]),
        np.concatenate([own.machine, np.zeros(added, dtype=bool)]),
        np.concatenate([own.limit, rows]),
    )

    def preference(optimum: float) -> tuple[Arrays, Parts]:
        each = STAYING * policy.gap * abs(optimum) / max(1, len(index.case.workloads))
        cost = moves.cost.copy()
        cost[count:] += each
        cost[again] += each
        return replace(moves, cost=cost), wider

    return preference


def leaner(model: Model, first: First, x: np.ndarray, policy: SolvePolicy) -> First | None:
    """The first stage without machines that have nothing to do at ``x``; ``None`` if none has not."""
    if first.bounding is None or not first.outcome.has_solution:
        return None
    fewer = without_spare(model, x)
    if np.array_equal(fewer, x):
        return None
    before, whole = first.outcome, to_arrays(model)
    arrays = whole.fixed(fewer)
    outcome = Problem(arrays, policy).solve()
    if outcome.status is not Status.OPTIMAL or outcome.objective > before.objective:
        # Spare machines made a share smaller: what it takes to do without them may cost more.
        whole = without_room_for_spare(model, whole, fewer)
        repaired = repair(whole, parts(model), fewer, np.inf)
        arrays = whole.fixed(repaired.x)
        outcome = Problem(arrays, policy).solve()
    if outcome.status is not Status.OPTIMAL:
        return None
    best = replace(outcome, status=before.status, word=before.word, seconds=before.seconds)
    solution = Solution(arrays, best, min(first.solution.bound, best.objective))
    if solution.gap > policy.gap + SAME_COST:
        ended = {"ended": "effort"}
        best = replace(best, status=Status.STOPPED, word="effort spent")
        solution = replace(solution, outcome=best)
    else:
        ended = {}
    return replace(first, solution=solution, whole={**first.whole, "gap": solution.gap, **ended})


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
