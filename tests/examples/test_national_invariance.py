"""The same in other words costs the same: a national case renamed, scaled, shuffled and split."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from planner.inputs import Case, read_case
from planner.lp.solve import solve
from planner.model.to_arrays import to_arrays
from planner.planning import build_model

EXAMPLE = Path(__file__).resolve().parents[2] / "benchmarks" / "cases" / "national-quarters"
NAMED = ("workloads", "demand", "users", "current")
"""Tables that name workloads."""


def least_cost(case: Case) -> float:
    model = build_model(case)
    return solve(to_arrays(model)).outcome.objective * model.unit


@pytest.fixture(scope="module")
def cost() -> float:
    return least_cost(read_case(EXAMPLE))


def changed(tmp_path: Path, change: Callable[[str, pd.DataFrame], pd.DataFrame]) -> Path:
    """A copy of the example whose tables went through a function of their name and rows."""
    folder = Path(shutil.copytree(EXAMPLE, tmp_path / "case"))
    for path in folder.glob("*.csv"):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        change(path.stem, frame).to_csv(path, index=False)
    return folder


def test_other_names_cost_the_same(tmp_path, cost):
    """Names in another order too: rows are sorted by them, so the program is built in another order."""

    def renamed(table: str, frame: pd.DataFrame) -> pd.DataFrame:
        if table not in NAMED:
            return frame
        return frame.assign(workload=[f"s{name[::-1]}" for name in frame["workload"]])

    assert least_cost(read_case(changed(tmp_path, renamed))) == pytest.approx(cost, rel=1e-9)


def test_rows_in_another_order_cost_the_same(tmp_path, cost):
    dice = random.Random(7)  # the same shuffles each time

    def shuffled(_: str, frame: pd.DataFrame) -> pd.DataFrame:
        return frame.sample(frac=1, random_state=dice.randrange(1000))

    assert least_cost(read_case(changed(tmp_path, shuffled))) == pytest.approx(cost, rel=1e-9)


def test_money_in_another_unit_is_as_many_times_as_much(cost):
    case, times = read_case(EXAMPLE), 7.0
    prices = case.catalog.prices.assign(ListUnitPrice=case.catalog.prices["ListUnitPrice"] * times)
    transfer = case.catalog.transfer.assign(ListUnitPrice=case.catalog.transfer["ListUnitPrice"] * times)
    scaled = replace(case, catalog=replace(case.catalog, prices=prices, transfer=transfer))
    assert least_cost(scaled) == pytest.approx(times * cost, rel=1e-9)


def test_two_halves_cost_what_the_whole_costs(tmp_path, cost):
    """A divisible system whose machines are many, so that none is needed for the least number of a half."""
    workloads = pd.read_csv(EXAMPLE / "workloads.csv", dtype=str, keep_default_na=False)
    demand = pd.read_csv(EXAMPLE / "demand.csv")
    vcpu = demand[demand["resource"] == "vcpu"].groupby("workload")["amount"].min()
    able = workloads[(workloads["divisible"] == "true") & (workloads["platform"] == "vm")]
    whole = vcpu.loc[able["workload"]].idxmax()

    def halved(table: str, frame: pd.DataFrame) -> pd.DataFrame:
        if table not in NAMED:
            return frame
        mine = frame["workload"] == whole
        amount = {"demand": "amount", "users": "users"}.get(table)
        parts = [frame[mine].assign(workload=f"{whole}-{half}") for half in ("a", "b")]
        if amount:
            parts = [part.assign(**{amount: [repr(float(v) / 2) for v in part[amount]]}) for part in parts]
        return pd.concat([frame[~mine], *parts])

    assert least_cost(read_case(changed(tmp_path, halved))) == pytest.approx(cost, rel=1e-9)


def test_quarters_cost_what_their_months_cost(tmp_path):
    """Of what is paid by the hour: storage and egress are paid by the month, and months differ in hours, so
    that who may decide by the month may place them better.
    """

    def by_the_hour(table: str, frame: pd.DataFrame) -> pd.DataFrame:
        if table != "demand":
            return frame
        return frame[~frame["resource"].isin(("block_gib", "object_gib", "egress_gib"))]

    quarters = changed(tmp_path, by_the_hour)
    months = Path(shutil.copytree(quarters, tmp_path / "months"))
    text = (months / "case.toml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^months = 3$", "months = 1", text)
    (months / "case.toml").write_text(re.sub(r"(?m)^count = 12$", "count = 36", text), encoding="utf-8")
    assert least_cost(read_case(months)) == pytest.approx(least_cost(read_case(quarters)), rel=1e-9)
