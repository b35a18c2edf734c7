"""The columns of the program, all at least zero unless they are held, only what is eligible and alive.

A family of columns is one record of :data:`COLUMNS`: what it is, its keys, bounds, and which are whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from planner.model.agreements import agreement_bounds, agreement_keys
from planner.model.column_keys import (
    RUN,
    active_keys,
    amount_keys,
    at_keys,
    change_keys,
    folded_machines,
    local_keys,
    move_keys,
    place_keys,
    region_amount_keys,
    serve_keys,
    site_keys,
    use_keys,
)
from planner.model.committed import commit_keys, cover_keys
from planner.model.copies import backup_keys, extra_keys, pair_keys
from planner.model.index import Index
from planner.model.tiers import tier_keys
from planner.model.vendor_costs import bill_keys, engaged_keys

Made = Mapping[str, pd.DataFrame]
"""Keys of the families before, and ``sites``, ``fleet``: what several of them are made from."""

Bound = np.ndarray | float


@dataclass(frozen=True)
class ColumnSpec:
    """What a family of columns is.

    Attributes
    ----------
    name, key, words
        Its name in the program, the columns of its keys, and what a column stands for.
    keys
        Its key frame, from the index and the keys of the families before it.
    lower, upper
        Bounds along the keys.
    whole
        Which columns are whole numbers.
    optional
        Is it named only in programs that have columns of it?
    """

    name: str
    key: str
    words: str
    keys: Callable[[Index, Made], pd.DataFrame]
    lower: Callable[[Index, pd.DataFrame], Bound] = lambda index, keys: 0.0
    upper: Callable[[Index, pd.DataFrame], Bound] = lambda index, keys: np.inf
    whole: Callable[[Index, pd.DataFrame], np.ndarray | bool] = lambda index, keys: False
    optional: bool = False


def _one(index: Index, keys: pd.DataFrame) -> float:
    return 1.0


def _machines(index: Index, keys: pd.DataFrame) -> bool:
    return bool(index.case.settings.whole_units)


def _sold_on_demand(index: Index, keys: pd.DataFrame) -> np.ndarray:
    """A machine that is sold by commitment only never runs on demand."""
    price = index.offers.price[keys["s"].to_numpy(np.int64), keys["t"].to_numpy(np.int64)]
    return np.where(np.isnan(price), 0.0, np.inf)


def _indivisible(index: Index, keys: pd.DataFrame) -> np.ndarray:
    return np.asarray(~index.case.workloads["divisible"].to_numpy()[keys["w"].to_numpy()])


def _run(index: Index, made: Made) -> pd.DataFrame:
    both = pd.concat([made["use"][RUN], made["fleet"]])
    return both.drop_duplicates().sort_values(RUN, ignore_index=True)


def _is(column: str, value: str) -> Callable[[Index, pd.DataFrame], np.ndarray]:
    return lambda index, keys: np.asarray(keys[column] == value)


def _held(index: Index, keys: pd.DataFrame) -> np.ndarray:
    return index.held["units"].to_numpy(dtype="float64")


COLUMNS = (
    ColumnSpec(
        "place", "w r t", "share of workload w at region r in period t",
        lambda index, made: place_keys(index), whole=_indivisible,
    ),
    ColumnSpec(
        "pair", "w r r2 t", "share of workload w at region r that is kept ready at region r2",
        lambda index, made: pair_keys(index, made["place"]),
    ),
    ColumnSpec(
        "backup", "w r t", "share of what workload w stores that is backed up at region r",
        lambda index, made: backup_keys(index),
    ),
    ColumnSpec(
        "use", "w q r s t l n",
        "units of SKU s serving workload w (vm, where machines do not fold); n of them carry all of it",
        lambda index, made: use_keys(index, made["sites"]), whole=_machines,
    ),
    ColumnSpec(
        "serve", "w q r a t l",
        "share of workload w on the fleet of one architecture a at region r (container)",
        lambda index, made: made["served"],
    ),
    ColumnSpec(
        "run", "q r s t l", "units of SKU s that pool q runs on demand",
        _run, upper=_sold_on_demand, whole=_machines,
    ),
    ColumnSpec(
        "commit", "q r s term t0", "units of SKU s that pool q commits to in period t0 for all of a term",
        lambda index, made: commit_keys(index, made["run"]), whole=_machines,
    ),
    ColumnSpec(
        "held", "h", "units of a commitment bought before the plan",
        lambda index, made: pd.DataFrame({"h": range(len(index.held))}), lower=_held, upper=_held,
    ),
    ColumnSpec(
        "cover", "q r s term h t l contract",
        "units of SKU s of pool q that run under a commitment, bought (h = -1) or held",
        lambda index, made: cover_keys(index, made["run"], made["commit"]),
    ),
    ColumnSpec(
        "enter", "w r t", "share of workload w that moves to region r at the beginning of period t",
        lambda index, made: move_keys(index),
    ),
    ColumnSpec(
        "leave", "w r t", "share of workload w that moves away from region r at the beginning of period t",
        lambda index, made: move_keys(index),
    ),
    ColumnSpec(
        "at", "w r t", "1 where a workload has any part in region r in period t",
        lambda index, made: at_keys(index, made["place"]), upper=_one, whole=lambda index, keys: True,
    ),
    ColumnSpec(
        "local", "d r t",
        "part of the data between two workloads (d, a row of dependencies) that stays inside region r",
        lambda index, made: local_keys(index, made["place"]),
    ),
    ColumnSpec(
        "extra", "e w r t",
        "share of w that r would take on beyond paid standby if event e, to be survived, took its places",
        lambda index, made: extra_keys(index, made["place"]),
    ),
    ColumnSpec(
        "active", "subject t", "1 from the period in which a region or vendor is first used",
        lambda index, made: active_keys(index), upper=_one, whole=lambda index, keys: True,
    ),
    ColumnSpec(
        "amount", "scope g t", "amount of a vendor group in a scope of shares, in money or of a resource",
        lambda index, made: amount_keys(index),
    ),
    ColumnSpec(
        "region_amount", "scope r t", "the same of a region",
        lambda index, made: region_amount_keys(index),
    ),
    ColumnSpec(
        "change", "w r t", "share of workload w at region r in period t beyond the earlier plan's",
        lambda index, made: change_keys(index, made["place"]), optional=True,
    ),
    ColumnSpec(
        "agreement", "agreement k t",
        "of a spend commitment: signed (t = -1), and by period covered and short, in parts of the amount",
        lambda index, made: agreement_keys(index),
        lower=lambda index, keys: agreement_bounds(index, keys)[0],
        upper=lambda index, keys: agreement_bounds(index, keys)[1],
        whole=lambda index, keys: agreement_bounds(index, keys)[2],
        optional=True,
    ),
    ColumnSpec(
        "tier", "payer r t tier k", "of a payer's egress from a region: used part of a tier, and full",
        lambda index, made: tier_keys(index), upper=_one, whole=_is("k", "full"), optional=True,
    ),
    ColumnSpec(
        "engaged", "k what t", "of a vendor that costs while it is used: used in a period, and ended",
        lambda index, made: engaged_keys(index), upper=_one, whole=_is("what", "used"), optional=True,
    ),
    ColumnSpec(
        "bill", "c t what band", "of a vendor's bill by spend: bill, spend of a band, and chosen of a band",
        lambda index, made: bill_keys(index),
        upper=lambda index, keys: np.where(keys["what"] == "chosen", 1.0, np.inf),
        whole=_is("what", "chosen"),
        optional=True,
    ),
)  # fmt: skip
"""All families of columns, in the order of the program."""


@dataclass(frozen=True)
class ColumnFamily:
    """Columns of one kind: a key frame, bounds, which are whole, the number of the first of them all."""

    name: str
    keys: pd.DataFrame
    start: int
    lower: np.ndarray
    upper: np.ndarray
    integer: np.ndarray

    @property
    def numbers(self) -> np.ndarray:
        """Column numbers along ``keys``."""
        return np.arange(self.start, self.start + len(self.keys))

    @property
    def numbered(self) -> pd.DataFrame:
        """``keys`` with ``col``, the number of each column."""
        return self.keys.assign(col=self.numbers)


@dataclass(frozen=True)
class Columns:
    """All columns of a program; each family of :data:`COLUMNS` is an attribute, e.g. ``columns.place``.

    ``folded`` holds the machines chosen beforehand: w, r, t, l, sku, units, one line for each place
    where the workload may run or be kept ready.
    """

    by_name: Mapping[str, ColumnFamily]
    folded: pd.DataFrame

    def __getattr__(self, name: str) -> ColumnFamily:
        if name.startswith("_") or name not in (family := vars(self).get("by_name", {})):
            raise AttributeError(f"there is no family of columns {name}")
        found: ColumnFamily = family[name]
        return found

    @cached_property
    def families(self) -> tuple[ColumnFamily, ...]:
        """Those of a program, in its order."""
        named = ((spec, self.by_name[spec.name]) for spec in COLUMNS)
        return tuple(family for spec, family in named if len(family.keys) or not spec.optional)

    @property
    def count(self) -> int:
        return sum(len(f.keys) for f in self.families)

    def having(self, family: ColumnFamily) -> Columns:
        """The same with one family replaced."""
        return replace(self, by_name={**self.by_name, family.name: family})


def make_columns(index: Index) -> Columns:
    """Number the columns of a program."""
    place = place_keys(index)
    sites = site_keys(place, pair_keys(index, place))
    served, fleet = serve_keys(index, sites)
    made, families, start = {"sites": sites, "served": served, "fleet": fleet}, {}, 0
    for spec in COLUMNS:
        keys = spec.keys(index, made)
        made[spec.name] = keys
        lower, upper = (
            np.broadcast_to(f(index, keys), len(keys)).astype(float) for f in (spec.lower, spec.upper)
        )
        whole = np.broadcast_to(spec.whole(index, keys), len(keys)).astype(bool)
        families[spec.name] = ColumnFamily(spec.name, keys, start, lower, upper, whole)
        start += len(keys)
    return Columns(families, folded_machines(index, sites))
