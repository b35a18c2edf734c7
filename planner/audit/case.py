"""The question as the audit reads it, from the copies under ``inputs/`` and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from planner.audit.reading import Row, Unreadable, number

INPUTS = "inputs"
ZERO, ONE = Decimal(0), Decimal(1)
HOURS = Decimal(24)

SIZED = ("vcpu", "memory_gib", "gpu_inference", "gpu_training")
STORED = ("block_gib", "object_gib")
CARRIED = (*SIZED, "requests")
WORKLOADS = (
    "workload", "agency", "classification", "platform", "architecture", "burstable_ok", "divisible",
    "min_units",
)  # fmt: skip
REGIONS = ("region", "vendor", "country", "deployment", "status", "opens", "node", "serves_agency")
VENDORS = ("vendor", "vendor_group", "parent_jurisdiction", "market")
TIERS = ("tier", "standby", "vcpu", "memory_gib", "gpu", "block_gib", "object_gib", "backup")
SKUS = ("SkuId", "region", "family", "architecture", "vcpu", "memory_gib", "baseline_vcpu", "accelerator",
        "accelerator_count", "resource")  # fmt: skip
CARDS = ("accelerator", "memory_gib", "gpu_inference", "gpu_training")
JOINED = ("vendor", "family", "accelerator", "accelerator_count", "interconnect")
PRICES = ("SkuId", "term", "ListUnitPrice", "PricingCurrency", "valid_from", "valid_to")
TRANSFER = ("region", "destination", "from_gib", "ListUnitPrice", "PricingCurrency", "valid_from", "valid_to")


LEFT_OUT = (
    "contracts",
    "private_prices",
    "discounts",
    "held_commitments",
    "spend_commitments",
    "earlier_commitments",
)
"""Tables that the public part of a plan does not hold; without them discounts agree with no contract."""

MONEY = ("budgets", "placement_costs", "activation", "vendor_costs")
"""Tables of money of the user's own, which the public part of a plan does not hold either."""

PLACES = ("skus.csv", "prices.csv", "transfer.csv", "accelerators.csv", "interconnects.csv", "yields.csv")
"""Tables that say which places could be used: without some of their rows that is not told."""

NETWORK = ("nodes.csv", "links.csv", "measured.csv")
"""Tables from which round trips follow."""


@dataclass(frozen=True)
class Period:
    """One period: its name, first day, first day after it, months, hours and place in the horizon."""

    t: int
    name: str
    start: date
    end: date
    months: int

    @property
    def hours(self) -> Decimal:
        return HOURS * (self.end - self.start).days


@dataclass
class Case:
    """What was asked. Rows are text; tables are keyed by their first column."""

    settings: Mapping[str, Any]
    plain: Mapping[str, Any]
    periods: tuple[Period, ...]
    agencies: dict[str, Row] = field(default_factory=dict)
    workloads: dict[str, Row] = field(default_factory=dict)
    regions: dict[str, Row] = field(default_factory=dict)
    skus: dict[str, Row] = field(default_factory=dict)
    prices: dict[tuple[str, str], Row] = field(default_factory=dict)
    transfer: dict[str, list[Row]] = field(default_factory=dict)
    cards: dict[str, Row] = field(default_factory=dict)
    joined: dict[tuple[str, str, str, Decimal], str] = field(default_factory=dict)
    history: dict[str, list[Row]] = field(default_factory=dict)
    scores: dict[tuple[str, str, str], Decimal] = field(default_factory=dict)
    grid: dict[str, Row] = field(default_factory=dict)
    energy: dict[tuple[str, str], Row] = field(default_factory=dict)
    demand: dict[tuple[str, str], list[Decimal]] = field(default_factory=dict)
    yields: dict[tuple[str, str, str], Decimal] = field(default_factory=dict)
    factors: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    users: dict[str, list[dict[str, Decimal]]] = field(default_factory=dict)
    tiers: dict[str, Row] = field(default_factory=dict)
    groups: dict[str, list[Row]] = field(default_factory=dict)
    capacity: list[tuple[Row, list[Decimal | None]]] = field(default_factory=list)
    activation: list[Row] = field(default_factory=list)
    vendor_costs: list[Row] = field(default_factory=list)
    placement_costs: list[Row] = field(default_factory=list)
    today: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    earlier: list[tuple[str, str, int, str, Decimal]] = field(default_factory=list)
    committed: dict[tuple[str, str, str, int], Decimal] = field(default_factory=dict)
    budgets: list[Row] = field(default_factory=list)
    affinity: list[Row] = field(default_factory=list)
    move_limits: list[tuple[Row, list[Decimal | None]]] = field(default_factory=list)
    dependencies: list[tuple[tuple[str, str], list[Row | None]]] = field(default_factory=list)
    agreements: list[Row] = field(default_factory=list)
    contracts: list[Row] = field(default_factory=list)
    private_prices: dict[tuple[str, str, str], Row] = field(default_factory=dict)
    discounts: dict[tuple[str, str, str], Row] = field(default_factory=dict)
    held: list[Row] = field(default_factory=list)
    waivers: list[Row] = field(default_factory=list)
    evidence: list[Row] = field(default_factory=list)
    assessments: list[Row] = field(default_factory=list)
    rates: dict[tuple[str, int], Decimal] = field(default_factory=dict)
    openings: dict[str, str] = field(default_factory=dict)
    slices: dict[str, Decimal] = field(default_factory=lambda: {"all": ONE})
    levels: int = 0
    headroom: Decimal = ZERO
    left_out: set[str] = field(default_factory=set)

    def day(self, key: str) -> date:
        """A date of ``case.toml``."""
        value = self.settings.get(key)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        raise Unreadable(f"states no {key}")

    def financial_year(self, period: Period) -> int:
        """The financial year of a period, named by the calendar year in which it begins."""
        begins = int(self.settings.get("money", {}).get("year_begins", 1))
        return period.start.year - (period.start.month < begins)

    @cached_property
    def names(self) -> list[str]:
        return [p.name for p in self.periods]

    @cached_property
    def terms(self) -> frozenset[str]:
        """Terms on which anything is sold."""
        return frozenset(term for _, term in self.prices)

    def need(self, workload: str, resource: str, t: int) -> Decimal:
        """Demand; zero where none is stated."""
        amounts = self.demand.get((workload, resource))
        return amounts[t] if amounts else ZERO

    def alive(self, workload: str, t: int) -> bool:
        return any(self.need(workload, k, t) > 0 for k in (*CARRIED, *STORED, "egress_gib"))

    def payer(self, workload: str) -> str:
        """Who pays: the agency, unless its row names another."""
        agency = self.workloads[workload]["agency"]
        return self.agencies.get(agency, {}).get("payer", "") or agency

    def rate(self, currency: str, t: int) -> Decimal:
        """Units of the case's currency for one unit of ``currency``, buffer included."""
        return self.rate_in(currency, self.periods[t].start.year)

    def rate_in(self, currency: str, year: int) -> Decimal:
        """The same in a year, or in the latest one before it for which the case states a rate."""
        if currency == self.settings.get("currency"):
            return ONE
        years = [y for c, y in self.rates if c == currency and y <= year]
        if not years or (max(years) < year <= self.periods[-1].start.year):
            raise Unreadable(f"no exchange rate for {currency} in {year}")
        return self.rates[currency, max(years)]

    def tier(self, workload: str) -> Row | None:
        """The resilience tier of a workload, if the case describes it."""
        return self.tiers.get(self.workloads[workload].get("resilience", ""))

    @property
    def in_parts(self) -> bool:
        """May machines be bought in parts (``[units] whole = false``)?"""
        units = self.settings.get("units", {})
        return isinstance(units, dict) and units.get("whole") is False

    def kept(self, workload: str, resource: str, role: str) -> Decimal:
        """Part of a resource that a placement in a role holds: all of it, or what the tier keeps ready.

        A standby keeps one part of all its machines, the largest that the tier asks of a resource in
        use, as vCPU and memory of a machine cannot be kept apart. A backup is object storage.
        """
        tier = self.tier(workload)
        if role == "primary":
            return ONE
        if tier is None or role == "backup":
            return ZERO
        if resource in STORED:
            return number(tier, resource, ZERO)
        columns = {"gpu_inference": "gpu", "gpu_training": "gpu"}
        used = [k for k in CARRIED if any(self.need(workload, k, p.t) > 0 for p in self.periods)]
        if "requests" in used:
            used += ["vcpu", "memory_gib"]
        return max((number(tier, columns.get(k, k), ZERO) for k in used), default=ZERO)

    def backup(self, workload: str, t: int) -> Decimal:
        """Object storage that a whole backup of a workload takes."""
        tier = self.tier(workload)
        part = number(tier, "backup", ZERO) if tier else ZERO
        return part * sum((self.need(workload, k, t) for k in STORED), ZERO)

    def draws(self, sku: str, resource: str, sustained: bool) -> Decimal:
        """What one unit of a SKU has of a resource; ``sustained`` counts what it does: a burstable machine's
        baseline, and vCPU by the benchmark of ``[fit]``.
        """
        row = self.skus[sku]
        if row["resource"]:
            return ONE if row["resource"] == resource else ZERO
        if resource == "units":
            return ONE
        if resource == "requests":
            return ZERO
        if resource == "vcpu":
            full = number(row, "vcpu", ZERO)
            return number(row, "baseline_vcpu", full) * self.speed(sku) if sustained else full
        if resource == "memory_gib":
            return number(row, "memory_gib", ZERO)
        card = self.cards.get(row["accelerator"])
        return number(card, resource, ZERO) * number(row, "accelerator_count", ZERO) if card else ZERO

    def speed(self, sku: str) -> Decimal:
        """How many vCPU of ``[fit]`` one vCPU of a SKU does the work of; one where no figure is stated."""
        fit = self.settings.get("fit")
        if not fit:
            return ONE
        row = self.skus[sku]
        score = self.scores.get((row["region"].split(":")[0], row["family"], fit["benchmark"]))
        return ONE if score is None else score / Decimal(fit["per_vcpu"])

    def serves(self, workload: str, sku: str, resource: str) -> Decimal:
        """What one unit of a SKU yields to a workload: its own yield, else the catalog's."""
        own = self.yields.get((workload, sku, resource))
        return self.draws(sku, resource, True) if own is None else own
