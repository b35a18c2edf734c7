"""Small random worlds for hypothesis: most have a plan, some have none.

Figures are drawn from short lists of round numbers, so that ties and degenerate programs are
common: they are where a program goes wrong.
"""

from __future__ import annotations

from hypothesis import strategies as st

from support.cases import TOML_PROVENANCE, World

SHAPES = ((2, 4), (4, 8), (4, 16), (2, 16), (8, 32))
PRICES = (0.1, 0.2, 0.25, 0.4, 0.5, 0.75, 1.0, 1.6, 2.0)
VCPU = (0, 1, 4, 10, 40)
MEMORY = (0, 2, 16, 50, 160)
AMOUNTS = (0, 4, 16, 30, 100)


@st.composite
def worlds(draw: st.DrawFn, spend: bool = True, reference: bool = True, rich: bool = False) -> World:
    """A world with 2 to 4 regions, 1 to 4 workloads, 1 or 2 periods.

    ``spend`` and ``reference`` allow rules on shares of the spend and of the reference spend; ``rich``
    adds slices, commitments, spot, contracts, standbys, costs of moving and whole workloads.
    """
    world = World(
        periods=draw(st.integers(1, 2)), headroom=0.2, discount_rate=draw(st.sampled_from((0.0, 0.08)))
    )
    regions = _market(draw, world, priced=rich)
    names = [f"w{i}" for i in range(draw(st.integers(1, 4)))]
    for name in names:
        _workload(draw, world, name)
    for region in draw(st.lists(st.sampled_from(regions), max_size=2, unique=True)):
        _capacity(draw, world, region)
    limited = {
        row["subject"].removesuffix(":m0")
        for row in world.tables["capacity"]
        if row["resource"] != "block_gib"
    }
    if "gov:x" in regions and "gov:x" not in limited:
        # Outside the market a limit has to be stated: here one that never binds.
        world.capacity("gov:x", "vcpu", 1e6)
    if draw(st.booleans()):
        allowed = draw(
            st.sampled_from((["gov_private"], ["gov_private", "in_country_public"], ["offshore_public"]))
        )
        world.rule(
            "closed", "deployment", {"allowed": allowed}, select={"workload": {"classification": ["sulit"]}}
        )
    bases = [{"basis": "resource", "resource": "vcpu"}, {"basis": "critical"}]
    bases += [{"basis": "spend"}] * 2 if spend else []
    bases += [{"basis": "reference_spend"}] if reference else []
    _shares(draw, world, bases)
    if rich:
        _enrich(draw, world, names)
    return world


def _market(draw: st.DrawFn, world: World, priced: bool) -> list[str]:
    regions = ["aa:x", "bb:x", *draw(st.sampled_from(([], ["cc:x"], ["gov:x"], ["aa:y"], ["cc:x", "gov:x"])))]
    for vendor in sorted({region.split(":")[0] for region in regions}):
        world.vendor(vendor, jurisdiction="MY" if vendor in ("bb", "gov") else "XX", market=vendor != "gov")
    for region in regions:
        deployment = "gov_private" if region == "gov:x" else draw(_PUBLIC)
        world.region(region, deployment=deployment, serves_agency="moh" if region == "aa:y" else "")
        for i in range(draw(st.integers(1, 3))):
            vcpu, memory = draw(st.sampled_from(SHAPES))
            more = draw(st.sampled_from(({}, {}, {"architecture": "arm"}, _BURSTABLE)))
            world.machine(region, f"m{i}", vcpu, memory, draw(st.sampled_from(PRICES)), **more)
        world.store(region, "block_gib", draw(st.sampled_from(PRICES)))
        if priced or draw(st.integers(0, 4)):
            world.egress(region, draw(st.sampled_from(PRICES)))
    world.agency("mof").agency("moh")
    return regions


_PUBLIC = st.sampled_from(("in_country_public", "offshore_public"))
_BURSTABLE = {"category": "burstable", "baseline_vcpu": 0.5}


def _workload(draw: st.DrawFn, world: World, name: str) -> None:
    count = world.periods
    need = {
        "vcpu": [draw(st.sampled_from(VCPU)) for _ in range(count)],
        "memory_gib": [draw(st.sampled_from(MEMORY)) for _ in range(count)],
    }
    if draw(st.booleans()):
        need["block_gib"] = [draw(st.sampled_from(AMOUNTS)) for _ in range(count)]
    if not draw(st.integers(0, 3)):
        need["egress_gib"] = [draw(st.sampled_from(AMOUNTS)) for _ in range(count)]
    platform = draw(st.sampled_from(("vm", "vm", "container")))
    pod = draw(st.sampled_from(((1, 2), (2, 8), (4, 4)))) if platform == "container" else ("", "")
    world.workload(
        name,
        draw(st.sampled_from(("mof", "moh"))),
        demand=need,
        platform=platform,
        pod_vcpu=pod[0],
        pod_memory_gib=pod[1],
        classification=draw(st.sampled_from(("terbuka", "terbuka", "sulit"))),
        critical=draw(st.booleans()),
        min_units=draw(st.sampled_from((1, 1, 3))),
        burstable_ok=draw(st.booleans()),
        architecture=draw(st.sampled_from(("any", "any", "x86"))),
    )


def _capacity(draw: st.DrawFn, world: World, region: str) -> None:
    resource = draw(st.sampled_from(("vcpu", "memory_gib", "units", "block_gib")))
    machine = draw(st.sampled_from((region, f"{region}:m0"))) if resource != "block_gib" else region
    amount = [draw(st.sampled_from(AMOUNTS)) for _ in range(world.periods)]
    world.capacity(machine, resource, amount, payer=draw(st.sampled_from(("", "", "moh"))))


def _shares(draw: st.DrawFn, world: World, bases: list[dict[str, str]]) -> None:
    if draw(st.booleans()):
        cap = {"cap": draw(st.sampled_from((0.5, 0.6, 0.8, 1.0))), **draw(st.sampled_from(bases))}
        world.rule("cap", "vendor_share", cap)
    if draw(st.booleans()):
        floor = {"floor": draw(st.sampled_from((0.0, 0.25, 0.4))), "of": "domestic"}
        world.rule("home", "minimum_share", {**floor, **draw(st.sampled_from(bases))})


def _enrich(draw: st.DrawFn, world: World, names: list[str]) -> None:
    machines = [s["SkuId"] for s in world.tables["skus"] if not s.get("resource")]
    if draw(st.booleans()):
        world.slices = {"day": 0.25, "night": 0.75}
        world.load(draw(st.sampled_from(names)), day=1, night=draw(st.sampled_from((0.2, 0.5))))
    if draw(st.booleans()):
        for sku in draw(st.lists(st.sampled_from(machines), min_size=1, max_size=3, unique=True)):
            world.committed(sku, draw(st.sampled_from(PRICES)) / 2).spot(
                sku, draw(st.sampled_from(PRICES)) / 4
            )
        world.offer("commit_1y", "spot", tail_credit=draw(st.sampled_from((0.0, 0.5))))
    if draw(st.booleans()):
        world.contract("frame", "aa", discount=0.2, margin=0.1, tax=0.08)
    if draw(st.booleans()):
        world.tier("none").tier("ready", draw(st.sampled_from(("other_region", "other_group"))), ready=0.5)
        world.tables["workloads"][0]["resilience"] = "ready"
    if draw(st.booleans()):
        world.today(names[0], "bb:x")
        world.migration = {"labour": draw(st.sampled_from((0.0, 500.0))), **TOML_PROVENANCE}
    for row in world.tables["workloads"]:
        row["spot_ok"] = draw(st.booleans())
        row["divisible"] = draw(st.sampled_from((True, True, False)))
    if draw(st.booleans()):
        world.add("activation", subject="aa", amount=draw(st.sampled_from((0, 300))), currency="MYR",
                  payer=draw(st.sampled_from(("", world.tables["workloads"][0]["agency"]))))  # fmt: skip
