"""The cheapest machine for a need, in every region that ships with the planner, against a search by hand."""

from __future__ import annotations

import csv
import math

import pytest
from support.cases import World
from support.plans import read

from planner.catalog.load import shipped
from planner.eligibility import assess
from planner.model.columns import make_columns
from planner.model.folding import cheapest_machines
from planner.model.index import make_index
from planner.planning import solve

PACKAGES = ("aws", "azure", "gcp", "tm", "mygovcloud", "premises", "accelerators")
DAY = "2026-11-23"
USD = 4.2
NEEDS = {
    # workload: vCPU, GiB, inference, training, least machines, burstable allowed, architecture
    "tiny": (0.5, 1, 0, 0, 1, False, "any"),
    "tiny-burst": (0.5, 1, 0, 0, 1, True, "any"),
    "spread": (1, 2, 0, 0, 3, True, "x86"),
    "even": (16, 64, 0, 0, 1, False, "any"),
    "even-x86": (16, 64, 0, 0, 1, False, "x86"),
    "even-arm": (16, 64, 0, 0, 2, False, "arm"),
    "lean": (100, 100, 0, 0, 1, True, "any"),
    "rich": (10, 900, 0, 0, 1, False, "x86"),
    "odd": (7, 41, 0, 0, 2, True, "x86"),
    "talks": (8, 32, 3, 0, 1, False, "any"),
    "learns": (96, 900, 0, 12, 1, False, "any"),
    "both": (8, 64, 1, 1, 1, True, "any"),
}


def table(name):
    """Rows of a table over all packages."""
    rows = []
    for package in PACKAGES:
        path = shipped() / package / f"{name}.csv"
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as stream:
                rows += list(csv.DictReader(stream))
    return rows


@pytest.fixture(scope="module")
def case():
    """A case with the shipped catalogs and one workload a need."""
    world = World(catalogs=list(PACKAGES)).rate("USD", 2027, USD)
    for agency in sorted({r["serves_agency"] for r in table("regions")} - {""}):
        world.agency(agency)
    for name, (vcpu, memory, inference, training, least, burst, architecture) in NEEDS.items():
        need = {"vcpu": vcpu, "memory_gib": memory, "gpu_inference": inference, "gpu_training": training}
        demand = {k: v for k, v in need.items() if v or not k.startswith("gpu")}
        world.workload(name, "mof", demand, min_units=least, burstable_ok=burst, architecture=architecture)
    market = {vendor["vendor"]: vendor["market"] == "true" for vendor in table("vendors")}
    for region in table("regions"):
        if not market[region["vendor"]]:  # outside the market a limit is stated: here one that never binds
            world.capacity(region["region"], "vcpu", 1e6)
    return read(world)


def cheapest_by_hand():
    """(workload, region) to the least price an hour, over every SKU with an on-demand price of the day."""
    cards = {c["accelerator"]: c for c in table("accelerators")}
    price = {}
    for p in table("prices"):
        if p["term"] == "on_demand" and p["valid_from"] <= DAY and (not p["valid_to"] or p["valid_to"] > DAY):
            price[p["SkuId"]] = float(p["ListUnitPrice"]) * (USD if p["PricingCurrency"] == "USD" else 1.0)
    least = {}
    for sku in table("skus"):
        if sku["resource"] or sku["SkuId"] not in price:
            continue
        held = float(sku["accelerator_count"] or 0)
        card = cards.get(sku["accelerator"], {"gpu_inference": 0, "gpu_training": 0})
        yields = (
            float(sku["baseline_vcpu"] or sku["vcpu"]),
            float(sku["memory_gib"]),
            held * float(card["gpu_inference"]),
            held * float(card["gpu_training"]),
        )
        for name, (*needs, machines, burst, architecture) in NEEDS.items():
            if architecture not in ("any", sku["architecture"]) or (sku["baseline_vcpu"] and not burst):
                continue
            if held and card["own_stack"] == "true":  # only for work that permits it
                continue
            if any(need > 0 and y == 0 for need, y in zip(needs, yields, strict=True)):
                continue
            n = max(machines, *(need / y for need, y in zip(needs, yields, strict=True) if need > 0))
            key = (name, sku["region"])
            least[key] = min(least.get(key, math.inf), n * price[sku["SkuId"]])
    return least


def test_the_cheapest_machine_of_each_need_in_each_region(case):
    index = make_index(case, assess(case))
    place = make_columns(index).place.keys
    chosen = cheapest_machines(index, place)
    line = place.iloc[chosen["at"].to_numpy()]
    names = case.workloads["workload"].to_numpy()[line["w"]]
    regions = case.regions["region"].to_numpy()[line["r"]]
    paid = index.offers.price[chosen["sku"], line["t"]] * chosen["units"].to_numpy()
    found = {(str(w), str(r)): float(p) for w, r, p in zip(names, regions, paid, strict=True)}
    serves = {r["region"]: r["serves_agency"] for r in table("regions")}
    expected = {key: price for key, price in cheapest_by_hand().items() if serves[key[1]] in ("", "mof")}
    assert found == {key: pytest.approx(price, rel=1e-12) for key, price in expected.items()}
    assert len({region for _, region in found}) >= 9


def test_no_plan_holds_a_burstable_machine_for_a_workload_that_does_not_allow_it(case):
    plan = solve(case).plan
    burstable = {s["SkuId"] for s in table("skus") if s["baseline_vcpu"]}
    for bought in plan.purchases.itertuples():
        assert bought.sku not in burstable or NEEDS[bought.workload][5]
    assert set(plan.purchases.loc[plan.purchases["sku"].isin(burstable), "workload"])  # and some do
