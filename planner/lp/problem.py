"""One door to HiGHS: arrays in, a typed outcome with HiGHS's own status out."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import highspy
import numpy as np

from planner.lp.arrays import Arrays
from planner.lp.highs import dual_objective, ok, program, zero_fits
from planner.tolerances import SAME_COST, ZERO


class Status(Enum):
    """What the solver proved."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    STOPPED = "stopped"


_STATUS = {
    highspy.HighsModelStatus.kOptimal: Status.OPTIMAL,
    highspy.HighsModelStatus.kModelEmpty: Status.OPTIMAL,
    highspy.HighsModelStatus.kInfeasible: Status.INFEASIBLE,
    highspy.HighsModelStatus.kUnboundedOrInfeasible: Status.INFEASIBLE,
    highspy.HighsModelStatus.kUnbounded: Status.UNBOUNDED,
}
"""Everything else counts as stopped. All costs of our programs are bounded below by zero, so
"unbounded or infeasible" can only be infeasible."""


@dataclass(frozen=True)
class Outcome:
    """What came back from the solver.

    Attributes
    ----------
    status
        What was proved; ``word`` is HiGHS's own word for it.
    objective
        Objective of the solution; NaN unless optimal.
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
    gap, bound
        Of a program with integers: relative gap that the solver left, and the bound it proved. ``bound``
        also of a linear program that was stopped: what its duals prove, minus infinity if nothing.
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
    gap: float = 0.0
    bound: float = float("nan")

    @property
    def duals_hold(self) -> bool:
        """Strong duality to 1e-6 relative: only then may duals be shown."""
        gap = abs(self.objective - self.dual_objective)
        return bool(gap <= SAME_COST * max(1.0, abs(self.objective)))


LARGE = 100_000
"""Entries from which a first solve goes through the interior: on our programs, which are highly
degenerate, it takes about a third of the time of the simplex; crossover gives a basis all the same."""

_NO_LIMIT = 2**31 - 1
_MOST = 1e6
"""No column without a bound is larger in a plan worth having: what a dual that is wrong by a little can
hide, when a program is stopped on the way, is so many times as much."""

_LARGE_WHOLE = {
    "mip_lp_solver": "ipm",
    "mip_allow_restart": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_root_reduced_cost": False,
}
"""How a large program with integers is searched: a restart, and each program solved within the search,
begins a linear program anew without a basis, which takes longer than to branch. Rounding at the centre
and branching find a solution all the same."""


class Problem:
    """A program held by HiGHS, so that a changed one is re-solved from the last basis."""

    def __init__(
        self,
        arrays: Arrays,
        time_limit: float | None = None,
        gap: float | None = None,
        steps: int | None = None,
        nodes: int | None = None,
        interior: bool = True,
    ) -> None:
        self._arrays = arrays
        make: Any = highspy.Highs
        self._highs = make()
        options: dict[str, Any] = {"output_flag": False, "threads": 1, "random_seed": 0}
        if time_limit is not None:
            options["time_limit"] = float(time_limit)
        if gap is not None:
            options["mip_rel_gap"] = float(gap)
        if steps is not None:
            options["simplex_iteration_limit"] = int(steps)
        if nodes is not None:
            options["mip_max_nodes"] = int(nodes)
        self._steps = options.get("simplex_iteration_limit", _NO_LIMIT)
        self._interior = interior and len(arrays.index) >= LARGE
        if self._interior:
            options |= _LARGE_WHOLE
        for name, value in options.items():
            ok(self._highs.setOptionValue(name, value), f"set option {name}")
        ok(self._highs.passModel(program(arrays)), "take the program")

    def solve(self, steps: int | None = None) -> Outcome:
        """Solve, from the last basis if there is one.

        Parameters
        ----------
        steps
            Steps of the simplex, this time; those of the session by default.
        """
        highs, arrays = self._highs, self._arrays
        limit = self._steps if steps is None else steps
        ok(highs.setOptionValue("simplex_iteration_limit", limit), "set option simplex_iteration_limit")
        # An interior start ignores a basis, so it is for the first solve only.
        cold = self._interior and not highs.getBasis().valid
        ok(highs.setOptionValue("solver", "ipm" if cold else "choose"), "set option solver")
        begin = time.perf_counter()
        ok(highs.run(), "run")
        seconds = time.perf_counter() - begin
        model_status = highs.getModelStatus()
        status = _STATUS.get(model_status, Status.STOPPED)
        if model_status == highspy.HighsModelStatus.kModelEmpty and not zero_fits(arrays):
            status = Status.INFEASIBLE
        solution, info = highs.getSolution(), highs.getInfo()
        x = np.array(solution.col_value)
        reduced, dual = np.array(solution.col_dual), np.array(solution.row_dual)
        optimal = status is Status.OPTIMAL
        bound = float(info.mip_dual_bound) if arrays.integer.any() else float("nan")
        if model_status == highspy.HighsModelStatus.kIterationLimit and not arrays.integer.any():
            bound = dual_objective(arrays, reduced, dual) - _MOST * float(info.sum_dual_infeasibilities)
        return Outcome(
            status=status,
            word=highs.modelStatusToString(model_status),
            objective=float(info.objective_function_value) if optimal else float("nan"),
            x=x,
            reduced_cost=reduced,
            row_value=np.array(solution.row_value),
            dual=dual,
            # Of an empty program HiGHS says infinity.
            residual=float(info.max_primal_infeasibility if len(x) else 0.0) if optimal else float("nan"),
            dual_objective=dual_objective(arrays, reduced, dual) if optimal else float("nan"),
            seconds=seconds,
            iterations=int(info.simplex_iteration_count),
            gap=float(info.mip_gap) if arrays.integer.any() else 0.0,
            bound=bound,
        )

    def fix_face(self, outcome: Outcome, tolerance: float = ZERO) -> None:
        """Keep only the optimal face: what has a reduced cost or a dual stays where it is.

        By complementary slackness every optimal solution has columns with a reduced cost at the
        same bound and rows with a dual at the same side.
        """
        arrays = self._arrays
        fixed = np.abs(outcome.reduced_cost) > tolerance
        at = np.where(outcome.reduced_cost > 0, arrays.lower, arrays.upper)
        lower, upper = arrays.lower.copy(), arrays.upper.copy()
        lower[fixed], upper[fixed] = at[fixed], at[fixed]
        tight = np.abs(outcome.dual) > tolerance
        side = np.where(outcome.dual > 0, arrays.row_lower, arrays.row_upper)
        row_lower, row_upper = arrays.row_lower.copy(), arrays.row_upper.copy()
        row_lower[tight], row_upper[tight] = side[tight], side[tight]
        columns, rows = np.arange(len(lower), dtype=np.int32), np.arange(len(row_lower), dtype=np.int32)
        ok(self._highs.changeColsBounds(len(columns), columns, lower, upper), "fix columns")
        ok(self._highs.changeRowsBounds(len(rows), rows, row_lower, row_upper), "fix rows")
        self._arrays = Arrays(
            arrays.cost, lower, upper, row_lower, row_upper, arrays.start, arrays.index, arrays.value,
            arrays.integer,
        )  # fmt: skip

    @property
    def arrays(self) -> Arrays:
        """The program as it stands, except for coefficients that were set singly."""
        return self._arrays

    def set_integer(self, integer: np.ndarray) -> None:
        """Say anew which columns must be whole."""
        columns = np.arange(len(integer), dtype=np.int32)
        done = self._highs.changeColsIntegrality(len(columns), columns, integer.astype(np.uint8))
        ok(done, "change which columns are whole")
        self._arrays = replace(self._arrays, integer=integer)

    def set_cost(self, cost: np.ndarray) -> None:
        """Replace the objective."""
        columns = np.arange(len(cost), dtype=np.int32)
        ok(self._highs.changeColsCost(len(cost), columns, cost), "change the objective")
        self._arrays = replace(self._arrays, cost=cost)

    def set_column_bounds(self, at: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
        """Replace the bounds of the columns numbered ``at``."""
        low, high = self._arrays.lower.copy(), self._arrays.upper.copy()
        low[at], high[at] = lower, upper
        numbers = np.asarray(at, dtype=np.int32)
        done = self._highs.changeColsBounds(len(numbers), numbers, low[at], high[at])
        ok(done, "change bounds of columns")
        self._arrays = replace(self._arrays, lower=low, upper=high)

    def set_row_bounds(self, at: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
        """Replace the bounds of the rows numbered ``at``."""
        low, high = self._arrays.row_lower.copy(), self._arrays.row_upper.copy()
        low[at], high[at] = lower, upper
        numbers = np.asarray(at, dtype=np.int32)
        done = self._highs.changeRowsBounds(len(numbers), numbers, low[at], high[at])
        ok(done, "change bounds of rows")
        self._arrays = replace(self._arrays, row_lower=low, row_upper=high)

    def set_coefficients(self, row: np.ndarray, col: np.ndarray, value: np.ndarray) -> None:
        """Replace single coefficients of the program; the basis is kept."""
        for i, j, v in zip(row.tolist(), col.tolist(), value.tolist(), strict=True):
            ok(self._highs.changeCoeff(i, j, v), "change a coefficient")

    def forget(self) -> None:
        """Begin the next solve afresh, with the program reduced first, as no basis is kept."""
        ok(self._highs.clearSolver(), "forget the last solution")

    @property
    def basis(self) -> Any:
        """The basis that the next solve begins from; to be given back to :meth:`set_basis`."""
        return self._highs.getBasis()

    def set_basis(self, basis: Any) -> None:
        """Begin the next solve from a basis taken before."""
        ok(self._highs.setBasis(basis), "take the basis")

    def set_solution(self, x: np.ndarray) -> None:
        """Give a program with integers a solution to begin with."""
        solution = highspy.HighsSolution()
        solution.col_value = [float(v) for v in x]
        solution.value_valid = True
        ok(self._highs.setSolution(solution), "take the solution")


def solve_arrays(arrays: Arrays, time_limit: float | None = None) -> Outcome:
    """Solve once.

    Parameters
    ----------
    arrays
        The program.
    time_limit
        Seconds; none by default. A solver that ran out of time says so, never "optimal".
    """
    return Problem(arrays, time_limit).solve()


def fix_integers(arrays: Arrays, outcome: Outcome) -> Arrays:
    """The linear program that is left when the integers stay where the outcome has them."""
    whole = np.round(outcome.x)
    return replace(
        arrays,
        lower=np.where(arrays.integer, whole, arrays.lower),
        upper=np.where(arrays.integer, whole, arrays.upper),
        integer=np.zeros(len(arrays.integer), dtype=bool),
    )
