"""One program over several scenarios: the blocks of each, tied by the columns decided beforehand.

The extensive form of a two-stage stochastic program. Every scenario brings the blocks of its own
:class:`~planner.model.build.Model`; columns of the first stage are the same columns in all of them
(non-anticipativity by substitution), all others are recourse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from planner.lp.arrays import Arrays
from planner.lp.outcome import Outcome, Status
from planner.lp.solve import solve
from planner.model.block import numbers_of
from planner.model.build import Model
from planner.model.columns import ColumnFamily
from planner.model.to_arrays import to_arrays
from planner.tolerances import SUM, ZERO

FAMILIES = {
    "placement": ("place", "pair", "backup", "enter", "leave", "at", "active"),
    "commitments": ("commit",),
}
"""Columns of each part of the first stage; the first name of a family's columns is its key."""

_KEYS = ("q", "w", "r", "r2", "s", "term", "t0", "subject", "t")


@dataclass(frozen=True)
class Scene:
    """A scenario as a program of its own, with what closes in it held at zero."""

    name: str
    probability: float
    model: Model
    arrays: Arrays

    @property
    def cost(self) -> np.ndarray:
        """Discounted money for one unit of each column."""
        return self.arrays.cost * self.model.unit


First = Mapping[str, pd.DataFrame]
"""The first stage decided: keys and ``value`` of each of its families."""


def make_scene(name: str, probability: float, model: Model, closed: np.ndarray) -> Scene:
    """A scenario; nothing runs at a region in a period that ``closed`` (region, period) names.

    Columns stay, so that a commitment bought there is paid all the same.
    """
    arrays = to_arrays(model)
    upper = arrays.upper.copy()
    for family in model.columns.families:
        if "t" not in family.keys:
            continue
        for region in {"r", "r2"} & set(family.keys):
            if family.name in ("enter", "leave", "amount", "region_amount"):
                continue
            r, t = (family.keys[c].to_numpy(dtype=np.int64) for c in (region, "t"))
            upper[family.numbers[(r >= 0) & closed[r, t]]] = 0.0
    return Scene(name, probability, model, replace(arrays, upper=upper))


@dataclass(frozen=True)
class Extensive:
    """The whole program.

    Attributes
    ----------
    arrays
        Objective in ``unit`` of money.
    shared
        Keys of each family of the first stage, with ``col``, its number in ``arrays``.
    """

    arrays: Arrays
    unit: float
    shared: Mapping[str, pd.DataFrame]

    def first(self, outcome: Outcome) -> First:
        """The first stage of a solution."""
        return {
            name: keys.drop(columns="col").assign(value=outcome.x[keys["col"].to_numpy()])
            for name, keys in self.shared.items()
        }


def make_extensive(
    scenes: Sequence[Scene], parts: Sequence[str], alpha: float = 0.0, weight: float = 0.0
) -> Extensive:
    """Stack the scenarios.

    min (1 - weight) Σ_s p_s c_s·x_s + weight (η + Σ_s p_s z_s / (1 - alpha)), with z_s ≥ c_s·x_s - η
    and z_s ≥ 0: R. T. Rockafellar and S. Uryasev's linear form of the conditional value at risk.
    """
    unit = max(scene.model.unit for scene in scenes)
    shared, count = _shared(scenes, parts)
    maps, end = [], count
    for scene in scenes:
        at = np.full(len(scene.arrays.cost), -1, dtype=np.int64)
        for name, keys in shared.items():
            family = _family(scene.model, name)
            at[family.numbers] = keys["col"].to_numpy()[numbers_of(keys, _on(keys), family.keys)]
        own = np.flatnonzero(at < 0)
        at[own] = end + np.arange(len(own))
        maps.append(at)
        end += len(own)
    arrays = _stacked(scenes, maps, count, end, unit, 1.0 - weight)
    if weight > 0.0:
        arrays = _with_tail(arrays, scenes, maps, unit, alpha, weight)
    return Extensive(arrays, unit, shared)


def _family(model: Model, name: str) -> ColumnFamily:
    found: ColumnFamily = getattr(model.columns, name)
    return found


def _on(keys: pd.DataFrame) -> list[str]:
    return [c for c in _KEYS if c in keys]


def _shared(scenes: Sequence[Scene], parts: Sequence[str]) -> tuple[dict[str, pd.DataFrame], int]:
    shared, count = {}, 0
    for name in (family for part in parts for family in FAMILIES[part]):
        frames = [_family(scene.model, name).keys for scene in scenes]
        keys = pd.concat(frames).drop_duplicates(ignore_index=True)
        shared[name] = keys.assign(col=count + np.arange(len(keys)))
        count += len(keys)
    return shared, count


def _stacked(
    scenes: Sequence[Scene], maps: Sequence[np.ndarray], count: int, end: int, unit: float, weight: float
) -> Arrays:
    cost, lower, upper = np.zeros(end), np.zeros(end), np.full(end, np.inf)
    integer, seen = np.zeros(end, dtype=bool), np.zeros(end, dtype=np.int64)
    for scene, at in zip(scenes, maps, strict=True):
        a = scene.arrays
        cost[at] += weight * scene.probability * scene.cost / unit
        lower[at] = np.maximum(lower[at], a.lower)
        upper[at] = np.minimum(upper[at], a.upper)
        integer[at] |= a.integer
        seen[at] += 1
    # What some scenario does not offer cannot be decided for all.
    upper[:count][seen[:count] < len(scenes)] = 0.0
    starts = [np.diff(scene.arrays.start) for scene in scenes]
    return Arrays(
        cost=cost,
        lower=lower,
        upper=upper,
        row_lower=np.concatenate([s.arrays.row_lower for s in scenes]),
        row_upper=np.concatenate([s.arrays.row_upper for s in scenes]),
        start=np.concatenate([[0], np.cumsum(np.concatenate(starts))]).astype(np.int64),
        index=np.concatenate([at[s.arrays.index] for s, at in zip(scenes, maps, strict=True)]),
        value=np.concatenate([s.arrays.value for s in scenes]),
        integer=integer,
    )


def _with_tail(
    arrays: Arrays,
    scenes: Sequence[Scene],
    maps: Sequence[np.ndarray],
    unit: float,
    alpha: float,
    weight: float,
) -> Arrays:
    """Columns η and z_s, rows c_s·x - η - z_s ≤ 0, and their cost."""
    n, k = len(arrays.cost), len(scenes)
    index, value, lengths = [arrays.index], [arrays.value], []
    for i, (scene, at) in enumerate(zip(scenes, maps, strict=True)):
        paid = np.flatnonzero(scene.cost)
        index.append(np.concatenate([at[paid], [n, n + 1 + i]]))
        value.append(np.concatenate([scene.cost[paid] / unit, [-1.0, -1.0]]))
        lengths.append(len(paid) + 2)
    tail = np.array([scene.probability for scene in scenes]) / (1.0 - alpha)
    return Arrays(
        cost=np.concatenate([arrays.cost, [weight], weight * tail]),
        lower=np.concatenate([arrays.lower, [-np.inf], np.zeros(k)]),
        upper=np.concatenate([arrays.upper, np.full(k + 1, np.inf)]),
        row_lower=np.concatenate([arrays.row_lower, np.full(k, -np.inf)]),
        row_upper=np.concatenate([arrays.row_upper, np.zeros(k)]),
        start=np.concatenate([arrays.start, arrays.start[-1] + np.cumsum(lengths)]).astype(np.int64),
        index=np.concatenate(index).astype(np.int64),
        value=np.concatenate(value),
        integer=np.concatenate([arrays.integer, np.zeros(k + 1, dtype=bool)]),
    )


def recourse(scene: Scene, first: First) -> float | None:
    """Least cost of a scenario once the first stage is decided; ``None`` if it cannot be carried out."""
    arrays = scene.arrays
    for name, decided in first.items():
        family = _family(scene.model, name)
        on = _on(family.keys)
        value = family.keys[on].merge(decided, on=on, how="left")["value"].fillna(0.0).to_numpy()
        value = np.where(family.integer, np.round(value), np.maximum(value, 0.0))
        value[value < SUM] = 0.0
        most = arrays.upper[family.numbers]
        if (value > most + ZERO).any():
            return None
        value = np.minimum(value, most)
        arrays = arrays.bounded(family.numbers, value, value)
    outcome = solve(arrays).outcome
    return outcome.objective * scene.model.unit if outcome.status is Status.OPTIMAL else None
