"""Where the load of a slice is nothing, nothing runs. January to March 2027 has 2,160 hours."""

import pytest
from support.audit_plan import audited
from support.cases import World
from support.plans import cost, plan_of, read

from planner.errors import BadInput
from planner.money import CENT


def world(platform="vm", coupled=False, **more):
    made = World(slices={"day": 0.5, "night": 0.5}, headroom=0.0)
    made.vendor("aa").region("aa:x").machine("aa:x", "m", 4, 16, 1.0).store("aa:x", "block_gib", 0.5)
    if coupled:
        made.capacity("aa:x", "vcpu", 1000)
    pod = {"pod_vcpu": 1, "pod_memory_gib": 4} if platform == "container" else {}
    made.workload("web", platform=platform, min_units=3, **pod, **more)
    return made.load("web", day=1.0, night=0.0)


@pytest.mark.parametrize("coupled", [False, True])
@pytest.mark.parametrize("platform", ["vm", "container"])
def test_the_least_number_of_machines_runs_only_where_there_is_load(platform, coupled, tmp_path):
    """Three machines for the 1,080 hours of the day, none at night: 3,240.00."""
    made = world(platform, coupled)
    assert cost(plan_of(made)) == pytest.approx(3_240.00, abs=CENT)
    assert [f for f in audited(made, tmp_path) if f.status in ("fail", "exception", "not checked")] == []


def test_whole_machines_too():
    made = world()
    made.whole = True
    assert cost(plan_of(made)) == pytest.approx(3_240.00, abs=CENT)


def test_what_needs_no_machine_states_none():
    """An archive of 100 GiB at 0.50 for three months: 150.00, without rows of zero."""
    made = world(demand={"block_gib": 100})
    made.tables["loads"] = []
    assert cost(plan_of(made)) == pytest.approx(150.00, abs=CENT)


@pytest.mark.parametrize(("demand", "problem"), [({"vcpu": 4}, "memory_gib"), ({}, "at all")])
def test_half_of_a_machine_or_nothing_is_a_mistake(demand, problem):
    made = world()
    made.workload("half", demand=demand or {"vcpu": 1})
    made.tables["demand"] = [row for row in made.tables["demand"] if demand or row["workload"] == "web"]
    with pytest.raises(BadInput) as error:
        read(made)
    assert [p.value for p in error.value.problems] == ["half"]
    assert problem in error.value.problems[0].problem
