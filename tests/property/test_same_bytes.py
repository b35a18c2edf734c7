"""The same question gives the same bytes: run again, or with its rows in another order."""

from __future__ import annotations

from copy import deepcopy
from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.cases import World
from support.depth import cases
from support.plans import csv_bytes, solved
from support.random_worlds import worlds

from planner.errors import Infeasible


def shuffled(world: World, seed: int) -> World:
    """The same world with the rows of every table, and the rules, in another order."""
    other, random = deepcopy(world), Random(seed)
    for rows in (*other.tables.values(), other.rules):
        random.shuffle(rows)
    return other


@given(worlds(rich=True), st.integers(0, 999))
@settings(max_examples=cases(3))
def test_two_runs_and_shuffled_rows_give_the_same_bytes(world, seed):
    try:
        first = solved(world)
    except Infeasible:
        assume(False)
    again, other = solved(world), solved(shuffled(world, seed))
    assert csv_bytes(again.plan) == csv_bytes(first.plan)
    assert csv_bytes(other.plan) == csv_bytes(first.plan)
    assert other.plan.head == first.plan.head


def test_shuffling_shuffles():
    world = World().vendor("aa").vendor("bb").vendor("cc")
    orders = {tuple(row["vendor"] for row in shuffled(world, seed).tables["vendors"]) for seed in range(9)}
    assert len(orders) > 1
