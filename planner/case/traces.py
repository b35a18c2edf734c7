"""Hourly traces: 8,760 values a workload, compressed to the distinct joint levels of all workloads.

A value counts relative to the largest of its workload, which is the peak that ``demand.csv`` states.
Above ``most`` levels, hours that are alike share a slice: at their largest values for the plan, which
is then safe, and at their smallest for a bound on what a finer one could save.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.case.resources import HOURS
from planner.errors import Issue


@dataclass(frozen=True)
class Traces:
    """Joint levels of traces.

    Attributes
    ----------
    workloads
        Names along the columns of ``up`` and ``down``.
    share
        Part of the hours in each slice, most loaded first.
    up, down
        Factor of the peak in each slice (slice, workload), rounded up and down.
    slice_of
        The slice of each hour.
    levels
        Distinct joint levels before slices were merged; equal to the slices if none were.
    """

    workloads: tuple[str, ...]
    share: np.ndarray
    up: np.ndarray
    down: np.ndarray
    slice_of: np.ndarray
    levels: int

    @property
    def names(self) -> list[str]:
        return [f"level-{i + 1:03d}" for i in range(len(self.share))]


def read_traces(raw: bytes, file: str) -> tuple[pd.DataFrame, list[Issue]]:
    """Factors by hour and workload (columns, sorted), from CSV or Parquet text; problems if it is bad."""

    def bad(column: str, value: object, what: str, mend: str, row: int = 0) -> Issue:
        return Issue(file, row, column, str(value)[:80], what, mend)

    nothing = pd.DataFrame()
    try:
        if file.endswith(".parquet"):
            data = pd.read_parquet(io.BytesIO(raw), engine="pyarrow")
        else:
            data = pd.read_csv(io.BytesIO(raw), dtype=str, keep_default_na=False)
    except ImportError:
        mend = "Install the extra parquet (pip install 'cloud-capacity-planner[parquet]'), or write CSV."
        return nothing, [bad("", "", "Parquet cannot be read: pyarrow is not installed", mend)]
    except (ValueError, OSError) as error:
        mend = "Write CSV in UTF-8, or Parquet, with columns hour and one a workload."
        return nothing, [bad("", "", f"cannot be read ({type(error).__name__})", mend)]
    if "hour" not in data.columns or len(data.columns) < 2 or len(set(data.columns)) != len(data.columns):
        return nothing, [bad("hour", "", "has no column hour beside workloads", "Write hour,NAME,…", 1)]
    numbers = data.apply(pd.to_numeric, errors="coerce")
    wrong = ~np.isfinite(numbers.to_numpy(dtype="float64")) | (numbers.to_numpy(dtype="float64") < 0)
    if wrong.any():
        row, column = (int(v[0]) for v in np.nonzero(wrong))
        mend = "Write a number that is not negative for each hour."
        name = str(data.columns[column])
        return nothing, [bad(name, data.iloc[row, column], "is no load", mend, row + 2)]
    numbers = numbers.sort_values("hour", ignore_index=True)
    if not np.array_equal(numbers["hour"].to_numpy(dtype="float64"), np.arange(1, HOURS + 1)):
        mend = f"Give each hour from 1 to {HOURS} one row."
        return nothing, [bad("hour", len(numbers), "are not the hours of a year", mend)]
    loads = numbers.drop(columns="hour").astype("float64")
    idle = [str(c) for c in loads.columns if not loads[c].max() > 0]
    if idle:
        mend = "Take the column out, or give its load."
        return nothing, [bad(name, 0, "has no load in any hour", mend) for name in idle]
    return (loads / loads.max())[sorted(loads.columns)], []


def compress(factors: pd.DataFrame, most: int) -> Traces:
    """The distinct joint levels, merged to at most ``most`` slices.

    Levels are ordered by their mean factor; a run of neighbours is split where that takes most off the
    sum over hours of what rounding up adds, until there are ``most`` runs. Ties go to the earliest.
    """
    values = factors.to_numpy()
    levels, level_of, hours = np.unique(values, axis=0, return_inverse=True, return_counts=True)
    order = np.lexsort((*levels.T[::-1], levels.mean(axis=1)))[::-1]
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    levels, hours, at = levels[order], hours[order].astype("float64"), rank[level_of.reshape(-1)]
    begins = _runs(levels, hours, most) if len(levels) > most else np.arange(len(levels))
    run_of = np.searchsorted(begins, np.arange(len(levels)), side="right") - 1
    return Traces(
        workloads=tuple(str(c) for c in factors.columns),
        share=np.add.reduceat(hours, begins) / hours.sum(),
        up=np.maximum.reduceat(levels, begins, axis=0),
        down=np.minimum.reduceat(levels, begins, axis=0),
        slice_of=run_of[at],
        levels=len(levels),
    )


def _runs(levels: np.ndarray, hours: np.ndarray, most: int) -> np.ndarray:
    """First level of each run."""
    runs: list[tuple[int, int, float, int]] = [(0, len(levels), *_split(levels, hours, 0, len(levels)))]
    while len(runs) < most:
        best = max(range(len(runs)), key=lambda i: runs[i][2])
        first, last, _, cut = runs[best]
        runs[best : best + 1] = [
            (first, cut, *_split(levels, hours, first, cut)),
            (cut, last, *_split(levels, hours, cut, last)),
        ]
    return np.array([run[0] for run in runs], dtype=np.int64)


def _split(levels: np.ndarray, hours: np.ndarray, first: int, last: int) -> tuple[float, int]:
    """What the best cut of a run takes off, and the level at which the second part begins."""
    part, weight = levels[first:last], hours[first:last]
    if len(part) < 2:
        return -1.0, first
    left = np.maximum.accumulate(part, axis=0)[:-1].sum(axis=1) * np.cumsum(weight)[:-1]
    right = np.maximum.accumulate(part[::-1], axis=0)[::-1][1:].sum(axis=1)
    right = right * np.cumsum(weight[::-1])[::-1][1:]
    gain = part.max(axis=0).sum() * weight.sum() - left - right
    cut = int(np.argmax(gain))
    return float(gain[cut]), first + cut + 1
