"""One LP file a constraint family, built alone on a toy, to be read by people.

A family's file holds its rows, a legend of rows and columns, and the objective. After a change that
is meant, ``pytest tests/golden --update-golden`` writes the files anew; read the difference against
the equation in the family's docstring before committing it.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from support.cases import TOML_PROVENANCE, World
from support.plans import model_of, read

import planner.model.families
from planner.eligibility import assess
from planner.model.build import Model, build
from planner.model.to_pulp import lp_text

HERE = Path(__file__).parent


def market(*prices: float, **more) -> World:
    """Vendors aa, bb, … with a region each and one machine of 4 vCPU and 16 GiB; bb's parent is at home."""
    world = World(**more)
    for vendor, price in zip(("aa", "bb", "cc"), prices, strict=False):
        world.vendor(vendor, jurisdiction="MY" if vendor == "bb" else "XX")
        world.region(f"{vendor}:x").machine(f"{vendor}:x", "m4", 4, 16, price)
    return world


def demand() -> World:
    """web may run in both regions, vault in bb:x only, and only from April."""
    world = market(1.0, 2.0, periods=2).workload("web")
    world.workload("vault", demand={"vcpu": [0, 8], "memory_gib": [0, 32]}, project="closed")
    select = {"workload": {"project": ["closed"]}}
    return world.rule("panel", "vendor_panel", {"vendors": ["bb"]}, select=select)


def carry() -> World:
    """web (vm) takes 2 m4 or 1 m8 where a quota keeps machines from folding; api runs on a fleet."""
    world = market(1.0, headroom=0.1).machine("aa:x", "m8", 8, 32, 2.1).capacity("aa:x:m4", "units", 9)
    world.workload("web", demand={"vcpu": 8, "memory_gib": 32})
    return world.workload("api", platform="container", pod_vcpu=1, pod_memory_gib=4)


def buy() -> World:
    """web (2 machines) and api (1) of one payer share what it buys; tax, of another, does not."""
    world = market(1.0).capacity("aa:x", "vcpu", 100).workload("web", demand={"vcpu": 8, "memory_gib": 32})
    return world.workload("api").workload("tax", "treasury")


def commitment() -> World:
    """A year for 0.60 an hour instead of 1.00, over six quarters; and one machine held until June."""
    world = market(1.0, periods=6, terms={"offer": ["on_demand", "commit_1y"]}).workload("web")
    world.price("aa:x:m4", 0.6, "Hour", term="commit_1y", PricingCategory="Committed")
    world.add("held_commitments", payer="mof", sku="aa:x:m4", term="commit_1y", start="2026-07", units=1)
    return world


def fleet() -> World:
    """Headroom a quarter; c and r on x86, a on arm; web needs 3 machines, api one."""
    world = market(headroom=0.25).vendor("aa").region("aa:x").machine("aa:x", "c", 4, 4, 0.4)
    world.machine("aa:x", "r", 2, 16, 0.6).machine("aa:x", "a", 4, 16, 0.7, architecture="arm")
    pods = {"platform": "container", "pod_vcpu": 1, "pod_memory_gib": 2}
    world.workload("web", demand={"vcpu": 10, "memory_gib": 24}, min_units=3, **pods)
    return world.workload("api", demand={"vcpu": 2, "memory_gib": 8}, **pods)


def idle() -> World:
    """The fleet of two SKUs on x86 and one on arm, where a cap on the spend could make idleness pay."""
    return fleet().rule("cap", "vendor_share", {"cap": 1.0, "basis": "spend"})


def cheapest() -> World:
    """web takes 2 m4 or 4 c4, which are dearer; tax, which needs little memory, 2 of either, c4 cheaper."""
    world = market(1.0, 2.0).machine("aa:x", "c4", 4, 8, 0.7).capacity("aa:x", "vcpu", 100)
    world.workload("web", demand={"vcpu": 8, "memory_gib": 32})
    world.workload("tax", demand={"vcpu": 8, "memory_gib": 16})
    return world.rule("cap", "vendor_share", {"cap": 1.0, "basis": "spend"})


def capacity() -> World:
    """24 vCPU in January and 40 from April, 2 machines m8, 8 vCPU for moh, 500 GiB of block storage."""
    world = market(1.0, 2.0, periods=2).machine("aa:x", "m8", 8, 32, 1.9)
    world.capacity("aa:x", "vcpu", [24, 40]).capacity("aa:x:m8", "units", 2)
    world.capacity("aa:x", "vcpu", 8, payer="moh").capacity("bb:x", "block_gib", 500)
    world.store("aa:x", "block_gib", 0.2).store("bb:x", "block_gib", 0.1)
    world.workload("web", demand={"vcpu": 40, "memory_gib": 160, "block_gib": 300})
    return world.workload("api", "moh", demand={"vcpu": 8, "memory_gib": 32})


def amount() -> World:
    """Amounts by spend (machines on a fleet and folded, storage) and by vCPU."""
    world = market(1.0, 2.0, headroom=0.0).store("aa:x", "block_gib", 0.2).store("bb:x", "block_gib", 0.1)
    world.workload("web", demand={"vcpu": 40, "memory_gib": 160, "block_gib": 300})
    world.workload("api", platform="container", pod_vcpu=1, pod_memory_gib=4)
    world.rule("cap-spend", "vendor_share", {"cap": 0.6, "basis": "spend"})
    return world.rule("cap-vcpu", "vendor_share", {"cap": 0.5, "basis": "resource", "resource": "vcpu"})


def vendor_share() -> World:
    """Three groups, at most 40 % each."""
    rule = {"cap": 0.4, "basis": "resource", "resource": "vcpu"}
    return market(1.0, 2.0, 4.0).workload("web").rule("cap", "vendor_share", rule)


def minimum_share() -> World:
    """bb, at home, has at least 30 % of three groups' amounts."""
    rule = {"floor": 0.3, "of": "domestic", "basis": "resource", "resource": "vcpu"}
    return market(1.0, 2.0, 4.0).workload("web").rule("home", "minimum_share", rule)


def latency() -> World:
    """45 ms: aa:x reaches Town, three of four users; bb:x Town and Village; cc:x nobody. 90 % wanted."""
    world = market(1.0, 2.0, 4.0).workload("web", latency_ms=45, latency_share=0.9)
    world.users("web", Town=3000, Village=1000).node("Town", "site").node("Village", "site")
    for region, town, village in (("aa:x", 30, 65), ("bb:x", 5, 40), ("cc:x", 90, 99)):
        world.node(region, "region").link("Town", region, town, "access").link(
            "Village", region, village, "access"
        )
    return world.rule("quick", "latency", {"statistic": "mean"})


def moving(**more) -> World:
    """web runs at aa:x today, half of old at a site outside the catalogs; api is new."""
    world = market(1.0, 2.0, periods=2, migration={"labour": 500.0, **TOML_PROVENANCE}, **more)
    world.workload("web").workload("api").workload("old", "treasury")
    return world.today("web", "aa:x").today("old", "attic:old", 0.5).today("old", "bb:x", 0.5)


def move() -> World:
    return moving()


def move_limit() -> World:
    """One workload and a half in all in January, none from April; old may not move at all."""
    world = moving()
    world.add("move_limits", period="2027-01", amount=1.5).add("move_limits", period="2027-04", amount=0)
    return world.add("move_limits", agency="treasury", workload="old", period="2027-01", amount=0)


def activation() -> World:
    """Beginning with vendor aa (regions x and y) or with region bb:x costs once."""
    world = market(1.0, 2.0, periods=2).region("aa:y").machine("aa:y", "m4", 4, 16, 1.0)
    for subject in ("aa", "bb:x"):
        world.add("activation", subject=subject, amount=1000, currency="MYR")
    return world.workload("web")


def budget() -> World:
    """mof has 5,000 to run with in 2027 and 9,000 in 2028, and 200 for what is paid once; all have 7,000
    a year for running at aa:x.
    """
    world = market(1.0, 2.0, start="2027-10", periods=2).workload("web").workload("tax", "treasury")
    world.add("placement_costs", workload="web", region="bb:x", when="once", amount=300, currency="MYR")
    for year, vote, amount in (
        (2027, "operating", 5000),
        (2028, "operating", 9000),
        (2027, "development", 200),
    ):
        world.add("budgets", agency="mof", year=year, vote=vote, amount=amount, currency="MYR")
    cap = {"cap": 7000, "currency": ["MYR"], "per": "year", "vote": "operating"}
    return world.rule("cash", "budget", cap, select={"region": {"region": ["aa:x"]}})


def ceiling() -> World:
    """A frame contract with aa until the end of 2027: 10 % off, 5 % margin, 8 % tax, at most 4,000."""
    world = market(1.0, 2.0, start="2027-10", periods=2).workload("web")
    terms = {
        "discount": 0.1,
        "margin": 0.05,
        "tax": 0.08,
        "currency": "MYR",
        "ceiling": 4000,
        "notice_days": 90,
    }
    days = {"valid_from": "2026-01-01", "valid_to": "2028-01-01"}
    return world.add("contracts", contract="frame", vendor="aa", **terms, **days)


def pin() -> World:
    """web is held at aa:x with 0.25 and at bb:x with 0.75."""
    return market(1.0, 2.0).workload("web")


def pairing() -> World:
    """web keeps half of itself ready in another region, api with another vendor group."""
    world = market(1.0, 2.0).region("aa:y").machine("aa:y", "m4", 4, 16, 1.1)
    world.tier("warm", "other_region", 0.5).tier("far", "other_group", 0.5)
    return world.workload("web", resilience="warm").workload("api", resilience="far")


def backup() -> World:
    """web's 100 GiB are backed up in a region that does not hold web; tax keeps no backup."""
    world = market(1.0, 2.0).tier("kept", backup=1.0).tier("none")
    for region in ("aa:x", "bb:x"):
        world.store(region, "block_gib", 0.2).store(region, "object_gib", 0.05)
    world.workload("web", demand={"vcpu": 4, "memory_gib": 16, "block_gib": 100}, resilience="kept")
    return world.workload("tax")


def region_amount() -> World:
    """Amounts by region of 4 vCPU; aa has two regions."""
    rule = {"cap": 0.4, "basis": "resource", "resource": "vcpu"}
    world = market(1.0, 2.0).region("aa:y").machine("aa:y", "m4", 4, 16, 1.1).workload("web")
    return world.rule("spread", "region_share", rule)


def region_share() -> World:
    """No one of three regions has more than 40 %."""
    return region_amount()


def jurisdiction_share() -> World:
    """aa and cc, whose parents are foreign, have at most 70 % together."""
    rule = {"cap": 0.7, "of": "foreign", "basis": "resource", "resource": "vcpu"}
    return market(1.0, 2.0, 4.0).workload("web").rule("foreign", "jurisdiction_share", rule)


def affinity() -> World:
    """web with db, api apart from db, a quarter of tax at bb:x, none of api at aa:x, old never thin."""
    world = market(1.0, 2.0)
    for name in ("web", "db", "api", "tax", "old"):
        world.workload(name)
    world.affinity("together", "web", "db").affinity("apart", "api", "db")
    world.affinity("pin", "tax", region="bb:x", value=0.25).affinity("forbid", "api", region="aa:x")
    return world.affinity("least_share", "old", value=0.3)


def slivers() -> World:
    """web at a tenth at least, in no more than one region; tax in any; db, not divisible, as ever."""
    world = market(1.0, 2.0).workload("web", divisible=True, least_share=0.1, most_regions=1)
    return world.workload("tax", divisible=True).workload("db", divisible=False)


def near(**more) -> World:
    """web sends db 100 GiB a month; the regions lie 30 ms apart."""
    world = market(1.0, 2.0, **more).egress("aa:x", 0.1).egress("bb:x", 0.2).workload("web").workload("db")
    world.node("aa:x", "region").node("bb:x", "region").link("aa:x", "bb:x", 30)
    return world


def transfer() -> World:
    return near().depends("web", "db", 100)


def egress_tier() -> World:
    """web and api of one payer send 3,000 GiB a month, vault 500; 100 are free, 0.20 to 1,000, 0.10."""
    world = market(1.0, 2.0, exact_tiers=True)
    for begins, price in ((0, 0.0), (100, 0.2), (1000, 0.1)):
        world.egress("aa:x", price, begins)
    world.egress("bb:x", 0.3)
    for name, agency, gib in (("web", "mof", 2000), ("api", "mof", 1000), ("vault", "moh", 500)):
        world.workload(name, agency, demand={"vcpu": 4, "memory_gib": 16, "egress_gib": gib})
    return world


def vendor_use() -> World:
    """aa costs while web, its standby or a payer's tax is there; from April bb:x does too, for moh alone."""
    world = market(1.0, 2.0, periods=2).tier("warm", "other_group", 0.5).tier("none")
    world.workload("web", resilience="warm").workload("tax", "moh")
    world.vendor_cost("aa", 100, kind="staff")
    return world.vendor_cost("bb", 50, kind="interconnect", region="bb:x", payer="moh")


def vendor_bill() -> World:
    """10 % of the first 1,000 a month at aa, 5 % above, at least 80; 3 % at bb."""
    world = market(1.0, 2.0).store("aa:x", "object_gib", 0.1).store("bb:x", "object_gib", 0.1)
    world.capacity("bb:x", "vcpu", 100).workload(
        "web", demand={"vcpu": 8, "memory_gib": 32, "object_gib": 10}
    )
    world.vendor_cost("aa", 80, (0, 0.1), (1000, 0.05))
    return world.vendor_cost("bb", "", (0, 0.03))


def present() -> World:
    """In whole machines with a cap on the spend: nothing of mof runs at bb:x where neither of its two is."""
    world = market(1.0, 2.0, whole=True).workload("web", demand={"vcpu": 6, "memory_gib": 16}).workload("api")
    return world.rule("cap", "vendor_share", {"cap": 1.0, "basis": "spend"})


def proximity() -> World:
    """… and must be within 20 ms of it."""
    return near().depends("web", "db", 0, 20)


def steady() -> World:
    """A quarter of web (2 machines) and of the fleet's api may run on spot, all of jobs."""
    world = market(1.0, headroom=0.25).spot("aa:x:m4", 0.4).offer("spot")
    world.workload("web", demand={"vcpu": 8, "memory_gib": 32}, spot_ok=True, spot_share=0.25)
    pods = {"platform": "container", "pod_vcpu": 1, "pod_memory_gib": 4, "spot_ok": True}
    return world.workload("api", spot_share=0.25, **pods).workload("jobs", **pods)


def survival() -> World:
    """pay is critical: whatever group is gone, what it had there finds a place, half of it warm."""
    world = (
        market(1.0, 2.0, 4.0, survive=["vendor_groups"]).tier("none").tier("warm", "other_group", ready=0.5)
    )
    return world.workload("pay", critical=True, resilience="warm").workload("web")


def refuge() -> World:
    """bb:x has 12 vCPU: what web has there leaves the rest to pay when aa or cc is gone."""
    world = market(1.0, 2.0, 4.0, survive=["vendor_groups"]).capacity("bb:x", "vcpu", 12)
    return world.workload("pay", critical=True).workload("web", demand={"vcpu": 8, "memory_gib": 32})


def again(freeze: int) -> World:
    """web, placed before at bb:x in both periods, in part later; two machines of aa were committed to."""
    world = market(1.0, 2.0, periods=2).committed("aa:x:m4", 0.6).offer("commit_1y").workload("web")
    world.replan = {"freeze": freeze, "change_price": 100.0}
    for period, share in (("2027-01", 1.0), ("2027-04", 0.75)):
        world.add("earlier_placements", workload="web", region="bb:x", period=period, role="primary",
                  share=share)  # fmt: skip
    world.add("earlier_placements", workload="web", region="aa:x", period="2027-04", role="primary",
              share=0.25)  # fmt: skip
    return world.add("earlier_commitments", pool="mof/vm/any/terbuka/public", sku="aa:x:m4",
                     term="commit_1y", period="2027-01", units=2)  # fmt: skip


def freeze() -> World:
    return again(1)


def change() -> World:
    return again(1)


def agreement() -> World:
    """Of aa at least 500 a month, 10 % off up to 1,000, held; of bb 2,000, 20 % off, to be chosen."""
    world = market(1.0, 1.1).workload("web").workload("tax", "treasury").agreement("have", "aa", 500,
        payer="mof", discount=0.1, up_to=1000)  # fmt: skip
    return world.agreement("may", "bb", 2000, status="offered", discount=0.2, up_to=2500)


def carbon() -> World:
    """Two years of which each emits at most 0.05 t; aa's grid is dirty, bb's clean; web runs nights."""
    world = market(1.0, 2.0, start="2027-10", periods=2, slices={"day": 0.5, "night": 0.5})
    world.grid(aa=1.0, bb=0.1).workload("web").load("web", day=1.0, night=0.5)
    return world.rule("cap", "carbon", {"cap": 0.05, "per": "year"})


def exit() -> World:
    """1,000 GiB, labour 50, two machines on offer for a year; of aa 500 a month are owed for nine months."""
    world = market(1.0, 2.0, periods=2, terms={"offer": ["on_demand", "commit_1y"]})
    world.price("aa:x:m4", 0.6, "Hour", term="commit_1y", PricingCategory="Committed")
    world.store("aa:x", "block_gib", 0.2).store("bb:x", "block_gib", 0.1).egress("aa:x", 0.1).egress(
        "bb:x", 0.3
    )
    world.workload("web", demand={"vcpu": 8, "memory_gib": 32, "block_gib": 1000})
    world.agreement("have", "aa", 500, months=9)
    return world.rule("leave", "exit", {"cap": 0.5, "of": "vendor_group", "labour": 50, "waived_by": ["bb"]})


TOYS = {toy.__name__: toy for toy in (
    demand, carry, buy, commitment, fleet, idle, cheapest, capacity, amount, vendor_share, minimum_share,
    latency, move, move_limit, activation, budget, ceiling, pin, pairing, backup, region_amount, region_share,
    jurisdiction_share, affinity, slivers, transfer, proximity, survival,
    refuge, freeze, change, agreement, carbon, exit, egress_tier, present, steady, vendor_use,
    vendor_bill,
)}  # fmt: skip


def model_with(family: str) -> Model:
    """The model of a family's toy, with the family's rows in it."""
    world = TOYS[family]()
    if family != "pin":
        return model_of(world)
    case = read(world)
    held = pd.DataFrame({"w": [0, 0], "r": [0, 1], "t": [0, 0], "share": [0.25, 0.75]})
    return build(case, assess(case), held)


def carbon_worth() -> World:
    """A tonne is worth 1,000; aa's grid has 1 kg a kWh, bb's 0.1."""
    return market(1.0, 2.0).grid(aa=1.0, bb=0.1).workload("web").carbon_price(1000)


def latency_worth() -> World:
    """A millisecond is worth 2 a month to 1,000 users; aa:x: 3 × 30 + 65 ms, bb:x: 3 × 5 + 40."""
    world = latency().latency_worth(2.0)
    world.rules.clear()
    return world


TERMS = {"carbon": carbon_worth, "latency": latency_worth}
"""Terms of the objective that nobody pays, which appear in no row."""


@pytest.mark.parametrize("term", TERMS)
def test_the_objective_of_a_weight_is_that_of_its_golden_file(term, update_golden):
    text, golden = lp_text(model_of(TERMS[term]()), ["demand"]), HERE / "objective" / f"{term}.lp"
    if update_golden:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("family", TOYS)
def test_the_rows_of_a_family_are_those_of_its_golden_file(family, update_golden):
    model = model_with(family)
    assert len(model.block(family).keys) > 0
    text, golden = lp_text(model, [family]), HERE / f"{family}.lp"
    if update_golden:
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_every_family_has_a_golden_file_and_every_file_a_family():
    folder = Path(planner.model.families.__file__).parent
    families = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert families == set(TOYS)
    assert families == {path.stem for path in HERE.glob("*.lp")}


def test_every_row_of_a_model_belongs_to_a_family_with_a_module():
    folder = Path(planner.model.families.__file__).parent
    for block in (*model_with("fleet").blocks, *model_with("pin").blocks):
        assert (folder / f"{block.family}.py").is_file()
