"""``case.toml``: what is asked, of which catalogs and rule packs, over which periods.

Types are strict and unknown keys are errors: a misspelt option must never be ignored.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from planner.case.files import Files
from planner.case.fit import Fit, read_fit
from planner.case.reader import EXAMPLES, FILE, Reader
from planner.case.resources import HOURS
from planner.case.sources import TableSource, read_sources
from planner.case.studies import Robust, Spread, read_robust, read_spreads
from planner.case.weights import CarbonPrice, LatencyWorth, read_carbon_price, read_latency_worth
from planner.catalog.schema import TERMS
from planner.errors import Issue
from planner.files.toml import parse_toml
from planner.tolerances import SUM


@dataclass(frozen=True)
class FxRow:
    """An exchange rate that the case plans with: ``rate`` times one plus ``buffer``."""

    currency: str
    year: int
    rate: float
    buffer: float
    basis: str
    source: str
    as_of: date


@dataclass(frozen=True)
class Opening:
    """The case's assumption that an announced region serves from a period on."""

    region: str
    period: str
    basis: str
    source: str
    as_of: date


@dataclass(frozen=True)
class Replan:
    """How an earlier plan binds: its first ``freeze`` periods are kept, later changes have a price."""

    freeze: int
    change_price: float


@dataclass(frozen=True)
class TraceFile:
    """Where hourly traces are, and how many slices may be made of them."""

    file: str
    max_slices: int


@dataclass(frozen=True)
class Settings:
    """The content of ``case.toml``, typed."""

    id: str
    title: str
    synthetic: bool
    marking: str
    home_country: str
    currency: str
    decision_date: date
    prices_as_of: date
    rules_as_of: date
    catalogs: tuple[str, ...]
    packs: tuple[str, ...]
    start: str
    months: int
    count: int
    discount_rate: float
    year_begins: int
    fx: tuple[FxRow, ...]
    openings: tuple[Opening, ...]
    container_headroom: float | None
    slices: Mapping[str, float]
    terms: tuple[str, ...]
    tail_credit: float
    labour: float | None
    survive: tuple[str, ...]
    whole_units: bool | None
    fit: Fit | None
    least_share: float | None
    most_regions: int | None
    carbon: CarbonPrice | None
    latency: LatencyWorth | None
    egress_tiers: str
    rules: Mapping[str, Mapping[str, Any]]
    tables: Mapping[str, str]
    scenarios: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    replan: Replan | None = None
    traces: TraceFile | None = None
    robust: Robust | None = None
    spreads: tuple[Spread, ...] = ()
    decimal: str = ""
    sources: tuple[TableSource, ...] = ()
    classes: tuple[str, ...] = ()
    """Classes of a case whose packs state none, the most secret first."""
    outside: tuple[str, ...] = ()
    """Places of today that no catalog describes."""
    unadopted: str = "refuse"
    adopt: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Pack to ``adopted_by``, ``adopted_on`` and ``reference`` of all its rules."""
    terms_stated: bool = True


def read_settings(files: Files) -> tuple[Settings | None, list[Issue]]:
    """Read ``case.toml``. Returns ``None`` with problems when it cannot be understood at all."""
    try:
        text = files.content(FILE).decode("utf-8-sig")
        tree = parse_toml(text)
    except FileNotFoundError:
        return None, [Issue(FILE, 0, "", "", "the file is missing", "A case is a folder with a case.toml.")]
    except OSError as error:
        return None, [Issue(FILE, 0, "", "", f"cannot be read ({error.strerror})", "Check the file.")]
    except UnicodeDecodeError:
        return None, [Issue(FILE, 0, "", "", "the file is not UTF-8", "Save it with the encoding UTF-8.")]
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        row = int(found.group(1)) if found else 0
        return None, [Issue(FILE, row, "", "", f"not valid TOML ({error})", "Correct the line.")]
    problems: list[Issue] = []
    return _settings(tree, Reader(text, problems)), problems


def _settings(tree: dict[str, Any], reader: Reader) -> Settings:
    take, bad = reader.take, reader.bad
    wrong = ("is not a version that this planner reads", "Write schema = 1.")
    reader.checked(tree, "schema", "", lambda v: v == 1, wrong, 1)
    periods, money = reader.table(tree, "periods"), reader.table(tree, "money")
    month = re.compile(r"(19|20|21)\d{2}-(0[1-9]|1[0-2])")
    wrong = ("is not a month", 'Write it as "YYYY-MM".')
    start = reader.checked(periods, "start", "periods.", lambda v: bool(month.fullmatch(v)), wrong, "2000-01")
    wrong = ("is not a length of a period", "Use 1, 3, 6 or 12.")
    months = reader.checked(periods, "months", "periods.", lambda v: v in (1, 3, 6, 12), wrong, 12)
    wrong = ("is not within 1 and 240", "Correct the number of periods.")
    count = reader.checked(periods, "count", "periods.", lambda v: 1 <= v <= 240, wrong, 1)
    container = reader.table(tree, "container", required=False)
    headroom = reader.number(container, "headroom", "container.", 0.0, 2.0) if container else None
    if container:
        _provenance(reader, container, "container.")
    slices = _slices(reader, reader.table(tree, "slices", required=False))
    terms = reader.table(tree, "terms", required=False)
    terms_stated = bool(terms)
    offer = tuple(take(terms, "offer", list, "terms.")) if terms else ("on_demand",)
    for term in offer:
        if term not in TERMS:
            bad("terms.offer", term, "is not a term", f"Use some of {', '.join(TERMS)}.")
    if "on_demand" not in offer:
        bad(
            "terms.offer",
            list(offer),
            "leaves out on_demand",
            "Add on_demand: what is not committed needs it.",
        )
    tail_credit = reader.number(terms, "tail_credit", "terms.", 0.0, 0.999, default=0.0)
    survives = "survival" in tree
    survival = reader.table(tree, "survival", required=False)
    survive = tuple(take(survival, "of", list, "survival.")) if survives else ()
    for event in survive:
        if event not in ("vendor_groups", "regions"):
            bad("survival.of", event, "is nothing that can be lost", "Use vendor_groups or regions.")
    units = reader.table(tree, "units", required=False)
    whole = take(units, "whole", bool, "units.") if units else None
    placing = reader.table(tree, "placing", required=False)
    least_share = (
        reader.number(placing, "least_share", "placing.", 0.0, 0.5, default=0.0) if placing else None
    )
    most_regions = take(placing, "most_regions", int, "placing.") if "most_regions" in placing else None
    if most_regions is not None and most_regions < 1:
        bad("placing.most_regions", most_regions, "is less than one region", "Write 1 or more.")
    migration = reader.table(tree, "migration", required=False)
    labour = reader.number(migration, "labour", "migration.", 0.0, 1e12) if migration else None
    if migration:
        _provenance(reader, migration, "migration.")
    egress = reader.table(tree, "egress", required=False)
    tiers = take(egress, "tiers", str, "egress.") if egress else "first-paid"
    if tiers not in ("first-paid", "exact"):
        bad("egress.tiers", tiers, "is no way to count tiers", "Use first-paid or exact.")
    tables = {}
    for name, file in reader.table(tree, "tables").items():
        if not isinstance(file, str):
            bad(f"tables.{name}", file, "is not a file name", f'Write e.g. {name} = "{name}.csv".')
        else:
            tables[name] = file
    files = reader.table(tree, "files", required=False)
    decimal = take(files, "decimal", str, "files.") if files else ""
    if decimal not in ("", ".", ","):
        bad("files.decimal", decimal, "parts no decimals", 'Write decimal = "." or decimal = ",".')
    unadopted = take(tree, "unadopted", str, "", "refuse")
    if unadopted not in ("refuse", "report"):
        bad("unadopted", unadopted, "is no way to treat rules", 'Write "refuse" or "report".')
    rules = reader.table(tree, "rules", required=False)
    for rule, values in rules.items():
        if not isinstance(values, dict):
            bad(f"rules.{rule}", values, "is not a section", f'Write it as [rules."{rule}"].')
    settings = Settings(
        id=_shaped(reader, tree, "id", r"[A-Za-z0-9][\w.-]{0,79}"),
        title=reader.words(tree, "title"),
        synthetic=take(tree, "synthetic", bool, ""),
        marking=reader.words(tree, "marking", blank=True),
        home_country=_shaped(reader, tree, "home_country", r"[A-Z]{2}"),
        currency=_shaped(reader, tree, "currency", r"[A-Z]{3}"),
        decision_date=take(tree, "decision_date", date, ""),
        prices_as_of=take(tree, "prices_as_of", date, ""),
        rules_as_of=take(tree, "rules_as_of", date, ""),
        catalogs=reader.names(tree, "catalogs"),
        packs=reader.names(tree, "packs"),
        start=start,
        months=months,
        count=count,
        discount_rate=reader.number(money, "discount_rate", "money.", 0.0, 1.0),
        year_begins=_year_begins(reader, money, start, months),
        fx=tuple(_fx(reader, row) for row in reader.rows(tree, "fx")),
        openings=tuple(_opening(reader, row) for row in reader.rows(tree, "opening")),
        container_headroom=headroom,
        slices=slices,
        terms=offer,
        tail_credit=tail_credit,
        labour=labour,
        survive=survive,
        whole_units=whole,
        least_share=least_share or None,
        most_regions=most_regions,
        carbon=read_carbon_price(reader, tree),
        latency=read_latency_worth(reader, tree),
        fit=read_fit(reader, tree),
        egress_tiers=tiers,
        rules={k: v for k, v in rules.items() if isinstance(v, dict)},
        tables=tables,
        scenarios=reader.table(tree, "scenario", required=False),
        traces=_traces(reader, reader.table(tree, "traces", required=False), slices),
        replan=_replan(reader, reader.table(tree, "replan", required=False), count),
        robust=read_robust(reader, tree),
        spreads=read_spreads(reader, tree),
        decimal=decimal,
        sources=read_sources(reader, tree, set(tables)),
        classes=reader.names(tree, "classes", required=False),
        outside=reader.names(tree, "outside", required=False),
        unadopted=unadopted,
        adopt=_adopt(reader, tree),
        terms_stated=terms_stated,
    )
    for table, path in (
        (periods, "periods."),
        (money, "money."),
        (container, "container."),
        (terms, "terms."),
        (migration, "migration."),
        (survival, "survival."),
        (units, "units."),
        (placing, "placing."),
        (egress, "egress."),
        (files, "files."),
        (tree, ""),
    ):
        reader.left(table, path)
    return settings


def _year_begins(reader: Reader, money: dict[str, Any], start: str, months: int) -> int:
    """The month in which financial years begin: January unless the case says otherwise."""
    begins: int = reader.take(money, "year_begins", int, "money.", 1)
    if not 1 <= begins <= 12:
        reader.bad("money.year_begins", begins, "is no month", "Write 1 for January up to 12 for December.")
    elif begins != 1 and (begins - int(start[5:])) % months:
        mend = "Let a period begin in that month, or use shorter periods."
        reader.bad("money.year_begins", begins, "lies within a period", mend)
    return begins


def _adopt(reader: Reader, tree: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The section ``[adopt]``, or one ``[[adopt]]`` for each pack."""
    one = isinstance(tree.get("adopt"), dict)
    rows = [reader.table(tree, "adopt")] if one else reader.rows(tree, "adopt")
    adopted: dict[str, dict[str, Any]] = {}
    for row in rows:
        pack = reader.words(row, "pack", "adopt.")
        if pack in adopted:
            reader.bad("adopt.pack", pack, "is adopted twice", "Keep one of the two.")
        adopted[pack] = {
            "adopted_by": reader.words(row, "adopted_by", "adopt."),
            "adopted_on": reader.take(row, "adopted_on", date, "adopt."),
            "reference": reader.words(row, "reference", "adopt."),
        }
        reader.left(row, "adopt.")
    return adopted


def _replan(reader: Reader, table: dict[str, Any], count: int) -> Replan | None:
    """The section ``[replan]``; ``None`` without it."""
    if not table:
        return None
    wrong = (f"is not within 0 and {count}", "Freeze no more periods than the case has.")
    freeze = reader.checked(table, "freeze", "replan.", lambda v: 0 <= v <= count, wrong, 0)
    price = reader.number(table, "change_price", "replan.", 0.0, 1e12, default=0.0)
    reader.left(table, "replan.")
    return Replan(freeze, price)


def _traces(reader: Reader, table: dict[str, Any], slices: Mapping[str, float]) -> TraceFile | None:
    """The section ``[traces]``; ``None`` without it."""
    if not table:
        return None
    file = reader.words(table, "file", "traces.")
    most = reader.take(table, "max_slices", int, "traces.", 24)
    if not file.endswith((".csv", ".parquet")) or Path(file).name != file:
        reader.bad("traces.file", file, "is no CSV or Parquet file of the folder", 'Write "traces.csv".')
    if not 1 <= most <= HOURS:
        reader.bad("traces.max_slices", most, f"is not within 1 and {HOURS}", "Write e.g. 24.")
    if slices != {"all": 1.0}:
        reader.bad("slices", dict(slices), "are stated beside [traces]", "Keep one of the two.")
    reader.left(table, "traces.")
    return TraceFile(file, most)


def _slices(reader: Reader, table: dict[str, Any]) -> dict[str, float]:
    """Slices with their share of the hours of every period; one slice ``all`` by default."""
    slices = {}
    for name in list(table):
        slices[name] = reader.number(table, name, "slices.", 0.0, 1.0)
        if not re.fullmatch(r"[A-Za-z][\w-]{0,39}", name):
            reader.bad(f"slices.{name}", name, "is not a safe name", "Use letters, digits, - and _.")
    if slices and (abs(sum(slices.values()) - 1.0) > SUM or min(slices.values()) <= 0):
        mend = "Give each slice its share of the hours; the shares sum to 1."
        reader.bad("slices", slices, "do not make up the period", mend)
    if "all" in slices and len(slices) > 1:
        mend = "Give it another name: purchases write all for what runs in every slice."
        reader.bad("slices.all", slices["all"], "is the name of all slices together", mend)
    return slices or {"all": 1.0}


def _shaped(reader: Reader, tree: dict[str, Any], key: str, pattern: str) -> str:
    wrong = ("is not well formed", f"Write e.g. {EXAMPLES[key]}")
    value: str = reader.checked(tree, key, "", lambda v: re.fullmatch(pattern, v) is not None, wrong, "")
    return value


def _provenance(reader: Reader, row: dict[str, Any], path: str) -> tuple[str, str, date]:
    return reader.provenance(row, path)


def _fx(reader: Reader, row: dict[str, Any]) -> FxRow:
    path = "fx."
    currency = reader.take(row, "currency", str, path)
    year = reader.take(row, "year", int, path)
    rate = reader.number(row, "rate", path, 1e-9, 1e9)
    buffer = reader.number(row, "buffer", path, 0.0, 1.0)
    basis, source, as_of = _provenance(reader, row, path)
    reader.left(row, path)
    return FxRow(currency, year, rate, buffer, basis, source, as_of)


def _opening(reader: Reader, row: dict[str, Any]) -> Opening:
    path = "opening."
    region = reader.take(row, "region", str, path)
    period = reader.take(row, "from", str, path)
    basis, source, as_of = _provenance(reader, row, path)
    reader.left(row, path)
    return Opening(region, period, basis, source, as_of)


__all__ = ["FILE", "FxRow", "Opening", "Replan", "Settings", "TraceFile", "read_settings"]
