"""Small cases with one conflict planted in each, the statements it consists of, and bystanders.

Every world has rules and workloads that take no part, so that an explanation which names too much
is caught as surely as one which names too little.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from support.cases import World
from support.plans import read

from planner.errors import Infeasible
from planner.lp.outcome import Status
from planner.lp.problem import Problem
from planner.model.to_arrays import to_arrays
from planner.planning import build_model

PRICES = {"a": 0.2, "b": 0.3, "c": 0.5}
ADOPTED = {"adopted_by": "board", "adopted_on": date(2026, 1, 1), "reference": "minutes 1"}


@dataclass(frozen=True)
class Planted:
    """A world without a plan, the ids of its irreducible set, and whether law must give."""

    name: str
    make: Callable[[], World]
    members: frozenset[str]
    relax_legal: bool = False


CASES: list[Planted] = []


def planted(members: str, relax_legal: bool = False) -> Callable[[Callable[[], World]], Callable[[], World]]:
    """Register a world; ``members`` are ids parted by `` | ``."""

    def keep(make: Callable[[], World]) -> Callable[[], World]:
        name = make.__name__.replace("_", "-")
        CASES.append(Planted(name, make, frozenset(members.split(" | ")), relax_legal))
        return make

    return keep


def base(periods: int = 1) -> World:
    """Three vendors at home, one of them domestic, and a bystander with its own place."""
    world = World(periods=periods)
    for vendor, price in PRICES.items():
        world.vendor(vendor, jurisdiction="MY" if vendor == "c" else "XX")
        world.region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, price).store(
            f"{vendor}:x", "block_gib", 0.1
        )
    world.vendor("own", jurisdiction="MY", market=False)
    world.region("own:x", deployment="gov_private", serves_agency="pmo").machine("own:x", "m", 4, 16, 0.01)
    world.capacity("own:x", "vcpu", 1e6)
    world.workload("bystander", agency="pmo", demand={"vcpu": [8] * periods, "memory_gib": [8] * periods})
    return world.rule(
        "bystanding", "key_custody", {"allowed": ["customer_hsm"]}, select={"workload": {"agency": ["x"]}}
    )


def optimum(world: World) -> float:
    """Cost of a cold solve, which is all of a plan that these tests look at."""
    model = build_model(read(world))
    outcome = Problem(to_arrays(model)).solve()
    if outcome.status is not Status.OPTIMAL:
        raise Infeasible([outcome.word])
    return outcome.objective * model.unit


def parameter(world: World, rule: str, kind: str, **parameters: Any) -> World:
    """A rule that the government chose, adopted."""
    world.overrides[rule] = dict(ADOPTED)
    return world.rule(rule, kind, parameters, is_parameter=True, benchmark="none")


def tax(world: World, vcpu: Any = 100, **more: Any) -> World:
    return world.workload("tax", demand={"vcpu": vcpu, "memory_gib": vcpu}, **more)


def only_a(world: World) -> World:
    """Leave only vendor a to everybody but the bystander."""
    for vendor in "bc":
        world.tables["regions"] = [row for row in world.tables["regions"] if row["vendor"] != vendor]
        world.tables["skus"] = [
            row for row in world.tables["skus"] if not row["region"].startswith(f"{vendor}:")
        ]
        world.tables["prices"] = [
            row for row in world.tables["prices"] if not row["SkuId"].startswith(f"{vendor}:")
        ]
        world.tables["vendors"] = [row for row in world.tables["vendors"] if row["vendor"] != vendor]
    return world


# Capacity


@planted("tax | capacity of a:x (vcpu)")
def capacity_of_vcpu() -> World:
    return tax(only_a(base())).capacity("a:x", "vcpu", 60)


@planted("tax | capacity of a:x (memory_gib)")
def capacity_of_memory() -> World:
    return tax(only_a(base())).capacity("a:x", "vcpu", 400).capacity("a:x", "memory_gib", 300)


@planted("tax | capacity of a:x:m (units)")
def capacity_of_one_sku() -> World:
    return tax(only_a(base())).capacity("a:x:m", "units", 20)


@planted("tax | capacity of a:x (block_gib)")
def capacity_of_storage() -> World:
    world = only_a(base()).workload("tax", demand={"vcpu": 4, "memory_gib": 8, "block_gib": 500})
    return world.capacity("a:x", "block_gib", 400).capacity("a:x", "vcpu", 40)


@planted("tax | capacity of a:x (vcpu) for mof")
def capacity_of_a_payer() -> World:
    return tax(only_a(base())).capacity("a:x", "vcpu", 60, payer="mof").capacity("a:x", "vcpu", 400)


@planted("tax | capacity of a:x (vcpu)")
def capacity_in_the_last_period() -> World:
    return tax(only_a(base(3)), [20, 40, 80]).capacity("a:x", "vcpu", 60)


@planted("tax | customs | capacity of a:x (vcpu)")
def capacity_of_two_workloads() -> World:
    world = tax(only_a(base()), 40).workload("customs", demand={"vcpu": 40, "memory_gib": 40})
    return world.capacity("a:x", "vcpu", 60)


@planted("tax | capacity of a:x (vcpu) | capacity of b:x (vcpu) | capacity of c:x (vcpu)")
def capacity_everywhere() -> World:
    world = tax(base())
    return world.capacity("a:x", "vcpu", 50).capacity("b:x", "vcpu", 20).capacity("c:x", "vcpu", 12)


@planted("tax | capacity of a:x (vcpu)")
def capacity_for_one_that_fits_nowhere_else() -> World:
    world = tax(base(), 40, architecture="arm").machine("a:x", "g", 4, 16, 0.15, architecture="arm")
    return world.capacity("a:x", "vcpu", 24)


# Filters


@planted("tax | at-home", relax_legal=True)
def residency() -> World:
    return tax(base()).rule(
        "at-home", "residency", {"countries": ["SG"], "roles": ["primary"]}, select=_tax()
    )


@planted("tax | sovereign", relax_legal=True)
def residency_on_sovereign_cloud() -> World:
    values = {"countries": ["MY"], "roles": ["primary"], "sovereign": True}
    return tax(base()).rule("sovereign", "residency", values, select=_tax())


@planted("tax | premises", relax_legal=True)
def deployment() -> World:
    world = tax(base(), classification="rahsia")
    select = {"workload": {"classification": ["rahsia"]}}
    return world.rule("premises", "deployment", {"allowed": ["agency_onprem"]}, select=select)


@planted("tax | public-abroad", relax_legal=True)
def deployment_in_a_country() -> World:
    values = {"allowed": ["in_country_public"], "countries": ["SG"]}
    return tax(base()).rule("public-abroad", "deployment", values, select=_tax())


@planted("tax | own-keys", relax_legal=True)
def key_custody() -> World:
    return tax(base()).rule("own-keys", "key_custody", {"allowed": ["customer_hsm"]}, select=_tax())


@planted("tax | panel")
def vendor_panel() -> World:
    return parameter(tax(base(), agency="moh"), "panel", "vendor_panel", vendors=["z"])


@planted("tax | panel | at-home")
def two_filters() -> World:
    """Panel vendors sit abroad; the others at home."""
    world = tax(base()).vendor("d").region("d:s", country="SG").machine("d:s", "m", 4, 16, 0.1)
    world.rule("at-home", "residency", {"countries": ["MY"], "roles": ["primary"]}, select=_tax())
    return parameter(world, "panel", "vendor_panel", vendors=["d"])


@planted("tax | at-home")
def a_filter_that_was_chosen() -> World:
    world = tax(base())
    parameter(world, "at-home", "residency", countries=["SG"], roles=["primary"])
    world.rules[-1]["select"] = _tax()
    return world


@planted("tax | at-home")
def a_filter_in_later_periods() -> World:
    world = tax(base(3), [40, 40, 40])
    parameter(world, "at-home", "residency", countries=["SG"], roles=["primary"])
    world.rules[-1].update(select=_tax(), valid_from=date(2027, 7, 1))
    return world


@planted("tax | keys | panel")
def filters_by_region() -> World:
    """One filter closes a and b, the other c."""
    world = tax(base(), agency="moh")
    world.rule(
        "keys", "key_custody", {"allowed": ["customer_hsm"]}, select={"region": {"vendor": ["a", "b"]}}
    )
    return parameter(world, "panel", "vendor_panel", vendors=["a", "b"])


# Filters with capacity


@planted("tax | panel | capacity of a:x (vcpu)")
def panel_and_capacity() -> World:
    return parameter(tax(base()), "panel", "vendor_panel", vendors=["a"]).capacity("a:x", "vcpu", 60)


@planted("tax | at-home | capacity of a:x (vcpu)")
def residency_and_capacity() -> World:
    world = tax(only_a(base())).region("a:s", country="SG").machine("a:s", "m", 4, 16, 0.05)
    world.rule("at-home", "residency", {"countries": ["MY"], "roles": ["primary"]}, select=_tax())
    return world.capacity("a:x", "vcpu", 80)


@planted("tax | customs | panel | capacity of a:x (vcpu)")
def panel_and_capacity_of_two() -> World:
    world = tax(base(), 40).workload("customs", demand={"vcpu": 40, "memory_gib": 40})
    return parameter(world, "panel", "vendor_panel", vendors=["a"]).capacity("a:x", "vcpu", 60)


# Caps and floors


@planted("tax | cap")
def cap_below_one_over_n() -> World:
    return parameter(tax(base()), "cap", "vendor_share", cap=0.3, basis="resource", resource="vcpu")


@planted("tax | cap")
def cap_of_spend() -> World:
    return parameter(tax(base()), "cap", "vendor_share", cap=0.3, basis="spend")


@planted("tax | cap")
def cap_of_reference_spend() -> World:
    return parameter(tax(base()), "cap", "vendor_share", cap=0.25, basis="reference_spend")


@planted("tax | cap")
def cap_of_critical_work() -> World:
    return parameter(tax(base(), critical=True), "cap", "vendor_share", cap=0.3, basis="critical")


@planted("tax | cap | panel")
def cap_and_panel() -> World:
    """Two vendors on the panel, of which none may have more than two fifths."""
    world = parameter(tax(base()), "cap", "vendor_share", cap=0.4, basis="resource", resource="vcpu")
    return parameter(world, "panel", "vendor_panel", vendors=["a", "b"])


@planted("tax | cap | capacity of c:x (vcpu)")
def cap_and_capacity() -> World:
    world = parameter(tax(base()), "cap", "vendor_share", cap=0.4, basis="resource", resource="vcpu")
    return world.capacity("c:x", "vcpu", 12)


@planted("tax | floor | capacity of c:x (vcpu)")
def floor_and_capacity() -> World:
    world = parameter(
        tax(base()), "floor", "minimum_share", floor=0.3, of="domestic", basis="resource", resource="vcpu"
    )
    return world.capacity("c:x", "vcpu", 20)


@planted("tax | floor | panel")
def floor_and_panel() -> World:
    world = parameter(tax(base()), "floor", "minimum_share", floor=0.2, of="domestic", basis="spend")
    return parameter(world, "panel", "vendor_panel", vendors=["a", "b"])


@planted("tax | cap | floor")
def cap_and_floor() -> World:
    """One domestic group, which must have more than any group may."""
    world = parameter(tax(base()), "cap", "vendor_share", cap=0.4, basis="resource", resource="vcpu")
    return parameter(
        world, "floor", "minimum_share", floor=0.6, of="domestic", basis="resource", resource="vcpu"
    )


# Latency


def network(world: World) -> World:
    """Town is near a, Village near b; c is far from both."""
    world.node("Town", "site").node("Village", "site").node("Hub", "hub")
    for region in world.tables["regions"]:
        world.node(region["region"], "region")
    for region, ms in {"a:x": 10, "b:x": 30, "c:x": 60, "own:x": 10, "a:s": 90}.items():
        if region in {row["region"] for row in world.tables["regions"]}:
            world.link("Hub", region, ms)
    return world.link("Town", "Hub", 2, "access").link("Village", "Hub", 15, "access")


def portal(world: World, ms: float, share: float, periods: int = 1, **more: Any) -> World:
    vcpu = [20] * periods
    world.workload(
        "portal", demand={"vcpu": vcpu, "memory_gib": vcpu}, latency_ms=ms, latency_share=share, **more
    )
    world.users("portal", Town=[60] * periods, Village=[40] * periods)
    return parameter(network(world), "quick", "latency", statistic="mean")


@planted("quick for portal")
def latency_that_none_meets() -> World:
    return portal(base(), 20, 0.9)


@planted("quick for portal | at-home")
def latency_and_residency() -> World:
    world = portal(base(), 40, 0.9)
    parameter(world, "at-home", "residency", countries=["MY"], roles=["primary"])
    world.rules[-1]["select"] = {"region": {"vendor": ["a"]}, "workload": {"workload": ["portal"]}}
    world.rules[-1]["parameters"]["countries"] = ["SG"]
    return world


@planted("quick for portal | panel")
def latency_and_panel() -> World:
    return parameter(portal(base(), 40, 0.9), "panel", "vendor_panel", vendors=["b", "c"])


@planted("quick for portal | capacity of a:x (vcpu)")
def latency_and_capacity() -> World:
    return portal(base(), 30, 0.9).capacity("a:x", "vcpu", 12)


@planted("quick for portal | cap")
def latency_and_cap() -> World:
    return parameter(
        portal(base(), 30, 0.9), "cap", "vendor_share", cap=0.5, basis="resource", resource="vcpu"
    )


@planted("quick for portal | floor")
def latency_and_floor() -> World:
    world = portal(base(), 30, 0.9)
    parameter(world, "floor", "minimum_share", floor=0.2, of="domestic", basis="resource", resource="vcpu")
    world.rules[-1]["select"] = {"workload": {"workload": ["portal"]}}
    return world


# Regions, jurisdictions, money, moves, whole workloads


@planted("tax | one-region")
def cap_of_regions() -> World:
    values = {"cap": 0.3, "basis": "resource", "resource": "vcpu"}
    return parameter(tax(base()), "one-region", "region_share", **values)


@planted("tax | foreign | capacity of c:x (vcpu)")
def cap_of_foreign_parents() -> World:
    values = {"cap": 0.5, "of": "foreign", "basis": "resource", "resource": "vcpu"}
    return parameter(tax(base()), "foreign", "jurisdiction_share", **values).capacity("c:x", "vcpu", 40)


@planted("tax | budget of mof 2027 operating")
def budget_too_small() -> World:
    return tax(base()).budget("mof", 2027, 9_000).budget("pmo", 2027, 9_000)


@planted("tax | ceiling of frame")
def ceiling_of_a_contract() -> World:
    return tax(only_a(base())).contract("frame", "a", ceiling=9_000)


@planted("tax | budget of mof 2027 operating | panel")
def budget_and_panel() -> World:
    return parameter(tax(base()).budget("mof", 2027, 12_000), "panel", "vendor_panel", vendors=["b", "c"])


@planted("tax | capacity of a:x (vcpu) | capacity of b:x (vcpu) | capacity of c:x (vcpu)")
def a_workload_that_cannot_be_divided() -> World:
    """Half of it fits in either place, and it has no halves."""
    world = tax(base(), divisible=False)
    return world.capacity("a:x", "vcpu", 60).capacity("b:x", "vcpu", 60).capacity("c:x", "vcpu", 30)


@planted("tax | capacity of b:x (vcpu) | capacity of c:x (vcpu)")
def no_room_to_flee_to() -> World:
    """All of it fits in a, but without a only 35 of its vCPU have somewhere to go."""
    world = tax(base(), critical=True).capacity("b:x", "vcpu", 15).capacity("c:x", "vcpu", 20)
    world.survive = ["vendor_groups"]
    return world


@planted("tax | capacity of c:x (vcpu) | panel")
def no_room_to_flee_to_within_the_panel() -> World:
    """Over two periods; b is not on the panel for work, and c has less room later."""
    world = tax(base(2), [100, 100], critical=True).capacity("c:x", "vcpu", [200, 30])
    world.survive = ["vendor_groups"]
    return parameter(world, "panel", "vendor_panel", vendors=["a", "c"])


@planted("tax | panel")
def nowhere_to_flee_to_within_the_panel() -> World:
    """A waiver lets it flee to b, and stay at a while nothing happens."""
    world = tax(base(), critical=True)
    world.survive = ["vendor_groups"]
    return parameter(world, "panel", "vendor_panel", vendors=["a"])


@planted("tax | panel | alive | capacity of c:x (vcpu)")
def a_copy_may_be_kept_on_the_panel_only() -> World:
    """A copy of half of it at c pays for that half of a loss; b is off the panel for all roles."""
    world = tax(base(), critical=True, resilience="half").tier("half", "other_group", 0.5).tier("none")
    world.capacity("c:x", "vcpu", 60)
    world = parameter(world, "alive", "survival", of=["vendor_groups"])
    return parameter(world, "panel", "vendor_panel", vendors=["a", "c"])


def _tax() -> dict[str, dict[str, list[str]]]:
    return {"workload": {"workload": ["tax"]}}
