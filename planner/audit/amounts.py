"""What each region earns or carries, by period: the amounts that rules on shares divide.

Where a cost line belongs to a pool whose workloads lie on both sides of a scope, and the plan does
not say which of them it holds (``pools.csv``), the amount is uncertain: it is kept apart, so that a
verdict is given only where it holds both ways.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from planner.audit.case import PLACES, ZERO
from planner.audit.claims import Placement
from planner.audit.context import Context
from planner.audit.emission import emission
from planner.audit.filters import Facts, in_market, selected
from planner.audit.reading import Row, number
from planner.audit.reference import Reference
from planner.policy.rules import Rule

COUNTED = ("compute", "storage", "egress")
NOT_COUNTED = (
    "activation", "placement", "placement once", "migration labour", "migration transfer", "change",
    "agreement discount", "agreement shortfall", "vendor support", "vendor interconnect", "vendor staff",
)  # fmt: skip
"""Terms of cost that count in shares whole, and not at all; of commitments only what is used counts."""

OUTSIDE = frozenset(NOT_COUNTED) - {"migration transfer"}
"""Terms of cost outside every contract; data that leave in a move are the vendor's egress."""

TIERS, TRANSFER = "egress tiers", "transfer"
"""What exact tiers make of egress, and data between workloads: under the contract, and in no share."""

Member = Callable[[str, int], bool]
"""Does a workload count in a period?"""


@dataclass
class Amounts:
    """By region: what is certain, and what may count besides."""

    certain: dict[str, Decimal] = field(default_factory=dict)
    uncertain: dict[str, Decimal] = field(default_factory=dict)

    def add(self, region: str, amount: Decimal, sure: bool = True) -> None:
        into = self.certain if sure else self.uncertain
        into[region] = into.get(region, ZERO) + amount

    def total(self) -> Decimal:
        return sum(self.certain.values(), ZERO)

    def doubt(self) -> Decimal:
        return sum(self.uncertain.values(), ZERO)


def contestable_members(context: Context, rule: Rule, critical: bool) -> Member:
    """Workloads that the rule selects, in periods in which at least two market groups may host them."""
    chosen = {
        name
        for name, row in context.case.workloads.items()
        if selected(rule, Facts(row, context.case.agencies.get(row["agency"], {}), {}))
        and (not critical or row.get("critical") == "true")
    }
    contestable = context.places.contestable
    return lambda workload, t: workload in chosen and bool(contestable[workload] >> t & 1)


def spend(context: Context, member: Member) -> list[Amounts] | None:
    """Amortised cost before tax on the market, by period; ``None`` if it cannot be told.

    Idle commitments and one-off amounts do not count. A plan may state in ``counted`` what of a line
    does; without that column what was paid for commitments is uncertain.
    """
    if context.claims.costs is None:
        return None
    at = {name: t for t, name in enumerate(context.case.names)}
    by_period = [Amounts() for _ in context.case.periods]
    for row in context.claims.costs:
        region = context.case.regions.get(row["region"])
        if region is None or not in_market(region) or row["term"] in (*NOT_COUNTED, TIERS, TRANSFER):
            continue
        t = at[row["period"]]
        known = "counted" in row or row["term"] in COUNTED
        amount = number(row, "counted" if "counted" in row else "amortised")
        sides = {member(workload, t) for workload in owners(context, row, t)}
        if True in sides and amount:
            by_period[t].add(row["region"], amount, known and sides == {True})
    return by_period


def owners(context: Context, row: Row, t: int) -> set[str]:
    """Workloads that a cost line may belong to: its own, its pool's, or all that the pool's name fits."""
    if row["workload"]:
        return {row["workload"]}
    if row["pool"] in context.claims.pools:
        return context.claims.pools[row["pool"]] & context.case.workloads.keys()
    known = context.once(_fitting)
    if row["pool"] not in known:
        known[row["pool"]] = {w for w in context.case.workloads if in_pool(context, w, row["pool"])}
    fitting = known[row["pool"]]
    return {w for w in fitting if _placed(context, w, row["region"], t)} or fitting


def _fitting(context: Context) -> dict[str, set[str]]:
    """Workloads that the name of a pool fits, of pools that were asked for."""
    return {}


def in_pool(context: Context, workload: str, pool: str) -> bool:
    """Does the name of a pool fit a workload: payer, platform, architecture, classification, tier?"""
    row = context.case.workloads[workload]
    parts = (context.case.payer(workload), row["platform"], row["architecture"], row["classification"],
             row.get("nccp_tier", ""))  # fmt: skip
    name = "/".join(part for part in parts if part)
    return re.fullmatch(re.escape(name) + r"(/\d+)?", pool) is not None


def _placed(context: Context, workload: str, region: str, t: int) -> bool:
    return any(p.region == region for p in context.claims.primary.get((workload, t), []))


def carried(context: Context, member: Member, weight: Callable[[Placement], Decimal]) -> list[Amounts]:
    """Weighted shares of placements on the market, by period."""
    by_period = [Amounts() for _ in context.case.periods]
    for p in context.claims.placements:
        if p.role == "primary" and in_market(context.case.regions[p.region]) and member(p.workload, p.t):
            by_period[p.t].add(p.region, p.share * weight(p))
    return by_period


def amounts(context: Context, rule: Rule, member: Member) -> list[Amounts] | None:
    """Amounts of a rule's basis by period; ``None`` where the folder does not let them be told.

    Without whole tables of prices it is not known what is contestable.
    """
    if not context.holds(PLACES):
        return None
    basis = rule.parameters["basis"]
    if basis == "spend":
        return spend(context, member)
    if basis == "reference_spend":
        return _by_reference(context, member)
    resource = rule.parameters["resource"] if basis == "resource" else "vcpu"
    return carried(context, member, lambda p: context.case.need(p.workload, resource, p.t))


def _by_reference(context: Context, member: Member) -> list[Amounts]:
    reference = context.once(_reference)
    return carried(context, member, lambda p: reference.spend(p.workload, p.t))


def _reference(context: Context) -> Reference:
    return Reference(context.case, context.places, _counted(context))


def _counted(context: Context) -> Callable[[str], bool]:
    """Machines that the plan may buy at all: where carbon counts, only those whose carbon is known."""
    capped = any(r.kind == "carbon" and r.severity == "hard" for r in context.own_rules)
    if not capped and "carbon" not in context.case.settings:
        return lambda sku: True
    return lambda sku: emission(context, sku) is not None


def by_label(found: Amounts, label: Callable[[str], str]) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Certain and uncertain amounts by a label of the region, e.g. its vendor group."""
    out: tuple[dict[str, Decimal], dict[str, Decimal]] = ({}, {})
    for side, values in zip(out, (found.certain, found.uncertain), strict=True):
        for region, amount in values.items():
            side[label(region)] = side.get(label(region), ZERO) + amount
    return out
