"""Good whole-number solutions of large programs, quickly, with the bound that was proved beside them.

HiGHS begins every program with integers anew: presolve, interior point, cuts, sub-programs. Where few
integers are open in the relaxation, a tree of few re-solves finds a solution and proves how good it is
(``tree``); where it does not come within the gap, HiGHS goes on from what it found. A small program goes
to HiGHS alone, to its own tolerance. ``dive`` proves nothing and asks for least: hold the column that is
nearest to its next whole number above, solve again from the last basis; turn back where nothing is left.
No limit is one of time, unless asked for: the same program gives the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planner.lp.arrays import Arrays
from planner.lp.problem import LARGE, Outcome, Problem, Status, fix_integers
from planner.lp.tree import Tree
from planner.tolerances import SUM, WHOLE

STEPS = 60
"""Linear programs that a dive may solve."""


@dataclass(frozen=True)
class Found:
    """What was found.

    Attributes
    ----------
    outcome
        With a solution if its status is optimal, which here means: within the gap asked for.
    bound
        No solution costs less, in the unit of the program.
    """

    outcome: Outcome
    bound: float

    @property
    def status(self) -> Status:
        """What was proved."""
        return self.outcome.status

    @property
    def gap(self) -> float:
        """Distance of the solution to the bound, as a part of its cost."""
        cost = self.outcome.objective
        return max(0.0, cost - self.bound) / max(abs(cost), SUM)


def quick(arrays: Arrays, gap: float, large: int = LARGE, seconds: float | None = None) -> Found:
    """Solve a program, with integers to a relative gap.

    Parameters
    ----------
    gap
        For large programs with integers; smaller ones are solved to HiGHS's own tolerance.
    large
        Entries from which a program is large.
    seconds
        Limit of time for the solver; none by default.
    """
    if not arrays.integer.any() or len(arrays.index) < large:
        outcome = Problem(arrays, seconds).solve()
        return Found(outcome, outcome.bound if arrays.integer.any() else outcome.objective)
    session = Problem(replace(arrays, integer=np.zeros(len(arrays.integer), dtype=bool)), seconds)
    relaxed = session.solve()
    if relaxed.status is not Status.OPTIMAL:
        return Found(relaxed, relaxed.objective)
    tree = Tree(session, arrays, gap, seconds)
    if tree.search(relaxed) and tree.best is not None:
        return Found(replace(tree.best, seconds=relaxed.seconds + tree.seconds), tree.bound)
    if tree.stopped:
        word = "Time limit reached"
        return Found(replace(relaxed, status=Status.STOPPED, word=word), relaxed.objective)
    whole = Problem(arrays, seconds, gap=gap)
    if tree.best is not None:
        whole.set_solution(tree.best.x)
    outcome = whole.solve()
    took = relaxed.seconds + tree.seconds + outcome.seconds
    if outcome.status is not Status.OPTIMAL:
        return Found(replace(outcome, seconds=took), outcome.bound)
    held = Problem(fix_integers(arrays, outcome), seconds).solve()
    return Found(replace(held, seconds=took + held.seconds), max(outcome.bound, relaxed.objective))


def dive(session: Problem, arrays: Arrays, relaxed: Outcome) -> Outcome | None:
    """A solution below the relaxation that ``session`` has just solved; None if none was met in time.

    The bounds of the integers are left as the dive had them last.
    """
    whole = np.flatnonzero(arrays.integer)
    aside = [(arrays.lower[whole], arrays.upper[whole])]
    outcome: Outcome | None = relaxed
    for _ in range(STEPS):
        low, high = aside.pop()
        if outcome is not None:
            x = outcome.x[whole]
            part = x - np.floor(x)
            part[(part < WHOLE) | (part > 1.0 - WHOLE)] = 0.0
            if not part.any():
                held = _at(session, whole, np.round(x), np.round(x))
                if held is not None:
                    return held
            else:
                at = int(np.argmax(part))
                below, above = high.copy(), low.copy()
                below[at], above[at] = np.floor(x[at]), np.ceil(x[at])
                aside += [(low, below), (above, high)]
        if not aside:
            return None
        outcome = _at(session, whole, *aside[-1])
    return None


def _at(session: Problem, whole: np.ndarray, low: np.ndarray, high: np.ndarray) -> Outcome | None:
    session.set_column_bounds(whole, low, high)
    outcome = session.solve()
    return outcome if outcome.status is Status.OPTIMAL else None
