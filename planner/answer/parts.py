"""What belongs together in a program in whole machines: what a search for a plan looks at apart."""

from __future__ import annotations

import numpy as np

from planner.lp.repair import Parts
from planner.model.build import Model

_ALWAYS_FREE = ("enter", "leave", "agreement")
"""Columns that tie periods together and follow from others."""
_MACHINES = ("use", "run", "commit")


def parts(model: Model) -> Parts:
    """The pool and the period of each column, which are machines, and which rows are limits."""
    pool = np.full(model.columns.count, -1, dtype=np.int64)
    period = np.full(model.columns.count, -1, dtype=np.int64)
    machine = np.zeros(model.columns.count, dtype=bool)
    for family in model.columns.families:
        machine[family.numbers] = family.name in _MACHINES
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
    return Parts(pool, period, machine, np.concatenate(limit))
