"""A lever: one number that a user stated, and how the program moves with it.

Frontiers, prices of rules and ways out all move levers of one program held by the solver, so that each
re-solve starts from the last basis.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from planner.lp.outcome import Outcome
from planner.lp.problem import Problem
from planner.money import words
from planner.policy.rules import Rule


def _none() -> np.ndarray:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class Lever:
    """Coefficients ``base + value * rate`` at (row, col), and bounds that move at a rate.

    Attributes
    ----------
    rule, parameter
        The rule, if one is behind it, and the name of its number, e.g. ``cap``.
    value
        What the case states; ``loosest`` is where it restricts nothing any more, ``tightest`` the
        last value that has a meaning.
    subject
        Whose share it limits, in words.
    step, each, steps
        One step of the number, e.g. a point of a share; what people count it in; and how many steps that is.
    stated, number
        What the case states, and a value, in words: templates filled in by :meth:`words`.
    row, col, base, rate
        Coefficients that move.
    bound_row, lower, upper, bound_rate
        Rows whose bounds are ``lower + value * bound_rate`` and ``upper + value * bound_rate``.
    """

    rule: Rule | None = None
    parameter: str
    value: float
    loosest: float
    subject: str
    tightest: float = 0.0
    step: float = 0.01
    each: str = "point"
    steps: float = 1.0
    stated: str = "{parameter} now {number}"
    number: str = "{value:.2%}"
    row: np.ndarray = field(default_factory=_none)
    col: np.ndarray = field(default_factory=_none)
    base: np.ndarray = field(default_factory=_none)
    rate: np.ndarray = field(default_factory=_none)
    bound_row: np.ndarray = field(default_factory=_none)
    lower: np.ndarray = field(default_factory=_none)
    upper: np.ndarray = field(default_factory=_none)
    bound_rate: np.ndarray = field(default_factory=_none)

    def moved_to(self, start: int) -> Lever:
        """The lever of a block whose first row has this number in a program."""
        return replace(self, row=self.row + start, bound_row=self.bound_row + start)

    def move(self, problem: Problem, value: float) -> None:
        """Set the number in a program."""
        problem.set_coefficients(self.row, self.col, self.base + value * self.rate)
        if len(self.bound_row):
            by = value * self.bound_rate
            problem.set_row_bounds(self.bound_row, self.lower + by, self.upper + by)

    @property
    def rows(self) -> np.ndarray:
        """All rows that move with the lever."""
        return np.unique(np.concatenate([self.row, self.bound_row]))

    def slope(self, outcome: Outcome, unit: float) -> float:
        """Money for one whole unit more of the number, at an optimum of an objective in ``unit`` units of it.

        A row ``a(v)·x ≤ b`` whose coefficients move at the rate ``a'`` is moved by ``−a'·x`` on its
        right side, which is worth the row's dual y: dC/dv = Σ y (b' − a'·x).
        """
        moved = outcome.dual[self.row] * self.rate * outcome.x[self.col]
        shifted = outcome.dual[self.bound_row] * self.bound_rate
        return float(shifted.sum() - moved.sum()) * unit

    def words(self, template: str, currency: str, value: float | None = None) -> str:
        """A template filled in with the lever's number at a value, by default the one stated."""
        value = self.value if value is None else value
        number = self.number.format(
            value=value,
            points=value * 100,
            size=abs(value),
            way="more" if value >= 0 else "fewer",
            money=words(value, currency),
        )
        return template.format(parameter=self.parameter, currency=currency, number=number)
