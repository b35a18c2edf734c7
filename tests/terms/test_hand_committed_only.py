"""Machines that are sold by commitment only, solved by hand. 2027 has 8,760 hours."""

import pytest
from support.audit_plan import audited
from support.cases import World
from support.plans import bought, cost, placed, plan_of

from planner.audit.findings import Finding
from planner.errors import Infeasible
from planner.money import CENT


def world(**more):
    """dear at 1.00 an hour on demand; cheap at 0.40 an hour, for a year only."""
    made = World(**{"periods": 4, **more}).vendor("aa").region("aa:x").machine("aa:x", "dear", 4, 16, 1.0)
    made.machine("aa:x", "cheap", 4, 16, None).committed("aa:x:cheap", 0.4)
    return made.offer("commit_1y")


def faults(findings: tuple[Finding, ...]):
    return [f for f in findings if f.status in ("fail", "not checked", "exception")]


def test_it_is_committed_to_where_that_is_cheaper(tmp_path):
    """8,760 × 0.40 = 3,504.00; on demand 8,760.00."""
    made = world().workload("web")
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(3_504.00, abs=CENT)
    assert set(plan.purchases["term"]) == {"commit_1y"}
    assert faults(audited(made, tmp_path)) == []


def test_it_never_runs_on_demand():
    """A load in one quarter only: 2,160.00 on demand is less than a year of 3,504.00."""
    plan = plan_of(world().workload("web", demand={"vcpu": [4, 0, 0, 0], "memory_gib": [16, 0, 0, 0]}))
    assert cost(plan) == pytest.approx(2_160.00, abs=CENT)
    assert bought(plan) == {"aa:x:dear": 1.0}


def test_a_region_with_nothing_else_can_be_used(tmp_path):
    """bb sells nothing on demand; a rule shuts aa."""
    made = world().vendor("bb").region("bb:x").machine("bb:x", "m", 4, 16, None).committed("bb:x:m", 0.5)
    made.workload("web").rule("panel", "vendor_panel", {"vendors": ["bb"]})
    plan = plan_of(made)
    assert placed(plan) == {("web", "bb:x"): 1.0}
    assert cost(plan) == pytest.approx(4_380.00, abs=CENT)
    assert faults(audited(made, tmp_path)) == []


def test_where_the_case_does_not_offer_the_term_it_cannot():
    made = world().workload("web")
    made.terms = {}
    assert cost(plan_of(made)) == pytest.approx(8_760.00, abs=CENT)
    made.tables["prices"] = [row for row in made.tables["prices"] if row["term"] != "on_demand"]
    with pytest.raises(Infeasible):
        plan_of(made)


def test_containers_run_on_it_too(tmp_path):
    """A fleet of one: 3,504.00, beside a rule on shares of the spend, where idle machines could pay."""
    made = world(headroom=0.0).vendor("bb").region("bb:x").machine("bb:x", "m", 4, 16, 3.0)
    made.workload("web", platform="container", pod_vcpu=1, pod_memory_gib=4)
    made.rule("cap", "vendor_share", {"cap": 1.0, "basis": "spend"})
    assert cost(plan_of(made)) == pytest.approx(3_504.00, abs=CENT)
    assert faults(audited(made, tmp_path)) == []


def test_what_is_held_of_it_carries_its_payer(tmp_path):
    """Held to the end of 2027 and paid: 8,760 × 0.40, though the case offers no commitments."""
    made = world().workload("web").held("aa:x:cheap", 1, "2027-01").workload("other", "moh")
    made.terms, made.tables["held_commitments"][0]["start"] = {}, "2026-12"
    made.periods = 3
    plan = plan_of(made)
    hours = 2_160 + 2_184 + 2_208
    assert cost(plan) == pytest.approx(hours * (0.4 + 1.0), abs=CENT)
    assert faults(audited(made, tmp_path)) == []
