"""What vendors cost while they are used, by hand. January to March 2027 has 2,160 hours, three months."""

from itertools import product

import pytest
from audit.small_plan import edit, where, write
from hypothesis import given, settings
from hypothesis import strategies as st
from support.broken import refused
from support.cases import World
from support.depth import cases
from support.plans import cash, cost, placed, plan_of

from planner.audit.audit import audit
from planner.money import CENT
from planner.plan.folder import write_manifest

HOURS = 2160.0


def world(periods=1, **prices):
    """A region of each vendor with a machine of 4 vCPU and 16 GiB at its price an hour."""
    made = World(periods=periods)
    for vendor, price in (prices or {"aa": 1.0, "bb": 1.2}).items():
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, price)
    return made


def support(plan):
    return cash(plan, term="vendor support")


def test_a_second_vendor_is_not_free():
    """web is cheaper at aa by 0.10 × 2,160 = 216.00, api at bb; each vendor costs 100.00 a month of staff.

    Both vendors: 0.9 + 0.9 = 1.80 × 2,160 + 600 = 4,488.00. One: 1.90 × 2,160 + 300 = 4,404.00.
    """
    made = world(aa=0.9, bb=1.0).machine("bb:x", "a", 4, 16, 0.9, architecture="arm")
    made.machine("aa:x", "a", 4, 16, 1.0, architecture="arm")
    made.workload("web", architecture="x86").workload("api", architecture="arm")
    alone = plan_of(made)
    assert set(placed(alone).items()) == {(("web", "aa:x"), 1.0), (("api", "bb:x"), 1.0)}
    for vendor in ("aa", "bb"):
        made.vendor_cost(vendor, 100, kind="staff")
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(1.9 * HOURS + 300, abs=CENT)
    assert len({region for _, region in placed(plan)}) == 1


@pytest.mark.parametrize(
    ("machines", "month"),
    [
        (1, 100.0),  # 720.00 a month: 72.00, less than the minimum
        (2, 144.0),  # 1,440.00 in the first band
        (4, 200 + 0.05 * 880),  # 2,880.00: 2,000 at 10 %, 880 at 5 %
        (10, 200 + 0.05 * 3000 + 0.02 * 2200),  # 7,200.00: 2,000, 3,000 at 5 %, 2,200 at 2 %
    ],
)
def test_support_is_the_part_of_each_band_or_the_minimum(machines, month):
    made = world(aa=1.0).workload("web", demand={"vcpu": 4 * machines, "memory_gib": 16 * machines})
    plan = plan_of(made.vendor_cost("aa", 100, (0, 0.1), (2000, 0.05), (5000, 0.02)))
    assert support(plan) == pytest.approx(3 * month, abs=CENT)
    assert cost(plan) == pytest.approx(machines * HOURS + 3 * month, abs=CENT)


def test_parts_that_rise_are_counted_too():
    """2,880.00 a month: 2,000 free, 880 at 10 %."""
    made = world(aa=1.0).workload("web", demand={"vcpu": 16, "memory_gib": 64})
    plan = plan_of(made.vendor_cost("aa", "", (0, 0), (2000, 0.1)))
    assert support(plan) == pytest.approx(3 * 88, abs=CENT)


def test_it_is_paid_from_first_use_to_last_and_in_between():
    """job runs at aa from April to June and from October to December of 2027; web is always at bb.

    100.00 a month of staff in 9 of 15 months: from April to December, July to September too.
    """
    made = world(5, aa=1.0, bb=1.0).workload("web", demand={"vcpu": 4, "memory_gib": 16})
    made.workload("job", demand={"vcpu": [0, 4, 0, 4, 0], "memory_gib": [0, 16, 0, 16, 0]})
    made.affinity("pin", "web", region="bb:x").affinity("pin", "job", region="aa:x")
    plan = plan_of(made.vendor_cost("aa", 100, kind="staff"))
    lines = plan.costs[plan.costs["term"] == "vendor staff"]
    assert dict(zip(lines["period"], lines["cash"], strict=True)) == {
        "2027-04": 300.0,
        "2027-07": 300.0,
        "2027-10": 300.0,
    }


def test_it_is_paid_by_whom_it_names_for_what_that_uses():
    """tax of moh is 4 machines at aa, web of mof one: 5 % of 2,880.00 for moh, a minimum of 50.00 for mof."""
    made = world(aa=1.0).workload("web").workload("tax", "moh", demand={"vcpu": 16, "memory_gib": 64})
    made.vendor_cost("aa", 50, (0, 0.05), payer="mof").vendor_cost("aa", 50, (0, 0.05), payer="moh")
    plan = plan_of(made)
    assert cash(plan, term="vendor support", payer="moh") == pytest.approx(3 * 144, abs=CENT)
    assert cash(plan, term="vendor support", payer="mof") == pytest.approx(3 * 50, abs=CENT)


def test_a_payer_who_does_not_use_the_vendor_pays_nothing():
    """tax keeps to bb, which asks nothing."""
    made = world(aa=1.0, bb=1.2).workload("web").workload("tax", "moh").affinity("pin", "tax", region="bb:x")
    plan = plan_of(made.vendor_cost("aa", 50, payer="moh").vendor_cost("aa", 70, payer="mof"))
    assert dict(plan.costs[plan.costs["term"] == "vendor support"][["payer", "cash"]].to_numpy()) == {
        "mof": 210
    }


def test_an_interconnect_is_of_one_region():
    """aa:y is dearer by 0.01 × 2,160 = 21.60 and needs no line of 10.00 a month to aa:x."""
    made = world(aa=1.0).region("aa:y").machine("aa:y", "m", 4, 16, 1.01).workload("web")
    made.vendor_cost("aa", 10, kind="interconnect", region="aa:x")
    plan = plan_of(made)
    assert placed(plan) == {("web", "aa:y"): 1.0}
    assert cost(plan) == pytest.approx(1.01 * HOURS, abs=CENT)


@pytest.mark.parametrize(
    ("tier", "role"), [(("other_group", 0.5, 0.0), "standby"), (("none", 0.0, 1.0), "backup")]
)
def test_a_copy_uses_a_vendor_too(tier, role):
    """web runs at aa; its standby, or its backup, can only be at bb, which costs 40.00 a month."""
    made = world(aa=1.0, bb=1.2).tier("kept", *tier)
    for region in ("aa:x", "bb:x"):
        made.store(region, "object_gib", 0.1).store(region, "block_gib", 0.1)
    made.workload("web", resilience="kept", demand={"vcpu": 4, "memory_gib": 16, "block_gib": 10})
    plan = plan_of(made.vendor_cost("bb", 40, kind="staff"))
    assert set(plan.placements["role"]) == {"primary", role}
    assert cash(plan, term="vendor staff") == pytest.approx(3 * 40, abs=CENT)


def test_what_the_vendor_sells_bears_its_tax_and_nothing_else_of_its_contract():
    """List 2,160, 10 % off, 5 % margin: 2,041.20 counts, 680.40 a month; 10 % of it is 68.04, with 8 % tax.

    Staff is the government's own: 20.00 a month without tax.
    """
    made = world(aa=1.0).workload("web").contract("frame", "aa", discount=0.1, margin=0.05, tax=0.08)
    plan = plan_of(made.vendor_cost("aa", "", (0, 0.1)).vendor_cost("aa", 20, kind="staff"))
    assert support(plan) == pytest.approx(3 * 68.04 * 1.08, abs=CENT)
    assert cash(plan, term="vendor staff") == pytest.approx(60.0, abs=CENT)
    lines = plan.costs[plan.costs["term"] == "vendor support"]
    assert lines["tax"].sum() == pytest.approx(3 * 68.04 * 0.08, abs=CENT)
    assert lines["margin"].sum() == lines["discount"].sum() == 0


def test_a_minimum_in_another_currency_is_at_the_rate_of_the_year():
    """USD 10.00 a month at 4.00 and a buffer of 5 %: 42.00."""
    made = world(aa=1.0).workload("web").rate("USD", 2027, 4.0, 0.05)
    plan = plan_of(made.vendor_cost("aa", 10, currency="USD"))
    assert support(plan) == pytest.approx(3 * 42.0, abs=CENT)


def test_bands_in_another_currency_begin_at_the_rate_of_the_year():
    """720.00 a month is USD 180: 100 at 10 %, 80 at 5 % are USD 14.00, 56.00."""
    made = world(aa=1.0).workload("web").rate("USD", 2027, 4.0)
    plan = plan_of(made.vendor_cost("aa", "", (0, 0.1), (100, 0.05), currency="USD"))
    assert support(plan) == pytest.approx(3 * 56.0, abs=CENT)


def test_later_rows_take_the_place_of_earlier_ones_with_all_their_bands():
    """720.00 a month: 500 at 10 % and 220 at 5 % are 61.00; from April 2 % of 728.00 are 14.56."""
    made = world(2, aa=1.0).workload("web").vendor_cost("aa", "", (0, 0.1), (500, 0.05))
    plan = plan_of(made.vendor_cost("aa", "", (0, 0.02), period="2027-04"))
    lines = plan.costs[plan.costs["term"] == "vendor support"].set_index("period")["cash"]
    assert lines.to_dict() == pytest.approx({"2027-01": 183.0, "2027-04": 43.68}, abs=CENT)


def test_a_fleet_and_storage_count_and_so_does_what_a_commitment_runs():
    """api: 8 vCPU on 2 machines at 0.60 committed, 864.00 a month; 1,000 GiB at 0.10, 100.00: 10 % of it."""
    made = World(periods=4, headroom=0.0).vendor("aa").region("aa:x").machine("aa:x", "m", 4, 16, 1.0)
    made.store("aa:x", "object_gib", 0.1).committed("aa:x:m", 0.6).offer("commit_1y")
    pods = {"platform": "container", "pod_vcpu": 1, "pod_memory_gib": 2}
    made.workload("api", demand={"vcpu": 8, "memory_gib": 32, "object_gib": 1000}, **pods)
    plan = plan_of(made.vendor_cost("aa", "", (0, 0.1), (500_000, 0.05)))
    lines = plan.costs[plan.costs["term"] == "vendor support"].set_index("period")["cash"]
    assert lines["2027-01"] == pytest.approx(0.1 * (2 * 0.6 * HOURS + 300), abs=CENT)


def test_all_that_is_bought_counts_up_to_the_last_band():
    """720.00 of a machine, 4,000 GiB of blocks at 0.50, 1,000 of objects at 1.00, 1,000 GiB sent at 2.00:
    5,720.00 a month. 1,000 at 10 % and 4,720 at 5 % are 336.00.
    """
    made = world(aa=1.0).store("aa:x", "block_gib", 0.5).store("aa:x", "object_gib", 1.0).egress("aa:x", 2.0)
    need = {"vcpu": 4, "memory_gib": 16, "block_gib": 4000, "object_gib": 1000, "egress_gib": 1000}
    made.workload("web", demand=need, divisible=False)
    assert support(plan_of(made.vendor_cost("aa", "", (0, 0.1), (1000, 0.05)))) == pytest.approx(
        3 * 336, abs=CENT
    )


def test_a_budget_of_the_payer_holds_it():
    """2,160.00 and 3 × 100.00 of staff are more than 2,400.00; at bb 2,376.00 fit."""
    made = world(aa=1.0, bb=1.1).workload("web").vendor_cost("aa", 100, kind="staff", payer="mof")
    made.tables["agencies"][0]["payer"] = ""
    assert placed(plan_of(made.budget("mof", 2027, 2400.0))) == {("web", "bb:x"): 1.0}


@settings(max_examples=cases(5), deadline=None)
@given(
    st.lists(st.integers(1, 6), min_size=2, max_size=4),
    st.lists(st.integers(0, 20), min_size=3, max_size=3),
    st.integers(0, 300),
    st.integers(0, 40),
)
def test_no_split_over_two_vendors_is_cheaper(sizes, parts, minimum, dearer):
    """Against every placement, whatever the bands: parts in per cent from 0, 1,000 and 3,000."""
    made, bb = world(aa=1.0, bb=1 + dearer / 100), 1 + dearer / 100
    for number, size in enumerate(sizes):
        made.workload(f"w{number}", demand={"vcpu": 4 * size, "memory_gib": 16 * size}, divisible=False)
    steps = list(zip((0, 1000, 3000), (p / 100 for p in parts), strict=True))
    made.vendor_cost("aa", minimum or 1, *steps).vendor_cost("bb", 30, kind="staff")

    def total(there):
        at = 720.0 * sum(n for n, t in zip(sizes, there, strict=True) if t)
        ends = (1000.0, 3000.0, max(at, 3000.0))
        bill = sum(max(0.0, min(at, end) - begin) * s for (begin, s), end in zip(steps, ends, strict=True))
        rest = 720.0 * bb * (sum(sizes) - at / 720)
        return 3 * (at + (max(minimum or 1, bill) if at else 0) + rest + (30 if rest > 0 else 0))

    best = min(total(there) for there in product((False, True), repeat=len(sizes)))
    assert cost(plan_of(made)) == pytest.approx(best, abs=CENT)


BROKEN = {
    "nobody": ({"vendor": "zz"}, "vendor", "zz"),
    "no payer": ({"payer": "moe"}, "payer", "moe"),
    "another's region": ({"region": "bb:x"}, "region", "bb:x"),
    "no period": ({"period": "2027-02"}, "period", "2027-02"),
    "no kind": ({"kind": "coffee"}, "kind", "coffee"),
    "no rate": ({"currency": "USD"}, "", ""),
}


@pytest.mark.parametrize("name", BROKEN)
def test_rows_that_mean_nothing_are_refused(tmp_path, name):
    values, column, value = BROKEN[name]
    row = {"vendor": "aa", **values}
    made = world().workload("web").vendor_cost(row.pop("vendor"), 5, **row)
    if name == "no rate":
        refused(made.write(tmp_path / "case"), [("case.toml", 0, "fx", "USD 2027")])
    else:
        refused(made.write(tmp_path / "case"), [("vendor_costs.csv", 2, column, value)])


@pytest.mark.parametrize(
    ("rows", "line", "column"),
    [
        ([(10, 0.1, "")], 2, "from_amount"),
        ([(0, "", "")], 2, "share"),
        ([(0, 0.1, ""), (10, 0.05, 5)], 3, "minimum"),
        ([(0, 0.1, ""), (0, 0.05, "")], 3, "vendor"),
    ],
)
def test_bands_that_do_not_fit_are_refused(tmp_path, rows, line, column):
    made = world().workload("web")
    for begins, share, minimum in rows:
        made.add("vendor_costs", vendor="aa", kind="support", period="2027-01", from_amount=begins,
                 share=share, minimum=minimum, currency="MYR")  # fmt: skip
    told = refused(made.write(tmp_path / "case"), [])
    assert (line, column) in {(p["row"], p["column"]) for p in told}


def failed(folder):
    return {f.check for f in audit(folder).findings if f.status == "fail"}


@pytest.mark.parametrize(
    ("column", "value"),
    [("minimum", "90"), ("share", "0.2"), ("period", "2027-04"), ("kind", "interconnect")],
)
def test_the_audit_works_it_out_again(tmp_path, column, value):
    made = world(2, aa=1.0).workload("web").workload("tax", "moh")
    made.vendor_cost("aa", 80, (0, 0.1), (700, 0.05))
    made.vendor_cost("aa", 80, (0, 0.1), payer="moh", kind="interconnect")
    plan = write(made, tmp_path)
    assert not failed(plan)
    payer = "moh" if column == "minimum" else ""
    first = where(lambda r: r["payer"] == payer and r["from_amount"] == "0", **{column: value})
    edit(plan / "inputs/vendor_costs.csv", first)
    write_manifest(plan)
    assert "costs" in failed(plan)
