"""Caps of rules that are the bounds of rows: money, or another amount."""

from __future__ import annotations

import numpy as np

from planner.model.block import Block
from planner.model.context import Context
from planner.model.family import MONEY, Number
from planner.model.lever import Lever
from planner.policy.rules import Rule


def cap_number(unit: str, subject: str, each: str, steps: float, number: str) -> Number:
    """The cap of a rule, in a unit; the rest is as in :class:`planner.model.lever.Lever`."""

    def lever(context: Context, block: Block, rows: np.ndarray, rule: Rule) -> Lever:
        rate = block.scale[rows] / (context.unit if unit == MONEY else 1.0)
        value = float(rule.parameters["cap"])
        return Lever(
            rule=rule,
            parameter="cap",
            value=value,
            loosest=float("inf"),
            subject=subject,
            step=1.0,
            each=each,
            steps=steps,
            number=number,
            bound_row=rows,
            lower=block.lower[rows],
            upper=block.upper[rows] - value * rate,
            bound_rate=rate,
        )

    return Number(lever, unit, most=None)
