"""Reading the question: the copies under ``inputs/``, table by table."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise
from typing import Any

from planner.audit.case import (
    CARDS,
    INPUTS,
    JOINED,
    LEFT_OUT,
    MONEY,
    ONE,
    PRICES,
    REGIONS,
    SKUS,
    TIERS,
    TRANSFER,
    VENDORS,
    WORKLOADS,
    ZERO,
    Case,
    Period,
)
from planner.audit.reading import Folder, Row, Unreadable, decimal, number
from planner.audit.traces import set_slices

NEAR = Decimal("1e-6")
"""A number this near to a whole one, as a part of it, is whole."""


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
            _keyed(folder, name, CARDS, "accelerator", case.cards)
        elif table == "interconnects.csv":
            for row in folder.table(name, JOINED) or []:
                count = number(row, "accelerator_count")
                case.joined[row["vendor"], row["family"], row["accelerator"], count] = row["interconnect"]
        elif table == "benchmarks.csv":
            for row in folder.table(name, ("vendor", "family", "benchmark", "per_vcpu")) or []:
                case.scores[row["vendor"], row["family"], row["benchmark"]] = number(row, "per_vcpu")
        elif table == "regions_history.csv":
            for row in folder.table(name, ("region", "date", "fact")) or []:
                if row["date"] <= day:
                    case.history.setdefault(row["region"], []).append(row)
        elif table == "grid.csv":
            _keyed(folder, name, ("region", "kg_per_kwh"), "region", case.grid)
        elif table == "energy.csv":
            for row in folder.table(name, ("resource", "vendor", "kwh_per_hour")) or []:
                case.energy[row["resource"], row["vendor"]] = row
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
    public = folder.has("plan.json") and (folder.json("plan.json") or {}).get("public") is True

    def read(table: str, columns: tuple[str, ...]) -> list[Row]:
        if table not in named:
            return []
        may_lack = table in LEFT_OUT or (public and table in MONEY)
        if may_lack and not folder.has(f"{INPUTS}/{named[table]}"):
            case.left_out.add(table)
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
    for row in read("yields", ("workload", "sku", "resource", "amount")):
        try:
            case.yields[row["workload"], row["sku"], row["resource"]] = number(row, "amount")
        except Unreadable as reason:
            folder.bad(INPUTS, str(reason), workload=row["workload"])
    _traces(folder, case)
    _keyed_rows(folder, read("resilience", TIERS), "tier", case.tiers)
    for row in read("capacity_groups", ("group", "region", "family", "category", "sku")):
        case.groups.setdefault(row["group"], []).append(row)
    case.activation = read("activation", ("subject", "amount"))
    columns = ("vendor", "payer", "region", "kind", "period", "from_amount", "share", "minimum", "currency")
    case.vendor_costs = read("vendor_costs", columns)
    case.placement_costs = read("placement_costs", ("workload", "region", "when", "amount"))
    for row in read("current", ("workload", "region", "role", "share")):
        if row["role"] == "primary":
            try:
                case.today.setdefault(row["workload"], {})[row["region"]] = number(row, "share")
            except Unreadable as reason:
                folder.bad(INPUTS, str(reason), workload=row["workload"])
    _earlier(folder, case, read)
    case.affinity = read("affinity", ("kind", "workload", "other", "region", "value"))
    limits = read("move_limits", ("agency", "workload", "period", "amount"))
    case.move_limits = [
        (row, amounts) for _, amounts, row in _dense(folder, case, limits, ("agency", "workload"), "amount")
    ]
    case.dependencies = _holding(
        case,
        read("dependencies", ("from_workload", "to_workload", "period", "gib_per_month", "latency_ms")),
    )
    case.budgets = read("budgets", ("agency", "year", "vote", "amount", "currency"))
    columns = ("agreement", "vendor", "payer", "status", "start", "months", "amount", "discount", "up_to")
    case.agreements = read("spend_commitments", columns)
    terms = ("contract", "vendor", "discount", "margin", "tax", "valid_from", "valid_to")
    case.contracts = read("contracts", terms)
    for row in read("private_prices", ("contract", "sku", "term", "price", "currency")):
        case.private_prices[row["contract"], row["sku"], row["term"]] = row
    for row in read("discounts", ("contract", "family", "term", "discount")):
        case.discounts[row["contract"], row["family"], row["term"]] = row
    case.held = read("held_commitments", ("payer", "sku", "term", "start", "units"))
    case.waivers = read("waivers", ("rule", "workload", "region", "reason", "approver", "expires"))
    case.evidence = read("evidence", ("subject", "kind", "reference", "date"))
    case.assessments = read("assessments", ("subject", "measure", "value", "reference", "date"))


def _traces(folder: Folder, case: Case) -> None:
    section = case.plain.get("traces")
    if not section:
        return
    file = str(section["file"])
    try:
        set_slices(case, folder.bytes(f"{INPUTS}/{file}"), file, int(section.get("max_slices", 24)))
    except Unreadable as reason:
        folder.bad(f"{INPUTS}/{file}", str(reason))


def _earlier(folder: Folder, case: Case, read: Callable[[str, tuple[str, ...]], list[Row]]) -> None:
    """What an earlier plan has in each period, from which the case was planned again."""
    at = {name: t for t, name in enumerate(case.names)}
    placed = read("earlier_placements", ("workload", "region", "period", "role", "share"))
    committed = read("earlier_commitments", ("pool", "sku", "term", "period", "units"))
    for row in (*placed, *committed):
        if row["period"] not in at:
            folder.bad(INPUTS, "names a period that the case does not have", period=row["period"])
            return
    try:
        case.earlier = [
            (row["workload"], row["region"], at[row["period"]], row["role"], number(row, "share"))
            for row in placed
        ]
        for row in committed:
            key = (row["pool"], row["sku"], row["term"], at[row["period"]])
            units = number(row, "units")
            # What an earlier plan in parts of machines committed to is kept in whole ones.
            whole = (units * (ONE - NEAR)).to_integral_value(ROUND_CEILING)
            case.committed[key] = units if case.in_parts else whole
    except Unreadable as reason:
        folder.bad(INPUTS, str(reason))


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


def _holding(case: Case, rows: list[Row]) -> list[tuple[tuple[str, str], list[Row | None]]]:
    """By dependency, the row that holds in each period: the last one that has begun."""
    found: dict[tuple[str, str], dict[str, Row]] = {}
    for row in rows:
        found.setdefault((row["from_workload"], row["to_workload"]), {})[row["period"]] = row
    out: list[tuple[tuple[str, str], list[Row | None]]] = []
    for key, by_name in sorted(found.items()):
        held: Row | None = None
        by_period: list[Row | None] = []
        for name in case.names:
            held = by_name.get(name, held)
            by_period.append(held)
        out.append((key, by_period))
    return out
