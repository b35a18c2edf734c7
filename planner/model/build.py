"""From inputs to the whole program: columns, blocks, cost lines, objective."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from planner.case.schema import STORED
from planner.eligibility import Eligibility
from planner.inputs import Case
from planner.model.block import Block
from planner.model.columns import Columns, make_columns
from planner.model.context import Context
from planner.model.families import families
from planner.model.family import Family, Row
from planner.model.folding import cheapest_machines
from planner.model.index import Index, make_index
from planner.model.lever import Lever
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
from planner.model.objective.vendor_costs import vendor_costs
from planner.policy.rules import Rule

TERMS = (
    compute, commitments, storage, egress, egress_tiers, transfer_cost, one_off, vendor_costs, agreements,
    carbon_worth, latency_worth,
)  # fmt: skip
"""Objective terms; each returns cost lines."""


@dataclass(frozen=True, kw_only=True)
class Model(Context):
    """A linear program, stated as blocks.

    Attributes
    ----------
    blocks
        Rows of each family that applies, in the order of the program.
    objective
        Discounted cash for one unit of each column, in ``unit``.
    families
        Records of the families of ``blocks`` and ``aside``.
    aside
        Blocks of limits that do not restrict the program, because placements are held.
    """

    blocks: tuple[Block, ...]
    objective: np.ndarray
    families: tuple[Family, ...]
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

    def family(self, block: Block) -> Family:
        """The record of a block's family."""
        return next(f for f in self.families if f.name == block.family)

    def block(self, family: str) -> Block:
        """The block of a family."""
        return next(b for b in self.blocks if b.family == family)

    def row(self, number: int) -> Row:
        """A row of the program by its number."""
        block = next(b for b in self.blocks if 0 <= number - self.starts[b.family] < len(b.keys))
        (row,) = self.family(block).rows(self, block, np.array([number - self.starts[block.family]]))
        return row

    def lever(self, rule: Rule) -> Lever:
        """The lever of a rule's cap or floor.

        Raises
        ------
        PlannerError
            If the rule has no rows in the program.
        """
        block = self.block(rule.kind)
        return self.family(block).lever(self, block, rule).moved_to(self.starts[block.family])


def build(
    case: Case,
    eligibility: Eligibility,
    pinned: pd.DataFrame | None = None,
    reference: np.ndarray | None = None,
    every_machine: bool = False,
    opened: bool = False,
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
    """
    index = replace(make_index(case, eligibility, opened), every_machine=every_machine)
    if pinned is not None:
        index = replace(index, pinned=frozenset(pinned["w"].tolist()))
    columns = make_columns(index)
    if pinned is not None:
        columns = _as_it_is(columns, pinned)
    lines = pd.concat([term(index, columns) for term in TERMS], ignore_index=True)
    cost = np.zeros(columns.count)
    np.add.at(cost, lines["col"].to_numpy(), objective(index, lines).to_numpy())
    unit = money_unit(cost)
    if reference is None:
        reference = reference_spend(index, columns, lines)
    context = Context(
        index=index, columns=columns, lines=lines, unit=unit, reference=reference, pinned=pinned
    )  # fmt: skip
    applied = tuple(family for family in families() if family.applies(context))
    blocks: list[Block] = []
    aside: list[Block] = []
    for family in applied:
        # Doing nothing may break limits: they are told, and do not restrict it.
        sets_aside = pinned is not None and family.role in ("limit", "flight")
        (aside if sets_aside else blocks).append(family.block(context))
    return Model(
        **vars(context),
        blocks=tuple(blocks),
        objective=cost / unit,
        families=applied,
        aside=tuple(aside),
    )


def _as_it_is(columns: Columns, pinned: pd.DataFrame) -> Columns:
    """Columns without whole numbers for what is pinned: today's systems may be split, divisible or not."""
    place = columns.place
    held = np.isin(place.keys["w"].to_numpy(), pinned["w"].to_numpy())
    return columns.having(replace(place, integer=place.integer & ~held))


def money_unit(cost: np.ndarray) -> float:
    """The power of ten in which the largest cost of a column is between 100 and 1,000, at least 1."""
    largest = float(np.abs(cost).max(initial=0.0))
    return float(10.0 ** max(0, int(np.floor(np.log10(largest))) - 2)) if largest > 0 else 1.0


def reference_spend(index: Index, columns: Columns, lines: pd.DataFrame) -> np.ndarray:
    """Reference spend (workload, period): least list cost of the whole workload on the market.

    All of it at list, whatever contracts are in force: machines, storage, egress, data to other workloads
    and what placement costs. So what a workload counts follows from its demand and from price lists,
    not from a deal with one vendor. Its machines are the cheapest that carry it alone, in parts, also where
    the program itself chooses or buys whole ones; zero where it may run on no region of the market.
    """
    place = columns.place.keys
    on_market = index.group_of[place["r"].to_numpy()] >= 0
    spent = np.zeros(columns.count)
    placed = lines[(lines["col"] < len(place)) & (lines["term"] != "compute")]
    np.add.at(spent, placed["col"].to_numpy(), (placed["list"] * _at_list(index, placed)).to_numpy())
    whole = spent[: len(place)]
    w, t = place["w"].to_numpy(), place["t"].to_numpy()
    chosen = cheapest_machines(index, place, whole=False, listed=True)
    at, sku = chosen["at"].to_numpy(), chosen["sku"].to_numpy()
    hours = index.slices["hours"].to_numpy().reshape(len(index.case.periods), -1)
    machines = np.zeros(len(place))
    price = index.offers.hourly[sku, t[at]] * hours[t[at], chosen["l"].to_numpy()]
    np.add.at(machines, at, price * chosen["units"].to_numpy())
    reference = np.full(index.case.alive.shape, np.inf)
    np.minimum.at(reference, (w[on_market], t[on_market]), (whole + machines)[on_market])
    return np.where(np.isfinite(reference), reference, 0.0)


def _at_list(index: Index, lines: pd.DataFrame) -> np.ndarray:
    """What turns each line into that of the SKU that is the cheapest at list: only storage may be another."""
    factor = np.ones(len(lines))
    offers = index.offers
    if not offers.off:
        return factor
    stored = np.flatnonzero((lines["term"] == "storage").to_numpy())
    r, s, t = (lines[c].to_numpy(dtype=np.int64)[stored] for c in ("r", "s", "t"))
    of = index.case.catalog.skus["resource"].map({name: k for k, name in enumerate(STORED)})
    listed = offers.storage_at_list[r, of.to_numpy()[s].astype(np.int64)]
    factor[stored] = offers.price[listed, t] / offers.price[s, t]
    return factor
