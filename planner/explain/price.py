"""What a rule costs: in all, by solving without it; at the margin, by its duals.

A dual is a price only of a pure linear program whose strong duality was checked. Where a plan has whole
numbers it is one of the program that the plan's own prices are of (``binding.csv``): in whole machines the
linear program that bounds the plan, else the program with its integers fixed. The number of a rule may lie
on a kink, where a step up and a step down are worth different money, so the price is taken a hair to either
side, and each is given with the range in which the same basis stays optimal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.answer.binding import PRICES_BOUND, PRICES_FIXED
from planner.answer.whole import in_whole_machines
from planner.errors import UnknownName
from planner.explain.elastic import Program, make_program, obeyed, planned, strict
from planner.inputs import Case
from planner.lp.outcome import Outcome, Status
from planner.lp.problem import Problem
from planner.lp.watch import stage
from planner.model.build import Model
from planner.model.lever import Lever
from planner.policy.rules import Rule

HAIR = 1e-6
"""How far to either side of the stated number the prices are taken, in steps' hundredths of it."""

SAME = 1e-4
"""Prices on both sides closer than this, relatively, are one price."""

_ROUNDS = 24


@dataclass(frozen=True)
class Side:
    """The price of one step (a point of share, a unit of capacity) to one side.

    Attributes
    ----------
    worth
        Money over the horizon, discounted, that one step that way costs (positive) or saves.
    until
        The number up to which the same basis stays optimal.
    whole
        What one whole step costs in fact, re-solved; ``None`` where there is no plan a step away.
    """

    worth: float
    until: float
    whole: float | None


@dataclass(frozen=True)
class Price:
    """What a rule costs.

    Attributes
    ----------
    cost
        Of the plan, in parts of machines unless the case says otherwise, as in all studies.
    total
        Cost of the plan less that of the cheapest plan without the rule; ``None`` if there is no
        plan without it.
    looser, tighter
        Price of a step to either side; ``None`` where none can be given.
    why_not
        Why there is no price at the margin, or on the tighter side.
    priced_in
        Of which program the prices at the margin are, where that is not the plan's own.
    """

    id: str
    rule: Rule | None
    lever: Lever | None
    cost: float
    total: float | None
    looser: Side | None
    tighter: Side | None
    why_not: str
    priced_in: str
    years: float
    currency: str

    @property
    def kink(self) -> bool:
        """Do the two sides differ?"""
        if self.looser is None or self.tighter is None:
            return False
        a, b = -self.looser.worth, self.tighter.worth
        return abs(a - b) > SAME * max(abs(a), abs(b), 0.01)

    def document(self) -> dict[str, Any]:
        """The price as one JSON document."""
        sides = {
            name: None
            if side is None
            else {
                "worth": round(side.worth, 6),
                "until": round(side.until, 9) if np.isfinite(side.until) else None,
                "whole_step": None if side.whole is None else round(side.whole, 6),
            }
            for name, side in (("looser", self.looser), ("tighter", self.tighter))
        }
        return {
            "rule": self.id,
            "source": self.rule.source_line() if self.rule else "",
            "parameter": self.lever.parameter if self.lever else None,
            "stated": self.lever.value if self.lever else None,
            "step": self.lever.step if self.lever else None,
            "cost": round(self.cost, 2),
            "total": None if self.total is None else round(self.total, 2),
            "kink": self.kink,
            "why_not": self.why_not,
            "priced_in": self.priced_in,
            "years": round(self.years, 6),
            "currency": self.currency,
            **sides,
        }


def price_rule(case: Case, name: str) -> Price:
    """Price a rule of a case.

    Parameters
    ----------
    name
        Rule id; kind of a rule where the case has one of that kind; or ``capacity of SUBJECT
        (RESOURCE)`` as ``planner explain`` writes it.

    Raises
    ------
    UnknownName
        If nothing answers to the name.
    Infeasible
        If the case has no plan.
    Stopped
        If the solver gave up.
    """
    program = make_program(case)
    group, rule = _named(program, name)
    problem = strict(program)
    base = planned(
        program,
        problem,
        "the case has no plan, so nothing in it has a price",
        "the solver stopped on the case",
    )
    stage("planning without the rule")
    unit = program.model.unit
    cost = base.objective * unit
    lever = _lever(program, group, rule)
    total = _total(program, problem, group, rule, cost)
    looser = tighter = None
    program, problem, priced_in = _priced(program, problem, base)
    if priced_in:
        base, lever = problem.solve(), _lever(program, group, rule)
    if lever is None or not len(lever.rows):
        why_not = "the rule has no number that could be moved by a little"
    elif not base.duals_hold:
        why_not = "strong duality did not hold"
    else:
        looser = _side(program, problem, lever, +1.0)
        tighter = _side(program, problem, lever, -1.0)
        why_not = "" if tighter is not None else "there is no plan once the number is any tighter"
    return Price(
        group or (rule.id if rule else name), rule, lever, cost, total, looser, tighter, why_not,
        priced_in, float(case.periods["hours"].sum()) / 8760.0, case.settings.currency,
    )  # fmt: skip


def _priced(program: Program, problem: Problem, base: Outcome) -> tuple[Program, Problem, str]:
    """The linear program that the plan's prices are of, held by a solver, and in words which one it is.

    No words where the plan has no whole numbers, so that it is its own.
    """
    case = program.model.index.case
    if (whole := in_whole_machines(case)) is not case:
        again = make_program(whole)
        if again.whole.any():
            return again, Problem(obeyed(again, np.zeros_like(again.whole))), PRICES_BOUND
    if not program.whole.any():
        return program, problem, ""
    if case.settings.whole_units:
        return program, Problem(problem.arrays.relaxation()), PRICES_BOUND
    return program, Problem(problem.arrays.fixed(base.x)), PRICES_FIXED


def _named(program: Program, name: str) -> tuple[str, Rule | None]:
    """Id of the group of a capacity, or a rule."""
    rules = list(program.model.index.case.rules)
    capacities = {g.id for g in program.groups if g.kind == "capacity"}
    if name in capacities:
        return name, None
    found = [r for r in rules if r.id == name]
    found = found or [r for r in rules if r.kind.replace("_", "-") == name.replace("_", "-")]
    if len(found) != 1:
        raise UnknownName("rule", name, [*(r.id for r in rules), *sorted(capacities)])
    return "", found[0]


def _lever(program: Program, group: str, rule: Rule | None) -> Lever | None:
    model = program.model
    if rule is None:
        return _capacity_lever(model, _rows(program, {group}), group)
    stated = (g.family for g in program.groups if g.rule is not None and g.rule.id == rule.id)
    moves = any(family is not None and family.number is not None for family in stated)
    return model.lever(rule) if moves else None


def _capacity_lever(model: Model, rows: np.ndarray, name: str) -> Lever:
    """Units added to a capacity in all its periods; ``rows`` are its rows of the program."""
    lower, upper, scale = (
        np.concatenate([getattr(block, part) for block in model.blocks])[rows]
        for part in ("lower", "upper", "scale")
    )
    return Lever(
        parameter="units",
        value=0.0,
        loosest=float("inf"),
        subject=name,
        tightest=-float((upper / scale).min()) if len(rows) else 0.0,
        step=1.0,
        each="unit",
        stated="the capacity as stated",
        number="{size:,.6g} {way}",
        bound_row=rows,
        lower=lower,
        upper=upper,
        bound_rate=scale,
    )


def _rows(program: Program, ids: set[str]) -> np.ndarray:
    named = np.array([g.id in ids for g in program.groups], dtype=bool)
    return np.unique(program.slack_row[named[program.slack_group]])


def _total(program: Program, problem: Problem, group: str, rule: Rule | None, cost: float) -> float | None:
    """What the rule costs in all: the program solved again with its rows free, its places open."""
    ids = {group} if rule is None else {g.id for g in program.groups if g.rule and g.rule.id == rule.id}
    mine = np.array([g.id in ids for g in program.groups[program.first_filter :]], dtype=bool)
    opened = program.forbidden[mine].any(axis=0) & ~program.forbidden[~mine].any(axis=0)
    with problem.relaxed(_rows(program, ids)), problem.opened(program.at[opened]):
        outcome = problem.solve()
    return cost - outcome.objective * program.model.unit if outcome.status is Status.OPTIMAL else None


def _side(program: Program, problem: Problem, lever: Lever, looser: float) -> Side | None:
    """The price of one step to one side: ``looser`` is 1 or -1; None if there is no plan there."""
    end = lever.loosest if looser > 0 else lever.tightest
    towards = float(np.sign(end - lever.value))
    scale = lever.step * 100.0
    if towards == 0.0:
        return None
    near = lever.value + towards * min(HAIR * scale, abs(end - lever.value))
    stage(f"a step {'looser' if looser > 0 else 'tighter'}")
    lever.move(problem, lever.value)
    problem.solve()
    lever.move(problem, near)
    outcome = problem.solve()
    if outcome.status is not Status.OPTIMAL or not outcome.duals_hold:
        return None
    worth = lever.slope(outcome, program.model.unit) * towards * lever.step
    basis = problem.basis

    def holds(value: float) -> bool:
        problem.set_basis(basis)
        lever.move(problem, value)
        found = problem.solve()
        return found.status is Status.OPTIMAL and found.iterations == 0

    until = _farthest(holds, near, end, scale)
    problem.set_basis(basis)
    lever.move(problem, lever.value)
    here = problem.solve()
    whole = None
    if abs(end - lever.value) >= lever.step:
        lever.move(problem, lever.value + towards * lever.step)
        there = problem.solve()
        if there.status is Status.OPTIMAL:
            whole = (there.objective - here.objective) * program.model.unit
    lever.move(problem, lever.value)
    return Side(worth, until, whole)


def _farthest(holds: Any, near: float, end: float, scale: float) -> float:
    """The last value between ``near`` and ``end`` at which the basis still holds."""
    if not np.isfinite(end):
        step = scale
        while holds(near + step):
            step *= 2.0
            if step > 1e9 * scale:
                return end
        end = near + step
    elif holds(end):
        return end
    good, bad = near, end
    for _ in range(_ROUNDS):
        middle = (good + bad) / 2.0
        good, bad = (middle, bad) if holds(middle) else (good, middle)
    return good
