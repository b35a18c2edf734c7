"""The programs of commitments before demand is known: a level, its shared columns, all side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from planner.eligibility import assess
from planner.inputs import Case
from planner.lp.arrays import Arrays
from planner.lp.outcome import Outcome
from planner.lp.solve import solve
from planner.model.build import Model, build
from planner.model.to_arrays import to_arrays
from planner.tolerances import ZERO

_KEY = ["q", "r", "s", "term"]


def level_at(case: Case, factor: float) -> Model:
    changed = replace(case, demand=case.demand * factor)
    return build(changed, assess(changed))


def shared_commitments(models: Sequence[Model]) -> pd.DataFrame:
    """Commitments from the first period on that every level may use, in the order of the columns."""
    frames = []
    for model in models:
        keys = model.columns.commit.keys
        frames.append(keys.loc[keys["t0"] == 0, _KEY])
    out = frames[0]
    for frame in frames[1:]:
        out = out.merge(frame, on=_KEY)
    return out.sort_values(_KEY, ignore_index=True)


def columns_of(model: Model, shared: pd.DataFrame) -> np.ndarray:
    commit = model.columns.commit
    keys = commit.keys.assign(col=commit.numbers)
    return shared.merge(keys[keys["t0"] == 0], on=_KEY, how="left")["col"].to_numpy(dtype=np.int64)


def solved(arrays: Arrays, what: str) -> Outcome:
    return solve(arrays).outcome.optimum(f"there is no plan for {what}", f"the solver stopped on {what}")


def cost_with(model: Model, shared: pd.DataFrame, units: np.ndarray) -> float:
    """Cost of a level with commitments from the first period on held; no others begin then."""
    arrays, at = to_arrays(model), columns_of(model, shared)
    held = np.maximum(np.where(np.abs(units) < ZERO, 0.0, units), 0.0)
    commit = model.columns.commit
    arrays = arrays.bounded(commit.numbers[(commit.keys["t0"] == 0).to_numpy()], None, 0.0)
    told = solved(arrays.bounded(at, held, held), "the commitments of another level")
    return told.objective * model.unit


def side_by_side(parts: Sequence[Arrays], scale: Sequence[float], columns: Sequence[np.ndarray]) -> Arrays:
    """The programs side by side, weighted, with rows that hold the shared columns equal."""
    offsets = np.cumsum([0, *(len(p.cost) for p in parts)])
    index = [p.index + o for p, o in zip(parts, offsets, strict=False)]
    value, lengths = [p.value for p in parts], [np.diff(p.start) for p in parts]
    for number in range(1, len(parts)):
        pairs = np.column_stack([columns[0], columns[number] + offsets[number]])
        index.append(pairs.ravel())
        value.append(np.tile([1.0, -1.0], len(pairs)))
        lengths.append(np.full(len(pairs), 2))
    ties = np.zeros(len(columns[0]) * (len(parts) - 1))
    return Arrays(
        cost=np.concatenate([p.cost * s for p, s in zip(parts, scale, strict=True)]),
        lower=np.concatenate([p.lower for p in parts]),
        upper=np.concatenate([p.upper for p in parts]),
        row_lower=np.concatenate([*(p.row_lower for p in parts), ties]),
        row_upper=np.concatenate([*(p.row_upper for p in parts), ties]),
        start=np.concatenate([[0], np.cumsum(np.concatenate(lengths))]).astype(np.int64),
        index=np.concatenate(index).astype(np.int64),
        value=np.concatenate(value),
        integer=np.concatenate([p.integer for p in parts]),
    )
