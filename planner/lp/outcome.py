"""What came back from the solver, and the one place that turns it into an error."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import isfinite

import numpy as np

from planner.errors import Infeasible, PlannerError, Stopped, Unbounded
from planner.tolerances import SAME_COST, SUM


class Status(Enum):
    """What the solver proved."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Outcome:
    """What came back from the solver.

    Attributes
    ----------
    status
        What was proved; ``word`` is HiGHS's own word for it.
    objective
        Objective of the solution; NaN without one. A search in whole numbers that was stopped may have one.
    x, reduced_cost
        Value and reduced cost of each column.
    row_value, dual
        Value and dual of each row. Duals exist on a pure linear program only.
    residual
        Largest violation of a row or bound, as HiGHS reports it.
    dual_objective
        Objective recomputed from the duals; equals ``objective`` when they are right.
    seconds, iterations
        Time in the solver, simplex iterations.
    bound
        No solution costs less: the dual bound that was proved. Of a linear program its optimum; minus
        infinity if nothing was proved.
    """

    status: Status
    word: str
    objective: float
    x: np.ndarray
    reduced_cost: np.ndarray
    row_value: np.ndarray
    dual: np.ndarray
    residual: float
    dual_objective: float
    seconds: float
    iterations: int
    bound: float

    @property
    def has_solution(self) -> bool:
        """Is there an optimum, or the incumbent of a search that was stopped?"""
        return self.status is Status.OPTIMAL or (self.status is Status.STOPPED and isfinite(self.objective))

    @property
    def gap(self) -> float:
        """Distance of the solution to the bound, as a part of its cost."""
        return max(0.0, self.objective - self.bound) / max(abs(self.objective), SUM)

    @property
    def duals_hold(self) -> bool:
        """Strong duality to 1e-6 relative: only then may duals be shown."""
        gap = abs(self.objective - self.dual_objective)
        return bool(gap <= SAME_COST * max(1.0, abs(self.objective)))

    def feasible(self, stopped: str = "the solver stopped") -> bool:
        """Was an optimum found (true), or proved that there is none (false)?

        Parameters
        ----------
        stopped
            What to say where neither was proved, before HiGHS's own word.

        Raises
        ------
        Stopped
            If neither was proved.
        Unbounded
            If the objective has no bound.
        """
        if self.status is Status.STOPPED:
            raise Stopped(f"{stopped} ({self.word})")
        if self.status is Status.UNBOUNDED:
            raise Unbounded("the program is unbounded, which no program of a case can be")
        return self.status is Status.OPTIMAL

    def optimum(self, infeasible: str = "", stopped: str = "the solver stopped") -> Outcome:
        """The outcome itself, if it is an optimum.

        Parameters
        ----------
        infeasible
            What to say where there is no solution; blank for a program that always has one.
        stopped
            See :meth:`feasible`.

        Raises
        ------
        Infeasible, Stopped, Unbounded
            By what the solver proved.
        PlannerError
            If a program that always has a solution was found to have none: a fault of ours.
        """
        if not self.feasible(stopped):
            if not infeasible:
                raise PlannerError(f"a program that always has a solution ended {self.word}")
            raise Infeasible([infeasible])
        return self
