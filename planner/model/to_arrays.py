"""The program of a case as sparse arrays."""

from __future__ import annotations

import numpy as np

from planner.lp.arrays import Arrays
from planner.model.build import Model


def to_arrays(model: Model) -> Arrays:
    """Put the blocks of a model below one another."""
    counts = [np.bincount(b.row, minlength=len(b.keys)) for b in model.blocks]
    start = np.concatenate([[0], np.cumsum(np.concatenate(counts))])
    return Arrays(
        cost=model.objective,
        lower=np.concatenate([f.lower for f in model.columns.families]),
        upper=np.concatenate([f.upper for f in model.columns.families]),
        row_lower=np.concatenate([b.lower for b in model.blocks]),
        row_upper=np.concatenate([b.upper for b in model.blocks]),
        start=start.astype(np.int64),
        index=np.concatenate([b.col for b in model.blocks]),
        value=np.concatenate([b.coef for b in model.blocks]),
        integer=np.concatenate([f.integer for f in model.columns.families]),
    )
