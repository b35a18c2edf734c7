"""How far a program is solved: one policy for every command, so that one question has one answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Method = Literal["auto", "simplex", "interior"]
"""How a linear program is solved from nothing: ``auto`` solves large ones part by part where they fall into
parts (:mod:`planner.lp.components`), by the interior point where they do not."""


@dataclass(frozen=True)
class SolvePolicy:
    """Limits of a solve. None but ``time_limit`` depends on the machine: the same program, the same answer.

    Attributes
    ----------
    gap
        Relative gap between incumbent and dual bound at which a program with whole numbers counts as solved.
    method
        Of the first solve of a linear program; a later one goes on from the last basis with the simplex.
    steps
        Iterations of the simplex a solve; ``None`` sets no limit.
    nodes
        Nodes of branch and bound a solve.
    effort
        Of a search in whole machines: so many times the usual steps, nodes and rounds.
    time_limit
        Seconds in the solver a solve.
    """

    gap: float = 5e-4
    method: Method = "auto"
    steps: int | None = None
    nodes: int | None = None
    effort: float = 1.0
    time_limit: float | None = None


PLANNING = SolvePolicy()
"""That of ``planner plan`` and of whatever is compared with its plan."""

FROM_BASIS = SolvePolicy(method="simplex")
"""For programs that are solved often with changes: an interior point would begin each time anew."""
