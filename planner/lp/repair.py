"""Whole numbers out of fractions for large programs: round up, then mend a part of the program at a time.

Rounding every machine up breaks few limits. So nearly all stays where it is: the columns of one period, or of
one pool, are free, everything else is held, and the solver looks for better whole numbers in that part, at
a price for whatever limit is broken. Parts are tried one after the other until no limit is broken (large
neighbourhood search: Shaw, CP 1998; of whole numbers only those that the relaxation of the part or the plan
so far uses: Danna, Rothberg and Le Pape, Mathematical Programming 102, 2005). It proves nothing, and has the
same answer on every run: its limits count nodes and rounds, never seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from planner.lp.arrays import Arrays, held_at, with_slacks
from planner.lp.outcome import Outcome, Status
from planner.lp.policy import SolvePolicy
from planner.lp.problem import Problem
from planner.tolerances import ROW

ROUNDS = 3
"""So often all parts are tried, by default."""
_NODES, _GAP = 5, 5e-3
"""Where the solver stops in a part: nodes, and the gap as a part of its cost."""
_BETTER = 5e-4
"""A part that could save less of the whole cost is left alone."""
_BESIDE = 4
"""Pools that are freed, one at a time, beside those of a limit that stays broken."""
_PART = 120_000
"""Parts with more entries are left alone."""
_BREACH = 10.0
"""A limit broken by 1, in the scale of its row, costs as much as so many units of the dearest column."""


@dataclass(frozen=True)
class Parts:
    """To what each column belongs, and which rows are limits.

    Attributes
    ----------
    pool, period
        Number of a column's pool and period, -1 where it has none (a commitment has no period).
    machine
        Boolean, a column each: counts of machines, which are settled last.
    limit
        Boolean, a row each: limits, which a plan on the way to a better one may break.
    """

    pool: np.ndarray
    period: np.ndarray
    machine: np.ndarray
    limit: np.ndarray


@dataclass(frozen=True)
class Repaired:
    """The best that was found: values of the columns, and the numbers of the rows that they break."""

    x: np.ndarray
    broken: np.ndarray


def repair(
    arrays: Arrays, parts: Parts, x: np.ndarray, enough: float = np.inf, rounds: int = ROUNDS
) -> Repaired:
    """Values near ``x`` that are whole where ``integer`` says so; they obey all rows but ``broken``.

    It ends where no row is broken and the cost is ``enough``, where nothing gets better, or after so many
    ``rounds`` over all parts.
    """
    return _Repair(arrays, parts, x).run(enough, rounds)


def nearest(arrays: Arrays, parts: Parts) -> Repaired | None:
    """Whole numbers where even the relaxation has no solution: what breaks the limits least, and which rows.

    ``None`` where it is not limits that contradict one another.
    """
    relaxed = arrays.relaxation()
    search = _Repair(relaxed, parts, np.clip(np.zeros(len(arrays.cost)), arrays.lower, arrays.upper))
    limits = np.flatnonzero(parts.limit)
    outcome = Problem(search.priced(relaxed, limits, np.zeros((2, len(limits))))[0]).solve()
    if outcome.status is not Status.OPTIMAL:
        return None
    return repair(arrays, parts, outcome.x[: len(arrays.cost)])


class _Repair:
    def __init__(self, arrays: Arrays, parts: Parts, x: np.ndarray) -> None:
        self.arrays, self.parts = arrays, parts
        self.row = arrays.entry_row
        self.price = _BREACH * float(np.abs(arrays.cost).max(initial=1.0))
        up = np.clip(np.ceil(x - ROW), arrays.lower, arrays.upper)
        self.x = np.where(arrays.integer, up, x)

    def run(self, enough: float, rounds: int) -> Repaired:
        # Sums, and whatever else belongs to no pool, follow what was rounded up.
        self._better(self._free(), always=True)
        for _ in range(rounds):
            before, cost = self._breach(self.x).sum(), self._total(self.x)
            for part in self._all():
                self._better(part)
                if self._total(self.x) <= enough and not len(self._broken()):
                    return Repaired(self.x, self._broken())
            for part in self._stubborn():
                self._better(part, beyond=True)
            mended = self._breach(self.x).sum() <= before / 2 if len(self._broken()) else True
            if not mended or (not len(self._broken()) and self._total(self.x) > cost * (1 - _BETTER)):
                break
        return Repaired(self.x, self._broken())

    def _all(self) -> Iterator[np.ndarray]:
        """One part for each period, then one for each pool."""
        pool, period = self.parts.pool, self.parts.period
        for t in np.unique(period[period >= 0]):
            yield self._free() | (period == t)
        for q in np.unique(pool[pool >= 0]):
            yield self._free() | (pool == q)

    def _stubborn(self) -> Iterator[np.ndarray]:
        """All pools that have something in a broken limit, each time with another of the largest."""
        pool = self.parts.pool
        size = np.bincount(pool[pool >= 0])
        for other in np.argsort(-size, kind="stable")[:_BESIDE]:
            if not len(broken := self._broken()):
                return
            at = self.arrays.index[np.isin(self.row, broken)]
            yield self._free() | np.isin(pool, [*pool[at[(self.x[at] > ROW) & (pool[at] >= 0)]], other])

    def _free(self) -> np.ndarray:
        """Columns that belong to no pool and may be fractions: always free."""
        free: np.ndarray = (self.parts.pool < 0) & ~self.arrays.integer
        return free

    def _better(self, free: np.ndarray, always: bool = False, beyond: bool = False) -> None:
        """Solve for the free columns, all else held; keep what costs less, broken limits priced.

        ``beyond``: the machines to choose among come from a relaxation that must keep the broken limits with
        as much room as they are broken by, since whole machines need more than it does.
        """
        part, columns, rows = held_at(self.arrays, free, self.x)
        if len(part.index) > _PART and not always:
            return
        count, own, breach = len(columns), self.x[columns], self._breach(self.x)[:, rows]
        # What rounding up broke besides limits is mended like them.
        limits = np.flatnonzero(self.parts.limit[rows] | (breach.max(axis=0) > ROW))
        part, slack = self.priced(part, limits, breach[:, limits])
        ask = beyond & self.parts.limit[rows] & (breach > ROW)
        relaxed = self._relaxed(part, np.where(ask, breach, 0.0))
        if relaxed.status is not Status.OPTIMAL:
            return
        total = self._total(self.x)
        now = float(part.cost @ np.concatenate([own, slack]))
        if not always and now - relaxed.objective < _BETTER * abs(total):
            return
        found = relaxed.x
        if part.integer.any():
            # Machines that neither the relaxation nor the plan so far uses would only be in the way.
            idle = part.integer & (relaxed.x < ROW)
            idle[:count] &= own < ROW
            part = replace(part, upper=np.where(idle, 0.0, part.upper))
            problem = Problem(part, SolvePolicy(gap=_GAP, nodes=_NODES, method="simplex"))
            problem.set_solution(np.concatenate([own, slack]))
            found = problem.solve().x
            if len(found) < count:
                return
        x = self.x.copy()
        x[columns] = found[:count]
        x = np.where(self.arrays.integer, np.round(x), x)
        if always or self._total(x) < total:
            self.x = x

    def _relaxed(self, part: Arrays, room: np.ndarray) -> Outcome:
        """The part without whole numbers, with room below and above in its rows but the last, a free one."""
        below, above = np.pad(room, ((0, 0), (0, 1)))
        return Problem(
            replace(part.relaxation(), row_lower=part.row_lower + below, row_upper=part.row_upper - above)
        ).solve()

    def priced(self, part: Arrays, limits: np.ndarray, breach: np.ndarray) -> tuple[Arrays, np.ndarray]:
        """With slacks in the limits, each at a price, and what the slacks are now."""
        sides = np.isfinite(np.stack([part.row_lower[limits], part.row_upper[limits]]))
        side, at = np.nonzero(sides)
        count, added = len(part.cost), len(at)
        entries = (limits[at], count + np.arange(added), np.where(side == 0, 1.0, -1.0))
        cost = np.concatenate([part.cost, np.full(added, self.price)])
        return with_slacks(part, cost, np.full(added, np.inf), entries), breach[side, at]

    def _breach(self, x: np.ndarray) -> np.ndarray:
        return breach(self.arrays, x, self.row)

    def _total(self, x: np.ndarray) -> float:
        return float(self.arrays.cost @ x + self.price * self._breach(x).sum())

    def _broken(self) -> np.ndarray:
        """Numbers of the rows that are broken by more than the solver's rounding."""
        a = self.arrays
        bound = np.where(np.isfinite(a.row_upper), a.row_upper, a.row_lower)
        over = self._breach(self.x).max(axis=0) > ROW * np.maximum(1.0, np.abs(bound))
        return np.flatnonzero(over)


def breach(arrays: Arrays, x: np.ndarray, row: np.ndarray | None = None) -> np.ndarray:
    """By how much each row is below (0) and above (1) its bounds at ``x``.

    ``row``: the row of each entry, if it is at hand.
    """
    row = np.repeat(np.arange(len(arrays.row_lower)), np.diff(arrays.start)) if row is None else row
    value = np.bincount(row, weights=arrays.value * x[arrays.index], minlength=len(arrays.row_lower))
    by: np.ndarray = np.maximum(np.stack([arrays.row_lower - value, value - arrays.row_upper]), 0.0)
    return by
