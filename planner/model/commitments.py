"""When commitments run: which columns are active in which periods, and what is left afterwards."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.columns import Columns
from planner.model.index import Index


def active_periods(index: Index, columns: Columns) -> pd.DataFrame:
    """Each ``commit`` column in each period of the horizon in which it runs.

    Returns
    -------
    Columns q, r, s, term, t0, t and col.
    """
    keys = columns.commit.numbered
    if keys.empty:
        return keys.assign(t=keys["t0"])
    span = keys["term"].map({term: index.span(term) for term in index.offers.commit})
    last = np.minimum(keys["t0"] + span.astype("float64"), len(index.case.periods))
    lengths = (last - keys["t0"]).astype("int64")
    at = np.repeat(np.arange(len(keys)), lengths)
    out = keys.iloc[at].reset_index(drop=True)
    return out.assign(t=out["t0"].to_numpy() + np.arange(len(at)) - np.searchsorted(at, at))


def held_periods(index: Index, columns: Columns) -> pd.DataFrame:
    """Each ``held`` column in each period in which it runs: h, owner, r, s, term, t, col, part.

    ``part`` is the part of the period's hours in which it runs: less than one where it ends within the
    period. There it counts as that part of its machines, as a mean over the hours.
    """
    months = index.case.settings.months
    held = index.held.assign(h=range(len(index.held)), col=columns.held.numbers)
    held["r"] = index.offers.sku_region[held["s"].to_numpy(dtype=np.int64)]
    if held.empty:
        return held.assign(t=held["h"], part=np.empty(0))
    lengths = np.minimum(-(-held["months_left"] // months), len(index.case.periods)).astype("int64")
    out = held.loc[held.index.repeat(lengths)].reset_index(drop=True)
    out["t"] = out.groupby("h").cumcount().astype("int64")
    return out.assign(part=_part(index, out))


def _part(index: Index, lines: pd.DataFrame) -> np.ndarray:
    """Part of the hours of period t before a held commitment ends."""
    case, months = index.case, index.case.settings.months
    left = lines["months_left"].to_numpy(dtype=np.int64) - lines["t"].to_numpy(dtype=np.int64) * months
    part = np.ones(len(lines))
    first = pd.Period(case.settings.start, freq="M")
    for i in np.flatnonzero(left < months):
        begin = first + int(lines["t"].iloc[i]) * months
        days = ((begin + int(left[i])).start_time - begin.start_time).days
        part[i] = days / ((begin + months).start_time - begin.start_time).days
    return part


def prepaid_part(index: Index, columns: Columns) -> np.ndarray:
    """Part of its price that is paid when a commitment begins, along all columns; zero for others."""
    out = np.zeros(columns.count)
    keys = columns.commit.keys
    both = (
        (columns.commit.numbers, keys["term"].to_numpy(), keys["s"].to_numpy(dtype=np.int64)),
        (columns.held.numbers, index.held["term"].to_numpy(), index.held["s"].to_numpy(dtype=np.int64)),
    )
    for col, terms, s in both:
        for term, part in index.offers.upfront.items():
            mine = terms == term
            out[col[mine]] = part[s[mine]]
    return out


def tail_months(index: Index, columns: Columns) -> np.ndarray:
    """Months that each ``commit`` column runs after the horizon."""
    keys = columns.commit.keys
    span = keys["term"].map({term: index.span(term) for term in index.offers.commit}).astype("float64")
    beyond = keys["t0"] + span - len(index.case.periods)
    return np.asarray(np.maximum(beyond, 0.0) * index.case.settings.months)
