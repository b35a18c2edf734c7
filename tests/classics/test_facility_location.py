"""A capacitated facility location problem, asked through an ordinary case folder.

The instance (five customers, three sites of capacity 500 that cost 1,000 to open) is that of the
chapter on facility location in J. P. Pedroso, A. Rais, M. Kubo and M. Muramatsu, Mathematical
Optimization: Solving Problems using Gurobi and Python (2012); its optimum is 5,610, with the second
and third site open. The optimum is also found here by enumeration of the open sites.

The mapping is exact: a customer is a divisible workload of as many vCPU as it demands, a site a
region with activation cost and capacity, transport a placement cost for serving the whole demand.
"""

from itertools import combinations

import pulp
import pytest
from support.cases import World
from support.plans import cost, placed, solved
from support.solvers import solve_with_cbc

from planner.answer.cross_check import cbc_objective
from planner.money import CENT

DEMAND = {1: 80, 2: 270, 3: 250, 4: 160, 5: 180}
ROOM, OPENING = 500, 1000
TRANSPORT = {
    1: (4, 6, 9),
    2: (5, 4, 7),
    3: (6, 3, 4),
    4: (8, 5, 3),
    5: (10, 8, 4),
}
OPTIMUM = 5_610.00


def world() -> World:
    made = World()
    for site in (1, 2, 3):
        made.vendor(f"v{site}").region(f"v{site}:site").machine(f"v{site}:site", "unit", 1, 1, 0.0)
        made.capacity(f"v{site}:site", "vcpu", ROOM).begin_cost(f"v{site}:site", OPENING)
    for customer, amount in DEMAND.items():
        made.workload(f"c{customer}", demand={"vcpu": amount, "memory_gib": 0})
        for site, each in enumerate(TRANSPORT[customer], 1):
            made.place_cost(f"c{customer}", f"v{site}:site", each * amount)
    return made


def with_open(sites: tuple[int, ...]) -> float | None:
    """Least cost when just these sites are open: a transportation problem, without the planner."""
    problem = pulp.LpProblem("open", pulp.LpMinimize)
    flow = {(c, s): problem.add_variable(f"x_{c}_{s}", lowBound=0) for c in DEMAND for s in sites}
    problem.setObjective(pulp.lpSum(TRANSPORT[c][s - 1] * x for (c, s), x in flow.items()))
    for c, amount in DEMAND.items():
        problem += pulp.lpSum(flow[c, s] for s in sites) == amount
    for s in sites:
        problem += pulp.lpSum(flow[c, s] for c in DEMAND) <= ROOM
    least = solve_with_cbc(problem)
    return None if least is None else least + OPENING * len(sites)


def test_the_published_optimum():
    found = solved(world())
    assert cost(found.plan) == pytest.approx(OPTIMUM, abs=CENT)
    assert found.plan.run["bound"] <= OPTIMUM + CENT
    assert cbc_objective(found) == pytest.approx(OPTIMUM, rel=1e-3)


def test_the_published_sites():
    shares = placed(solved(world()).plan)
    assert {region for _, region in shares} == {"v2:site", "v3:site"}


def test_no_other_set_of_sites_is_cheaper():
    costs = {s: with_open(s) for n in (2, 3) for s in combinations((1, 2, 3), n)}
    best = min(costs, key=lambda s: costs[s] if costs[s] is not None else float("inf"))
    assert best == (2, 3)
    assert costs[best] == pytest.approx(OPTIMUM, abs=CENT)
