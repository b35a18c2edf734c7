"""A lever: one number of a rule, and how the program moves with it.

Frontiers, prices of rules and ways out all move levers of one program in one session, so that each
re-solve starts from the last basis.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.errors import PlannerError, UnknownName
from planner.inputs import Inputs
from planner.model.build import Model
from planner.model.constraints.minimum_share import domestic_groups
from planner.policy.rules import Rule
from planner.solve.solve_arrays import Outcome, Session


@dataclass(frozen=True)
class Lever:
    """Coefficients ``base + value * rate`` at (row, col) of the program.

    Attributes
    ----------
    rule, parameter
        Rule id and the name of its number, e.g. ``cap``.
    value
        What the case states; ``loosest`` is where the rule restricts nothing any more.
    subject
        Whose share it limits, in words.
    """

    rule: Rule
    parameter: str
    value: float
    loosest: float
    subject: str
    row: np.ndarray
    col: np.ndarray
    base: np.ndarray
    rate: np.ndarray

    def move(self, session: Session, value: float) -> None:
        """Set the number in a session's program."""
        session.set_coefficients(self.row, self.col, self.base + value * self.rate)

    def slope(self, model: Model, outcome: Outcome) -> float:
        """Money (of the objective) for one whole unit more of the number, at an optimum.

        A row ``a(v)·x ≤ b`` whose coefficients move at the rate ``a'`` is moved by ``−a'·x`` on its
        right side, which is worth the row's dual y: dC/dv = −Σ y (a'·x).
        """
        moved = outcome.dual[self.row] * self.rate * outcome.x[self.col]
        return -float(moved.sum()) * model.unit


def share_lever(model: Model, rule_id: str) -> Lever:
    """The cap or floor of a rule on shares.

    Raises
    ------
    PlannerError
        If the rule has no rows in the program.
    """
    index = model.index
    numbers = [i for i, r in enumerate(index.share_rules) if r.rule.id == rule_id]
    if not numbers:
        raise PlannerError(f"rule {rule_id} limits no share in this case")
    rule = index.share_rules[numbers[0]].rule
    cap = rule.kind == "vendor_share"
    block = model.block(rule.kind)
    amounts = model.columns.amount.keys.assign(col=model.columns.amount.numbers)
    keys = block.keys.assign(at=np.arange(len(block.keys)))
    keys = keys[keys["rule"] == numbers[0]]
    pairs = keys.merge(amounts, on=["scope", "t"], suffixes=("", "_other"))
    home = domestic_groups(index)
    if cap:
        own = (pairs["g"] == pairs["g_other"]).to_numpy()
    else:
        own = home[pairs["g"].to_numpy()] if len(pairs) else np.zeros(0, dtype=bool)
    scale = block.scale[pairs["at"].to_numpy()]
    return Lever(
        rule=rule,
        parameter="cap" if cap else "floor",
        value=float(rule.parameters["cap" if cap else "floor"]),
        loosest=1.0 if cap else 0.0,
        subject="a vendor group" if cap else "domestic vendor groups",
        row=model.starts[rule.kind] + pairs["at"].to_numpy(),
        col=pairs["col"].to_numpy(),
        base=own * scale,
        rate=-scale,
    )


def find_rule(inputs: Inputs, name: str, kinds: tuple[str, ...] = ()) -> Rule:
    """A rule by its id, or by its kind where the case has one rule of that kind (``vendor-share``).

    Parameters
    ----------
    kinds
        Only rules of these kinds; any by default.

    Raises
    ------
    UnknownName
        If no rule, or more than one, answers to the name.
    """
    rules = [r for r in inputs.rules if not kinds or r.kind in kinds]
    by_id = [r for r in rules if r.id == name]
    by_kind = [r for r in rules if r.kind.replace("_", "-") == name.replace("_", "-")]
    if len(by_id or by_kind) == 1:
        return (by_id or by_kind)[0]
    raise UnknownName("rule", name, [r.id for r in rules])
