"""Into and out of HiGHS: its form of a program, the bound that duals give, and no quiet refusal."""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np

from planner.errors import PlannerError
from planner.lp.arrays import Arrays


def zero_fits(arrays: Arrays) -> bool:
    """Of a program without columns HiGHS looks at no row: does 0 lie within the bounds of all?"""
    return bool(((arrays.row_lower <= 0) & (arrays.row_upper >= 0)).all())


def program(arrays: Arrays) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(arrays.cost), len(arrays.row_lower)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = arrays.cost, arrays.lower, arrays.upper
    lp.row_lower_, lp.row_upper_ = arrays.row_lower, arrays.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = lp.num_col_, lp.num_row_
    lp.a_matrix_.start_ = arrays.start.astype(np.int32)
    lp.a_matrix_.index_ = arrays.index.astype(np.int32)
    lp.a_matrix_.value_ = arrays.value
    if arrays.integer.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(i)] for i in arrays.integer]
    return lp


def dual_objective(arrays: Arrays, reduced: np.ndarray, dual: np.ndarray) -> float:
    """b·y + bounds·z, each dual with the bound that its sign points at."""
    total = 0.0
    for value, low, high in (
        (dual, arrays.row_lower, arrays.row_upper),
        (reduced, arrays.lower, arrays.upper),
    ):
        if len(value):
            bound = np.where(value > 0, low, high)
            total += float(
                np.sum(np.where(value != 0.0, value * np.where(np.isfinite(bound), bound, 0.0), 0.0))
            )
    return total


def ok(status: Any, what: str) -> None:
    """HiGHS can refuse quietly; a refusal is a fault of ours."""
    if status == highspy.HighsStatus.kError:
        raise PlannerError(f"the solver would not {what}")
