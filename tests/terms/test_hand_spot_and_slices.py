"""Spot machines and load slices, solved by hand. January to March 2027 has 2,160 hours."""

import pytest
from audit.small_plan import edit
from support.audit_plan import audited
from support.cases import World
from support.plans import bought, cost, plan_of

from planner.errors import BadInput
from planner.money import CENT


def world(**more):
    return World(**more).vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, 1.0).spot("aa:x:m4", 0.3)


def terms_of(plan):
    return {(r.workload, r.sku, r.term): round(r.units, 9) for r in plan.purchases.itertuples()}


def test_spot_is_for_workloads_that_allow_it():
    """web 0.30 × 2,160 = 648.00; api, which may not, 2,160.00."""
    plan = plan_of(world().offer("spot").workload("web", spot_ok=True).workload("api"))
    assert cost(plan) == pytest.approx(2_808.00, abs=CENT)
    assert terms_of(plan) == {("web", "aa:x:m4", "spot"): 1.0, ("api", "aa:x:m4", "on_demand"): 1.0}


def test_spot_that_the_case_does_not_offer_is_not_bought():
    plan = plan_of(world().workload("web", spot_ok=True))
    assert cost(plan) == pytest.approx(2_160.00, abs=CENT)


def test_spot_is_never_for_a_workload_that_is_kept_ready_elsewhere():
    """Two regions, half of the machines ready in the other: 1.5 × 2,160 = 3,240.00, none of it spot."""
    made = world().region("aa:y").machine("aa:y", "m4", 4, 16, 1.0).spot("aa:y:m4", 0.3).offer("spot")
    made.tier("warm", "other_region", 0.5).workload("web", spot_ok=True, resilience="warm")
    assert cost(plan_of(made)) == pytest.approx(3_240.00, abs=CENT)


def test_spot_beats_a_commitment_where_it_may_be_used():
    """web on spot 648.00; api commits to three years at 0.20 rather than 1.00?

    No: in one quarter 0.20 × 2,160 = 432.00, but 24,144 h × 0.20 = 4,828.80 follow.
    """
    made = world().committed("aa:x:m4", 0.2, 3).offer("spot", "commit_3y")
    plan = plan_of(made.workload("web", spot_ok=True).workload("api"))
    assert cost(plan) == pytest.approx(2_808.00, abs=CENT)


def test_spot_machines_fill_the_region():
    """4 vCPU at aa in all, whatever the term; bb at 2.00. Spot is worth most there: 648 + 4,320."""
    made = world().offer("spot").capacity("aa:x", "vcpu", 4)
    made.vendor("bb").region("bb:x").machine("bb:x", "m4", 4, 16, 2.0)
    plan = plan_of(made.workload("web", spot_ok=True).workload("api"))
    assert cost(plan) == pytest.approx(4_968.00, abs=CENT)


@pytest.mark.parametrize("subject", ["aa:x:m4", "racks"])
def test_spot_machines_count_against_the_limit_of_their_machine(subject):
    """As if the limit were the region's: a machine is the same one on spot. 648 + 4,320."""
    made = world().offer("spot").capacity(subject, "vcpu", 4)
    if subject == "racks":
        made.add("capacity_groups", group="racks", region="", family="", category="", sku="aa:x:m4")
    made.vendor("bb").region("bb:x").machine("bb:x", "m4", 4, 16, 2.0)
    plan = plan_of(made.workload("web", spot_ok=True).workload("api"))
    assert cost(plan) == pytest.approx(4_968.00, abs=CENT)


DAY = {"day": 0.25, "night": 0.75}
TWO = {"vcpu": 8, "memory_gib": 32}
FOUR = {"vcpu": 16, "memory_gib": 64}


def test_machines_follow_the_load():
    """Two machines by day (540 h), one by night (1,620 h): 1,080 + 1,620 = 2,700.00."""
    plan = plan_of(world(slices=DAY).workload("web", demand=TWO).load("web", day=1.0, night=0.5))
    assert cost(plan) == pytest.approx(2_700.00, abs=CENT)
    assert [(r.slice, r.units) for r in plan.purchases.itertuples()] == [("day", 2.0), ("night", 1.0)]
    assert bought(plan) == {"aa:x:m4": 3.0}


def test_a_machine_of_its_own_is_never_halved():
    """A workload needs one machine at least, also by night: 2,160.00."""
    plan = plan_of(world(slices=DAY).workload("web").load("web", day=1.0, night=0.5))
    assert cost(plan) == pytest.approx(2_160.00, abs=CENT)


def test_a_workload_without_rows_runs_at_its_peak():
    assert cost(plan_of(world(slices=DAY).workload("web"))) == pytest.approx(2_160.00, abs=CENT)


def test_the_least_number_of_machines_holds_in_every_slice():
    """3 by day, by night 2 at least though 0.3 would do: 3 × 540 + 2 × 1,620 = 4,860.00."""
    made = world(slices=DAY).workload("web", demand={"vcpu": 12, "memory_gib": 48}, min_units=2)
    assert cost(plan_of(made.load("web", day=1.0, night=0.1))) == pytest.approx(4_860.00, abs=CENT)


def test_storage_does_not_follow_the_load():
    """2,700.00 and 100 GiB × 0.20 × 3 months = 60.00."""
    made = world(slices=DAY).store("aa:x", "block_gib", 0.2)
    made.workload("web", demand={**TWO, "block_gib": 100})
    assert cost(plan_of(made.load("web", day=1.0, night=0.5))) == pytest.approx(2_760.00, abs=CENT)


def opposite():
    """web and api need four machines at their peaks; aa has room for five; bb costs 2.00."""
    made = world(slices={"early": 0.5, "late": 0.5}).capacity("aa:x", "vcpu", 20)
    made.vendor("bb").region("bb:x").machine("bb:x", "m4", 4, 16, 2.0)
    return made.workload("web", demand=FOUR).workload("api", demand=FOUR)


def test_peaks_at_different_hours_fit_together():
    """Five machines are needed in each half: 2 × 1,080 × 5 = 10,800.00."""
    made = opposite().load("web", early=1.0, late=0.25).load("api", early=0.25, late=1.0)
    assert cost(plan_of(made)) == pytest.approx(10_800.00, abs=CENT)


def test_peaks_at_the_same_hours_do_not():
    """Eight at once, five at aa: (5 × 1.00 + 3 × 2.00) × 2,160 = 23,760.00."""
    assert cost(plan_of(opposite())) == pytest.approx(23_760.00, abs=CENT)


def test_a_fleet_of_containers_follows_the_load():
    """Headroom a quarter: 1.25 machines by day, 0.625 by night: 1.25 × 1,350 = 1,687.50."""
    made = world(slices=DAY, headroom=0.25)
    made.workload("web", platform="container", pod_vcpu=1, pod_memory_gib=4)
    assert cost(plan_of(made.load("web", day=1.0, night=0.5))) == pytest.approx(1_687.50, abs=CENT)


@pytest.mark.parametrize(
    ("slices", "problem"),
    [
        ({"day": 0.5, "night": 0.4}, "do not make up the period"),
        ({"day": 1.0, "night": 0.0}, "do not make up the period"),
        ({"all": 0.5, "night": 0.5}, "is the name of all slices together"),
    ],
)
def test_slices_that_make_no_sense_are_refused(slices, problem):
    with pytest.raises(BadInput) as error:
        plan_of(world(slices=slices).workload("web"))
    assert any(problem in str(p) for p in error.value.problems)


def test_half_a_load_table_is_refused():
    with pytest.raises(BadInput) as error:
        plan_of(world(slices=DAY).workload("web").load("web", day=1.0))
    assert "every slice" in str(error.value.problems[0])


def in_part(share, **more):
    """Ten machines of work at 1.00 an hour, or 0.30 on spot, of which a part of the work tolerates spot."""
    made = World(headroom=0.0, **more).vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, 1.0)
    made.spot("aa:x:m4", 0.3).offer("spot")
    need = {"vcpu": 40, "memory_gib": 160}
    return made.workload("web", demand=need, spot_ok=True, **({"spot_share": share} if share else {}))


@pytest.mark.parametrize(("share", "on_spot"), [(None, 10.0), (1.0, 10.0), (0.4, 4.0), (0.05, 0.5)])
@pytest.mark.parametrize("platform", ["vm", "container"])
def test_no_more_of_a_workload_is_on_spot_than_it_tolerates(share, on_spot, platform):
    """0.30 for what tolerates spot and 1.00 for the rest of ten machines, 2,160 hours."""
    made = in_part(share)
    if platform == "container":
        made.tables["workloads"][0].update(platform="container", pod_vcpu=1, pod_memory_gib=4)
    plan = plan_of(made)
    by_term = plan.purchases.groupby("term")["units"].sum().to_dict()
    assert by_term.get("spot", 0.0) == pytest.approx(on_spot)
    assert cost(plan) == pytest.approx(2160 * (0.3 * on_spot + 10 - on_spot), abs=CENT)


def test_each_workload_of_a_fleet_tolerates_its_own_part():
    """web, 10 machines, tolerates four tenths; jobs, 5 machines, all: 9 on spot, 6 beside."""
    made = in_part(0.4)
    pods = {"platform": "container", "pod_vcpu": 1, "pod_memory_gib": 4}
    made.tables["workloads"][0].update(pods)
    made.workload("jobs", demand={"vcpu": 20, "memory_gib": 80}, spot_ok=True, **pods)
    assert cost(plan_of(made)) == pytest.approx(2160 * (0.3 * 9 + 6), abs=CENT)


def test_what_tolerates_spot_in_part_counts_on_demand_as_reference():
    """The reference spend is that of the cheapest machines for all of it: 10 × 1.00 × 2,160."""
    made = in_part(0.4).vendor("bb").region("bb:x").machine("bb:x", "m4", 4, 16, 2.0)
    made.rule("cap", "vendor_share", {"cap": 0.9, "basis": "reference_spend"})
    shares = plan_of(made).shares
    assert shares.loc[shares["kind"] == "vendor_share", "total"].max() == pytest.approx(21_600.00)


def test_the_audit_finds_more_on_spot_than_is_tolerated(tmp_path):
    def tolerate_less(plan):
        rows = (plan / "inputs" / "workloads.csv").read_text(encoding="utf-8")
        (plan / "inputs" / "workloads.csv").write_text(rows.replace("0.4", "0.3"), encoding="utf-8")

    def tolerate_nothing(plan):
        table = plan / "inputs" / "workloads.csv"
        edit(table, lambda rows: [{**row, "spot_ok": "false", "spot_share": ""} for row in rows])

    for name, spoil, failed in (("as it is", None, set()), ("less", tolerate_less, {"enough", "manifest"}),
                                ("none", tolerate_nothing, {"enough", "manifest"})):  # fmt: skip
        (tmp_path / name).mkdir()
        found = audited(in_part(0.4), tmp_path / name, spoil)
        assert {f.check for f in found if f.status == "fail"} == failed, name


def test_a_part_without_spot_is_refused():
    with pytest.raises(BadInput) as failure:
        plan_of(in_part(0.4).workload("api", spot_share=0.5))
    assert [(p.file, p.column) for p in failure.value.problems] == [("workloads.csv", "spot_share")]
