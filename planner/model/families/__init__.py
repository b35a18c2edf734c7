"""One file a family of rows; each states purpose, equation, units and the meaning of its dual.

What else is to be known of a family stands in its record, at the end of its file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from planner.model.families import (
    activation,
    affinity,
    agreement,
    amount,
    backup,
    budget,
    buy,
    capacity,
    carbon,
    carry,
    ceiling,
    change,
    cheapest,
    commitment,
    demand,
    egress_tier,
    exit,
    fleet,
    freeze,
    idle,
    jurisdiction_share,
    latency,
    minimum_share,
    move,
    move_limit,
    pairing,
    pin,
    present,
    proximity,
    refuge,
    region_amount,
    region_share,
    slivers,
    steady,
    survival,
    transfer,
    vendor_bill,
    vendor_share,
    vendor_use,
)  # fmt: skip
from planner.model.family import Family, Holders

FAMILIES: tuple[Family, ...] = tuple(
    family.FAMILY
    for family in (
        demand, pairing, backup, carry, buy, commitment, fleet, steady, idle, cheapest, capacity, amount,
        region_amount, vendor_share, minimum_share, jurisdiction_share, region_share, latency, move,
        move_limit, activation, survival, refuge, affinity, slivers, transfer, proximity, budget, ceiling,
        freeze, change, present, egress_tier, vendor_use, vendor_bill, agreement, carbon, exit, pin,
    )
)  # fmt: skip
"""All families, in the order of the program."""

_ADDED: ContextVar[tuple[Family, ...]] = ContextVar("added families", default=())


@contextmanager
def added(*families: Family) -> Iterator[None]:
    """Families that programs built within have after those of this version."""
    token = _ADDED.set((*_ADDED.get(), *families))
    try:
        yield
    finally:
        _ADDED.reset(token)


def families() -> tuple[Family, ...]:
    """The families of a program: those of this version, and those added."""
    return (*FAMILIES, *_ADDED.get())


def family(name: str) -> Family:
    """The family with a name, which is that of the kind of its rules."""
    return next(family for family in families() if family.name == name)


def holders_of(kind: str) -> Holders:
    """Whose amounts a kind of rules on shares holds against its cap or floor.

    Raises
    ------
    KeyError
        If it limits no share.
    """
    holders = family(kind).holders
    if holders is None:
        raise KeyError(kind)
    return holders


def swept_kinds() -> tuple[str, ...]:
    """Kinds of rules with one number, a cap or a floor, that can be moved."""
    return tuple(family.name for family in families() if family.number and family.number.swept)
