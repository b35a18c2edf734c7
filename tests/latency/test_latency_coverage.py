"""Coverage worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import PlannerError
from planner.latency.coverage import coverage
from planner.latency.matrix import RoundTrips


def trips(rows: dict[str, list[int]], regions: list[str]) -> RoundTrips:
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=regions)
    return RoundTrips(frame, frame * 2)


TRIPS = trips({"a": [10_000, 50_000], "b": [30_000, 30_000], "c": [500_000, 30_001]}, ["near", "far"])
USERS = pd.DataFrame(
    [("w", "a", 0, 60.0), ("w", "b", 0, 30.0), ("w", "c", 0, 10.0), ("w", "a", 1, 96.0), ("w", "c", 1, 4.0),
     ("v", "b", 0, 5.0), ("v", "b", 1, 0.0)],
    columns=["workload", "site", "t", "users"],
)  # fmt: skip


def test_by_hand():
    found = coverage(USERS, TRIPS, pd.Series({"w": 30.0, "v": math.inf}))
    cells = found.set_index(["workload", "region", "t"])
    assert cells.loc[("w", "near", 0), "coverage"] == pytest.approx(0.9)
    assert cells.loc[("w", "near", 1), "coverage"] == pytest.approx(0.96)
    assert cells.loc[("w", "far", 0), "coverage"] == pytest.approx(0.3)  # 30.001 ms is beyond 30 ms
    assert cells.loc[("w", "near", 0), "mean_ms"] == pytest.approx(0.6 * 10 + 0.3 * 30 + 0.1 * 500)
    assert cells.loc[("w", "near", 0), "p95_ms"] == 500
    assert cells.loc[("w", "near", 1), "p95_ms"] == 10
    assert cells.loc[("w", "far", 0), "p95_ms"] == 50
    assert cells.loc[("v", "far", 0), "coverage"] == 1


def test_a_period_without_users():
    cells = coverage(USERS, TRIPS, pd.Series({"w": 30.0, "v": 1.0})).set_index(["workload", "region", "t"])
    assert cells.loc[("v", "near", 1), "coverage"] == 1
    assert math.isnan(cells.loc[("v", "near", 1), "mean_ms"])
    assert cells.loc[("v", "near", 0), "coverage"] == 0


def test_every_workload_region_and_period_has_a_row():
    found = coverage(USERS, TRIPS, pd.Series({"w": 30.0, "v": 1.0}))
    assert list(found.columns) == ["workload", "region", "t", "coverage", "mean_ms", "p95_ms"]
    assert len(found) == 2 * 2 * 2 == len(found.drop_duplicates(["workload", "region", "t"]))


def test_a_site_without_round_trips_is_an_error():
    with pytest.raises(PlannerError, match="no round trip or target for d"):
        coverage(USERS.assign(site="d"), TRIPS, pd.Series({"w": 1.0, "v": 1.0}))


def test_no_users_at_all():
    assert coverage(USERS.iloc[:0], TRIPS, pd.Series({"w": 1.0})).empty


@given(
    st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 900_000)), min_size=1, max_size=8),
    st.integers(1, 900),
)
def test_against_a_plain_loop(rows, target):
    sites = [f"s{i}" for i in range(len(rows))]
    users = pd.DataFrame({"workload": "w", "site": sites, "t": 0, "users": [float(u) for u, _ in rows]})
    matrix = trips({s: [us] for s, (_, us) in zip(sites, rows, strict=True)}, ["r"])
    found = coverage(users, matrix, pd.Series({"w": float(target)})).iloc[0]
    total = sum(u for u, _ in rows)
    if total == 0:
        assert found["coverage"] == 1
        return
    assert found["coverage"] == pytest.approx(sum(u for u, us in rows if us <= target * 1000) / total)
    persons = np.repeat([us for _, us in rows], [u for u, _ in rows])
    assert found["mean_ms"] == pytest.approx(persons.mean() / 1000)
    assert found["p95_ms"] == np.sort(persons)[math.ceil(0.95 * total - 1e-9) - 1] / 1000
