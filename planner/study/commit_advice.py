"""How much to commit at the beginning, when demand is not known: a two-stage program over its levels.

First stage: commitments that begin in the first period. Second stage, once demand is known: all else.

    min Σ_k p[k] · cost_k(x[k])  with  commit[q,s,p,0] the same in every scenario k.

For one machine alone this is the newsvendor's rule: commit up to the demand that is met with a
probability of at least (price committed) / (price on demand), which is told beside the answer as the
part of its hours that a committed machine must run to pay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from planner.eligibility import assess
from planner.errors import Infeasible, Stopped
from planner.inputs import Inputs
from planner.model.build import Model, build
from planner.model.render_arrays import Arrays, render_arrays
from planner.solve.solve_arrays import Outcome, Session, Status

_KEY = ["q", "r", "s", "term"]
_DUST = 1e-7


@dataclass(frozen=True)
class Level:
    """One level of demand: its factor and weight, the cost of its own best plan, of ours, of the mean's."""

    factor: float
    weight: float
    alone: float
    cost: float
    cost_of_mean: float


@dataclass(frozen=True)
class Advice:
    """What to commit.

    Attributes
    ----------
    table
        region, sku, term, ``pays_from`` (part of its hours that a committed machine must run; NaN
        without a price on demand), ``advised`` units, ``for_mean`` units that the mean of demand would
        ask for, and ``alone_0``, ``alone_1`` … of each level by itself.
    """

    levels: tuple[Level, ...]
    table: pd.DataFrame
    currency: str

    def _expected(self, name: str) -> float:
        return sum(level.weight * float(getattr(level, name)) for level in self.levels)

    @property
    def expected(self) -> float:
        """Expected cost of what is advised."""
        return self._expected("cost")

    @property
    def perfect(self) -> float:
        """Expected cost if demand were known beforehand; the difference is what knowing is worth."""
        return self._expected("alone")

    @property
    def of_mean(self) -> float:
        """Expected cost of committing as if the mean were certain; the difference is what this saves."""
        return self._expected("cost_of_mean")

    def rows(self) -> list[dict[str, Any]]:
        """One flat line a machine and term, for CSV and JSON."""
        told = self.table.round(6)
        return [
            {str(k): None if isinstance(v, float) and np.isnan(v) else v for k, v in row.items()}
            for row in told.to_dict("records")
        ]


def commit_advice(inputs: Inputs, factors: Sequence[float], weights: Sequence[float]) -> Advice:
    """Advise on commitments that begin in the first period.

    Parameters
    ----------
    factors, weights
        Levels of demand of every workload, as multiples of the case's, and their weights, which are
        scaled to sum to 1.

    Raises
    ------
    Infeasible
        If some level has no plan, or no commitments obey the rules at every level.
    Stopped
        If the solver gave up.
    """
    part = np.asarray(weights, dtype="float64") / float(sum(weights))
    models = [_at(inputs, factor) for factor in factors]
    mean = _at(inputs, float(part @ np.asarray(factors)))
    shared = _shared([*models, mean])
    unit = models[0].unit
    alone = [_solved(render_arrays(m), f"demand times {f:g}") for m, f in zip(models, factors, strict=True)]
    for_mean = _solved(render_arrays(mean), "the mean of demand").x[_columns(mean, shared)]
    scale = [p * m.unit / unit for p, m in zip(part, models, strict=True)]
    columns = [_columns(m, shared) for m in models]
    joint = _solved(_joined([render_arrays(m) for m in models], scale, columns), "all levels at once")
    advised = np.maximum(joint.x[columns[0]], 0.0)
    levels = tuple(
        Level(f, float(p), o.objective * m.unit, _with(m, shared, advised), _with(m, shared, for_mean))
        for f, p, o, m in zip(factors, part, alone, models, strict=True)
    )
    units = {"advised": advised, "for_mean": for_mean}
    units |= {f"alone_{k}": o.x[c] for k, (o, c) in enumerate(zip(alone, columns, strict=True))}
    return Advice(levels, _table(models[0], shared, units), inputs.case.settings.currency)


def _at(inputs: Inputs, factor: float) -> Model:
    case = replace(inputs.case, demand=inputs.case.demand * factor)
    changed = replace(inputs, case=case)
    return build(changed, assess(changed))


def _shared(models: Sequence[Model]) -> pd.DataFrame:
    """Commitments from the first period on that every level may use, in the order of the columns."""
    frames = []
    for model in models:
        keys = model.columns.commit.keys
        frames.append(keys.loc[keys["t0"] == 0, _KEY])
    out = frames[0]
    for frame in frames[1:]:
        out = out.merge(frame, on=_KEY)
    return out.sort_values(_KEY, ignore_index=True)


def _columns(model: Model, shared: pd.DataFrame) -> np.ndarray:
    commit = model.columns.commit
    keys = commit.keys.assign(col=commit.numbers)
    return shared.merge(keys[keys["t0"] == 0], on=_KEY, how="left")["col"].to_numpy(dtype=np.int64)


def _solved(arrays: Arrays, what: str) -> Outcome:
    outcome = Session(arrays).solve()
    if outcome.status is Status.INFEASIBLE:
        raise Infeasible([f"there is no plan for {what}"])
    if outcome.status is not Status.OPTIMAL:
        raise Stopped(f"the solver stopped on {what} ({outcome.word})")
    return outcome


def _with(model: Model, shared: pd.DataFrame, units: np.ndarray) -> float:
    """Cost of a level with commitments from the first period on held; no others begin then."""
    arrays, at = render_arrays(model), _columns(model, shared)
    held = np.maximum(np.where(np.abs(units) < _DUST, 0.0, units), 0.0)
    low, high = arrays.lower.copy(), arrays.upper.copy()
    commit = model.columns.commit
    high[commit.numbers[(commit.keys["t0"] == 0).to_numpy()]] = 0.0
    low[at], high[at] = held, held
    told = _solved(replace(arrays, lower=low, upper=high), "the commitments of another level")
    return told.objective * model.unit


def _joined(parts: Sequence[Arrays], scale: Sequence[float], columns: Sequence[np.ndarray]) -> Arrays:
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


def _table(model: Model, shared: pd.DataFrame, units: dict[str, np.ndarray]) -> pd.DataFrame:
    index = model.index
    s = shared["s"].to_numpy(dtype=np.int64)
    listed = index.offers.price[s, 0]
    committed = np.full(len(s), np.nan)
    for term, price in index.offers.commit.items():
        mine = (shared["term"] == term).to_numpy()
        committed[mine] = price[s[mine], 0]
    frame = pd.DataFrame(
        {
            "region": index.inputs.regions["region"].to_numpy()[shared["r"].to_numpy(dtype=np.int64)],
            "sku": index.inputs.case.catalog.skus["SkuId"].to_numpy()[s],
            "term": shared["term"].to_numpy(),
            "pays_from": committed / listed,
            **units,
        }
    )
    summed = frame.groupby(["region", "sku", "term", "pays_from"], as_index=False, dropna=False).sum()
    used = (summed[list(units)].abs() > _DUST).any(axis=1)
    kept: pd.DataFrame = summed[used].sort_values(["region", "sku", "term"], ignore_index=True)
    return kept
