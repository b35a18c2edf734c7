"""The program in whole machines beside the one in fractions: what belongs together, and where to begin."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.lp.repair import Parts
from planner.model.build import Model
from planner.model.carried import carried_at
from planner.model.columns import ColumnFamily

_ALWAYS_FREE = ("enter", "leave", "agreement")
"""Columns that tie periods together and follow from others."""


def parts(model: Model) -> Parts:
    """The pool and the period of each column, and which rows are limits."""
    pool = np.full(model.columns.count, -1, dtype=np.int64)
    period = np.full(model.columns.count, -1, dtype=np.int64)
    for family in model.columns.families:
        if family.name in _ALWAYS_FREE:
            continue
        keys = family.keys
        if "q" in keys:
            pool[family.numbers] = keys["q"]
        elif "w" in keys:
            pool[family.numbers] = model.index.pool_of[keys["w"].to_numpy(dtype=np.int64)]
        if "t" in keys:
            period[family.numbers] = keys["t"]
    limit = [np.full(len(b.keys), model.family(b).of_machines) for b in model.blocks]
    return Parts(pool, period, np.concatenate(limit))


def as_planned(first: Model, x: np.ndarray, again: Model) -> np.ndarray:
    """Values of the columns of ``again`` that say what the values ``x`` say in ``first``.

    Machines that ``first`` chose beforehand are columns of ``again``.
    """
    out = np.zeros(again.columns.count)
    for old, new in zip(first.columns.families, again.columns.families, strict=True):
        _add(out, new, old.keys.assign(x=x[old.numbers]))
    chosen = carried_at(first.index, first.columns).merge(first.columns.folded, on=["w", "r", "t"])
    units = x[chosen["col"].to_numpy(dtype=np.int64)] * chosen["units"] * chosen["part"]
    chosen = chosen.assign(x=units, s=chosen["sku"], q=first.index.pool_of[chosen["w"].to_numpy()])
    _add(out, again.columns.use, chosen)
    _add(out, again.columns.run, chosen)
    return out


def _add(out: np.ndarray, family: ColumnFamily, lines: pd.DataFrame) -> None:
    """Add the ``x`` of lines to the columns with the same key; a line without one is of no use."""
    on = [c for c in family.keys.columns if c in lines.columns and c != "n"]
    if family.keys.empty or lines.empty or not on:
        return
    summed = lines.groupby(on, dropna=False)["x"].sum().reset_index()
    found = family.keys[on].merge(summed, on=on, how="left")["x"].fillna(0.0)
    out[family.numbers] += found.to_numpy(dtype="float64")
