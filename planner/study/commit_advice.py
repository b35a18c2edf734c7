"""How much to commit at the beginning, when demand is not known: a two-stage program over its levels.

First stage: commitments that begin in the first period. Second stage, once demand is known: all else.

    min Σ_k p[k] · cost_k(x[k])  with  commit[q,s,p,0] the same in every scenario k.

For one machine alone this is the newsvendor's rule: commit up to the demand that is met with a
probability of at least (price committed) / (price on demand), which is told beside the answer as the
part of its hours that a committed machine must run to pay.

Where one level alone is a large program, the best of a few candidates is advised instead
(``commit_quick``), to a relative gap; what the best advice could save beyond it is told in money.
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
from planner.solve.solve_arrays import LARGE, Outcome, Session, Status
from planner.study.commit_quick import Desk, Held, best_of, pays_from, quantile, spread

GAP = 0.01
"""Relative gap at which advice for a large case is good enough."""

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
    unproved
        Expected money by which the best advice might cost less, of a large case; 0 otherwise, but for
        the solver's tolerance.
    """

    levels: tuple[Level, ...]
    table: pd.DataFrame
    currency: str
    unproved: float = 0.0

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


def commit_advice(
    inputs: Inputs, factors: Sequence[float], weights: Sequence[float], gap: float = GAP, large: int = LARGE
) -> Advice:
    """Advise on commitments that begin in the first period.

    Parameters
    ----------
    factors, weights
        Levels of demand of every workload, as multiples of the case's, and their weights, which are
        scaled to sum to 1.
    gap, large
        Relative gap to which a case is solved whose program has so many entries.

    Raises
    ------
    Infeasible
        If some level has no plan, or no commitments obey the rules at every level.
    Stopped
        If the solver gave up.
    """
    part = np.asarray(weights, dtype="float64") / float(sum(weights))
    models = [_at(inputs, factor) for factor in factors]
    middle = float(part @ np.asarray(factors))
    same = next((k for k, factor in enumerate(factors) if abs(factor - middle) < 1e-12), None)
    mean = _at(inputs, middle) if same is None else models[same]
    question = _Question(factors, part, models, mean, _shared([*models, mean]))
    told = _quick(question, same, gap) if _entries(models) >= large else None
    return told or _exact(question)


@dataclass(frozen=True)
class _Question:
    """Levels with their programs, that of their mean, and the commitments that all may make."""

    factors: Sequence[float]
    part: np.ndarray
    models: list[Model]
    mean: Model
    shared: pd.DataFrame

    def names(self) -> list[str]:
        return [f"demand times {factor:g}" for factor in self.factors]

    def columns(self) -> list[np.ndarray]:
        return [_columns(m, self.shared) for m in self.models]

    def joined(self, parts: Sequence[Arrays]) -> Arrays:
        unit = self.models[0].unit
        scale = [p * m.unit / unit for p, m in zip(self.part, self.models, strict=True)]
        return _joined(parts, scale, self.columns())

    def advice(
        self, costs: Sequence[tuple[float, float, float]], units: dict[str, np.ndarray], unproved: float = 0.0
    ) -> Advice:
        """``costs``: of each level alone, as advised, as for the mean."""
        levels = tuple(Level(f, float(p), *c) for f, p, c in zip(self.factors, self.part, costs, strict=True))
        settings = self.models[0].index.inputs.case.settings
        return Advice(levels, _table(self.models[0], self.shared, units), settings.currency, unproved)


def _exact(ask: _Question) -> Advice:
    """The two-stage program as one."""
    models, columns, shared = ask.models, ask.columns(), ask.shared
    alone = [_solved(render_arrays(m), name) for m, name in zip(models, ask.names(), strict=True)]
    for_mean = _solved(render_arrays(ask.mean), "the mean of demand").x[_columns(ask.mean, shared)]
    joint = _solved(ask.joined([render_arrays(m) for m in models]), "all levels at once")
    advised = np.maximum(joint.x[columns[0]], 0.0)
    costs = [
        (o.objective * m.unit, _with(m, shared, advised), _with(m, shared, for_mean))
        for o, m in zip(alone, models, strict=True)
    ]
    units = {"advised": advised, "for_mean": for_mean}
    units |= {f"alone_{k}": o.x[c] for k, (o, c) in enumerate(zip(alone, columns, strict=True))}
    return ask.advice(costs, units)


def _quick(ask: _Question, same: int | None, gap: float) -> Advice | None:
    """The best of a few candidates; None if not even the mean's commitments leave every level a plan.

    If they are not good enough, those of the program over all levels without whole numbers are one more.
    """
    part, shared = ask.part, ask.shared
    todo = list(zip(ask.factors, ask.models, ask.columns(), ask.names(), strict=True))
    most_first = sorted(range(len(todo)), key=lambda k: -todo[k][0])  # where a plan is missing soonest
    done = {k: Desk(*todo[k][1:], gap) for k in most_first}
    desks = [done[k] for k in range(len(todo))]
    mean = Desk(ask.mean, _columns(ask.mean, shared), "the mean", gap) if same is None else desks[same]
    of_mean = spread(desks, part, mean.units, np.inf)
    if of_mean is None:
        return None
    own = [desk.units for desk in desks]
    likely = quantile(own, part, pays_from(ask.models[0], shared))
    best: Held = best_of(desks, part, [likely, *own], (mean.units, of_mean))
    bound = float(part @ np.array([desk.bound for desk in desks]))
    if float(part @ np.array(best[1])) - bound > gap * abs(bound):
        relaxed = [replace(a, integer=np.zeros_like(a.integer)) for a in map(render_arrays, ask.models)]
        joint = _solved(ask.joined(relaxed), "all levels at once")
        best = best_of(desks, part, [joint.x[desks[0].at]], best)
        bound = max(bound, joint.objective * ask.models[0].unit)
    costs = [(d.cost, a, m) for d, a, m in zip(desks, best[1], of_mean, strict=True)]
    units = {"advised": best[0], "for_mean": mean.units} | {f"alone_{k}": u for k, u in enumerate(own)}
    return ask.advice(costs, units, max(0.0, float(part @ np.array(best[1])) - bound))


def _entries(models: Sequence[Model]) -> int:
    return max(len(render_arrays(model).index) for model in models)


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
    frame = pd.DataFrame(
        {
            "region": index.inputs.regions["region"].to_numpy()[shared["r"].to_numpy(dtype=np.int64)],
            "sku": index.inputs.case.catalog.skus["SkuId"].to_numpy()[s],
            "term": shared["term"].to_numpy(),
            "pays_from": pays_from(model, shared),
            **units,
        }
    )
    summed = frame.groupby(["region", "sku", "term", "pays_from"], as_index=False, dropna=False).sum()
    used = (summed[list(units)].abs() > _DUST).any(axis=1)
    kept: pd.DataFrame = summed[used].sort_values(["region", "sku", "term"], ignore_index=True)
    return kept
