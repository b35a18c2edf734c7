"""Families of columns: one record states each, and what it states is what a program has."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from support.cases import World
from support.plans import read

from planner.model.columns import COLUMNS
from planner.planning import build_model


@pytest.fixture(scope="module")
def columns():
    made = World(periods=2).vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, 1.0)
    made.capacity("aa:x", "vcpu", 100).workload("web", demand={"vcpu": 8, "memory_gib": 32}, divisible=False)
    return build_model(read(made)).columns


def test_keys_are_those_of_the_record(columns):
    assert {spec.name: spec.key for spec in COLUMNS} == {
        name: " ".join(family.keys.columns) for name, family in columns.by_name.items()
    }


def test_columns_are_numbered_in_the_order_of_the_records_and_each_is_an_attribute(columns):
    assert [c.name for c in columns.families] == [
        spec.name for spec in COLUMNS if len(columns.by_name[spec.name].keys) or not spec.optional
    ]
    assert np.concatenate([c.numbers for c in columns.families]).tolist() == list(range(columns.count))
    assert columns.place is columns.by_name["place"] and columns.place.integer.all()
    with pytest.raises(AttributeError, match="no family of columns places"):
        _ = columns.places


def test_columns_can_be_sent_to_another_process(columns):
    again = pickle.loads(pickle.dumps(columns))  # noqa: S301 bytes of our own
    assert again.count == columns.count and again.place.keys.equals(columns.place.keys)
