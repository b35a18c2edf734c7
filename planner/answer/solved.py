"""A plan with the program that it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from planner.lp.arrays import Arrays
from planner.lp.problem import Outcome
from planner.model.build import Model
from planner.plan import certificate
from planner.plan.plan import Plan


@dataclass(frozen=True)
class Solved:
    """A plan with the program it came from, and the seconds that it took.

    ``arrays`` is the linear program that ``outcome`` solves: whole numbers, if any, are fixed in it.

    Seconds are kept out of the plan: the same question gives the same bytes.
    """

    plan: Plan
    model: Model
    outcome: Outcome
    arrays: Arrays
    seconds: Mapping[str, float]


def write_certificate(solved: Solved, folder: Path) -> None:
    """Write the program with its duals, unless they do not hold: then there is nothing to certify."""
    if solved.outcome.duals_hold:
        a = solved.arrays
        certificate.save(
            folder / certificate.FILE,
            cost=a.cost,
            lower=a.lower,
            upper=a.upper,
            row_lower=a.row_lower,
            row_upper=a.row_upper,
            start=a.start,
            index=a.index,
            value=a.value,
            dual=solved.outcome.dual,
            objective=solved.outcome.objective,
            unit=solved.model.unit,
            whole=bool(solved.plan.run["integers"]),
        )
