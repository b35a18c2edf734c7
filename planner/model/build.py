"""From inputs to the whole program: columns, blocks, cost lines, objective."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from planner.eligibility import Eligibility
from planner.inputs import Inputs
from planner.model.block import Block
from planner.model.columns import Columns, make_columns
from planner.model.families.activation import activation
from planner.model.families.affinity import affinity
from planner.model.families.agreement import agreement
from planner.model.families.amount import amount
from planner.model.families.backup import backup
from planner.model.families.budget import budget
from planner.model.families.buy import buy
from planner.model.families.capacity import capacity
from planner.model.families.carbon import carbon
from planner.model.families.carry import carry
from planner.model.families.ceiling import ceiling
from planner.model.families.change import change
from planner.model.families.commitment import commitment
from planner.model.families.demand import demand
from planner.model.families.egress_tier import egress_tier
from planner.model.families.exit import exit as exit_cap
from planner.model.families.fleet import fleet
from planner.model.families.freeze import freeze
from planner.model.families.idle import idle
from planner.model.families.jurisdiction_share import jurisdiction_share
from planner.model.families.latency import latency
from planner.model.families.minimum_share import minimum_share
from planner.model.families.move import move
from planner.model.families.move_limit import move_limit
from planner.model.families.pairing import pairing
from planner.model.families.pin import pin
from planner.model.families.present import present
from planner.model.families.proximity import proximity
from planner.model.families.refuge import refuge
from planner.model.families.region_amount import region_amount
from planner.model.families.region_share import region_share
from planner.model.families.steady import steady
from planner.model.families.survival import survival
from planner.model.families.transfer import transfer
from planner.model.families.vendor_share import vendor_share
from planner.model.folding import cheapest_machines
from planner.model.index import Index, make_index
from planner.model.objective.agreements import agreements
from planner.model.objective.carbon import carbon as carbon_worth
from planner.model.objective.commitments import commitments
from planner.model.objective.compute import compute
from planner.model.objective.egress import egress, egress_tiers
from planner.model.objective.latency import latency as latency_worth
from planner.model.objective.lines import objective
from planner.model.objective.one_off import one_off
from planner.model.objective.storage import storage
from planner.model.objective.transfer import transfer as transfer_cost

TERMS = (
    compute, commitments, storage, egress, egress_tiers, transfer_cost, one_off, agreements, carbon_worth,
    latency_worth,
)  # fmt: skip
"""Objective terms; each returns cost lines."""

LIMITS = (
    "capacity",
    "vendor_share",
    "minimum_share",
    "jurisdiction_share",
    "region_share",
    "latency",
    "move_limit",
    "budget",
    "ceiling",
    "carbon",
    "exit",
)
"""Families that a user can loosen; the others only tie columns together."""


@dataclass(frozen=True)
class Model:
    """A linear program, stated as blocks.

    Attributes
    ----------
    lines
        Cost lines per unit of a column, in the case's currency (see ``objective.lines``).
    unit
        Power of ten of money in which objective and amounts are stated, so that coefficients stay
        near one.
    objective
        Discounted cash for one unit of each column, in ``unit``.
    reference
        Reference spend (workload, period): list price of the cheapest way to run it on the market.
    aside
        Blocks of limits that do not restrict the program, because placements are held.
    """

    index: Index
    columns: Columns
    blocks: tuple[Block, ...]
    lines: pd.DataFrame
    unit: float
    objective: np.ndarray
    reference: np.ndarray
    aside: tuple[Block, ...] = ()

    @property
    def rows(self) -> int:
        return sum(len(b.keys) for b in self.blocks)

    @cached_property
    def starts(self) -> dict[str, int]:
        """Number of the first row of each block."""
        out, start = {}, 0
        for block in self.blocks:
            out[block.family] = start
            start += len(block.keys)
        return out

    def block(self, family: str) -> Block:
        """The block of a family."""
        return next(b for b in self.blocks if b.family == family)


def build(
    inputs: Inputs,
    eligibility: Eligibility,
    pinned: pd.DataFrame | None = None,
    reference: np.ndarray | None = None,
    every_machine: bool = False,
    opened: bool = False,
    machines: np.ndarray | None = None,
) -> Model:
    """Build the program of a case.

    Parameters
    ----------
    pinned
        Placements to hold (w, r, t, share). With them, limits of capacity, shares and latency do
        not restrict the program: doing nothing may break them.
    reference
        Reference spend (workload, period) to keep when a study opens or closes places; by default
        it follows from ``eligibility``.
    every_machine
        Keep machines that are never the best choice in this case alone, for programs over several.
    opened
        The eligibility opens places that rules close, to explain what the rules do.
    machines
        Boolean (workload, SKU): choose among these machines only.
    """
    index = replace(make_index(inputs, eligibility, opened), every_machine=every_machine)
    if machines is not None:
        admitted = index.eligibility.admitted & machines
        index = replace(index, eligibility=replace(index.eligibility, admitted=admitted))
    columns = make_columns(index)
    if pinned is not None:
        columns = _as_it_is(columns, pinned)
    lines = pd.concat([term(index, columns) for term in TERMS], ignore_index=True)
    cost = np.zeros(columns.count)
    np.add.at(cost, lines["col"].to_numpy(), objective(index, lines).to_numpy())
    unit = money_unit(cost)
    if reference is None:
        reference = reference_spend(index, columns, lines)
    blocks: tuple[Block, ...] = (
        demand(index, columns),
        pairing(index, columns),
        backup(index, columns),
        carry(index, columns),
        buy(index, columns),
        commitment(index, columns),
        fleet(index, columns),
        steady(index, columns),
        idle(index, columns),
        capacity(index, columns),
        amount(index, columns, lines, reference, unit),
        region_amount(index, columns, lines, reference, unit),
        vendor_share(index, columns),
        minimum_share(index, columns),
        jurisdiction_share(index, columns),
        region_share(index, columns),
        latency(index, columns),
        move(index, columns),
        move_limit(index, columns),
        activation(index, columns),
        survival(index, columns),
        refuge(index, columns),
        affinity(index, columns),
        transfer(index, columns),
        proximity(index, columns),
        budget(index, lines, unit),
        ceiling(index, lines, unit),
    )
    if inputs.case.settings.replan is not None:
        blocks = (*blocks, freeze(index, columns), change(index, columns))
    if inputs.case.settings.whole_units and machines is None:
        blocks = (*blocks, present(index, columns))
    if len(columns.tier.keys):
        blocks = (*blocks, egress_tier(index, columns))
    if not index.agreements.empty:
        blocks = (*blocks, agreement(index, columns, lines))
    if index.carbon.rules:
        blocks = (*blocks, carbon(index, columns))
    if index.exits:
        blocks = (*blocks, exit_cap(index, columns, lines, unit))
    aside: tuple[Block, ...] = ()
    if pinned is not None:
        free = (*LIMITS, "survival", "refuge")
        aside = tuple(b for b in blocks if b.family in free)
        blocks = (*(b for b in blocks if b.family not in free), pin(columns, pinned))
    return Model(index, columns, blocks, lines, unit, cost / unit, reference, aside)


def _as_it_is(columns: Columns, pinned: pd.DataFrame) -> Columns:
    """Columns without whole numbers for what is pinned: today's systems may be split, divisible or not."""
    place = columns.place
    held = np.isin(place.keys["w"].to_numpy(), pinned["w"].to_numpy())
    return replace(columns, place=replace(place, integer=place.integer & ~held))


def money_unit(cost: np.ndarray) -> float:
    """The power of ten in which the largest cost of a column is between 100 and 1,000, at least 1."""
    largest = float(np.abs(cost).max(initial=0.0))
    return float(10.0 ** max(0, int(np.floor(np.log10(largest))) - 2)) if largest > 0 else 1.0


def reference_spend(index: Index, columns: Columns, lines: pd.DataFrame) -> np.ndarray:
    """Reference spend (workload, period): least list cost of the whole workload on the market.

    All of it at list, whatever contracts are in force: machines, storage, egress, data to other workloads
    and what placement costs. So what a workload counts follows from its demand and from price lists,
    not from a deal with one vendor. Its machines are the cheapest that carry it alone, also where the
    program itself chooses; zero where it may run on no region of the market.
    """
    place = columns.place.keys
    on_market = index.group_of[place["r"].to_numpy()] >= 0
    spent = np.zeros(columns.count)
    placed = lines[(lines["col"] < len(place)) & (lines["term"] != "compute")]
    np.add.at(spent, placed["col"].to_numpy(), placed["list"].to_numpy())
    whole = spent[: len(place)]
    w, t = place["w"].to_numpy(), place["t"].to_numpy()
    chosen = cheapest_machines(index, place)
    at, sku = chosen["at"].to_numpy(), chosen["sku"].to_numpy()
    hours = index.slices["hours"].to_numpy().reshape(len(index.inputs.case.periods), -1)
    machines = np.zeros(len(place))
    price = index.offers.price[sku, t[at]] * hours[t[at], chosen["l"].to_numpy()]
    np.add.at(machines, at, price * chosen["units"].to_numpy())
    reference = np.full(index.inputs.case.alive.shape, np.inf)
    np.minimum.at(reference, (w[on_market], t[on_market]), (whole + machines)[on_market])
    return np.where(np.isfinite(reference), reference, 0.0)
