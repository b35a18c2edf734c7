"""A program held by HiGHS, solved again and again with changes: each time from the last basis."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import highspy
import numpy as np

from planner.lp import watch
from planner.lp.arrays import Arrays
from planner.lp.highs import dual_objective, ok, program, zero_fits
from planner.lp.outcome import Outcome, Status
from planner.lp.policy import PLANNING, SolvePolicy
from planner.tolerances import ZERO

LARGE = 100_000
"""Entries from which a first solve goes through the interior: on our programs, which are highly
degenerate, it takes about a third of the time of the simplex; crossover gives a basis all the same."""

_STATUS = {
    highspy.HighsModelStatus.kOptimal: Status.OPTIMAL,
    highspy.HighsModelStatus.kModelEmpty: Status.OPTIMAL,
    highspy.HighsModelStatus.kInfeasible: Status.INFEASIBLE,
    highspy.HighsModelStatus.kUnboundedOrInfeasible: Status.INFEASIBLE,
    highspy.HighsModelStatus.kUnbounded: Status.UNBOUNDED,
}
"""Everything else counts as stopped. What is "unbounded or infeasible" is solved again without a cost: then
it can only be infeasible."""

_NO_LIMIT = 2**31 - 1
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
    """A program held by HiGHS.

    What ``set_…`` changes stays changed; what a context manager changes (``held``, ``opened``, ``relaxed``,
    ``priced``, or anything within ``changed``) is put back at its end, basis and all.
    """

    def __init__(self, arrays: Arrays, policy: SolvePolicy = PLANNING) -> None:
        self._arrays, self._policy = arrays, policy
        make: Any = highspy.Highs
        self._highs = make()
        interior = policy.method == "interior" or (policy.method == "auto" and len(arrays.index) >= LARGE)
        self._cold = "ipm" if interior else "choose"
        self._set("output_flag", False)
        self._set("threads", 1)
        self._set("random_seed", 0)
        self._set("mip_rel_gap", policy.gap)
        if policy.nodes is not None:
            self._set("mip_max_nodes", policy.nodes)
        if interior:
            for name, value in _LARGE_WHOLE.items():
                self._set(name, value)
        ok(self._highs.passModel(program(arrays)), "take the program")

    def _set(self, option: str, value: Any) -> None:
        ok(self._highs.setOptionValue(option, value), f"set option {option}")

    @property
    def arrays(self) -> Arrays:
        """The program as it stands."""
        return self._arrays

    def solve(self, steps: int | None = None) -> Outcome:
        """Solve, from the last basis if there is one.

        Parameters
        ----------
        steps
            Steps of the simplex, this time; those of the policy by default.
        """
        highs, arrays, whole = self._highs, self._arrays, bool(self._arrays.integer.any())
        limit = self._policy.steps if steps is None else steps
        self._set("simplex_iteration_limit", _NO_LIMIT if limit is None else limit)
        # An interior start ignores a basis, so it is for the first solve only.
        warm = highs.getBasis().valid
        self._set("solver", "choose" if warm else self._cold)
        limits = (self._policy.time_limit, watch.current().left)
        left = min(limit for limit in limits if limit is not None)
        if left <= 0.0:
            return _not_begun(arrays)
        # HiGHS counts the time of all solves together.
        self._set("time_limit", highs.getRunTime() + left)
        begin = time.perf_counter()
        ran = watch.run(highs)
        if ran.status == highspy.HighsStatus.kError and warm:
            # A basis from a program far away can be beyond repair: without it the program is as good as new.
            self.forget()
            self._set("solver", self._cold)
            ran = watch.run(highs)
        seconds = time.perf_counter() - begin
        if ran.status is None and ran.x is not None:
            return _incumbent(arrays, ran.x, ran.bound, seconds)
        ok(ran.status, "run")
        model_status = highs.getModelStatus()
        if model_status == highspy.HighsModelStatus.kUnboundedOrInfeasible and arrays.cost.any():
            return self._told_apart(seconds)
        status = _STATUS.get(model_status, Status.STOPPED)
        if model_status == highspy.HighsModelStatus.kModelEmpty and not zero_fits(arrays):
            status = Status.INFEASIBLE
        solution, info = highs.getSolution(), highs.getInfo()
        x = np.array(solution.col_value)
        reduced, dual = np.array(solution.col_dual), np.array(solution.row_dual)
        optimal = status is Status.OPTIMAL
        solved = optimal or (
            whole and info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        )
        objective = float(info.objective_function_value) if solved else float("nan")
        bound = float(info.mip_dual_bound) if whole else objective if optimal else -np.inf
        return Outcome(
            status=status,
            word=highs.modelStatusToString(model_status),
            objective=objective,
            x=x,
            reduced_cost=reduced,
            row_value=np.array(solution.row_value),
            dual=dual,
            # Of an empty program HiGHS says infinity.
            residual=float(info.max_primal_infeasibility if len(x) else 0.0) if optimal else float("nan"),
            dual_objective=dual_objective(arrays, reduced, dual) if optimal else float("nan"),
            seconds=seconds,
            iterations=int(info.simplex_iteration_count),
            bound=bound,
        )

    def _told_apart(self, seconds: float) -> Outcome:
        """What a program is that presolve found unbounded or infeasible: solved without a cost it tells."""
        with self.priced(np.zeros(len(self._arrays.cost))):
            free = self.solve()
        seconds += free.seconds
        if free.status is not Status.OPTIMAL:
            return replace(free, seconds=seconds)
        return replace(
            free, status=Status.UNBOUNDED, word="Unbounded", objective=float("nan"), seconds=seconds
        )

    def set_cost(self, cost: np.ndarray) -> None:
        """Replace the objective."""
        columns = np.arange(len(cost), dtype=np.int32)
        ok(self._highs.changeColsCost(len(cost), columns, cost), "change the objective")
        self._arrays = replace(self._arrays, cost=cost)

    def set_integer(self, integer: np.ndarray) -> None:
        """Say anew which columns must be whole."""
        columns = np.arange(len(integer), dtype=np.int32)
        done = self._highs.changeColsIntegrality(len(columns), columns, integer.astype(np.uint8))
        ok(done, "change which columns are whole")
        self._arrays = replace(self._arrays, integer=integer)

    def set_column_bounds(
        self, columns: np.ndarray, lower: np.ndarray | float, upper: np.ndarray | float
    ) -> None:
        """Replace the bounds of some columns."""
        arrays = self._arrays.bounded(columns, lower, upper)
        numbers = np.asarray(columns, dtype=np.int32)
        done = self._highs.changeColsBounds(
            len(numbers), numbers, arrays.lower[columns], arrays.upper[columns]
        )
        ok(done, "change bounds of columns")
        self._arrays = arrays

    def set_row_bounds(self, rows: np.ndarray, lower: np.ndarray | float, upper: np.ndarray | float) -> None:
        """Replace the bounds of some rows."""
        arrays = self._arrays.row_bounded(rows, lower, upper)
        numbers = np.asarray(rows, dtype=np.int32)
        done = self._highs.changeRowsBounds(
            len(numbers), numbers, arrays.row_lower[rows], arrays.row_upper[rows]
        )
        ok(done, "change bounds of rows")
        self._arrays = arrays

    def set_coefficients(self, row: np.ndarray, col: np.ndarray, value: np.ndarray) -> None:
        """Replace single coefficients of the program; the basis is kept."""
        for i, j, v in zip(row.tolist(), col.tolist(), value.tolist(), strict=True):
            ok(self._highs.changeCoeff(i, j, v), "change a coefficient")
        self._arrays = self._arrays.with_coefficients(row, col, value)

    def restate(self, arrays: Arrays) -> None:
        """Hold another program; the basis is kept where it has as many columns and rows."""
        before, basis = self._arrays, self.basis
        ok(self._highs.passModel(program(arrays)), "take the program")
        self._arrays = arrays
        same = len(before.cost) == len(arrays.cost) and len(before.row_lower) == len(arrays.row_lower)
        if same and not arrays.integer.any():
            self.set_basis(basis)

    def fix_face(self, outcome: Outcome, tolerance: float = ZERO) -> None:
        """Keep only the optimal face: what has a reduced cost or a dual stays where it is.

        By complementary slackness every optimal solution has columns with a reduced cost at the
        same bound and rows with a dual at the same side.
        """
        arrays = self._arrays
        fixed = np.flatnonzero(np.abs(outcome.reduced_cost) > tolerance)
        value = np.where(outcome.reduced_cost > 0, arrays.lower, arrays.upper)[fixed]
        self.set_column_bounds(fixed, value, value)
        tight = np.flatnonzero(np.abs(outcome.dual) > tolerance)
        value = np.where(outcome.dual > 0, arrays.row_lower, arrays.row_upper)[tight]
        self.set_row_bounds(tight, value, value)

    @contextmanager
    def changed(self) -> Iterator[None]:
        """Whatever is changed inside is put back at the end, and so is the basis."""
        before, basis = self._arrays, self.basis
        try:
            yield
        finally:
            self._put_back(before)
            if basis.valid:
                self.set_basis(basis)

    def _put_back(self, before: Arrays) -> None:
        now = self._arrays
        if now.cost is not before.cost:
            self.set_cost(before.cost)
        if now.integer is not before.integer:
            self.set_integer(before.integer)
        if now.lower is not before.lower or now.upper is not before.upper:
            columns = np.flatnonzero((now.lower != before.lower) | (now.upper != before.upper))
            self.set_column_bounds(columns, before.lower[columns], before.upper[columns])
        if now.row_lower is not before.row_lower or now.row_upper is not before.row_upper:
            rows = np.flatnonzero((now.row_lower != before.row_lower) | (now.row_upper != before.row_upper))
            self.set_row_bounds(rows, before.row_lower[rows], before.row_upper[rows])
        if now.value is not before.value:
            stated = _dense_entries(before, now)
            moved = np.flatnonzero(now.value != stated)
            self.set_coefficients(now.entry_row[moved], now.index[moved], stated[moved])
        self._arrays = before

    @contextmanager
    def held(self, columns: np.ndarray, value: np.ndarray | float) -> Iterator[None]:
        """With some columns held at a value."""
        with self.opened(columns, value, value):
            yield

    @contextmanager
    def opened(
        self, columns: np.ndarray, lower: np.ndarray | float = 0.0, upper: np.ndarray | float = np.inf
    ) -> Iterator[None]:
        """With other bounds on some columns, by default none but zero."""
        with self.changed():
            self.set_column_bounds(columns, lower, upper)
            yield

    @contextmanager
    def relaxed(self, rows: np.ndarray) -> Iterator[None]:
        """With some rows that bound nothing."""
        with self.changed():
            self.set_row_bounds(rows, -np.inf, np.inf)
            yield

    @contextmanager
    def priced(self, cost: np.ndarray) -> Iterator[None]:
        """With another objective."""
        with self.changed():
            self.set_cost(cost)
            yield

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
        """Give a program with integers a solution to begin with (a warm start)."""
        solution = highspy.HighsSolution()
        solution.col_value = [float(v) for v in x]
        solution.value_valid = True
        ok(self._highs.setSolution(solution), "take the solution")


def _not_begun(arrays: Arrays) -> Outcome:
    """What is known of a program for which no time was left."""
    nothing = float("nan")
    columns, rows = np.zeros(len(arrays.cost)), np.zeros(len(arrays.row_lower))
    word = "Time limit reached"
    return Outcome(
        Status.STOPPED, word, nothing, columns, columns, rows, rows, nothing, nothing, 0.0, 0, -np.inf
    )


def _incumbent(arrays: Arrays, x: np.ndarray, bound: float, seconds: float) -> Outcome:
    """What is known of a program whose search did not come to rest when it was interrupted."""
    value = np.bincount(arrays.entry_row, arrays.value * x[arrays.index], minlength=len(arrays.row_lower))
    cost = float(arrays.cost @ x)
    word, found = "Interrupted by user", replace(_not_begun(arrays), objective=cost, x=x, row_value=value)
    return replace(found, word=word, bound=bound, seconds=seconds)


def _dense_entries(before: Arrays, now: Arrays) -> np.ndarray:
    """The coefficients of ``before`` at the entries of ``now``, which has all of them and maybe more."""
    if len(before.value) == len(now.value):
        return before.value
    place = before.entry_row * len(before.cost) + before.index
    wanted = now.entry_row * len(now.cost) + now.index
    order = np.argsort(place, kind="stable")
    position = np.minimum(np.searchsorted(place[order], wanted), len(place) - 1)
    there = place[order][position] == wanted
    return np.where(there, before.value[order][position], 0.0)
