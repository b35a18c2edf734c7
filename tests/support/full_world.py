"""A world with a row in every table that a case may hold."""

from __future__ import annotations

from support.cases import TOML_PROVENANCE, World


def full_world() -> World:
    """Two vendors and the own data centre, two workloads, two periods, and something of everything else."""
    world = World(periods=2, headroom=0.1, slices={"day": 0.5, "night": 0.5}, discount_rate=0.04)
    world.terms = {"offer": ["on_demand", "commit_1y"]}
    world.migration = {"labour": 100.0, **TOML_PROVENANCE}
    world.openings.append(("bb:new", "2027-04"))
    world.rate("USD", 2027, 4.2, 0.03)
    _market(world)
    _needs(world)
    _records(world)
    world.rule(
        "cap", "vendor_share", {"cap": 0.6, "basis": "spend"}, is_parameter=True, benchmark="none found"
    )
    world.rule("quick", "latency", {"statistic": "mean"})
    world.rule("home", "residency", {"countries": ["MY"], "roles": ["primary"]}, waivable=True)
    world.overrides["cap"] = {"cap": 0.7}
    return world


def _market(world: World) -> None:
    world.vendor("aa").vendor("bb", jurisdiction="MY").vendor("gov", market=False)
    world.region("aa:x").region("bb:x", opens="2026-01-01").region("gov:x", deployment="gov_private")
    world.region("bb:new", status="announced")
    world.capacity("gov:x", "vcpu", 1e6)
    world.accelerator("H", 1, 1)
    for region, price in (("aa:x", 1.0), ("bb:x", 2.0), ("gov:x", 3.0), ("bb:new", 1.5)):
        world.machine(region, "m4", 4, 16, price, "USD" if region == "aa:x" else "MYR")
        world.store(region, "block_gib", 0.2).egress(region, 0.1)
        world.node(region, "region").link("Hub", region, 5)
    world.price("aa:x:m4", 0.6, "Hour", term="commit_1y", PricingCategory="Committed", upfront=0)
    world.machine("aa:x", "g1", 8, 64, 9.0, accelerator="H", accelerator_count=1, category="accelerated")
    world.machine("aa:x", "b2", 2, 4, 0.1, baseline_vcpu=0.5, category="burstable")
    world.add("measured", **{"from": "aa:x", "to": "bb:x"}, statistic="median", window="a day", rtt_us=9000,
              error_us=500)  # fmt: skip
    world.node("Town", "site").node("Hub", "hub").link("Town", "Hub", 10, "access")
    world.add("sources", source="test", what="test", stated="2026-01-01", licence="none")


def _needs(world: World) -> None:
    world.agency("mof").agency("moh", "state", "Perak", payer="mof")
    world.workload("web", "mof", demand={"vcpu": 4, "memory_gib": 16, "block_gib": 10, "egress_gib": 5,
                                   "requests": 100},
                   latency_ms=50, latency_share=0.9, spot_ok=True, spot_share=0.5)  # fmt: skip
    world.workload("api", "moh", platform="container", pod_vcpu=1, pod_memory_gib=4, resilience="warm")
    for region in ("aa:x", "bb:x", "gov:x", "bb:new"):
        world.yields("web", f"{region}:m4", 1000)
    world.users("web", Town=[100, 200]).today("web", "aa:x", 0.5).today("web", "bb:x", 0.5)
    world.capacity("aa:x", "vcpu", 100).capacity("rack", "units", 50)
    world.affinity("forbid", "api", region="gov:x")
    world.add("dependencies", from_workload="web", to_workload="api", period="2027-01", gib_per_month=10)
    world.add("capacity_groups", group="rack", region="bb:x", category="general")
    world.add("loads", workload="web", slice="day", factor=1).add(
        "loads", workload="web", slice="night", factor=0.5
    )
    world.add(
        "resilience",
        tier="none",
        standby="none",
        vcpu=0,
        memory_gib=0,
        gpu=0,
        block_gib=0,
        object_gib=0,
        backup=0,
    )
    world.add(
        "resilience",
        tier="warm",
        standby="none",
        vcpu=0,
        memory_gib=0,
        gpu=0,
        block_gib=0,
        object_gib=0,
        backup=0,
    )


def _records(world: World) -> None:
    money = {"currency": "MYR"}
    world.add("contracts", contract="frame", vendor="aa", discount=0.1, margin=0.02, tax=0.08, ceiling=1e9,
              valid_from="2026-01-01", valid_to="2030-01-01", notice_days=30, **money)  # fmt: skip
    world.private("aa:x:m4", 0.9, contract="frame", currency="USD").off(0.1, "g1", contract="frame")
    world.add("held_commitments", payer="mof", sku="aa:x:m4", term="commit_1y", start="2026-07", units=1)
    world.agreement("frame-spend", "aa", 100, discount=0.02, up_to=5000, payer="mof")
    world.add("placement_costs", workload="web", region="bb:x", when="once", amount=10, **money)
    world.vendor_cost("bb", 10, (0, 0.1), (100, 0.05), payer="mof", region="bb:x")
    world.add("activation", subject="bb:x", amount=10, payer="mof", **money)
    world.add("move_limits", agency="mof", period="2027-01", amount=2)
    world.add("budgets", agency="mof", year=2027, vote="operating", amount=1e9, **money)
    world.replan = {"freeze": 0, "change_price": 1.0}
    world.add("earlier_placements", workload="web", region="bb:x", period="2027-04", role="primary", share=1)
    world.add("earlier_commitments", pool="mof", sku="aa:x:m4", term="commit_1y", period="2027-04", units=1)
    world.add("waivers", rule="home", workload="web", region="aa:x", reason="trial", approver="CIO",
              expires="2027-12-31")  # fmt: skip
    world.add("evidence", subject="web", kind="approval", reference="A-1", date="2026-01-01")
    world.add("assessments", subject="aa", measure="SOV-1", value=2, reference="A-2", date="2026-01-01")
