"""Slices of hourly traces: read here, chosen by the planner's own function, and held to every hour.

Which hours share a slice is a choice and no verdict: any choice is right that gives each hour one slice
and no slice less than any of its hours. So the choice is made by :func:`planner.case.traces.compress`,
and that it is right is checked on the hours as they are read here.
"""

from __future__ import annotations

import io
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.audit.reading import Unreadable, decimal, parse_csv
from planner.case.traces import compress

if TYPE_CHECKING:
    from planner.audit.case import Case

HOURS = 8760


def set_slices(case: Case, raw: bytes, file: str, most: int) -> None:
    """Give the case the slices of its traces, and each workload its factor of the peak in each.

    Raises
    ------
    Unreadable
        If the file holds no traces of a year, or the slices do not cover every hour.
    """
    factors = read_factors(raw, file)
    made = compress(factors, most)
    case.levels = made.levels
    values = factors.to_numpy()
    hours = np.bincount(made.slice_of, minlength=len(made.share))
    if len(made.slice_of) != len(values) or hours.sum() != len(values):
        raise Unreadable("does not have each hour in one slice")
    if not (values <= made.up[made.slice_of]).all():
        raise Unreadable("has an hour above its slice")
    case.slices = {n: Decimal(int(h)) / len(values) for n, h in zip(made.names, hours, strict=True)}
    for i, name in enumerate(made.names):
        for w, workload in enumerate(made.workloads):
            case.factors[workload, name] = Decimal(repr(float(made.up[i, w])))


def read_factors(raw: bytes, file: str) -> pd.DataFrame:
    """Load of each hour (rows) and workload (columns, sorted), each relative to its largest.

    Raises
    ------
    Unreadable
        If it is no table of the hours 1 to 8,760 with loads that are not negative.
    """
    columns = _parquet(raw) if file.endswith(".parquet") else _csv(raw)
    hours = columns.pop("hour", [])
    if sorted(hours) != list(range(1, HOURS + 1)) or not columns:
        raise Unreadable(f"does not have each hour from 1 to {HOURS} once, beside workloads")
    loads = pd.DataFrame(columns, index=hours, dtype="float64").sort_index()[sorted(columns)]
    values = loads.to_numpy()
    if not np.isfinite(values).all() or (values < 0).any() or not (values.max(axis=0) > 0).all():
        raise Unreadable("has a load that is negative or no number, or none at all for a workload")
    relative: pd.DataFrame = loads.reset_index(drop=True) / values.max(axis=0)
    return relative


def _csv(raw: bytes) -> dict[str, list[float]]:
    rows = parse_csv(raw, ("hour",))
    names = list(rows[0]) if rows else []
    return {name: [float(decimal(row[name])) for row in rows] for name in names}


def _parquet(raw: bytes) -> dict[str, list[float]]:
    try:
        data = pd.read_parquet(io.BytesIO(raw), engine="pyarrow")
        return {str(name): [float(v) for v in data[name]] for name in data.columns}
    except (ImportError, OSError, ValueError, TypeError) as error:
        raise Unreadable(f"cannot be read ({type(error).__name__})") from None
