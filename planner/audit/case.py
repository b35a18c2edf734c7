"""The question as the audit reads it, from the copies under ``inputs/`` and nothing else."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from planner.audit.reading import Folder, Row, Unreadable, decimal, number

INPUTS = "inputs"
ZERO, ONE = Decimal(0), Decimal(1)
HOURS = Decimal(24)

SIZED = ("vcpu", "memory_gib", "gpu_inference", "gpu_training")
STORED = ("block_gib", "object_gib")
WORKLOADS = (
    "workload", "agency", "classification", "platform", "architecture", "burstable_ok", "divisible",
    "min_units",
)  # fmt: skip
REGIONS = ("region", "vendor", "country", "deployment", "status", "opens", "node", "serves_agency")
VENDORS = ("vendor", "vendor_group", "parent_jurisdiction", "market")
TIERS = ("tier", "standby", "vcpu", "memory_gib", "gpu", "block_gib", "object_gib", "backup")
SKUS = ("SkuId", "region", "architecture", "vcpu", "memory_gib", "baseline_vcpu", "accelerator",
        "accelerator_count", "resource")  # fmt: skip
PRICES = ("SkuId", "term", "ListUnitPrice", "PricingCurrency", "valid_from", "valid_to")
TRANSFER = ("region", "destination", "from_gib", "ListUnitPrice", "PricingCurrency", "valid_from", "valid_to")


LEFT_OUT = ("contracts", "held_commitments")
"""Tables that the public part of a plan does not hold; without them discounts agree with no contract."""


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
    demand: dict[tuple[str, str], list[Decimal]] = field(default_factory=dict)
    factors: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    users: dict[str, list[dict[str, Decimal]]] = field(default_factory=dict)
    tiers: dict[str, Row] = field(default_factory=dict)
    groups: dict[str, list[Row]] = field(default_factory=dict)
    capacity: list[tuple[Row, list[Decimal | None]]] = field(default_factory=list)
    budgets: list[Row] = field(default_factory=list)
    contracts: list[Row] = field(default_factory=list)
    waivers: list[Row] = field(default_factory=list)
    evidence: list[Row] = field(default_factory=list)
    assessments: list[Row] = field(default_factory=list)
    rates: dict[tuple[str, int], Decimal] = field(default_factory=dict)
    openings: dict[str, str] = field(default_factory=dict)
    slices: dict[str, Decimal] = field(default_factory=lambda: {"all": ONE})
    headroom: Decimal = ZERO
    has_placement_costs: bool = False

    def day(self, key: str) -> date:
        """A date of ``case.toml``."""
        value = self.settings.get(key)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        raise Unreadable(f"states no {key}")

    @property
    def names(self) -> list[str]:
        return [p.name for p in self.periods]

    def need(self, workload: str, resource: str, t: int) -> Decimal:
        """Demand; zero where none is stated."""
        amounts = self.demand.get((workload, resource))
        return amounts[t] if amounts else ZERO

    def alive(self, workload: str, t: int) -> bool:
        return any(self.need(workload, k, t) > 0 for k in (*SIZED, *STORED, "egress_gib"))

    def payer(self, workload: str) -> str:
        """Who pays: the agency, unless its row names another."""
        agency = self.workloads[workload]["agency"]
        return self.agencies.get(agency, {}).get("payer", "") or agency

    def rate(self, currency: str, t: int) -> Decimal:
        """Units of the case's currency for one unit of ``currency``, buffer included."""
        if currency == self.settings.get("currency"):
            return ONE
        try:
            return self.rates[currency, self.periods[t].start.year]
        except KeyError:
            raise Unreadable(f"no exchange rate for {currency} in {self.periods[t].start.year}") from None

    def tier(self, workload: str) -> Row | None:
        """The resilience tier of a workload, if the case describes it."""
        return self.tiers.get(self.workloads[workload].get("resilience", ""))

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
        used = [k for k in SIZED if any(self.need(workload, k, p.t) > 0 for p in self.periods)]
        return max((number(tier, columns.get(k, k), ZERO) for k in used), default=ZERO)

    def backup(self, workload: str, t: int) -> Decimal:
        """Object storage that a whole backup of a workload takes."""
        tier = self.tier(workload)
        part = number(tier, "backup", ZERO) if tier else ZERO
        return part * sum((self.need(workload, k, t) for k in STORED), ZERO)

    def draws(self, sku: str, resource: str, sustained: bool) -> Decimal:
        """What one unit of a SKU has of a resource; ``sustained`` counts a burstable machine's baseline."""
        row = self.skus[sku]
        if row["resource"]:
            return ONE if row["resource"] == resource else ZERO
        if resource == "units":
            return ONE
        if resource == "vcpu":
            full = number(row, "vcpu", ZERO)
            return number(row, "baseline_vcpu", full) if sustained else full
        if resource == "memory_gib":
            return number(row, "memory_gib", ZERO)
        card = self.cards.get(row["accelerator"])
        return number(card, resource, ZERO) * number(row, "accelerator_count", ZERO) if card else ZERO


def read_case(folder: Folder) -> Case | None:
    """Read the question; ``None`` if ``inputs/case.toml`` cannot be understood at all."""
    try:
        text = folder.bytes(f"{INPUTS}/case.toml").decode("utf-8")
        exact, plain = tomllib.loads(text, parse_float=decimal), tomllib.loads(text)
        case = Case(exact, plain, _periods(exact))
        _settings(case)
    except (Unreadable, ValueError, RecursionError, TypeError, KeyError, AttributeError) as error:
        why = str(error) if isinstance(error, Unreadable) else f"is no case ({type(error).__name__})"
        folder.bad(f"{INPUTS}/case.toml", why)
        return None
    named = exact.get("tables", {})
    tables = {k: v for k, v in named.items() if isinstance(v, str)} if isinstance(named, dict) else {}
    _catalogs(folder, case)
    _tables(folder, case, tables)
    return case


def _periods(settings: Mapping[str, Any]) -> tuple[Period, ...]:
    section = settings["periods"]
    year, month = (int(part) for part in section["start"].split("-"))
    months, count = int(section["months"]), int(section["count"])
    if not (1 <= months <= 12 and 1 <= count <= 240 and 1 <= month <= 12 and 1900 < year < 3000):
        raise Unreadable("states impossible periods")
    firsts = [date(year + (month - 1 + i * months) // 12, (month - 1 + i * months) % 12 + 1, 1)
              for i in range(count + 1)]  # fmt: skip
    return tuple(Period(t, f"{a:%Y-%m}", a, b, months) for t, (a, b) in enumerate(pairwise(firsts)))


def _settings(case: Case) -> None:
    for key in ("decision_date", "rules_as_of", "prices_as_of"):
        case.day(key)
    for row in case.settings.get("fx", []):
        case.rates[row["currency"], int(row["year"])] = Decimal(row["rate"]) * (1 + Decimal(row["buffer"]))
    for row in case.settings.get("opening", []):
        case.openings[row["region"]] = row["from"]
    slices = case.settings.get("slices", {})
    if slices:
        case.slices = {name: Decimal(share) for name, share in slices.items()}
    case.headroom = Decimal(case.settings.get("container", {}).get("headroom", 0))


def _catalogs(folder: Folder, case: Case) -> None:
    """Join all packages under ``inputs/catalogs``; later rows of a key are a problem."""
    day = case.day("prices_as_of").isoformat()
    vendors: dict[str, Row] = {}
    names = [n for n in folder.files() if n.startswith(f"{INPUTS}/catalogs/") and n.endswith(".csv")]
    regions: dict[str, Row] = {}
    for name in names:
        table = name.rsplit("/", 1)[1]
        if table == "vendors.csv":
            _keyed(folder, name, VENDORS, "vendor", vendors)
        elif table == "regions.csv":
            _keyed(folder, name, REGIONS, "region", regions)
        elif table == "skus.csv":
            _keyed(folder, name, SKUS, "SkuId", case.skus)
        elif table == "accelerators.csv":
            _keyed(folder, name, ("accelerator", "gpu_inference", "gpu_training"), "accelerator", case.cards)
        elif table == "prices.csv":
            for row in folder.table(name, PRICES) or []:
                if row["valid_from"] <= day and (not row["valid_to"] or day < row["valid_to"]):
                    if (row["SkuId"], row["term"]) in case.prices:
                        folder.bad(name, "states two prices that hold on one day", sku=row["SkuId"])
                    case.prices[row["SkuId"], row["term"]] = row
        elif table == "transfer.csv":
            for row in folder.table(name, TRANSFER) or []:
                if row["valid_from"] <= day and (not row["valid_to"] or day < row["valid_to"]):
                    case.transfer.setdefault(row["region"], []).append(row)
    for key, row in regions.items():
        vendor = vendors.get(row["vendor"])
        if vendor is None:
            folder.bad(f"{INPUTS}/catalogs", "names a vendor that no vendors.csv has", region=key)
        else:
            case.regions[key] = {**vendor, **row}


def _keyed(folder: Folder, name: str, columns: tuple[str, ...], key: str, into: dict[str, Row]) -> None:
    for row in folder.table(name, columns) or []:
        if row[key] in into:
            folder.bad(name, "has a key twice", key=row[key])
        into[row[key]] = row


def _tables(folder: Folder, case: Case, named: Mapping[str, str]) -> None:
    def read(table: str, columns: tuple[str, ...]) -> list[Row]:
        if table not in named or (table in LEFT_OUT and not folder.has(f"{INPUTS}/{named[table]}")):
            return []
        return folder.table(f"{INPUTS}/{named[table]}", columns) or []

    _keyed_rows(folder, read("agencies", ("agency", "level", "state", "payer")), "agency", case.agencies)
    _keyed_rows(folder, read("workloads", WORKLOADS), "workload", case.workloads)
    for key, amounts, _ in _dense(folder, case, read("demand", ("workload", "resource", "period", "amount")),
                                  ("workload", "resource"), "amount"):  # fmt: skip
        case.demand[key[0], key[1]] = [ZERO if a is None else a for a in amounts]
    for key, amounts, _ in _dense(folder, case, read("users", ("workload", "site", "period", "users")),
                                  ("workload", "site"), "users"):  # fmt: skip
        by_period = case.users.setdefault(key[0], [{} for _ in case.periods])
        for t, amount in enumerate(amounts):
            if amount:
                by_period[t][key[1]] = amount
    case.capacity = [
        (row, amounts)
        for _, amounts, row in _dense(
            folder, case, read("capacity", ("subject", "resource", "period", "payer", "amount")),
            ("subject", "resource", "payer"), "amount",
        )
    ]  # fmt: skip
    for row in read("loads", ("workload", "slice", "factor")):
        try:
            case.factors[row["workload"], row["slice"]] = number(row, "factor")
        except Unreadable as reason:
            folder.bad(INPUTS, str(reason), workload=row["workload"])
    _keyed_rows(folder, read("resilience", TIERS), "tier", case.tiers)
    for row in read("capacity_groups", ("group", "region", "family", "category", "sku")):
        case.groups.setdefault(row["group"], []).append(row)
    case.has_placement_costs = bool(read("placement_costs", ("workload", "region", "amount")))
    case.budgets = read("budgets", ("agency", "year", "vote", "amount", "currency"))
    case.contracts = read("contracts", ("vendor", "discount", "margin", "tax", "valid_from", "valid_to"))
    case.waivers = read("waivers", ("rule", "workload", "region", "reason", "approver", "expires"))
    case.evidence = read("evidence", ("subject", "kind", "reference", "date"))
    case.assessments = read("assessments", ("subject", "measure", "value", "reference", "date"))


def _keyed_rows(folder: Folder, rows: list[Row], key: str, into: dict[str, Row]) -> None:
    for row in rows:
        if row[key] in into:
            folder.bad(INPUTS, f"has a {key} twice", key=row[key])
        into[row[key]] = row


def _dense(
    folder: Folder, case: Case, rows: list[Row], key: tuple[str, ...], value: str
) -> list[tuple[tuple[str, ...], list[Decimal | None], Row]]:
    """Each value holds from its period until the next row of its key."""
    at = {name: t for t, name in enumerate(case.names)}
    found: dict[tuple[str, ...], tuple[list[Decimal | None], Row]] = {}
    for row in rows:
        where = tuple(row[k] for k in key)
        amounts, _ = found.setdefault(where, ([None] * len(at), row))
        if row["period"] not in at:
            folder.bad(INPUTS, "names a period that the case does not have", period=row["period"])
            continue
        try:
            amounts[at[row["period"]]] = number(row, value)
        except Unreadable as reason:
            folder.bad(INPUTS, str(reason), key=", ".join(where))
    for amounts, _ in found.values():
        for t in range(1, len(amounts)):
            if amounts[t] is None:
                amounts[t] = amounts[t - 1]
    return [(where, amounts, row) for where, (amounts, row) in found.items()]
