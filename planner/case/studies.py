"""Sections of ``case.toml`` that only studies read: ``[robust]`` and ``[montecarlo]``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from planner.case.reader import Reader
from planner.tolerances import SUM

SHARED = ("placement", "commitments")
"""What may be decided before anybody knows which scenario comes."""

SPREAD = ("price", "demand", "capacity", "currency")
"""Kinds of stressors whose amount may be drawn."""


@dataclass(frozen=True)
class Chance:
    """A scenario: a line of stressors (blank: the case as it is) and how probable it is."""

    name: str
    probability: float
    stressors: str


@dataclass(frozen=True)
class Robust:
    """A two-stage question.

    Attributes
    ----------
    alpha
        The conditional value at risk is the mean cost of the worst 1 - alpha of what may come.
    weight
        Its weight in the objective, beside 1 - weight of the expected cost.
    first_stage
        Which of ``SHARED`` must hold in every scenario.
    """

    alpha: float
    weight: float
    first_stage: tuple[str, ...]
    chances: tuple[Chance, ...]


@dataclass(frozen=True)
class Spread:
    """How uncertain something is: ``of`` a stressor without its amount, e.g. ``price:*``.

    ``sigma`` is the standard deviation of the logarithm of a factor with mean 1.
    """

    of: str
    sigma: float
    basis: str
    source: str
    as_of: date


def read_robust(reader: Reader, tree: dict[str, Any]) -> Robust | None:
    """Take ``[robust]`` and its ``[[robust.scenario]]``; ``None`` without the section."""
    if "robust" not in tree:
        return None
    table, path = reader.table(tree, "robust"), "robust."
    alpha = reader.number(table, "alpha", path, 0.0, 0.999, default=0.95)
    weight = reader.number(table, "weight", path, 0.0, 0.999, default=0.0)
    shared = tuple(reader.take(table, "first_stage", list, path, list(SHARED)))
    for name in shared:
        if name not in SHARED:
            reader.bad(
                "robust.first_stage", name, "is not a first stage", f"Use some of {', '.join(SHARED)}."
            )
    chances = tuple(_chance(reader, row) for row in reader.rows(table, "scenario"))
    reader.left(table, path)
    mend = "Give each scenario its probability; they sum to 1."
    total = sum(c.probability for c in chances)
    if abs(total - 1.0) > SUM:
        reader.bad("robust.scenario", f"{total:g}", "the probabilities do not sum to 1", mend)
    names = [c.name for c in chances]
    for name in sorted({n for n in names if names.count(n) > 1}):
        reader.bad("robust.scenario.name", name, "names two scenarios", "Give each a name of its own.")
    return Robust(alpha, weight, shared, chances)


def _chance(reader: Reader, row: dict[str, Any]) -> Chance:
    path = "robust.scenario."
    name = reader.words(row, "name", path)
    probability = reader.number(row, "probability", path, 1e-6, 1.0)
    stressors: str = reader.take(row, "stressors", str, path)
    reader.left(row, path)
    return Chance(name, probability, stressors)


def read_spreads(reader: Reader, tree: dict[str, Any]) -> tuple[Spread, ...]:
    """Take ``[[montecarlo.spread]]``."""
    table, path = reader.table(tree, "montecarlo", required=False), "montecarlo."
    spreads = tuple(_spread(reader, row) for row in reader.rows(table, "spread"))
    reader.left(table, path)
    names = [s.of for s in spreads]
    for name in sorted({n for n in names if names.count(n) > 1}):
        reader.bad("montecarlo.spread.of", name, "has two spreads", "Keep one.")
    return spreads


def _spread(reader: Reader, row: dict[str, Any]) -> Spread:
    path = "montecarlo.spread."
    of = reader.words(row, "of", path)
    if of.split(":")[0] not in SPREAD or ":" not in of or "&" in of:
        mend = f"Write KIND:SUBJECT with one of {', '.join(SPREAD)}; * stands for all."
        reader.bad(f"{path}of", of, "is nothing that spreads", mend)
    sigma = reader.number(row, "sigma", path, 0.0, 2.0)
    basis, source, as_of = reader.provenance(row, path)
    reader.left(row, path)
    return Spread(of, sigma, basis, source, as_of)
