"""A plan with the program that it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.lp.arrays import Arrays
from planner.lp.outcome import Outcome
from planner.model.build import Model
from planner.model.to_pulp import to_pulp
from planner.plan.certificate import Certified
from planner.plan.plan import Plan


@dataclass(frozen=True)
class Solved:
    """A plan with the program it came from, and the seconds that it took.

    ``arrays`` is the linear program that ``outcome`` solves: whole numbers, if any, are fixed in it; of a
    plan in whole machines it is the program in parts that bounds it, and ``outcome`` not the plan.
    ``x`` are the values of the columns in the plan.
    ``stopped`` says why the search for the plan ended early, blank if it did not.

    Seconds are kept out of the plan: the same question gives the same bytes.
    """

    plan: Plan
    model: Model
    outcome: Outcome
    arrays: Arrays
    x: np.ndarray
    seconds: Mapping[str, float]
    rendered: Any = None
    stopped: str = ""

    @property
    def pulp(self) -> Any:
        """The program as a PuLP problem: the one that was solved, where it was solved through PuLP."""
        return to_pulp(self.model) if self.rendered is None else self.rendered

    def certified(self) -> Certified | None:
        """The program with its duals; ``None`` where they do not hold: then there is nothing to certify."""
        if not self.outcome.duals_hold:
            return None
        a, fixed = self.arrays, bool(self.plan.run["integers"]) and not self.in_whole_machines
        return Certified(
            a.cost, a.lower, a.upper, a.row_lower, a.row_upper, a.start, a.index, a.value, self.outcome.dual,
            self.outcome.x, self.outcome.objective, self.model.unit, fixed,
        )  # fmt: skip

    @property
    def in_whole_machines(self) -> bool:
        """Is the plan one in whole machines?"""
        return "ended" in self.plan.run
