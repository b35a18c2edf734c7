"""How near is near enough: every tolerance of the planner's world, from the coarsest to the finest.

The audit has its own, in decimals, so that one wrong figure here cannot excuse another there. HiGHS keeps
rows and bounds to 1e-7 (its ``primal_feasibility_tolerance``), so what is read from it is held to 1e-6.
"""

from __future__ import annotations

ROW = 1e-6
"""A row or limit is obeyed if it is missed by no more than this part of its bound."""

WHOLE = 1e-6
"""A value of a column this near to a whole number is whole."""

SAME_COST = 1e-6
"""Two objectives are one if they differ by no more than this part of them."""

SHARE = 1e-6
"""A share, or a part of a machine, this small is not worth a line in a table."""

BREACH = 1e-6
"""Total breach, relative to what is loosened, up to which a program counts as obeyed."""

ZERO = 1e-7
"""A value, reduced cost or dual this small is the solver's zero."""

SUM = 1e-9
"""What floating point may add to a sum, or to a figure worked out in two ways."""

DIGIT = 1e-12
"""What it may add to a single product or quotient."""
