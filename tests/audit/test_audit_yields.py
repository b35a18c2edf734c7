"""The audit sizes with a workload's own yields: enough machines pass, a hundredth fewer fail."""

import pytest
from audit.small_plan import edit, where, write
from support.cases import World

from planner.audit.audit import audit


@pytest.mark.parametrize("quota", [None, 10_000])
def test_machines_are_enough_for_the_requests_and_no_fewer(tmp_path, quota):
    made = World().vendor("aa").region("aa:x").machine("aa:x", "m", 4, 16, 1.0)
    made.workload("web", demand={"vcpu": 0, "memory_gib": 0, "requests": 9000}).yields("web", "aa:x:m", 2000)
    if quota:
        made.capacity("aa:x", "vcpu", quota)
    plan = write(made, tmp_path)
    assert [f for f in audit(plan).findings if f.status in ("fail", "not checked", "exception")] == []
    fewer = where(lambda row: True, units=lambda units: str(float(units) * 0.99))
    edit(plan / "purchases.csv", fewer)
    assert "enough" in {f.check for f in audit(plan).findings if f.status == "fail"}
