"""Small random worlds with one or more features of the full model: each is a function that adds it.

What each adds is drawn so that it often binds and sometimes leaves no plan.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from support.cases import World

REGIONS = ("aa:x", "aa:y", "bb:x", "cc:x")
Draw = Callable[[st.SearchStrategy[Any]], Any]


def plain_world(draw: Draw) -> World:
    """Four regions of three vendors, bb at home, with machines, storage and egress; up to four workloads."""

    def pick(*values: Any) -> Any:
        return draw(st.sampled_from(values))

    months, periods = pick((3, 2), (3, 5), (6, 2), (12, 2))
    world = World(months=months, periods=periods, headroom=0.2, discount_rate=pick(0.0, 0.06))
    world.slices = pick({}, {"day": 0.25, "night": 0.75})
    for vendor in ("aa", "bb", "cc"):
        world.vendor(vendor, jurisdiction="MY" if vendor == "bb" else "XX")
    for region in REGIONS:
        world.region(region, country="SG" if region == "cc:x" else "MY")
        world.machine(region, "m4", 4, 16, pick(0.8, 1.0, 1.3)).machine(region, "c8", 8, 16, pick(1.2, 1.7))
        world.store(region, "block_gib", pick(0.1, 0.2)).store(region, "object_gib", pick(0.03, 0.05))
        world.egress(region, pick(0.1, 0.3))
    world.agency("mof").agency("moh")
    for i in range(pick(2, 3, 4)):
        need = {
            "vcpu": [pick(4, 10, 24) for _ in range(periods)],
            "memory_gib": pick(16, 50),
            "block_gib": [pick(100, 400) for _ in range(periods)],
            "egress_gib": pick(300, 0),
        }
        container = {"platform": "container", "pod_vcpu": 1, "pod_memory_gib": 2}
        pods = pick(container, {}, {}) if i else {}
        world.workload(f"w{i}", pick("mof", "moh"), demand=need, critical=pick(True, False), **pods)
        if world.slices:
            world.load(f"w{i}", day=1.0, night=pick(0.3, 0.8))
    return world


def add_tier(world: World, tier: str, standby: str = "none", ready: float = 0.0, backup: float = 0.0) -> None:
    """A tier, unless a feature before has one of that name."""
    if tier not in {row["tier"] for row in world.tables["resilience"]}:
        world.tier(tier, standby, ready, backup)


def limit(world: World, subject: str, resource: str, amount: float, payer: str = "") -> None:
    """A capacity, unless a feature before limits the same."""
    key = (subject, resource, payer)
    if key not in {(r["subject"], r["resource"], r["payer"]) for r in world.tables["capacity"]}:
        world.capacity(subject, resource, amount, payer)


def add_places(world: World) -> None:
    """The regions as nodes of a network, unless they are."""
    known = {row["node"] for row in world.tables["nodes"]}
    for region in REGIONS:
        if region not in known:
            world.node(region, "region")


def names(world: World) -> list[str]:
    return [row["workload"] for row in world.tables["workloads"]]


def places(world: World, pick: Callable) -> None:
    """affinity: together, apart, pin, forbid and a least share; some may not be split; no slivers."""
    w = names(world)
    kinds = pick(
        ("together", "pin"), ("apart", "forbid"), ("least_share", "apart"), ("together", "least_share")
    )
    for kind in kinds:
        if kind in ("together", "apart"):
            world.affinity(kind, w[0], w[1])
        elif kind == "least_share":
            world.affinity(kind, w[0], value=pick(0.3, 0.6))
        else:
            value = {"value": pick(0.25, 1.0)} if kind == "pin" else {}
            world.affinity(kind, w[1], region=pick(*REGIONS), **value)
    for row in world.tables["workloads"]:
        row["divisible"] = pick(True, True, False)
    limit(world, pick(*REGIONS), "vcpu", pick(12, 30))
    world.placing = pick({"least_share": 0.2}, {"most_regions": 2}, {"least_share": 0.3, "most_regions": 3})


def copies(world: World, pick: Callable) -> None:
    """Tiers with standby and backup, and a rule on where backups may be."""
    add_tier(world, "none")
    add_tier(world, "warm", pick("other_region", "other_group"), pick(0.5, 1.0), pick(1.0, 0.0))
    add_tier(world, "kept", backup=pick(1.0, 2.0))
    for row in world.tables["workloads"]:
        row["resilience"] = pick("warm", "kept", "none")
    roles = pick(["backup"], ["standby", "backup"], ["primary"])
    world.rule("home", "residency", {"countries": ["MY"], "roles": roles})


def losses(world: World, pick: Callable) -> None:
    """Survival of groups or regions, by the case or a rule, with little room."""
    add_tier(world, "none")
    add_tier(world, "warm", "other_group", 0.5)
    for row in world.tables["workloads"]:
        row["resilience"] = pick("none", "none", "warm")
    of = pick("vendor_groups", "regions")
    if pick(True, False):
        world.survive = [of]
    else:
        world.rule("live", "survival", {"of": [of]}, select={"workload": {"agency": ["mof"]}})
    for region in REGIONS:
        limit(world, region, pick("vcpu", "memory_gib"), pick(30, 60, 200))


def data(world: World, pick: Callable) -> None:
    """Dependencies with data and a longest round trip."""
    w = names(world)
    add_places(world)
    world.node("hub", "hub")
    for region in REGIONS:
        world.link("hub", region, pick(2, 8, 20))
    world.depends(w[0], w[1], pick(50, 500), pick(30, 12, ""))
    world.depends(w[1], w[-1] if len(w) > 2 else w[0], pick(0, 100), pick(25, ""))
    limit(world, pick(*REGIONS), "vcpu", pick(8, 20))


def shares(world: World, pick: Callable) -> None:
    """Caps on regions, on foreign parents and a floor at home, by any basis."""
    basis = pick(
        {"basis": "spend"}, {"basis": "reference_spend"}, {"basis": "resource", "resource": "vcpu"},
        {"basis": "resource", "resource": "block_gib"}, {"basis": "critical"},
    )  # fmt: skip
    world.rule("cap", "vendor_share", {"cap": pick(0.8, 0.5), **basis})
    world.rule("spread", "region_share", {"cap": pick(0.7, 0.4), **basis})
    world.rule("foreign", "jurisdiction_share", {"cap": pick(0.8, 0.5), "of": "foreign", **basis})
    world.rule("ours", "minimum_share", {"floor": pick(0.1, 0.3), "of": "domestic", **basis})


def users(world: World, pick: Callable) -> None:
    """Latency: users at two sites, and a share of them within a target."""
    add_places(world)
    world.node("town", "site").node("village", "site")
    for region in REGIONS:
        world.link("town", region, pick(10, 30), "access").link("village", region, pick(20, 60), "access")
    for row in world.tables["workloads"]:
        if pick(True, True, False):
            row["latency_ms"], row["latency_share"] = pick(35, 15), pick(0.3, 0.6)
            world.users(row["workload"], town=pick(100, 3000), village=pick(0, 1000))
    world.rule("quick", "latency", {"statistic": "mean"})


def terms(world: World, pick: Callable) -> None:
    """Commitments on offer and held, spot, and contracts of which one follows another."""
    for region in REGIONS:
        sku = f"{region}:m4"
        world.committed(sku, pick(0.4, 0.6)).committed(sku, pick(0.3, 0.5), 3).spot(sku, pick(0.3, 0.9))
        world.committed(sku, pick(0.4, 0.6), 1, "MYR", "partial", pick(0.2, 0.9))
        world.committed(sku, pick(0.3, 0.5), 3, "MYR", "upfront")
    choices = ("spot", "commit_3y_upfront"), ("commit_1y", "commit_3y"), ("commit_1y_partial", "commit_3y")
    offered = pick(*choices)
    world.offer(*offered, tail_credit=pick(0.0, 0.5, 0.999))
    payer = world.tables["workloads"][0]["agency"]
    world.held("aa:x:m4", pick(0.5, 3), pick("2026-02", "2026-08", "2026-10"), payer=payer)
    world.held("aa:x:m4", pick(0.25, 1), "2026-12", payer=payer)
    world.contract("old", "aa", discount=pick(0.0, 0.2), tax=0.08, valid_to="2027-07-01")
    world.contract("new", "aa", discount=0.1, margin=0.05, valid_from="2027-07-01")
    for row in world.tables["workloads"]:
        if pick(True, False):
            row["spot_ok"], row["spot_share"] = True, pick(0.4, "")


def deals(world: World, pick: Callable) -> None:
    """Spend commitments held and offered, and a ceiling."""
    payer = world.tables["workloads"][0]["agency"]
    span = world.months * world.periods
    world.agreement("have", "aa", pick(200, 3000), payer=payer, months=pick(world.months, span + 12),
                    discount=pick(0.0, 0.1), up_to=pick("", 6000))  # fmt: skip
    world.agreement("may", "bb", pick(500, 4000), payer=pick("", payer), status="offered",
                    months=pick(world.months, span), discount=pick(0.1, 0.3), up_to=8000)  # fmt: skip
    world.contract("frame", "cc", discount=0.3, tax=0.05, ceiling=pick(3000, 20_000))


def moves(world: World, pick: Callable) -> None:
    """Places of today, labour, limits and freezes, costs of places and of beginning, budgets."""
    world.labour(pick(0, 300, 2000))
    for name in names(world):
        world.today(name, pick(*REGIONS, "attic:old"))
        if pick(True, False):
            world.place_cost(name, pick(*REGIONS), pick(100, 2000), pick("once", "period"))
    later = pick(0, 1, 2)
    world.move_limit([pick(0, 1, 4)] + [later] * (world.periods - 1), agency=pick("", "mof"))
    world.begin_cost(
        pick("aa", "bb:x"), pick(500, 5000), payer=pick("", world.tables["workloads"][0]["agency"])
    )
    world.budget(world.tables["workloads"][0]["agency"], 2027, pick(1000, 1e9), "development")
    cap = {"cap": pick(20_000, 60_000), "currency": ["MYR"], "per": pick("year", "horizon")}
    world.rule("cash", "budget", cap,
               select={"region": {"region": ["aa:x", "aa:y"]}})  # fmt: skip


def volumes(world: World, pick: Callable) -> None:
    """Exact tiers of egress; vendors cost while they are used, and by spend in bands."""
    world.exact_tiers = True
    world.vendor_cost(pick("aa", "bb"), pick(20, 500), payer=pick("", "mof"), kind="staff")
    world.vendor_cost("cc", pick("", 60), (0, pick(0.1, 0.02)), (200, 0.05), region=pick("", "cc:x"))
    world.tables["transfer"] = []
    for region in REGIONS:
        world.egress(region, pick(0.0, 0.4), 0).egress(region, pick(0.2, 0.3), 100).egress(region, 0.1, 400)


def limits(world: World, pick: Callable) -> None:
    """Capacity of a family, of a group of machines and of storage, for one payer and for all."""
    world.add("capacity_groups", group="rack", region=pick("", "aa:x"), family="m4")
    world.add("capacity_groups", group="rack", sku="bb:x:c8")
    limit(world, "rack", pick("units", "vcpu", "memory_gib"), pick(3, 20), pick("", "mof"))
    limit(world, "bb:x", "block_gib", pick(100, 600))
    limit(world, "cc:x:m4", "units", pick(0, 3))


def leaving(world: World, pick: Callable) -> None:
    """What leaving a vendor costs is limited; carbon has a cap and a price."""
    world.rule(
        "leave", "exit", {"cap": pick(0.4, 0.1, 0.02), "of": pick("vendor_group", "plan"), "labour": 300.0}
    )
    world.add("energy", resource="vcpu", kwh_per_hour=0.01)
    for region in REGIONS:
        world.add("grid", region=region, kg_per_kwh=pick(0.1, 0.5, 0.9))
    world.rule("air", "carbon", {"cap": pick(3.0, 0.5), "per": pick("year", "period")})
    world.carbon_price(pick(10.0, 2000.0))


def again(world: World, pick: Callable) -> None:
    """Planned from an earlier plan: some periods frozen, a price on change."""
    for name in names(world):
        region = pick(*REGIONS)
        for t in range(world.periods):
            world.add("earlier_placements", workload=name, region=region, period=world.period(t),
                      role="primary", share=1)  # fmt: skip
    world.replan = {"freeze": pick(1, 0), "change_price": pick(0.0, 100.0, 5000.0)}


def whole(world: World, pick: Callable) -> None:
    """Plans in whole machines."""
    world.whole = True
    world.tables["held_commitments"] = []


FEATURES = {
    made.__name__: made
    for made in (
        places, copies, losses, data, shares, users, terms, deals, moves, volumes, limits, leaving, again,
        whole,
    )
}  # fmt: skip


@st.composite
def varied_worlds(draw: st.DrawFn, features: Sequence[str]) -> World:
    """A plain world with the features named."""
    world = plain_world(draw)
    for name in features:
        FEATURES[name](world, lambda *values: draw(st.sampled_from(values)))
    if not world.tables["resilience"]:
        world.tier("none")
    return world
