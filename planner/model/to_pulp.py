"""The program as a PuLP problem: for people to read, to write as LP or MPS, and for CBC.

Only calls that PuLP 3.3 and 4 share are used. Each row is one expression made from a dict, which
is an order of magnitude faster than summing terms.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pulp

from planner.model.build import Model
from planner.model.registry import column_names, legend, row_names

LARGEST = 400_000
"""Entries above which ``plan`` solves the arrays alone: PuLP then takes longer than the solver."""


def to_pulp(model: Model, families: Collection[str] | None = None) -> Any:
    """Make the PuLP problem of a model.

    Parameters
    ----------
    model
        The model.
    families
        Rows to keep; all by default. The columns that they do not use keep their cost.

    Returns
    -------
    pulp.LpProblem
        A row with two different finite bounds becomes two constraints, the second named ``…_low``;
        none of today's families has such rows.
    """
    problem = pulp.LpProblem("plan", pulp.LpMinimize)
    shapes = [
        shape
        for f in model.columns.families
        for shape in zip(f.lower.tolist(), f.upper.tolist(), f.integer.tolist(), strict=True)
    ]
    variables = [
        problem.add_variable(
            name,
            lowBound=low,
            upBound=None if high == np.inf else high,
            cat=pulp.LpInteger if whole else pulp.LpContinuous,
        )
        for name, (low, high, whole) in zip(column_names(model), shapes, strict=True)
    ]
    costs = {variables[i]: float(model.objective[i]) for i in np.flatnonzero(model.objective)}
    if families is None:
        # PuLP forgets a variable that stands nowhere, and its bounds with it: stated here with zero.
        somewhere = np.union1d(np.flatnonzero(model.objective), np.concatenate([b.col for b in model.blocks]))
        costs |= {variables[i]: 0.0 for i in np.setdiff1d(np.arange(len(variables)), somewhere)}
    problem.setObjective(pulp.LpAffineExpression(costs))
    names = row_names(model)
    for block in model.blocks:
        if families is not None and block.family not in families:
            continue
        offset = model.starts[block.family]
        starts = np.searchsorted(block.row, np.arange(len(block.keys) + 1))
        col, coef = block.col.tolist(), block.coef.tolist()
        for i in range(len(block.keys)):
            a, b = starts[i], starts[i + 1]
            row = pulp.LpAffineExpression({variables[c]: v for c, v in zip(col[a:b], coef[a:b], strict=True)})
            for name, sense, bound in _senses(names[offset + i], block.lower[i], block.upper[i]):
                problem.addConstraint(pulp.LpConstraint(row, sense, name, bound))
    return problem


def _senses(name: str, low: float, high: float) -> list[tuple[str, int, float]]:
    if low == high:
        return [(name, pulp.LpConstraintEQ, low)]
    out = []
    if np.isfinite(high):
        out.append((name, pulp.LpConstraintLE, high))
    if np.isfinite(low):
        out.append((f"{name}_low" if out else name, pulp.LpConstraintGE, low))
    return out


def lp_text(model: Model, families: Collection[str] | None = None, problem: Any = None) -> str:
    """The program in LP format, with a legend of columns and rows in comments.

    ``problem``: the PuLP problem of the model, where it has been made.
    """
    problem = to_pulp(model, families) if problem is None else problem
    with TemporaryDirectory() as folder:
        path = Path(folder) / "plan.lp"
        problem.writeLP(str(path))
        text = path.read_text()
    kept = [b.family for b in model.blocks if families is None or b.family in families]
    used = {c for b in model.blocks if b.family in kept for c in np.unique(b.col).tolist()}
    notes = []
    for family in model.columns.families:
        lines = legend(model, family.name, family.keys)
        notes += [lines[i] for i, c in enumerate(family.numbers.tolist()) if c in used]
    for name in kept:
        notes += [f"row {line}" for line in legend(model, name, model.block(name).keys)]
    return "".join(f"\\ {line}\n" for line in notes) + text
