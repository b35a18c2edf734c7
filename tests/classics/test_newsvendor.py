"""Reservation against a load histogram: the newsvendor's rule, asked through an ordinary case folder.

With d(n) the part of the hours in which more than n machines run, machine n + 1 is worth committing
to if d(n) × on-demand price > commitment price: the critical ratio of the newsvendor problem (F. Y.
Edgeworth 1888; K. J. Arrow, T. Harris and J. Marschak 1951), overage c, underage p − c. The cost of
the best depth Q is then c·Q + p·Σ over slices of part × (load − Q)+, worked out here by trying every Q.

There is no published instance with slices; the histogram is that of this test. The mapping is exact:
machines are divisible in the program, and the best Q lies at one of the levels.
"""

import pytest
from support.cases import World
from support.plans import cost, plan_of

from planner.money import CENT

HISTOGRAM = {3: 0.1, 5: 0.25, 8: 0.2, 10: 0.15, 14: 0.15, 19: 0.1, 20: 0.05}
"""Machines that run to the part of the hours in which so many do."""

HOURS, PEAK = 8760, 20


def world(price: float, tax: float = 0.0) -> World:
    names = {f"at{n}": n for n in HISTOGRAM}
    made = World(months=12, slices={name: HISTOGRAM[n] for name, n in names.items()})
    made.vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, 1.0).committed("aa:x:m4", price)
    made.offer("commit_1y").contract("frame", "aa", tax=tax)
    made.workload("web", demand={"vcpu": 4 * PEAK, "memory_gib": 16 * PEAK})
    return made.load("web", **{name: n / PEAK for name, n in names.items()})


def expected(price: float, depth: int) -> float:
    late = sum(part * max(0, n - depth) for n, part in HISTOGRAM.items())
    return HOURS * (price * depth + late)


@pytest.mark.parametrize("price", [0.03, 0.12, 0.28, 0.33, 0.4, 0.62, 0.8, 0.95])
def test_the_critical_ratio(price):
    plan = plan_of(world(price))
    depth = max((n for n in HISTOGRAM if sum(p for m, p in HISTOGRAM.items() if m >= n) > price), default=0)
    assert cost(plan) == pytest.approx(min(expected(price, q) for q in range(PEAK + 1)), abs=CENT)
    assert cost(plan) == pytest.approx(expected(price, depth), abs=CENT)
    committed = plan.purchases[plan.purchases["term"] == "commit_1y"]["units"].sum()
    assert committed == pytest.approx(depth)


def test_tax_on_both_sides_changes_no_depth():
    plain, taxed = plan_of(world(0.4)), plan_of(world(0.4, tax=0.08))
    assert cost(taxed) == pytest.approx(1.08 * cost(plain), abs=CENT)
