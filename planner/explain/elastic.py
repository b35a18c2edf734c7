"""The program with a price on every breach: always solvable, and so able to say what is in the way.

Each row that states something of the user gets a slack; each placement that a filter rule forbids
exists with a price. Slacks are relative to what they loosen, so that one per cent of a limit weighs
the same everywhere. Enforcing or dropping a group changes bounds and costs only, and each re-solve
starts from the last basis.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from planner.eligibility import assess, blocked
from planner.errors import PlannerError
from planner.explain.groups import blocked_by, filter_groups, opened, row_groups
from planner.inputs import Case
from planner.lp.arrays import Arrays, with_slacks
from planner.lp.outcome import Outcome, Status
from planner.lp.policy import FROM_BASIS, PLANNING, SolvePolicy
from planner.lp.problem import LARGE, Problem
from planner.lp.solve import solve
from planner.model.build import Model, build
from planner.model.family import Row
from planner.model.statement import Group
from planner.model.to_arrays import to_arrays


@dataclass(frozen=True)
class Program:
    """The elastic program of a case.

    Attributes
    ----------
    stated
        The program of the case as it stands.
    model
        The program with every placement that no fact forbids; contestable load and reference spend
        are those of the case as it stands.
    blocks
        Rule id to boolean (workload, region, period): where each filter, and each fact, blocks.
    groups
        Groups of rows first, then of filters.
    slack_row, slack_group, slack_unit
        Row, group and size (row units) of each added slack column.
    closable
        Columns that a filter may forbid: w, r, t of the place, and ``col``: first all of ``place``, then
        those of copies kept ready and of refuges.
    forbidden
        Boolean (filter group, closable column): which filter forbids which.
    """

    stated: Model
    model: Model
    arrays: Arrays
    blocks: dict[str, np.ndarray]
    groups: tuple[Group, ...]
    slack_row: np.ndarray
    slack_group: np.ndarray
    slack_unit: np.ndarray
    closable: pd.DataFrame
    forbidden: np.ndarray

    @property
    def at(self) -> np.ndarray:
        """Numbers of the closable columns."""
        return self.closable["col"].to_numpy(dtype=np.int64)

    @property
    def columns(self) -> int:
        """Number of columns of the program itself, before the slacks."""
        return self.model.columns.count

    @cached_property
    def whole(self) -> np.ndarray:
        """Which columns must be whole; ``arrays`` is the continuous relaxation."""
        slacks = np.zeros(len(self.arrays.cost) - self.columns, dtype=bool)
        return np.concatenate([to_arrays(self.model).integer, slacks])

    @property
    def open_now(self) -> np.ndarray:
        """Boolean (workload, region, period): what facts and filters leave in the case as it stands."""
        closed = [self.blocks[g.id] for g in self.groups[self.first_filter :] if g.id in self.blocks]
        allowed = self.model.index.eligibility.allowed
        return np.asarray(allowed & ~np.any(closed, axis=0)) if closed else allowed

    @property
    def first_filter(self) -> int:
        return len(self.groups) - len(self.forbidden)

    def rows_of(self, group: Group) -> list[Row]:
        """The rows of a statement."""
        own = np.array([self.groups[g].id == group.id for g in self.slack_group], dtype=bool)
        return [self.model.row(number) for number in np.unique(self.slack_row[own]).tolist()]

    @property
    def budget_row(self) -> int:
        """The row that adds up all breaches."""
        return self.model.rows


def make_program(case: Case) -> Program:
    """Build the elastic program of a case, whether the case has a plan or not."""
    eligibility = assess(case)
    stated = build(case, eligibility)
    blocks = blocked_by(case, eligibility)
    wider = replace(eligibility, allowed=opened(case, blocks, eligibility.allowed))
    kept = {}
    if stated.index.events or (stated.index.tiers["standby"] != "none").any():
        kept = blocked(case, eligibility.admitted, "standby")
        wider = replace(wider, standby=opened(case, kept, eligibility.standby))
    same = (wider.allowed == eligibility.allowed).all() and (wider.standby == eligibility.standby).all()
    model = stated if same else build(case, wider, reference=stated.reference, opened=True)
    groups, of_row = row_groups(model)
    filters = filter_groups(case, [name for name, where in {**kept, **blocks}.items() if where.any()])
    closable = _closable(model)
    forbidden = _forbidden(closable, len(model.columns.place.keys), [g.id for g in filters], blocks, kept)
    base = to_arrays(model)
    rows = np.flatnonzero(of_row >= 0)
    equal = base.row_lower[rows] == base.row_upper[rows]
    # A demand is only ever fallen short of; other equalities may be missed on both sides.
    demand = np.array([groups[g].kind == "workload" for g in of_row[rows]], dtype=bool)
    short = np.where(np.isfinite(base.row_lower[rows]), 1.0, -1.0)
    twice = equal & ~demand
    slack_row = np.concatenate([rows, rows[twice]])
    sign = np.concatenate([short, -short[twice]])
    unit = _units(model, base)[slack_row]
    priced = closable["col"].to_numpy(dtype=np.int64)[forbidden.any(axis=0)]
    arrays = _extend(base, slack_row, sign * unit, priced)
    return Program(
        stated, model, arrays, blocks, (*groups, *filters), slack_row, of_row[slack_row], unit, closable,
        forbidden,
    )  # fmt: skip


def _closable(model: Model) -> pd.DataFrame:
    place, pair, extra = model.columns.place, model.columns.pair, model.columns.extra
    keys = ["w", "r", "t", "col"]
    parts = [
        place.keys.assign(col=place.numbers)[keys],
        pair.keys.assign(r=pair.keys["r2"], col=pair.numbers)[keys],
        extra.keys.assign(col=extra.numbers)[keys],
    ]
    return pd.concat(parts, ignore_index=True).astype("int64")


def _forbidden(
    closable: pd.DataFrame, places: int, names: list[str], work: dict[str, np.ndarray],
    kept: dict[str, np.ndarray],
) -> np.ndarray:  # fmt: skip
    """Boolean (name, closable column): ``work`` tells of places, ``kept`` of what is ready or flees there."""
    w, r, t = (closable[c].to_numpy() for c in "wrt")
    out = np.zeros((len(names), len(closable)), dtype=bool)
    for i, name in enumerate(names):
        for blocks, part in ((work, slice(0, places)), (kept, slice(places, None))):
            if name in blocks:
                out[i, part] = blocks[name][w[part], r[part], t[part]]
    return out


def _units(model: Model, base: Arrays) -> np.ndarray:
    """What one whole unit of slack loosens in each row, in the row's own units: 100 % of a limit."""
    bound = np.where(np.isfinite(base.row_upper), base.row_upper, base.row_lower)
    unit = np.where(np.isfinite(bound) & (bound != 0), np.abs(bound), 1.0)
    for block in model.blocks:
        slack = model.family(block).slack
        if slack is not None:
            start = model.starts[block.family]
            unit[start : start + len(block.keys)] = slack(model, block) * block.scale
    return np.asarray(unit)


def _extend(base: Arrays, slack_row: np.ndarray, value: np.ndarray, priced: np.ndarray) -> Arrays:
    """Add the slack columns, and the row that adds up slacks and forbidden placements."""
    n, count = len(base.cost), len(slack_row)
    own = n + np.arange(count)
    budget = np.concatenate([np.sort(priced), own])
    last = np.full(len(budget), len(base.row_lower))
    entries = (
        np.concatenate([slack_row, last]),
        np.concatenate([own, budget]),
        np.concatenate([value, np.ones(len(budget))]),
    )
    # The relaxation: an explanation of a mixed program is one of its continuous part.
    relaxed = replace(base, integer=np.zeros(n, dtype=bool))
    return with_slacks(relaxed, np.concatenate([base.cost, np.zeros(count)]), np.full(count, np.inf), entries)


def strict(program: Program, policy: SolvePolicy = PLANNING) -> Problem:
    """The program with every statement obeyed: the case as it stands, choices whole again."""
    return Problem(obeyed(program, program.whole), policy)


def planned(program: Program, problem: Problem, infeasible: str, stopped: str) -> Outcome:
    """The cheapest plan, found in :func:`strict`; with whole choices its cost is that of ``planner plan``.

    Raises
    ------
    Infeasible, Stopped
        With the words given.
    """
    base = problem.solve().optimum(infeasible, stopped)
    if program.whole.any():
        as_planned = solve(to_arrays(program.stated)).outcome.optimum(infeasible, stopped)
        base = replace(base, objective=as_planned.objective)
    return base


def obeyed(program: Program, integer: np.ndarray) -> Arrays:
    """The program with neither slack nor forbidden placement."""
    slack = np.arange(program.columns, len(program.arrays.cost))
    shut = np.concatenate([program.at[program.forbidden.any(axis=0)], slack])
    return replace(program.arrays.bounded(shut, 0.0, 0.0), integer=integer)


class Elastic:
    """An elastic program held by the solver; every method leaves it ready for the next.

    ``whole`` keeps whole-number choices whole; without it the continuous part is looked at, which
    has duals and is quicker.
    """

    def __init__(self, program: Program, whole: bool = False) -> None:
        self.program, self.whole = program, whole
        arrays = replace(program.arrays, integer=program.whole) if whole else program.arrays
        self.problem = Problem(arrays, PLANNING if whole else FROM_BASIS)
        self._upper = program.arrays.upper.copy()

    def breach(self, enforced: np.ndarray, hard: bool = False) -> Outcome:
        """Least total breach of the enforced groups; the others do not count.

        Parameters
        ----------
        enforced
            Boolean array (group,).
        hard
            Enforced groups may not be breached at all, and the others' breach is what is made
            least; the outcome may then be infeasible.
        """
        slack, place = self._members(enforced)
        priced = np.zeros(len(self.program.arrays.cost))
        upper = self._upper.copy()
        if hard:
            upper[slack | place] = 0.0
            priced[self._priceable() & ~(slack | place)] = 1.0
        else:
            priced[slack | place] = 1.0
        self._bounds(upper)
        self._budget(np.inf)
        self.problem.set_cost(priced)
        outcome = self._solve()
        if not hard and outcome.status is not Status.OPTIMAL:
            raise PlannerError("the tables of the case contradict one another apart from any rule or limit")
        return outcome

    def cheapest(self, enforced: np.ndarray, budget: float) -> Outcome:
        """Cheapest plan that breaches only groups that are not enforced, and in total by ``budget``."""
        slack, place = self._members(enforced)
        upper = self._upper.copy()
        upper[slack | place] = 0.0
        self._bounds(upper)
        self._budget(budget)
        self.problem.set_cost(self.program.arrays.cost)
        return self._solve()

    def _members(self, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Slack columns and forbidden placements of groups, each as a mask over all columns."""
        program = self.program
        slack = np.zeros(len(program.arrays.cost), dtype=bool)
        slack[program.columns :] = groups[program.slack_group]
        place = np.zeros_like(slack)
        closed = program.forbidden[groups[program.first_filter :]].any(axis=0)
        place[program.at] = closed
        return slack, place

    def _priceable(self) -> np.ndarray:
        slack, place = self._members(np.ones(len(self.program.groups), dtype=bool))
        return np.asarray(slack | place)

    def _bounds(self, upper: np.ndarray) -> None:
        at = np.flatnonzero(self._priceable())
        self.problem.set_column_bounds(at, 0.0, upper[at])

    def _budget(self, most: float) -> None:
        self.problem.set_row_bounds(np.array([self.program.budget_row]), -np.inf, most)

    def _solve(self) -> Outcome:
        if not self.whole and len(self.program.arrays.index) >= LARGE:
            # Changed costs make the last basis a bad one; reduced, a large program is quicker afresh.
            self.problem.forget()
        outcome = self.problem.solve()
        if outcome.status in (Status.STOPPED, Status.UNBOUNDED):
            raise PlannerError(f"the elastic program ended {outcome.word}")
        return outcome
