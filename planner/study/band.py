"""How sure a study's money is: what its approximations leave open, below which a difference says nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.answer import extract
from planner.answer.egress_bill import egress_bill
from planner.answer.whole import in_whole_machines
from planner.errors import Infeasible, Stopped
from planner.lp.problem import LARGE
from planner.lp.watch import stage
from planner.model.build import Model
from planner.model.to_arrays import to_arrays
from planner.money import words
from planner.planning import solve

ASSUMED = 0.1
"""So much of what is paid at assumed prices is taken to be open: they are somebody's estimate."""


@dataclass(frozen=True)
class Band:
    """What the approximations of a study may move its costs by, in the case's currency.

    Attributes
    ----------
    whole
        What a plan in whole machines costs more than the study's, in parts of them; ``None`` where that is
        not known: no such plan, or too large a program to be solved again.
    egress
        Between egress at the first paid tier and at exact tiers.
    assumed
        What is paid at assumed prices, of which a tenth is taken to be open.
    """

    whole: float | None
    egress: float
    assumed: float

    @property
    def width(self) -> float:
        """All of them together: a smaller difference may be due to them alone."""
        return (self.whole or 0.0) + self.egress + ASSUMED * self.assumed

    def document(self) -> dict[str, Any]:
        """The figures, rounded to cents."""
        parts = {"whole_machines": self.whole, "egress_tiers": self.egress, "assumed_prices": self.assumed}
        return {
            **{name: None if value is None else round(value, 2) for name, value in parts.items()},
            "assumed_part": ASSUMED,
            "width": round(self.width, 2),
        }

    def sentence(self, currency: str) -> str:
        """What the band is made of."""
        whole = "not known here" if self.whole is None else words(self.whole, currency)
        return (
            f"≈: less than {words(self.width, currency)}, which approximations may make: whole machines "
            f"{whole}, egress tiers {words(self.egress, currency)}, {ASSUMED:.0%} of "
            f"{words(self.assumed, currency)} at assumed prices"
        )


def band(model: Model, x: np.ndarray) -> Band:
    """The band of a study whose plan of the case is ``x``."""
    costs = extract.costs(model, extract.tidy(x))
    bill = egress_bill(model, x)
    whole = _whole(model, float(costs["objective"].sum()))
    egress = 0.0 if bill is None else abs(bill.first_paid - bill.exact)
    return Band(whole, egress, float(costs["assumed"].sum()))


def _whole(model: Model, cost: float) -> float | None:
    case = model.index.case
    whole = in_whole_machines(case)
    if whole is case:
        return 0.0
    if len(to_arrays(model).index) >= LARGE:
        return None
    stage("planning in whole machines, to tell what parts of them leave open")
    try:
        return max(0.0, float(solve(whole).plan.head["objective"]) - cost)
    except (Infeasible, Stopped):
        return None
