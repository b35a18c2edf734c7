"""The plan that a user gets is in whole machines: by hand. January to March 2027 has 2,160 hours."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cases import World
from support.cli import call
from support.depth import cases
from support.plans import bought, cost, plan_of, read, whole_plan

from planner.answer.parts import parts
from planner.errors import Infeasible, Stopped
from planner.lp import search as module
from planner.money import CENT
from planner.planning import plan_case, solve_case
from planner.report.terminal import findings

HOURS = 2160


@pytest.fixture(params=["tree", "dive", "repair"])
def any_way(request, monkeypatch):
    """Small programs go to HiGHS; large ones are dived into, or rounded up and repaired: as well here."""
    if request.param != "tree":
        monkeypatch.setattr(module, "SMALL", 0)
    if request.param == "repair":
        monkeypatch.setattr(module, "dive", lambda *_: None)


def world(**more):
    made = World(headroom=0.0, **more).vendor("aa").region("aa:x").machine("aa:x", "m", 4, 16, 1.0)
    return made.vendor("bb").region("bb:x").machine("bb:x", "m", 4, 16, 1.4)


def two(limit, divisible=True):
    """Two systems of 1.5 machines each, so of two each."""
    made = world().capacity("aa:x", "units", limit)
    for name in ("web", "tax"):
        made.workload(name, demand={"vcpu": 6, "memory_gib": 24}, divisible=divisible)
    return made


@pytest.mark.usefixtures("any_way")
def test_what_does_not_fit_goes_elsewhere():
    """3 in parts at 1.00. In whole ones 2 + 2 exceed 3: one has 1 there and 1 at 1.40: 4.40."""
    plan = whole_plan(two(3))
    assert bought(plan) == {"aa:x:m": 3.0, "bb:x:m": 1.0}
    assert cost(plan) == pytest.approx(4.4 * HOURS, abs=CENT)
    assert plan.machines.groupby("workload")["units"].sum().to_dict() == {"tax": 2, "web": 2}
    assert cost(plan_of(two(3))) == pytest.approx(3.0 * HOURS, abs=CENT)


@pytest.mark.usefixtures("any_way")
def test_what_may_not_be_split_goes_elsewhere_whole():
    """Room for 3 of 2 + 2: one whole system pays 1.40: 2 + 2.80."""
    plan = whole_plan(two(3, divisible=False))
    assert bought(plan) == {"aa:x:m": 2.0, "bb:x:m": 2.0}
    assert cost(plan) == pytest.approx(4.8 * HOURS, abs=CENT)


@pytest.mark.usefixtures("any_way")
def test_a_share_of_the_spend_is_kept_by_whole_machines():
    """5 machines, nobody above 60 %: in parts 3.21 and 1.79; 3 and 2 are 55.6 % of 5.40."""
    made = World(headroom=0.0)
    for vendor, price in (("aa", 1.0), ("bb", 1.2)):
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, price)
    made.rule("cap", "vendor_share", {"cap": 0.6, "basis": "spend"})
    plan = whole_plan(made.workload("web", demand={"vcpu": 20, "memory_gib": 80}))
    assert bought(plan) == {"aa:x:m": 3.0, "bb:x:m": 2.0}
    assert cost(plan) == pytest.approx(5.4 * HOURS, abs=CENT)


@pytest.mark.usefixtures("any_way")
def test_no_machine_runs_for_nothing_to_widen_a_share():
    """web has 2 machines at aa, tax one at bb: 2 of 3.40 is 58.8 %, and nobody may have more than 58.5 %.

    A second machine for tax would make it 2 of 4.80, but it would serve nothing.
    """

    def made(most):
        made = world().rule("cap", "vendor_share", {"cap": most, "basis": "spend"})
        for name, machines, away in (("web", 2, "bb:x"), ("tax", 1, "aa:x")):
            made.workload(name, demand={"vcpu": 4 * machines, "memory_gib": 16 * machines})
            made.affinity("forbid", name, region=away)
        return made

    with pytest.raises((Infeasible, Stopped)):
        whole_plan(made(0.585))
    assert bought(whole_plan(made(0.59))) == {"aa:x:m": 2.0, "bb:x:m": 1.0}


@pytest.mark.usefixtures("any_way")
def test_commitments_are_whole_for_the_whole_of_their_term():
    """2.5 machines for a year, committed at 0.60, no more than 2 there: 2 committed and one at 1.40."""
    made = world(months=12).committed("aa:x:m", 0.6).offer("commit_1y").capacity("aa:x", "units", 2.5)
    plan = whole_plan(made.workload("web", demand={"vcpu": 10, "memory_gib": 40}))
    assert bought(plan) == {"aa:x:m": 2.0, "bb:x:m": 1.0}
    assert cost(plan) == pytest.approx((2 * 0.6 + 1.4) * 8760, abs=CENT)


def test_fleets_of_containers_share_machines():
    """Two of 1.5 machines each on one fleet: 3."""
    made = world()
    for name in ("web", "tax"):
        made.workload(name, demand={"vcpu": 6, "memory_gib": 24}, platform="container", pod_vcpu=1,
                      pod_memory_gib=4)  # fmt: skip
    plan = whole_plan(made)
    assert bought(plan) == {"aa:x:m": 3.0}
    assert plan.machines.empty


def test_half_a_system_kept_ready_rounds_up():
    """Three machines, half of them ready at the other: 3 × 1.00 + 2 × 1.40."""
    made = world().add("resilience", tier="warm", standby="other_group", vcpu=0.5, memory_gib=0.5, gpu=0,
                       block_gib=0, object_gib=0, backup=0)  # fmt: skip
    made.workload("web", demand={"vcpu": 12, "memory_gib": 48}, resilience="warm", divisible=False)
    plan = whole_plan(made)
    assert bought(plan) == {"aa:x:m": 3.0, "bb:x:m": 2.0}


def test_doing_nothing_is_whole_too(tmp_path):
    """A system of three machines is half here and half there today: 2 and 2."""
    made = world(whole=None).workload("web", demand={"vcpu": 12, "memory_gib": 48}, divisible=False)
    made.today("web", "aa:x", 0.5).today("web", "bb:x", 0.5)
    folder = made.write(tmp_path)
    out = tmp_path / "plan"
    assert call("plan", folder, "--fix", "current.csv", "--out", out).code == 0
    from planner.plan.folder import read_plan

    assert bought(read_plan(out)) == {"aa:x:m": 2.0, "bb:x:m": 2.0}


@pytest.mark.usefixtures("any_way")
def test_where_no_plan_is_found_it_is_said_and_nothing_is_written(tmp_path):
    """Nowhere else to go: 4 machines are needed, 3 are to be had, and parts of 3 would do."""
    made = two(3)
    for name in ("web", "tax"):
        made.affinity("forbid", name, region="bb:x")
    with pytest.raises((Infeasible, Stopped)) as failure:
        whole_plan(made)
    text = str(failure.value)
    assert "in whole machines" in text
    assert "[units] whole = false" in text
    assert "capacity: aa:x needs 4 units against 3 in 2027-01" in text
    answer = call("plan", made.write(tmp_path), "--out", tmp_path / "plan")
    assert answer.code in (3, 7)
    assert not (tmp_path / "plan").exists()
    assert "capacity: aa:x needs 4 units against 3" in answer.err


def test_the_bound_and_why_the_search_ended_are_told():
    plan = whole_plan(two(3))
    assert plan.run["ended"] == "gap"
    assert plan.run["bound"] <= plan.run["objective"] * (1 + 1e-9)
    text = "\n".join(findings(plan))
    assert "no plan in whole machines costs less than MYR" in text
    assert "--gap 0.01" in text


def test_a_search_that_spends_its_effort_says_so(monkeypatch):
    """Two fleets of 1.5 machines each: the linear program says 3.00 and no plan costs less than 4.00."""
    monkeypatch.setattr(module, "SMALL", 0)
    made = world(whole=None)
    for agency in ("mof", "moh"):
        made.agency(agency).workload(f"web-{agency}", agency, demand={"vcpu": 6, "memory_gib": 24},
                                     platform="container", pod_vcpu=1, pod_memory_gib=4)  # fmt: skip
    plan = plan_case(read(made), gap=0.01, effort=0.5)
    assert bought(plan) == {"aa:x:m": 4.0}
    assert (plan.run["ended"], plan.head["status"]) == ("effort", "stopped")
    assert plan.run["gap"] == pytest.approx(0.25)
    assert any("--effort 0.5" in line for line in findings(plan))
    monkeypatch.undo()
    assert plan_case(read(made)).run["ended"] == "gap"


def test_prices_at_the_margin_are_of_the_linear_program_and_say_so():
    """One more machine at aa:x saves 0.40 an hour there; in whole machines too, but no dual says so."""
    plan = whole_plan(two(3))
    (line,) = plan.binding.itertuples()
    assert line.marginal == pytest.approx(0.4 * HOURS, abs=CENT)
    assert "linear program" in plan.run["duals"]
    assert any("what binds (of the linear program that bounds the plan" in line for line in findings(plan))


def test_parts_of_machines_are_asked_for():
    made = two(3)
    assert made.whole is False
    plan = plan_case(read(made))
    assert bought(plan) == {"aa:x:m": 3.0}
    assert plan.machines.empty and "ended" not in plan.run


def test_the_same_question_gives_the_same_answer(monkeypatch):
    monkeypatch.setattr(module, "SMALL", 0)
    one, other = whole_plan(two(3)), whole_plan(two(3))
    assert one.placements.equals(other.placements) and one.machines.equals(other.machines)


def test_neighbourhoods_know_pools_periods_and_machines():
    made = two(3)
    made.whole = True
    model = solve_case(read(made)).model
    found = parts(model)
    assert found.machine.sum() == len(model.columns.use.keys) + len(model.columns.run.keys)
    assert (found.pool[model.columns.use.numbers] >= 0).all()
    assert (found.period[model.columns.use.numbers] == 0).all()


CASES = st.fixed_dictionaries(
    {
        "needs": st.lists(st.integers(1, 30), min_size=2, max_size=5),
        "limit": st.integers(2, 8),
        "cap": st.sampled_from([None, 0.6, 0.75]),
        "container": st.booleans(),
        "small": st.sampled_from([0, module.SMALL]),
    }
)


@settings(max_examples=cases(4), deadline=None)
@given(CASES)
def test_a_plan_in_whole_machines_obeys_every_limit(case):
    """Machines are whole, carry what is placed, fit limit and cap, and cost no less than the bound."""
    made = world().vendor("cc").region("cc:x").machine("cc:x", "m", 8, 32, 3.1)
    made.capacity("aa:x", "units", case["limit"])
    if case["cap"]:
        made.rule("cap", "vendor_share", {"cap": case["cap"], "basis": "spend"})
    more = {"platform": "container", "pod_vcpu": 1, "pod_memory_gib": 4} if case["container"] else {}
    for i, vcpu in enumerate(case["needs"]):
        made.agency(f"a{i}")
        made.workload(f"w{i}", agency=f"a{i}", demand={"vcpu": vcpu, "memory_gib": 4 * vcpu}, **more)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SMALL", case["small"])
        try:
            plan = whole_plan(made)
        except (Infeasible, Stopped):
            assert case["cap"]
            return
    rows = plan.purchases
    assert (rows["units"] % 1 == 0).all()
    assert rows.loc[rows["region"] == "aa:x", "units"].sum() <= case["limit"]
    carried = rows["units"] * rows["sku"].map({"aa:x:m": 4, "bb:x:m": 4, "cc:x:m": 8})
    by = carried.groupby([rows["payer"], rows["region"]]).sum()
    for row in plan.placements.itertuples():
        need = case["needs"][int(row.workload[1:])] * row.share
        assert by.get((f"a{row.workload[1:]}", row.region), 0.0) >= need - 1e-6
    spent = (rows["units"] * rows["unit_price"]).groupby(rows["vendor"]).sum()
    assert not case["cap"] or spent.max() <= case["cap"] * spent.sum() + 1e-6
    assert plan.head["objective"] == pytest.approx(spent.sum() * HOURS, abs=0.02)
    assert plan.run["bound"] <= cost(plan) * (1 + 1e-9)
    made.whole = False
    assert cost(plan_of(made)) <= cost(plan) + CENT
