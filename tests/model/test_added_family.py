"""A family that exists only here, declared by one record: at most one machine of a kind in each slice.

web needs two machines of 4 vCPU in the 2,160 hours of a quarter: MYR 1.00 an hour at aa:x, 2.00 at bb:x.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from support.cases import World
from support.plans import bought, cost, read

import planner
from planner.answer.fixed import read_fixed
from planner.explain.explain import explain
from planner.model.block import INF, make_block
from planner.model.families import added, families
from planner.model.family import Family
from planner.money import CENT
from planner.planning import solve

SKU = "aa:x:m4"


def one_machine(context):
    """Σ_q run[q,s,t,l] ≤ 1 for the one SKU."""
    names = context.index.case.catalog.skus["SkuId"].tolist()
    run = context.columns.run.numbered
    run = run[run["s"] == names.index(SKU)]
    keys = run[["s", "t", "l"]].drop_duplicates(ignore_index=True)
    pairs = run.merge(keys.assign(row=np.arange(len(keys))), on=["s", "t", "l"])
    return make_block(keys, [(pairs["row"], pairs["col"], np.ones(len(pairs)))], -INF, 1.0)


FAMILY = Family(
    "one_machine",
    one_machine,
    ("s", "t", "l"),
    role="limit",
    states="other",
    unit="machine",
    subject=lambda row: str(row.names["sku"]),
    broken=("{rule}: {subject}", "needs {value:,.6g} against {bound:,.6g}"),
)


def world():
    made = World().vendor("aa").vendor("bb")
    for region, price in (("aa:x", 1.0), ("bb:x", 2.0)):
        # With a capacity, however large, machines do not fold into places: the family counts them.
        made.region(region).machine(region, "m4", 4, 16, price).capacity(region, "vcpu", 1_000)
    return made.workload("web", demand={"vcpu": 8, "memory_gib": 32}).today("web", "aa:x")


def test_it_is_planned_with_and_binds_with_a_price():
    """One machine at each: 2,160 + 4,320 = 6,480.00; one more at aa would save 2,160.00."""
    assert cost(solve(read(world())).plan) == pytest.approx(4_320.00, abs=CENT)
    with added(FAMILY):
        plan = solve(read(world())).plan
    assert cost(plan) == pytest.approx(6_480.00, abs=CENT)
    assert bought(plan) == pytest.approx({SKU: 1.0, "bb:x:m4": 1.0})
    (line,) = plan.binding.to_dict("records")
    assert (line["family"], line["rule"], line["subject"]) == ("one_machine", "one-machine", SKU)
    assert line["marginal"] == pytest.approx(2_160.00, abs=CENT)
    assert line["per"] == "one more machine"


def test_doing_nothing_breaks_it_and_is_told(tmp_path):
    case = read(world())
    fixed = read_fixed(world().write(tmp_path / "case") / "current.csv", case)
    with added(FAMILY):
        plan = solve(case, fixed=fixed).plan
    assert plan.head["breaks"] == [f"one-machine: {SKU} needs 2 against 1 in 2027-01 (1 period)"]
    assert cost(plan) == pytest.approx(4_320.00, abs=CENT)


def test_explain_names_it_and_loosens_it():
    """web fits in one region only and needs two machines of the kind, of which there may be one."""
    made = (
        World().vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, 1.0).capacity("aa:x", "vcpu", 1_000)
    )
    case = read(made.workload("web", demand={"vcpu": 8, "memory_gib": 32}))
    assert explain(case).feasible
    with added(FAMILY):
        told = explain(case)
    (conflict,) = told.conflicts
    stated = [(m.kind, m.id, m.text) for m in conflict.members if m.kind != "workload"]
    assert stated == [("other", f"one machine of {SKU}", f"one machine of {SKU} is 1")]
    text, _ = told.ways[0]
    assert text == f"raise one machine of {SKU} from 1 to 2 machine in 2027-01; the plan then costs MYR 4,320"


def test_no_code_asks_a_family_for_its_name():
    """What is to be known of a family stands in its record: one that is added needs no other place."""
    asks = re.compile(r'family (==|!=) "|family (not )?in \("')
    modules = Path(planner.__file__).parent.rglob("*.py")
    assert [m.name for m in modules if asks.search(m.read_text(encoding="utf-8"))] == []


def test_it_is_gone_afterwards():
    with added(FAMILY):
        assert families()[-1] is FAMILY
    assert FAMILY not in families()
