"""No slivers, and moves that are told: by hand. January to March 2027 has 2,160 hours.

aa sells a machine of 4 vCPU for 1.00 an hour, bb for 2.00, cc for 3.00.
"""

import pytest
from audit.small_plan import edit, where, write
from support.cases import World
from support.cli import call
from support.plans import cost, placed, plan_of, read, whole_plan

from planner.audit.audit import audit
from planner.errors import BadInput
from planner.model.placing import advice
from planner.money import CENT

HOURS = 2160


def world(room=(19, 9), machines=20, divisible=True, **more):
    """A system of ``machines`` machines, with room for so many at aa and bb."""
    made = World()
    for vendor, price in (("aa", 1.0), ("bb", 2.0), ("cc", 3.0)):
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, price)
    for vendor, units in zip(("aa", "bb"), room, strict=True):
        made.capacity(f"{vendor}:x", "units", units)
    need = {"vcpu": 4 * machines, "memory_gib": 16 * machines}
    return made.workload("web", demand=need, divisible=divisible, **more)


def test_without_a_least_share_a_twentieth_is_split_off():
    assert placed(plan_of(world())) == {("web", "aa:x"): 0.95, ("web", "bb:x"): 0.05}


@pytest.mark.parametrize("own", [False, True])
def test_a_share_is_nothing_or_at_least_the_least(own):
    """A tenth at least: two machines at bb, 18 + 2 × 2 = 22 an hour."""
    made = world(**({"least_share": 0.1} if own else {}))
    made.placing = {} if own else {"least_share": 0.1}
    plan = plan_of(made)
    assert placed(plan) == {("web", "aa:x"): 0.9, ("web", "bb:x"): 0.1}
    assert cost(plan) == pytest.approx(22 * HOURS, abs=CENT)


def test_what_does_not_reach_the_least_goes_where_it_does():
    """Room for one machine at bb is less than a tenth: 18 at aa and 2 at cc, 24 an hour."""
    made = world(room=(19, 1))
    made.placing = {"least_share": 0.1}
    plan = plan_of(made)
    assert placed(plan) == {("web", "aa:x"): 0.9, ("web", "cc:x"): 0.1}
    assert cost(plan) == pytest.approx(24 * HOURS, abs=CENT)


def test_no_more_regions_than_may_be():
    """Room for 8 at aa and 8 at bb: in three regions 8 + 16 + 12 = 36, in two 8 + 3 × 12 = 44."""
    made = world(room=(8, 8))
    assert cost(plan_of(made)) == pytest.approx(36 * HOURS, abs=CENT)
    made.placing = {"most_regions": 2}
    plan = plan_of(made)
    assert placed(plan) == {("web", "aa:x"): 0.4, ("web", "cc:x"): 0.6}
    assert cost(plan) == pytest.approx(44 * HOURS, abs=CENT)


def test_a_system_of_its_own_mind_stays_out_of_the_limit_of_the_case():
    made = world(room=(8, 8), most_regions=3)
    made.placing = {"most_regions": 2}
    assert cost(plan_of(made)) == pytest.approx(36 * HOURS, abs=CENT)


def test_it_holds_in_whole_machines_too():
    made = world(room=(8, 8))
    made.placing = {"least_share": 0.1, "most_regions": 2}
    assert len(placed(whole_plan(made))) == 2


def test_what_is_not_divisible_has_no_least_share():
    with pytest.raises(BadInput) as failure:
        read(world(divisible=False, least_share=0.1))
    assert [p.column for p in failure.value.problems] == ["least_share"]


def test_limits_that_are_none_are_refused():
    made = world()
    made.placing = {"least_share": 0.7, "most_regions": 0}
    with pytest.raises(BadInput) as failure:
        read(made)
    assert {p.column for p in failure.value.problems} == {"placing.least_share", "placing.most_regions"}


def test_the_audit_finds_a_sliver(tmp_path):
    made = world()
    made.placing = {"least_share": 0.1}
    plan = write(made, tmp_path)
    assert [f.status for f in audit(plan).findings if f.check == "slivers"] == ["pass"]
    edit(plan / "placements.csv", where(lambda row: row["region"] == "bb:x", share="0.05"))
    edit(plan / "placements.csv", where(lambda row: row["region"] == "aa:x", share="0.95"))
    found = [f for f in audit(plan).findings if f.check == "slivers" and f.status == "fail"]
    assert [f.subject for f in found] == ["web"]


def test_divisible_systems_that_store_data_are_advised_against(tmp_path):
    made = world()
    made.store("aa:x", "block_gib", 0.1).store("bb:x", "block_gib", 0.1).store("cc:x", "block_gib", 0.1)
    made.workload("register", demand={"vcpu": 4, "memory_gib": 16, "block_gib": 100}, divisible=True)
    made.workload("payroll", demand={"vcpu": 4, "memory_gib": 16, "block_gib": 100}, divisible=False)
    assert advice(read(made)) == ["register"]
    answer = call("check", made.write(tmp_path))
    assert "advice: 1 divisible systems store data" in answer.out and "register" in answer.out


def today(labour=None, periods=1):
    """web runs at bb today, at 20 machines; aa is 20 an hour cheaper and has room from the last period on."""
    room = ([0] * (periods - 1) + [20], [20] * periods)
    made = World(periods=periods)
    for vendor, price in (("aa", 1.0), ("bb", 2.0)):
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, price)
    for vendor, units in zip(("aa", "bb"), room, strict=True):
        made.capacity(f"{vendor}:x", "units", units)
    made.workload("web", demand={"vcpu": 80, "memory_gib": 320}, divisible=False).today("web", "bb:x", 1.0)
    return made if labour is None else made.labour(labour)


def test_a_system_stays_unless_moving_pays_its_labour():
    """A quarter at aa saves 20 × 2,160 = 43,200."""
    assert placed(plan_of(today(43_201))) == {("web", "bb:x"): 1.0}
    assert placed(plan_of(today(43_199))) == {("web", "aa:x"): 1.0}


def test_a_move_is_told_with_its_cost(tmp_path):
    """In the second quarter of 2,184 hours there is room at aa."""
    plan = whole_plan(today(40_000, periods=2))
    (move,) = plan.moves.to_dict("records")
    assert {k: move[k] for k in ("period", "workload", "from", "to", "share")} == {
        "period": "2027-04", "workload": "web", "from": "bb:x", "to": "aa:x", "share": 1.0,
    }  # fmt: skip
    assert (move["labour"], move["transfer"], move["cost"]) == (40_000.0, 0.0, 40_000.0)
    made = today(40_000, periods=2)
    made.whole = None
    out = tmp_path / "plan"
    answer = call("plan", made.write(tmp_path / "case"), "--out", out)
    assert "1 systems move, for MYR 40,000 (moves.csv)" in answer.out
    assert "2027-04: 1 for MYR 40,000: web" in answer.out


@pytest.mark.parametrize(
    "change",
    [
        {"period": "2027-01"},
        {"from": "aa:x"},
        {"to": "bb:x"},
        {"share": "0.5"},
        {"labour": "1"},
        {"transfer": "1"},
        {"cost": "1"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_move_told_otherwise_is_found(tmp_path, change):
    plan = write(today(40_000, periods=2), tmp_path)
    assert [f.status for f in audit(plan).findings if f.check == "moves-recorded"] == ["pass"]
    edit(plan / "moves.csv", where(lambda row: True, **change))
    assert {f.check for f in audit(plan).findings if f.status == "fail"} == {"manifest", "moves-recorded"}
