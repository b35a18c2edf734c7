"""Second stage: among plans of equal cost the one with the fewest moves, then the lowest latency.

The first optimum fixes the optimal face (what has a reduced cost stays at its bound, rows with a
dual stay tight); moves and then latency are minimised on it, so a tie never flips between runs. When
planning again, what differs from the earlier plan is minimised before them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from planner.lp.arrays import Arrays
from planner.lp.outcome import Outcome, Status
from planner.lp.problem import Problem
from planner.model.build import Model


@dataclass(frozen=True)
class Settled:
    """Values of the columns after the ties were broken, and what the run record says of it."""

    x: np.ndarray
    word: str


def break_ties(model: Model, arrays: Arrays, first: Outcome) -> Settled:
    """Choose among the optimal plans.

    Returns the first optimum, and says so, if a later stage does not solve: then ties are still
    decided by the sorted build and the fixed seed, only less meaningfully.
    """
    if not first.duals_hold:
        return Settled(first.x, "not settled: without duals the plans of equal cost are not known")
    columns = model.columns.count
    moves = with_moves(model, arrays)
    problem = Problem(moves)
    problem.fix_face(_padded(first, moves))
    changes = model.columns.change.numbers
    if len(changes):
        problem.set_cost(np.bincount(changes, minlength=len(moves.cost)).astype("float64"))
        nearest = problem.solve()
        if nearest.status is not Status.OPTIMAL:
            return Settled(first.x, f"not settled: fewest changes ended {nearest.word}")
        problem.fix_face(nearest)
    cost = np.zeros(len(moves.cost))
    cost[columns:] = 1.0
    problem.set_cost(cost)
    second = problem.solve()
    if second.status is not Status.OPTIMAL:
        return Settled(first.x, f"not settled: fewest moves ended {second.word}")
    problem.fix_face(second)
    problem.set_cost(np.concatenate([_preference(model), np.zeros(len(cost) - columns)]))
    third = problem.solve()
    if third.status is not Status.OPTIMAL:
        return Settled(second.x[:columns], f"fewest moves; lowest latency ended {third.word}")
    return Settled(
        third.x[:columns],
        f"{'fewest changes, then ' if len(changes) else ''}fewest moves, then lowest latency",
    )


def with_moves(model: Model, arrays: Arrays) -> Arrays:
    """Add a column for each increase of a placement, and the row that measures it.

    enter[w,r,t] ≥ place[w,r,t] − place[w,r,t−1] where w is alive in both; in the first period
    against ``current.csv``, for workloads that it names.
    """
    case = model.index.case
    place = model.columns.place.keys[["w", "r", "t"]].assign(col=model.columns.place.numbers)
    before = place.assign(t=place["t"] + 1).rename(columns={"col": "before"})
    rows = place.merge(before, on=["w", "r", "t"], how="left")
    w, t = rows["w"].to_numpy(), rows["t"].to_numpy()
    today = model.index.today
    rows["current"] = rows.merge(today, on=["w", "r"], how="left")["share"].fillna(0.0).to_numpy()
    known = np.isin(w, today["w"].to_numpy())
    counts = np.where(t == 0, known, case.alive[w, t - 1])
    rows = rows[counts].reset_index(drop=True)
    n, added = len(arrays.cost), len(rows)
    has_before = rows["before"].notna().to_numpy()
    lengths = 2 + has_before.astype(np.int64)
    entries = pd.concat(
        [
            pd.DataFrame({"row": np.arange(added), "col": rows["col"], "value": 1.0}),
            pd.DataFrame({"row": np.arange(added), "col": n + np.arange(added), "value": -1.0}),
            pd.DataFrame(
                {"row": np.flatnonzero(has_before), "col": rows.loc[has_before, "before"], "value": -1.0}
            ),
        ]
    ).sort_values(["row", "col"])
    limit = np.where(rows["t"] == 0, rows["current"], 0.0)
    return Arrays(
        cost=np.concatenate([arrays.cost, np.zeros(added)]),
        lower=np.concatenate([arrays.lower, np.zeros(added)]),
        upper=np.concatenate([arrays.upper, np.full(added, np.inf)]),
        row_lower=np.concatenate([arrays.row_lower, np.full(added, -np.inf)]),
        row_upper=np.concatenate([arrays.row_upper, limit]),
        start=np.concatenate([arrays.start, arrays.start[-1] + np.cumsum(lengths)]),
        index=np.concatenate([arrays.index, entries["col"].to_numpy(dtype=np.int64)]),
        value=np.concatenate([arrays.value, entries["value"].to_numpy()]),
        integer=np.concatenate([arrays.integer, np.zeros(added, dtype=bool)]),
    )


def _padded(outcome: Outcome, arrays: Arrays) -> Outcome:
    """The first outcome as seen by the larger program: nothing is known of what was added."""
    columns = len(arrays.cost) - len(outcome.reduced_cost)
    rows = len(arrays.row_lower) - len(outcome.dual)
    return replace(
        outcome,
        reduced_cost=np.concatenate([outcome.reduced_cost, np.zeros(columns)]),
        dual=np.concatenate([outcome.dual, np.zeros(rows)]),
    )


def _preference(model: Model) -> np.ndarray:
    """Cost of the third stage: users' mean round trip in seconds, then the order of the regions."""
    place = model.columns.place.keys
    seen = place[["w", "r", "t"]].merge(model.index.coverage, on=["w", "r", "t"], how="left")
    trip = seen["mean_ms"].fillna(0.0).to_numpy() / 1000.0
    order = place["r"].to_numpy() / max(1, len(model.index.case.regions))
    cost = np.zeros(model.columns.count)
    cost[: len(place)] = trip + 1e-4 * order
    return cost
