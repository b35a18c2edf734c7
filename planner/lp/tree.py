"""A small tree of choices, for large programs with few of them open: each node is one re-solve.

HiGHS begins a program with integers anew, and on ours its rounds of cuts cost more than they prove. What
is open in the relaxation is mostly a handful of decisions, each in many periods (a vendor is begun with or
not, a workload stays whole here or there): so open columns with the same fraction are looked at as one.
The decision whose two sides cost most is branched on, the cheapest node first. Where one side is no plan
at all, the other is taken at once. Bounds are those of linear programs solved to the end, or of duals where
a look at a side was cut short. Every limit counts steps of the simplex or programs, never seconds, unless
somebody asks for a limit of time: the same program gives the same answer.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import numpy as np

from planner.lp.arrays import Arrays
from planner.lp.outcome import Outcome, Status
from planner.lp.problem import Problem
from planner.lp.watch import current
from planner.tolerances import WHOLE, ZERO

PROGRAMS = 160
"""Linear programs that a tree may solve."""

OPEN = 60
"""Different fractions in the relaxation above which no tree is begun."""

_GLANCE = 200
"""Steps after which the duals mostly tell already that a side costs too much."""
_LOOK = 800
"""Steps after which a side is put aside unsolved, until nothing cheaper is left."""
_TRIED = 6
"""Decisions of a node that are tried on both sides."""
_DEPTH = 25
"""Programs of one dive."""
_DIVES = (1, 2, 4, 8, 16, 32)
"""Nodes from which a dive begins."""
_NO_PLAN, _FAR = 1e4, 1e3
"""What a side that is no plan, and one that was put aside, counts for in money of the program."""


class _OutOfTime(Exception):
    pass


@dataclass(frozen=True)
class _Node:
    """Bounds of the whole columns, what its plans cost at least, and its solution if it was solved."""

    bound: float
    low: np.ndarray
    high: np.ndarray
    basis: Any
    outcome: Outcome | None


class Tree:
    """The search below a relaxation that ``problem`` has just solved, to a relative gap.

    Attributes
    ----------
    best
        The cheapest solution found so far, of the program with its integers fixed.
    bound
        No solution costs less.
    stopped
        Whether time ran out.
    """

    def __init__(
        self,
        problem: Problem,
        arrays: Arrays,
        gap: float,
        seconds: float | None = None,
        programs: int = PROGRAMS,
    ) -> None:
        self.problem, self.gap, self.most = problem, gap, programs
        self.whole = np.flatnonzero(arrays.integer)
        self.cost = arrays.cost[self.whole]
        self.low, self.high = arrays.lower[self.whole], arrays.upper[self.whole]
        self.best: Outcome | None = None
        self.bound = -np.inf
        self.stopped = False
        self.programs = 0
        self.seconds = 0.0
        self.until = None if seconds is None else time.perf_counter() + seconds
        self._heap: list[tuple[float, int, _Node]] = []
        self._number = count()
        self._visited = 0
        self._dropped = np.inf
        self._everywhere: dict[tuple[int, bool], float] = {}
        self._rates: dict[int, tuple[float, float]] = {}

    def search(self, relaxed: Outcome, start: np.ndarray | None = None) -> bool:
        """Look for a solution within the gap: was one found, and the gap proved?

        ``start``: a solution that may be bettered, if one is known.
        """
        self.bound = relaxed.objective
        root = _Node(relaxed.objective, self.low, self.high, self.problem.basis, relaxed)
        self._push(root)
        if len(self._groups(relaxed.x[self.whole])) > OPEN:
            return False
        try:
            if start is not None:
                self._keep(root, start[self.whole])
            self._run()
        except _OutOfTime:
            self.stopped = True
        except KeyboardInterrupt:
            if self.best is None:
                raise
            current().interrupt()
            self.stopped = True
        left = self._heap[0][0] if self._heap else np.inf
        self.bound = max(self.bound, min(left, self._dropped, self._cost()))
        return self.best is not None and self._cutoff() <= self.bound

    def _run(self) -> None:
        while self._heap and self.programs < self.most:
            if self._heap[0][0] >= self._cutoff():
                return
            self._tell()
            _, _, node = heapq.heappop(self._heap)
            solved = self._solved(node)
            if solved is None:
                continue
            if self._heap and solved.bound > self._heap[0][0]:
                self._push(solved)
                continue
            self._visited += 1
            sides = self._branch(solved)
            for side in sides:
                self._push(side)
            if self._visited in _DIVES or self.best is None:
                self._dive(sides)

    def _tell(self) -> None:
        watch, bound = current(), self._heap[0][0]
        gap = (self._cost() - bound) / max(abs(self._cost()), ZERO)
        words = f"gap {gap:.2%}" if self.best is not None else "no plan yet"
        watch.tell(f"{watch.stage}: {words}, {self._visited:,} nodes")

    @property
    def open(self) -> bool:
        """Whether anything was left unsearched."""
        return self.stopped or bool(self._heap)

    def _cost(self) -> float:
        return np.inf if self.best is None else self.best.objective

    def _cutoff(self) -> float:
        """From here on a node cannot hold anything that is missed."""
        return np.inf if self.best is None else self._cost() - self.gap * abs(self._cost())

    def _push(self, node: _Node) -> None:
        if not self._dear(node.bound):
            heapq.heappush(self._heap, (node.bound, next(self._number), node))

    def _solved(self, node: _Node) -> _Node | None:
        """The node with its solution, if it is still of interest."""
        if node.outcome is not None:
            return node
        # What was put aside takes thousands of steps from its basis: reduced and afresh it is quicker.
        return self._look(node, node.low, node.high, steps=None, afresh=True)

    def _dear(self, bound: float) -> bool:
        """Whether a node with this bound is dropped; the least bound of those is kept in mind."""
        if bound < self._cutoff():
            return False
        self._dropped = min(self._dropped, bound)
        return True

    def _look(
        self,
        node: _Node,
        low: np.ndarray,
        high: np.ndarray,
        steps: int | None,
        held: bool = False,
        afresh: bool = False,
    ) -> _Node | None:
        """Solve a child of a node, from its basis: None if it is no plan, or too dear unless ``held``.

        After ``steps`` steps it is put aside, with the bound that its duals gave.
        """
        self.programs += 1
        if afresh:
            node = replace(node, basis=None)
        short = _GLANCE if np.isfinite(self._cutoff()) and not held and not afresh else steps
        out = self._run_lp(node, low, high, short)
        bound = max(node.bound, out.bound) if out.status is Status.STOPPED else node.bound
        if out.status is Status.STOPPED and short != steps and not self._dear(bound):
            out = self._run_lp(node, low, high, steps)
            bound = max(bound, out.bound) if out.status is Status.STOPPED else bound
        if out.status is Status.OPTIMAL:
            bound = max(bound, out.objective)
            found = _Node(bound, low, high, self.problem.basis, out)
            return found if held or not self._dear(bound) else None
        if out.status is not Status.STOPPED or self._dear(bound):
            return None
        return _Node(bound, low, high, self.problem.basis, None)

    def _run_lp(self, node: _Node, low: np.ndarray, high: np.ndarray, steps: int | None) -> Outcome:
        out_of_time = self.until is not None and time.perf_counter() > self.until
        if out_of_time or current().ended:
            raise _OutOfTime
        if node.basis is None:
            self.problem.forget()
        else:
            self.problem.set_basis(node.basis)
        self.problem.set_column_bounds(self.whole, low, high)
        out = self.problem.solve(steps)
        self.seconds += out.seconds
        return out

    def _groups(self, x: np.ndarray) -> dict[float, np.ndarray]:
        """Open columns by their fraction, the most open first."""
        part = x - np.floor(x)
        at = np.flatnonzero((part > WHOLE) & (part < 1.0 - WHOLE))
        key = np.round(part[at], 6)
        found = {float(k): at[key == k] for k in np.unique(key)}
        return dict(sorted(found.items(), key=lambda group: (-min(group[0], 1.0 - group[0]), group[0])))

    def _side(self, node: _Node, x: np.ndarray, at: np.ndarray, up: bool) -> tuple[np.ndarray, np.ndarray]:
        low, high = node.low.copy(), node.high.copy()
        if up:
            low[at] = np.ceil(x[at])
        else:
            high[at] = np.floor(x[at])
        return low, high

    def _branch(self, node: _Node) -> list[_Node]:
        """Both sides of the decision that matters most; what has one side only is taken on the way."""
        while node.outcome is not None:
            x = node.outcome.x[self.whole]
            if not self._groups(x):
                self._dropped = min(self._dropped, node.bound)
                self._keep(node, x)
                return []
            column, there = self._choice(node, x)
            if there is None:
                there = [side for up in (False, True) if (side := self._try(node, x, column, up))]
            if len(there) != 1 or there[0].outcome is None or self.programs >= self.most:
                return there
            node = there[0]
        return [node]

    def _choice(self, node: _Node, x: np.ndarray) -> tuple[int, list[_Node] | None]:
        """The column to branch on, with its sides if they have just been solved.

        That is the first that has one side only; else the one whose sides cost most. What was tried once is
        taken to cost the same again for each part of a whole.
        """
        best: tuple[float, int, list[_Node] | None] = (-1.0, -1, None)
        for column in self._candidates(x):
            there = None
            part = float(x[column] - np.floor(x[column]))
            if column in self._rates:
                down, up = (
                    rate * by for rate, by in zip(self._rates[column], (part, 1.0 - part), strict=True)
                )
            else:
                sides = [self._try(node, x, column, up) for up in (False, True)]
                there = [side for side in sides if side is not None]
                down, up = self._gains(node, part, column, sides)
                if len(there) < 2:
                    return column, there
            score = max(down, 1e-3) * max(up, 1e-3)
            if score > best[0]:
                best = (score, column, there)
        return best[1], best[2]

    def _try(self, node: _Node, x: np.ndarray, column: int, up: bool) -> _Node | None:
        """One side of a decision: not solved again where it is known to be dear in the whole program."""
        low, high = self._side(node, x, np.array([column]), up)
        choice = self.high[column] - self.low[column] == 1.0
        known = self._everywhere.get((column, up), -np.inf) if choice else -np.inf
        if known > node.bound:
            return None if self._dear(known) else _Node(known, low, high, node.basis, None)
        side = self._look(node, low, high, steps=_LOOK)
        if self._visited == 1 and side is not None and side.outcome is None:
            self._everywhere[column, up] = side.bound
        return side

    def _candidates(self, x: np.ndarray) -> Iterator[int]:
        """A column of each of the most open groups: the dearest, which says most of its decision."""
        seen: set[float] = set()
        for fraction, at in self._groups(x).items():
            both = round(min(fraction, 1.0 - fraction), 6)
            if both not in seen and len(seen) < _TRIED:
                seen.add(both)
                yield int(at[np.lexsort((at, self.cost[at]))[-1]])

    def _gains(self, node: _Node, part: float, column: int, sides: list[_Node | None]) -> tuple[float, float]:
        """What each side costs more than the node; remembered by the part of a whole that it moves."""
        down, up = (
            _NO_PLAN if side is None else _FAR if side.outcome is None else side.bound - node.bound
            for side in sides
        )
        self._rates[column] = (down / part, up / (1.0 - part))
        return down, up

    def _dive(self, sides: list[_Node]) -> None:
        """From the cheaper side round a group at a time, the most whole first, until all are whole."""
        solved = [side for side in sides if side.outcome is not None]
        if not solved:
            return
        node: _Node | None = min(solved, key=lambda side: side.bound)
        for _ in range(_DEPTH):
            if node is None or node.outcome is None:
                return
            x = node.outcome.x[self.whole]
            groups = self._groups(x)
            if not groups:
                self._keep(node, x)
                return
            fraction = max(groups)
            at = groups[fraction]
            down, up = self._rates.get(int(at[-1]), (1.0, 0.0))
            rounded_up = down * fraction >= up * (1.0 - fraction)
            first = self._look(node, *self._side(node, x, at, rounded_up), steps=_LOOK)
            if first is None or first.outcome is None:
                first = self._look(node, *self._side(node, x, at[-1:], not rounded_up), steps=_LOOK)
            node = first

    def _keep(self, node: _Node, x: np.ndarray) -> None:
        """Solve with the integers held exactly where they are, and remember the plan if it is the best."""
        held = self._look(node, np.round(x), np.round(x), steps=None, held=True)
        if held is not None and held.outcome is not None and held.outcome.objective < self._cost():
            self.best = held.outcome
