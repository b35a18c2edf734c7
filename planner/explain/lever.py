"""A lever: one number that a user stated, and how the program moves with it.

Frontiers, prices of rules and ways out all move levers of one program held by the solver, so that each
re-solve starts from the last basis.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from planner.errors import PlannerError, UnknownName
from planner.inputs import Case
from planner.lp.outcome import Outcome
from planner.lp.problem import Problem
from planner.model.build import Model
from planner.model.families.exit import exit_parts
from planner.model.scopes import SHARE_KINDS
from planner.policy.rules import Rule

SWEPT = (*SHARE_KINDS, "exit", "carbon", "budget")
"""Kinds of rules that have one number, a cap or a floor."""


def _none() -> np.ndarray:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
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
    step
        One step of the number as people count it: a point of a share, one more unit of a capacity.
    bound_row, lower, upper, bound_rate
        Rows whose bounds are ``lower + value * bound_rate`` and ``upper + value * bound_rate``.
    """

    rule: Rule | None
    parameter: str
    value: float
    loosest: float
    subject: str
    row: np.ndarray
    col: np.ndarray
    base: np.ndarray
    rate: np.ndarray
    tightest: float = 0.0
    step: float = 0.01
    bound_row: np.ndarray = field(default_factory=_none)
    lower: np.ndarray = field(default_factory=_none)
    upper: np.ndarray = field(default_factory=_none)
    bound_rate: np.ndarray = field(default_factory=_none)

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

    def slope(self, model: Model, outcome: Outcome) -> float:
        """Money (of the objective) for one whole unit more of the number, at an optimum.

        A row ``a(v)·x ≤ b`` whose coefficients move at the rate ``a'`` is moved by ``−a'·x`` on its
        right side, which is worth the row's dual y: dC/dv = Σ y (b' − a'·x).
        """
        moved = outcome.dual[self.row] * self.rate * outcome.x[self.col]
        shifted = outcome.dual[self.bound_row] * self.bound_rate
        return float(shifted.sum() - moved.sum()) * model.unit


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
    parameter = "floor" if "floor" in rule.parameters else "cap"
    value = float(rule.parameters[parameter])
    block = model.block(rule.kind)
    family = model.columns.region_amount if "r" in block.keys else model.columns.amount
    amounts = family.keys[["scope", "t"]].assign(col=family.numbers)
    keys = block.keys[["rule", "scope", "t"]].assign(at=np.arange(len(block.keys)))
    pairs = keys[keys["rule"] == numbers[0]].merge(amounts, on=["scope", "t"])
    at, col = pairs["at"].to_numpy(dtype=np.int64), pairs["col"].to_numpy(dtype=np.int64)
    stated = pd.DataFrame({"at": block.row, "col": block.col, "coef": block.coef})
    coef = pairs[["at", "col"]].merge(stated, on=["at", "col"], how="left")["coef"].fillna(0.0).to_numpy()
    # A coefficient is (1 if it counts, else 0) less the cap or floor, scaled: an absent one is zero.
    counts = np.round(coef / block.scale[at] + value)
    return Lever(
        rule=rule,
        parameter=parameter,
        value=value,
        loosest=1.0 if parameter == "cap" else 0.0,
        subject=_SUBJECTS.get(rule.kind, rule.kind),
        row=model.starts[rule.kind] + at,
        col=col,
        base=counts * block.scale[at],
        rate=-block.scale[at],
        tightest=0.0 if parameter == "cap" else 1.0,
    )


_SUBJECTS = {
    "vendor_share": "a vendor group",
    "region_share": "a region",
    "jurisdiction_share": "vendors bound by foreign law",
    "minimum_share": "domestic vendor groups",
}


def exit_lever(model: Model, rule_id: str) -> Lever:
    """The cap of a rule of kind ``exit``: a share of a year's accrual, up to ten years of it."""
    rule = next(r.rule for r in model.index.exits if r.rule.id == rule_id)
    parts = exit_parts(model.index, model.columns, model.lines, model.unit)
    scale = model.block("exit").scale
    sides = [
        pd.DataFrame({"row": side[0], "col": side[1], name: side[2]})
        for name, side in (("base", parts.leaving), ("rate", parts.accrual))
    ]
    both = sides[0].merge(sides[1], on=["row", "col"], how="outer").fillna(0.0)
    both = both[(parts.keys["rule"] == rule_id).to_numpy()[both["row"].to_numpy(dtype=np.int64)]]
    row = both["row"].to_numpy(dtype=np.int64)
    value = float(rule.parameters["cap"])
    return Lever(
        rule=rule,
        parameter="cap",
        value=value,
        loosest=max(10.0, value),
        subject="leaving a vendor group",
        row=model.starts["exit"] + row,
        col=both["col"].to_numpy(dtype=np.int64),
        base=both["base"].to_numpy() * scale[row],
        rate=-both["rate"].to_numpy() * scale[row],
    )


def latency_lever(model: Model, rule: Rule) -> Lever:
    """Points by which each share of users that a latency rule asks for is lowered."""
    block = model.block("latency")
    mine = np.flatnonzero((model.index.wanted_coverage["rule"] == rule.id).to_numpy())
    lower = block.lower[mine]
    asked = lower / block.scale[mine]
    return Lever(
        rule=rule,
        parameter="points off the share of users",
        value=0.0,
        loosest=float(asked.max(initial=0.0)),
        subject="users within their target",
        row=_none(),
        col=_none(),
        base=_none(),
        rate=_none(),
        tightest=float(asked.max(initial=0.0)) - 1.0,
        bound_row=model.starts["latency"] + mine,
        lower=lower,
        upper=block.upper[mine],
        bound_rate=-block.scale[mine],
    )


def cap_lever(model: Model, rule: Rule) -> Lever:
    """The cap of a rule of kind ``budget`` (money) or ``carbon`` (tonnes): the bound of its rows."""
    block = model.block(rule.kind)
    mine = np.flatnonzero((block.keys["rule"] == rule.id).to_numpy())
    money = rule.kind == "budget"
    rate = block.scale[mine] / (model.unit if money else 1.0)
    value = float(rule.parameters["cap"])
    return Lever(
        rule=rule,
        parameter="cap",
        value=value,
        loosest=float("inf"),
        subject="cash" if money else "greenhouse gas",
        row=_none(),
        col=_none(),
        base=_none(),
        rate=_none(),
        step=1.0,
        bound_row=model.starts[rule.kind] + mine,
        lower=block.lower[mine],
        upper=block.upper[mine] - value * rate,
        bound_rate=rate,
    )


def capacity_lever(model: Model, rows: np.ndarray, name: str) -> Lever:
    """Units added to a capacity in all its periods; ``rows`` are its rows of the program."""
    lower, upper, scale = (
        np.concatenate([getattr(block, part) for block in model.blocks])[rows]
        for part in ("lower", "upper", "scale")
    )
    amount = upper / scale
    return Lever(
        rule=None,
        parameter="units",
        value=0.0,
        loosest=float("inf"),
        subject=name,
        row=_none(),
        col=_none(),
        base=_none(),
        rate=_none(),
        tightest=-float(amount.min()) if len(amount) else 0.0,
        step=1.0,
        bound_row=rows,
        lower=lower,
        upper=upper,
        bound_rate=scale,
    )


def rule_lever(model: Model, rule: Rule) -> Lever:
    """The cap or floor of a rule of any of ``SWEPT``."""
    if rule.kind in SHARE_KINDS:
        return share_lever(model, rule.id)
    return exit_lever(model, rule.id) if rule.kind == "exit" else cap_lever(model, rule)


def find_rule(case: Case, name: str, kinds: tuple[str, ...] = ()) -> Rule:
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
    rules = [r for r in case.rules if not kinds or r.kind in kinds]
    by_id = [r for r in rules if r.id == name]
    by_kind = [r for r in rules if r.kind.replace("_", "-") == name.replace("_", "-")]
    if len(by_id or by_kind) == 1:
        return (by_id or by_kind)[0]
    raise UnknownName("rule", name, [r.id for r in rules])
