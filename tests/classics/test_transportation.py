"""Dantzig's canning plants, asked through an ordinary case folder.

G. B. Dantzig, Linear Programming and Extensions, Princeton University Press 1963, chapter 3.3; the
figures are those of GAMS's model ``trnsport``: two plants ship to three markets for USD 90 a case and
thousand miles. Published optimum: 153.675 thousand dollars.

The mapping is exact: a market is a workload that needs as many vCPU as it demands cases, a plant is a
region with that capacity whose machines cost nothing, and shipping a market's whole demand from a
plant is a placement cost. What the planner calls shares are shipped cases over demanded ones.
"""

import pytest
from support.cases import World
from support.plans import cost, placed, solved

from planner.answer.cross_check import cbc_objective
from planner.money import CENT

SUPPLY = {"seattle": 350, "san-diego": 600}
DEMAND = {"new-york": 325, "chicago": 300, "topeka": 275}
THOUSAND_MILES = {
    ("seattle", "new-york"): 2.5,
    ("seattle", "chicago"): 1.7,
    ("seattle", "topeka"): 1.8,
    ("san-diego", "new-york"): 2.5,
    ("san-diego", "chicago"): 1.8,
    ("san-diego", "topeka"): 1.4,
}
FREIGHT = 90.0
OPTIMUM = 153_675.00


def world(divisible: bool = True) -> World:
    made = World()
    for plant, cases in SUPPLY.items():
        made.vendor(plant).region(f"{plant}:plant").machine(f"{plant}:plant", "case", 1, 1, 0.0)
        made.capacity(f"{plant}:plant", "vcpu", cases)
    for market, cases in DEMAND.items():
        made.workload(market, demand={"vcpu": cases, "memory_gib": 0}, divisible=divisible)
    for (plant, market), miles in THOUSAND_MILES.items():
        made.place_cost(market, f"{plant}:plant", FREIGHT * miles * DEMAND[market])
    return made


def test_the_published_optimum():
    found = solved(world())
    assert cost(found.plan) == pytest.approx(OPTIMUM, abs=CENT)
    assert cbc_objective(found) == pytest.approx(OPTIMUM, abs=CENT)


def test_the_published_shipments_that_are_unique():
    """Topeka is served by San Diego, Chicago by Seattle; New York may be by both."""
    shares = placed(solved(world()).plan)
    assert shares["topeka", "san-diego:plant"] == 1.0
    assert shares["chicago", "seattle:plant"] == 1.0
    assert shares["new-york", "san-diego:plant"] >= 275 / 325 - 1e-9


def test_the_published_prices_of_the_markets():
    """What one more case costs is the dual of its demand row: 225, 153 and 126 dollars a case.

    San Diego has 25 cases to spare beside what Seattle lacks, so they are the freight from where the
    next case would come.
    """
    found = solved(world())
    block = found.model.block("demand")
    start = found.model.starts["demand"]
    dual = found.outcome.dual[start : start + len(block.keys)] * block.scale * found.model.unit
    names = found.model.index.case.workloads["workload"].to_numpy()[block.keys["w"]]
    capacity = {"new-york": 325, "chicago": 300, "topeka": 275}
    worth = {name: d / capacity[name] for name, d in zip(names, dual, strict=True)}
    assert worth["new-york"] == pytest.approx(225.0)
    assert worth["topeka"] == pytest.approx(126.0)
    assert worth["chicago"] == pytest.approx(153.0)


def test_each_market_from_one_plant():
    """By enumeration of the eight assignments: Seattle can serve one market only.

    Chicago from Seattle, the others from San Diego: exactly 600 cases; 73,125 + 45,900 + 34,650.
    """
    assert cost(solved(world(divisible=False)).plan) == pytest.approx(153_675.00, abs=CENT)
