"""Sections of ``case.toml`` that only studies read: ``[robust]``, scenarios with probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from planner.case.reader import Reader

SHARED = ("placement", "commitments")
"""What may be decided before anybody knows which scenario comes."""


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
    if abs(total - 1.0) > 1e-9:
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
