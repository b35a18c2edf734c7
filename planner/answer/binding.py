"""What binds and what it is worth: duals of a pure linear program, in money and in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from planner.model.block import Block
from planner.model.build import Model
from planner.money import words
from planner.plan.plan import BINDING

_WORTH = 0.005
"""Marginals below half a cent are not shown."""

PRICES_BOUND = "of the linear program that bounds the plan: choices and whole machines in parts"
PRICES_FIXED = "of the program re-solved with its integers fixed"
"""Of which program prices at the margin are, where whole numbers keep the plan's own from having any."""


def binding(model: Model, dual: np.ndarray | None, x: np.ndarray) -> pd.DataFrame:
    """Rows that bind, with what loosening each by one unit saves over the horizon's money.

    Empty without duals (``dual`` is ``None``): where strong duality does not hold, they mean nothing.

    ``x`` are the values of the columns in the program that the duals are of.

    ``marginal`` is discounted money per ``per``: one more unit of a capacity, one point (0.01) of a
    cap or floor, one point of the users within a target.
    """
    if dual is None:
        return pd.DataFrame(columns=list(BINDING))
    limits = [block for block in model.blocks if model.family(block).role == "limit"]
    rows = [row for block in limits for row in _rows(model, dual, x, block)]
    frame = pd.DataFrame(rows, columns=list(BINDING))
    frame["marginal"] = frame["marginal"].astype("float64").round(6)
    return frame.sort_values(["family", "rule", "subject", "period"], ignore_index=True)


def _rows(model: Model, duals: np.ndarray, x: np.ndarray, block: Block) -> Iterator[tuple[Any, ...]]:
    family, currency = model.family(block), model.index.case.settings.currency
    start = model.starts[block.family]
    dual = duals[start : start + len(block.keys)] * block.scale * model.unit
    worth = np.abs(dual) / family.size(model)
    if family.point:
        worth = worth * (1.0 if family.whole is None else family.whole(model, block, x)) * 0.01
    for row in family.rows(model, block, np.flatnonzero(worth >= _WORTH)):
        per = row.words(family.per)
        when = f" in {row.period}" if row.period else ""
        sentence = f"{row.words(family.binds, per=per)} {words(float(worth[row.number]), currency)}{when}"
        yield family.name, row.rule, row.subject, row.period, float(worth[row.number]), per, sentence
