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

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from planner.answer.precheck import precheck
from planner.case.settings import FILE
from planner.errors import BadInput, Infeasible, Issue
from planner.inputs import Case
from planner.lp.arrays import Arrays
from planner.lp.problem import LARGE
from planner.lp.watch import stage
from planner.model.build import Model
from planner.model.to_arrays import to_arrays
from planner.study.commit_program import (
    columns_of,
    cost_with,
    level_at,
    shared_commitments,
    side_by_side,
    solved,
)
from planner.study.commit_quick import Held, LevelPlan, best_of, pays_from, quantile, spread
from planner.study.result import Study, head_of
from planner.tolerances import DIGIT, ZERO

GAP = 0.01
"""Relative gap at which advice for a large case is good enough."""


@dataclass(frozen=True)
class Level:
    """One level of demand: its factor and weight, the cost of its own best plan, of ours, of the mean's."""

    factor: float
    weight: float
    alone: float
    cost: float
    cost_of_mean: float


@dataclass(frozen=True)
class Advice(Study):
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
    missing
        Levels without a plan, most first: factor, weight among all levels asked, why as far as it can be
        told. The advice is for the others, whose weights are scaled to sum to 1.
    """

    study: ClassVar[str] = "commit-advice"
    levels: tuple[Level, ...]
    table: pd.DataFrame
    currency: str
    unproved: float = 0.0
    missing: tuple[tuple[float, float, str], ...] = ()

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

    def content(self) -> dict[str, Any]:
        levels = [
            {
                "demand": round(v.factor, 9), "weight": round(v.weight, 9), "cost_alone": round(v.alone, 2),
                "cost": round(v.cost, 2), "cost_of_mean": round(v.cost_of_mean, 2),
            }
            for v in self.levels
        ]  # fmt: skip
        without = [
            {"demand": round(f, 9), "weight": round(w, 9), "reason": why} for f, w, why in self.missing
        ]
        return {
            "levels": levels, "expected": round(self.expected, 2),
            "perfect_information": round(self.perfect, 2), "as_if_mean": round(self.of_mean, 2),
            "unproved": round(self.unproved, 2), "advice": self.rows(), "without_plan": without,
        }  # fmt: skip


def commit_advice(
    case: Case, factors: Sequence[float], weights: Sequence[float], gap: float = GAP, large: int = LARGE
) -> Advice:
    """Advise on commitments that begin in the first period, over the levels of demand that have a plan.

    Parameters
    ----------
    factors, weights
        Levels of demand of every workload, as multiples of the case's, and their weights, which are
        scaled to sum to 1.
    gap, large
        Relative gap to which a case is solved whose program has so many entries.

    Raises
    ------
    BadInput
        If the case offers no commitment.
    Infeasible
        If fewer than two levels have a plan, or no commitments obey the rules at every level.
    Stopped
        If the solver gave up.
    """
    if not any(term.startswith("commit") for term in case.settings.terms):
        mend = 'Add [terms] with offer = ["on_demand", "commit_1y"].'
        raise BadInput([Issue(FILE, 0, "terms.offer", "", "offers no commitment to advise on", mend)])
    part = np.asarray(weights, dtype="float64") / float(sum(weights))
    left = list(range(len(factors)))
    missing: list[tuple[float, float, str]] = []
    while True:
        try:
            found = _advise(case, [factors[k] for k in left], [weights[k] for k in left], gap, large)
            return replace(found, missing=tuple(missing), head=head_of(case))
        except NoLevel as error:
            out = left.pop(error.number)
            missing.append((factors[out], float(part[out]), error.why))
            if len(left) < 2 or sum(weights[k] for k in left) <= 0:
                raise Infeasible(_too_few([factors[k] for k in left], missing)) from error


def _too_few(left: Sequence[float], missing: Sequence[tuple[float, float, str]]) -> list[str]:
    lost = [f"there is no plan for demand times {f:g}{f': {why}' if why else ''}" for f, _, why in missing]
    kept = f"only demand times {left[0]:g} has a plan" if left else "no level has a plan"
    near = ", and others near it" if left else " that have one"
    return [*lost, f"{kept}, and advice needs two levels: give --demand levels{near}"]


def _advise(case: Case, factors: Sequence[float], weights: Sequence[float], gap: float, large: int) -> Advice:
    part = np.asarray(weights, dtype="float64") / float(sum(weights))
    models = [level_at(case, factor) for factor in factors]
    middle = float(part @ np.asarray(factors))
    same = next((k for k, factor in enumerate(factors) if abs(factor - middle) < DIGIT), None)
    mean = level_at(case, middle) if same is None else models[same]
    question = _Question(factors, part, models, mean, shared_commitments([*models, mean]))
    entries = max(len(to_arrays(model).index) for model in models)
    quick = _quick(question, same, gap) if entries >= large else None
    return quick or _exact(question)


@dataclass(frozen=True)
class _Question:
    """Levels with their programs, that of their mean, and the commitments that all may make."""

    factors: Sequence[float]
    part: np.ndarray
    models: list[Model]
    mean: Model
    shared: pd.DataFrame

    def most_first(self) -> list[int]:
        """Levels from the most demand on: where a plan is missing soonest."""
        return sorted(range(len(self.factors)), key=lambda k: -self.factors[k])

    def columns(self) -> list[np.ndarray]:
        return [columns_of(m, self.shared) for m in self.models]

    def joined(self, parts: Sequence[Arrays]) -> Arrays:
        unit = self.models[0].unit
        scale = [p * m.unit / unit for p, m in zip(self.part, self.models, strict=True)]
        return side_by_side(parts, scale, self.columns())

    def advice(
        self, costs: Sequence[tuple[float, float, float]], units: dict[str, np.ndarray], unproved: float = 0.0
    ) -> Advice:
        """``costs``: of each level alone, as advised, as for the mean."""
        levels = tuple(Level(f, float(p), *c) for f, p, c in zip(self.factors, self.part, costs, strict=True))
        settings = self.models[0].index.case.settings
        return Advice(levels, _table(self.models[0], self.shared, units), settings.currency, unproved)


def _exact(ask: _Question) -> Advice:
    """The two-stage program as one."""
    models, columns, shared = ask.models, ask.columns(), ask.shared
    done = {}
    for k in ask.most_first():
        with _level(k, models[k]):
            done[k] = solved(to_arrays(models[k]), f"demand times {ask.factors[k]:g}")
    alone = [done[k] for k in range(len(models))]
    for_mean = solved(to_arrays(ask.mean), "the mean of demand").x[columns_of(ask.mean, shared)]
    joint = solved(ask.joined([to_arrays(m) for m in models]), "all levels at once")
    advised = np.maximum(joint.x[columns[0]], 0.0)
    costs = [
        (o.objective * m.unit, cost_with(m, shared, advised), cost_with(m, shared, for_mean))
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
    columns, done = ask.columns(), {}
    for k in ask.most_first():
        with _level(k, ask.models[k]):
            done[k] = LevelPlan(ask.models[k], columns[k], f"demand times {ask.factors[k]:g}", gap)
    plans = [done[k] for k in range(len(columns))]
    mean = LevelPlan(ask.mean, columns_of(ask.mean, shared), "the mean", gap) if same is None else plans[same]
    of_mean = spread(plans, part, mean.units, np.inf)
    if of_mean is None:
        return None
    own = [plan.units for plan in plans]
    likely = quantile(own, part, pays_from(ask.models[0], shared))
    best: Held = best_of(plans, part, [likely, *own], (mean.units, of_mean))
    bound = float(part @ np.array([plan.bound for plan in plans]))
    if float(part @ np.array(best[1])) - bound > gap * abs(bound):
        relaxed = [to_arrays(m).relaxation() for m in ask.models]
        joint = solved(ask.joined(relaxed), "all levels at once")
        best = best_of(plans, part, [joint.x[plans[0].at]], best)
        bound = max(bound, joint.objective * ask.models[0].unit)
    costs = [(p.cost, a, m) for p, a, m in zip(plans, best[1], of_mean, strict=True)]
    units = {"advised": best[0], "for_mean": mean.units} | {f"alone_{k}": u for k, u in enumerate(own)}
    return ask.advice(costs, units, max(0.0, float(part @ np.array(best[1])) - bound))


class NoLevel(Infeasible):
    """One of the levels has no plan: its number among those asked, and why, if that can be told."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__([why or "no plan"])
        self.number, self.why = number, why


@contextmanager
def _level(number: int, model: Model) -> Iterator[None]:
    stage(f"level {number + 1} of demand")
    try:
        yield
    except Infeasible as error:
        raise NoLevel(number, next(iter(precheck(model)), "")) from error


def _table(model: Model, shared: pd.DataFrame, units: dict[str, np.ndarray]) -> pd.DataFrame:
    index = model.index
    s = shared["s"].to_numpy(dtype=np.int64)
    frame = pd.DataFrame(
        {
            "region": index.case.regions["region"].to_numpy()[shared["r"].to_numpy(dtype=np.int64)],
            "sku": index.case.catalog.skus["SkuId"].to_numpy()[s],
            "term": shared["term"].to_numpy(),
            "pays_from": pays_from(model, shared),
            **units,
        }
    )
    summed = frame.groupby(["region", "sku", "term", "pays_from"], as_index=False, dropna=False).sum()
    used = (summed[list(units)].abs() > ZERO).any(axis=1)
    kept: pd.DataFrame = summed[used].sort_values(["region", "sku", "term"], ignore_index=True)
    return kept
