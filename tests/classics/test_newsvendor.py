"""Reservation against a load histogram: the newsvendor's rule, asked through an ordinary case folder.

With d(n) the part of the hours in which more than n machines run, machine n + 1 is worth committing
to if d(n) × on-demand price > commitment price: the critical ratio of the newsvendor problem (F. Y.
Edgeworth 1888; K. J. Arrow, T. Harris and J. Marschak 1951), overage c, underage p − c. The cost of
the best depth Q is then c·Q + p·Σ over slices of part × (load − Q)+, worked out here by trying every Q.

The published instance is the calendars of Walton Bookstore (W. L. Winston and S. C. Albright, Practical
Management Science, chapter on simulation): bought for 7.50, sold for 10.00, returned for 2.50, so overage
5.00 and underage 2.50. Expected profits of orders of 100 to 300 are 250.00, 262.50, 200.00, 25.00, −206.25:
150 is best. A calendar is a machine, its overage the price committed, overage plus underage that on demand, a
probability the part of the hours; profit is 2.50 × mean demand less what a depth costs above the committed
price of the mean. Other prices are tried on a histogram of this test. The mapping is exact: machines are
divisible in the program, and the best Q lies at one of the levels.
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


CALENDARS = {100: 0.3, 150: 0.2, 200: 0.3, 250: 0.15, 300: 0.05}
PROFITS = {100: 250.00, 150: 262.50, 200: 200.00, 250: 25.00, 300: -206.25}
OVERAGE, UNDERAGE = 5.0, 2.5
MEAN = 172.5


def bookstore() -> World:
    made = World(months=12, slices={f"at{n}": part for n, part in CALENDARS.items()})
    made.vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, OVERAGE + UNDERAGE)
    made.committed("aa:x:m4", OVERAGE).workload("web", demand={"vcpu": 4 * 300, "memory_gib": 16 * 300})
    return made.load("web", **{f"at{n}": n / 300 for n in CALENDARS})


def profit(plan) -> float:
    return UNDERAGE * MEAN - (cost(plan) / HOURS - OVERAGE * MEAN)


def test_the_published_order_of_calendars():
    plan = plan_of(bookstore().offer("commit_1y"))
    committed = plan.purchases[plan.purchases["term"] == "commit_1y"]["units"].sum()
    assert committed == pytest.approx(150.0)
    assert profit(plan) == pytest.approx(262.50, abs=1e-6)


@pytest.mark.parametrize("order", PROFITS)
def test_the_published_profit_of_each_order(order):
    """What is ordered is held from before; it runs the whole year."""
    made = bookstore()
    made.tables["prices"][-1]["term"] = "commit_3y"
    plan = plan_of(made.held("aa:x:m4", order, "2026-01", years=3))
    assert profit(plan) == pytest.approx(PROFITS[order], abs=1e-6)
