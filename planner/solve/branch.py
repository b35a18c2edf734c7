"""Good whole-number solutions of large programs, quickly, with the bound that was proved beside them.

HiGHS begins every program with integers anew: presolve, interior point, cuts, sub-programs. Where few
integers are open in the relaxation, a dive finds a solution in a few steps of the simplex each: hold the
column that is nearest to its next whole number above, solve again from the last basis; turn back where
nothing is left. The relaxation is the bound, so what the dive may have missed is known. A small program
goes to HiGHS alone, to its own tolerance. No limit is one of time: the same program gives the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planner.model.render_arrays import Arrays
from planner.solve.solve_arrays import LARGE, Outcome, Session, Status, fix_integers

STEPS = 60
"""Linear programs that a dive may solve."""

_WHOLE = 1e-6


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
        return max(0.0, cost - self.bound) / max(abs(cost), 1e-9)


def quick(arrays: Arrays, gap: float, large: int = LARGE) -> Found:
    """Solve a program, with integers to a relative gap.

    Parameters
    ----------
    gap
        For large programs with integers; smaller ones are solved to HiGHS's own tolerance.
    large
        Entries from which a program is large.
    """
    if not arrays.integer.any() or len(arrays.index) < large:
        outcome = Session(arrays).solve()
        return Found(outcome, outcome.bound if arrays.integer.any() else outcome.objective)
    session = Session(replace(arrays, integer=np.zeros(len(arrays.integer), dtype=bool)))
    relaxed = session.solve()
    if relaxed.status is not Status.OPTIMAL:
        return Found(relaxed, relaxed.objective)
    found = dive(session, arrays, relaxed)
    if found is not None:
        near = Found(found, relaxed.objective)
        if near.gap <= gap:
            return near
    whole = Session(arrays, gap=gap)
    if found is not None:
        whole.set_solution(found.x)
    outcome = whole.solve()
    if outcome.status is not Status.OPTIMAL:
        return Found(outcome, outcome.bound)
    return Found(Session(fix_integers(arrays, outcome)).solve(), max(outcome.bound, relaxed.objective))


def dive(session: Session, arrays: Arrays, relaxed: Outcome) -> Outcome | None:
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
            part[(part < _WHOLE) | (part > 1.0 - _WHOLE)] = 0.0
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


def _at(session: Session, whole: np.ndarray, low: np.ndarray, high: np.ndarray) -> Outcome | None:
    session.set_column_bounds(whole, low, high)
    outcome = session.solve()
    return outcome if outcome.status is Status.OPTIMAL else None
