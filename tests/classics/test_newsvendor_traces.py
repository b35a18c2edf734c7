"""The newsvendor's rule on hourly traces, from the CSV of a year to the audited plan.

One trace: with d(n) the part of the hours in which more than n machines run, machine n + 1 is worth
committing to if d(n) × on-demand price > commitment price.
"""

import numpy as np
import pandas as pd
import pytest
from support.cases import World
from support.cli import call
from support.plans import cost

from planner.audit.audit import audit
from planner.case.traces import compress, read_traces
from planner.errors import BadInput
from planner.inputs import read_case
from planner.money import CENT
from planner.planning import solve

HOURS = 8760


def world(price: float, most: int | None = None, file: str = "traces.csv", **peaks: int) -> World:
    made = World(months=12, traces={"file": file} | ({"max_slices": most} if most else {}))
    made.vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, 1.0).committed("aa:x:m4", price)
    made.offer("commit_1y")
    for name, peak in peaks.items():
        made.workload(name, demand={"vcpu": 4 * peak, "memory_gib": 16 * peak})
    return made


def trace(**loads: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"hour": np.arange(1, HOURS + 1), **loads})


def plan_with(made: World, data: pd.DataFrame, folder, parquet: bool = False):
    case = made.write(folder / "case")
    if parquet:
        data.to_parquet(case / "traces.parquet", index=False)
    else:
        data.to_csv(case / "traces.csv", index=False)
    return solve(read_case(case)).plan


def steps(peak: int) -> np.ndarray:
    """A year that runs 1 … peak machines, the hours of each level differing."""
    return 1 + (np.arange(HOURS) * 7 + np.arange(HOURS) // 24) % peak


@pytest.mark.parametrize("price", [0.12, 0.41, 0.62, 0.93])
def test_the_depth_of_a_trace_is_the_newsvendors(price, tmp_path):
    loads = steps(20)
    plan = plan_with(world(price, web=20), trace(web=loads * 3.5), tmp_path)
    costs = [HOURS * price * q + np.maximum(loads - q, 0).sum() for q in range(21)]
    assert cost(plan) == pytest.approx(min(costs), abs=CENT)
    committed = plan.purchases[plan.purchases["term"] == "commit_1y"]["units"].sum()
    assert committed == pytest.approx(int(np.argmin(costs)))
    assert plan.head["traces"] == {"levels": 20, "slices": 20}


def test_loads_that_alternate_share_commitments(tmp_path):
    """Ten by day, ten by night: ten machines run always. 10 × 0.6 × 8,760 = 52,560.00, twice apart."""
    day = np.where(np.arange(HOURS) % 24 < 12, 10.0, 0.0)
    plan = plan_with(world(0.6, web=10, api=10), trace(web=day, api=10 - day), tmp_path)
    assert plan.head["traces"] == {"levels": 2, "slices": 2}
    assert cost(plan) == pytest.approx(10 * 0.6 * HOURS, abs=CENT)


def test_merged_levels_lie_above_the_truth_and_the_bound_below(tmp_path):
    """Forty levels in five slices: bound ≤ the newsvendor's cost ≤ plan, and more slices come nearer."""
    loads = steps(40)
    truth = min(HOURS * 0.4 * q + np.maximum(loads - q, 0).sum() for q in range(41))
    few = plan_with(world(0.4, 5, web=40), trace(web=loads), tmp_path / "few")
    more = plan_with(world(0.4, 20, web=40), trace(web=loads), tmp_path / "more")
    assert few.head["traces"]["slices"] == 5 and few.head["traces"]["levels"] == 40
    assert few.head["traces"]["bound"] <= truth <= cost(few)
    assert few.head["traces"]["bound"] <= more.head["traces"]["bound"] <= truth <= cost(more) <= cost(few)


def test_parquet_is_read_like_csv(tmp_path):
    pytest.importorskip("pyarrow")
    loads = steps(6)
    csv = plan_with(world(0.4, web=6), trace(web=loads), tmp_path / "csv")
    made = world(0.4, file="traces.parquet", web=6)
    parquet = plan_with(made, trace(web=loads), tmp_path / "parquet", parquet=True)
    pd.testing.assert_frame_equal(csv.purchases, parquet.purchases)


def test_without_pyarrow_parquet_is_refused_with_a_mend(monkeypatch):
    def missing(*args, **more):
        raise ImportError("no pyarrow")

    monkeypatch.setattr(pd, "read_parquet", missing)
    _, problems = read_traces(b"", "traces.parquet")
    assert "pyarrow" in problems[0].problem and "parquet" in problems[0].mend


def test_slices_cover_every_hour_of_random_traces():
    random = np.random.default_rng(0)
    data = pd.DataFrame(random.random((HOURS, 3)).round(2), columns=["a", "b", "c"])
    made = compress(data, 24)
    values = data.to_numpy()
    assert len(made.share) == 24 and made.share.sum() == pytest.approx(1.0)
    assert (values <= made.up[made.slice_of]).all() and (values >= made.down[made.slice_of]).all()


def test_a_plan_with_traces_is_audited(tmp_path):
    case = world(0.4, 8, web=20, api=5).write(tmp_path / "case")
    trace(web=steps(20), api=steps(5)[::-1]).to_csv(case / "traces.csv", index=False)
    out = tmp_path / "plan"
    assert call("plan", case, "--out", out).code == 0
    assert {f.check for f in audit(out).findings if f.status == "fail"} == set()
    assert call("why", out, "--workload", "web").code == 0


BROKEN = {
    "an hour missing": (lambda d: d.iloc[1:], "hour"),
    "an hour twice": (lambda d: d.replace({"hour": {2: 1}}), "hour"),
    "a negative load": (lambda d: d.assign(web=d["web"].where(d["hour"] != 5, -1)), "web"),
    "a load that is no number": (lambda d: d.astype(object).assign(web="much"), "web"),
    "no hour": (lambda d: d.drop(columns="hour"), "hour"),
    "an unknown workload": (lambda d: d.assign(who=1), "who"),
    "a system that never runs": (lambda d: d.assign(web=0), "web"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_trace_is_told_with_its_column(name, tmp_path):
    change, column = BROKEN[name]
    with pytest.raises(BadInput) as failure:
        plan_with(world(0.4, web=20), change(trace(web=steps(20))), tmp_path)
    assert column in {p.column for p in failure.value.problems}
    assert {p.file for p in failure.value.problems} == {"traces.csv"}
