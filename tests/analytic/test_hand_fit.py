"""vCPU compared by a benchmark, by hand: 2,160 hours, machines of 4 vCPU and 16 GiB."""

from __future__ import annotations

import json

import pytest
from audit.small_plan import edit, where, write
from support.broken import refused
from support.cases import World
from support.plans import bought, plan_of, whole_plan

from planner.audit.audit import audit
from planner.plan.folder import write_manifest


def world(vcpu: float = 40, memory: float = 16, **more) -> World:
    """m costs 1.00 and scores 20,000 a vCPU, n 0.90 and 15,000, k 1.10 and nobody says."""
    made = World().vendor("aa").region("aa:x").vendor("bb").region("bb:x")
    made.machine("aa:x", "m", 4, 16, 1.0).machine("bb:x", "n", 4, 16, 0.9).machine("bb:x", "k", 4, 16, 1.1)
    made.scored("aa", "m", 20000).scored("bb", "n", 15000)
    return made.workload("one", demand={"vcpu": vcpu, "memory_gib": memory}, **more)


FIT = {"benchmark": "coremark", "per_vcpu": 16000}


def with_fit(made: World) -> World:
    made.fit = FIT
    return made


def test_without_the_option_a_vcpu_is_a_vcpu():
    """40 vCPU are ten machines, n 9.00 an hour."""
    assert bought(plan_of(world())) == {"bb:x:n": 10.0}


def test_by_the_benchmark_the_dearer_machine_does_more_for_its_money():
    """Of 16,000: a vCPU of m counts 1.25, so 8 machines are 8.00; of n 0.9375, 10.67 machines 9.60."""
    assert bought(plan_of(with_fit(world()))) == {"aa:x:m": 8.0}


def test_memory_is_not_compared():
    """160 GiB are ten machines of either, n 9.00; their 37.5 vCPU of 16,000 are enough for 30."""
    assert bought(plan_of(with_fit(world(vcpu=30, memory=160)))) == {"bb:x:n": 10.0}


def test_a_family_without_a_figure_counts_as_the_reference_and_is_named():
    made = with_fit(world())
    made.tables["benchmarks"].pop()
    plan = plan_of(made)
    assert bought(plan) == {"aa:x:m": 8.0}  # n: 10 machines, 9.00
    (told,) = [one for one in plan.head["unstated"]["left"] if one["about"] == "fit"]
    assert "coremark of bb k, bb n: no source states it" in told["text"]


def test_quotas_count_the_vcpu_that_a_machine_has():
    """28 vCPU of quota: 7 machines of m, which do the work of 35; the other 5 take 1.33 of n."""
    made = with_fit(world()).capacity("aa:x", "vcpu", 28)
    assert bought(plan_of(made)) == {"aa:x:m": pytest.approx(7.0), "bb:x:n": pytest.approx(5 / 3.75)}


def test_whole_machines_are_counted_by_what_they_do():
    """41 vCPU of 16,000: 8.2 machines of m are 9."""
    assert bought(whole_plan(with_fit(world(vcpu=41, divisible=False)))) == {"aa:x:m": 9.0}


def test_the_audit_counts_as_the_plan_does(tmp_path):
    plan = write(with_fit(world()), tmp_path)

    def failed():
        return {f.check for f in audit(plan).findings if f.status == "fail"}

    assert failed() == set()
    (table,) = (plan / "inputs").rglob("benchmarks.csv")
    edit(table, where(lambda r: r["family"] == "m", per_vcpu="16000"))
    write_manifest(plan)
    assert "enough" in failed()


@pytest.mark.parametrize(
    ("fit", "found"),
    [
        ({"benchmark": "bogomips", "per_vcpu": 1}, ("case.toml", "fit.benchmark", "bogomips")),
        ({"benchmark": "coremark", "per_vcpu": 0}, ("case.toml", "fit.per_vcpu", "0.0")),
        ({"benchmark": "coremark", "per_vcpu": 1, "by": 2}, ("case.toml", "fit.by", "2")),
        ({"benchmark": "coremark"}, ("case.toml", "fit.per_vcpu", "")),
    ],
)
def test_what_cannot_be_is_bad_input(tmp_path, fit, found):
    made = world()
    made.fit = fit
    problems = refused(made.write(tmp_path), [])
    assert found in {(p["file"], p["column"], p["value"]) for p in problems}, json.dumps(problems)


def test_a_family_that_nobody_sells_is_bad_input(tmp_path):
    refused(world().scored("aa", "q", 1).write(tmp_path), [("catalog/benchmarks.csv", 4, "family", "q")])
