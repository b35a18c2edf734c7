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

from planner.catalog.schema import TERMS
from planner.errors import Problem
from planner.tables import BASES

FILE = "case.toml"
_MISSING = object()


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
    fx: tuple[FxRow, ...]
    openings: tuple[Opening, ...]
    container_headroom: float | None
    slices: Mapping[str, float]
    terms: tuple[str, ...]
    tail_credit: float
    labour: float | None
    rules: Mapping[str, Mapping[str, Any]]
    tables: Mapping[str, str]
    scenarios: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass
class _Reader:
    """Walks the TOML tree, takes typed values and collects problems; leftovers are unknown keys."""

    text: str
    problems: list[Problem]

    def line(self, key: str) -> int:
        """Line on which ``key`` is set, 0 if it cannot be told: tomllib keeps no positions."""
        name = re.escape(key.rsplit(".", 1)[-1].split("[", 1)[0])
        pattern = re.compile(rf"^\s*(\[+\s*)?\"?{name}\"?\s*(=|\])", re.MULTILINE)
        hits = [m.start() for m in pattern.finditer(self.text)]
        return self.text[: hits[0]].count("\n") + 1 if len(hits) == 1 else 0

    def bad(self, key: str, value: Any, problem: str, mend: str) -> None:
        shown = "" if value is _MISSING else str(value)[:80]
        self.problems.append(Problem(FILE, self.line(key), key, shown, problem, mend))

    def take(self, table: dict[str, Any], key: str, kind: type, path: str, default: Any = _MISSING) -> Any:
        value = table.pop(key, _MISSING)
        name = f"{path}{key}"
        if value is _MISSING:
            if default is _MISSING:
                self.bad(name, _MISSING, "is missing", f"Add it: {_EXAMPLES.get(name, key)}")
                return _STAND_IN[kind]
            return default
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        right = isinstance(value, kind) and not (kind is int and isinstance(value, bool))
        if not right or (kind is float and not abs(value) < 1e18):
            self.bad(name, value, f"is not {_NAMES[kind]}", f"Write e.g. {_EXAMPLES.get(name, key)}")
            return _STAND_IN[kind]
        return value

    def table(self, parent: dict[str, Any], key: str, required: bool = True) -> dict[str, Any]:
        value = parent.pop(key, _MISSING)
        if value is _MISSING and not required:
            return {}
        if not isinstance(value, dict):
            self.bad(key, _MISSING, "the section is missing", f"Add a section [{key}].")
            return {}
        return dict(value)

    def rows(self, parent: dict[str, Any], key: str) -> list[dict[str, Any]]:
        value = parent.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            self.bad(key, value, "is not a list of sections", f"Write each as [[{key}]].")
            return []
        return [dict(v) for v in value]

    def names(self, parent: dict[str, Any], key: str) -> tuple[str, ...]:
        value = self.take(parent, key, list, "")
        if not all(isinstance(v, str) for v in value):
            self.bad(key, value, "is not a list of names", f"Write e.g. {_EXAMPLES.get(key, key)}")
            return ()
        if len(set(value)) != len(value):
            self.bad(key, value, "names something twice", "Keep each name once.")
        return tuple(value)

    def number(
        self, parent: dict[str, Any], key: str, path: str, low: float, high: float, default: Any = _MISSING
    ) -> float:
        value = self.take(parent, key, float, path, default)
        if not low <= value <= high:
            self.bad(f"{path}{key}", value, f"is not within {low:g} and {high:g}", "Correct the figure.")
        return float(value)

    def left(self, table: dict[str, Any], path: str) -> None:
        for key, value in table.items():
            self.bad(f"{path}{key}", value, "is unknown", "Correct the name or take it out.")


_NAMES = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    date: "a date",
    list: "a list",
}
_STAND_IN: dict[type, Any] = {str: "", int: 0, float: 0.0, bool: False, date: date(2000, 1, 1), list: []}
_EXAMPLES = {
    "schema": "schema = 1",
    "id": 'id = "quick-start"',
    "title": 'title = "A first plan"',
    "synthetic": "synthetic = true",
    "marking": 'marking = "SYNTHETIC"',
    "home_country": 'home_country = "MY"',
    "currency": 'currency = "MYR"',
    "decision_date": "decision_date = 2026-11-23",
    "prices_as_of": "prices_as_of = 2026-11-23",
    "rules_as_of": "rules_as_of = 2026-11-23",
    "catalogs": 'catalogs = ["network", "./catalog"]',
    "packs": 'packs = ["./rules.toml"]',
    "periods.start": 'start = "2027-01"',
    "periods.months": "months = 3",
    "periods.count": "count = 8",
    "money.discount_rate": "discount_rate = 0.04",
    "terms.offer": 'offer = ["on_demand", "commit_1y"]',
}


def read_settings(folder: Path) -> tuple[Settings | None, list[Problem]]:
    """Read ``case.toml``. Returns ``None`` with problems when it cannot be understood at all."""
    path = folder / FILE
    try:
        text = path.read_bytes().decode("utf-8")
        tree = tomllib.loads(text)
    except FileNotFoundError:
        return None, [Problem(FILE, 0, "", "", "the file is missing", "A case is a folder with a case.toml.")]
    except OSError as error:
        return None, [Problem(FILE, 0, "", "", f"cannot be read ({error.strerror})", "Check the file.")]
    except UnicodeDecodeError:
        return None, [Problem(FILE, 0, "", "", "the file is not UTF-8", "Save it with the encoding UTF-8.")]
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        row = int(found.group(1)) if found else 0
        return None, [Problem(FILE, row, "", "", f"not valid TOML ({error})", "Correct the line.")]
    problems: list[Problem] = []
    return _settings(tree, _Reader(text, problems)), problems


def _settings(tree: dict[str, Any], reader: _Reader) -> Settings:
    take, bad = reader.take, reader.bad
    if take(tree, "schema", int, "") not in (0, 1):
        bad("schema", "", "is not a version that this planner reads", "Write schema = 1.")
    periods, money = reader.table(tree, "periods"), reader.table(tree, "money")
    start = take(periods, "start", str, "periods.")
    if start and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", start):
        bad("periods.start", start, "is not a month", 'Write it as "YYYY-MM".')
        start = ""
    months = take(periods, "months", int, "periods.")
    if months and months not in (1, 3, 6, 12):
        bad("periods.months", months, "is not a length of a period", "Use 1, 3, 6 or 12.")
    count = take(periods, "count", int, "periods.")
    if count and not 1 <= count <= 240:
        bad("periods.count", count, "is not within 1 and 240", "Correct the number of periods.")
    container = reader.table(tree, "container", required=False)
    headroom = reader.number(container, "headroom", "container.", 0.0, 2.0) if container else None
    if container:
        _provenance(reader, container, "container.")
    slices = _slices(reader, reader.table(tree, "slices", required=False))
    terms = reader.table(tree, "terms", required=False)
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
    migration = reader.table(tree, "migration", required=False)
    labour = reader.number(migration, "labour", "migration.", 0.0, 1e12) if migration else None
    if migration:
        _provenance(reader, migration, "migration.")
    tables = {}
    for name, file in reader.table(tree, "tables").items():
        if not isinstance(file, str):
            bad(f"tables.{name}", file, "is not a file name", f'Write e.g. {name} = "{name}.csv".')
        else:
            tables[name] = file
    rules = reader.table(tree, "rules", required=False)
    for rule, values in rules.items():
        if not isinstance(values, dict):
            bad(f"rules.{rule}", values, "is not a section", f'Write it as [rules."{rule}"].')
    settings = Settings(
        id=take(tree, "id", str, ""),
        title=take(tree, "title", str, ""),
        synthetic=take(tree, "synthetic", bool, ""),
        marking=take(tree, "marking", str, ""),
        home_country=take(tree, "home_country", str, ""),
        currency=take(tree, "currency", str, ""),
        decision_date=take(tree, "decision_date", date, ""),
        prices_as_of=take(tree, "prices_as_of", date, ""),
        rules_as_of=take(tree, "rules_as_of", date, ""),
        catalogs=reader.names(tree, "catalogs"),
        packs=reader.names(tree, "packs"),
        start=start or "2000-01",
        months=months if months in (1, 3, 6, 12) else 12,
        count=count if 1 <= count <= 240 else 1,
        discount_rate=reader.number(money, "discount_rate", "money.", 0.0, 1.0),
        fx=tuple(_fx(reader, row) for row in reader.rows(tree, "fx")),
        openings=tuple(_opening(reader, row) for row in reader.rows(tree, "opening")),
        container_headroom=headroom,
        slices=slices,
        terms=offer,
        tail_credit=tail_credit,
        labour=labour,
        rules={k: v for k, v in rules.items() if isinstance(v, dict)},
        tables=tables,
        scenarios=reader.table(tree, "scenario", required=False),
    )
    for table, path in (
        (periods, "periods."),
        (money, "money."),
        (container, "container."),
        (terms, "terms."),
        (migration, "migration."),
        (tree, ""),
    ):
        reader.left(table, path)
    for name, pattern in (
        ("id", r"[A-Za-z0-9][\w.-]{0,79}"),
        ("currency", r"[A-Z]{3}"),
        ("home_country", r"[A-Z]{2}"),
    ):
        value = getattr(settings, name)
        if value and not re.fullmatch(pattern, value):
            bad(name, value, "is not well formed", f"Write e.g. {_EXAMPLES[name]}")
    return settings


def _slices(reader: _Reader, table: dict[str, Any]) -> dict[str, float]:
    """Slices with their share of the hours of every period; one slice ``all`` by default."""
    slices = {}
    for name in list(table):
        slices[name] = reader.number(table, name, "slices.", 0.0, 1.0)
        if not re.fullmatch(r"[A-Za-z][\w-]{0,39}", name):
            reader.bad(f"slices.{name}", name, "is not a safe name", "Use letters, digits, - and _.")
    if slices and (abs(sum(slices.values()) - 1.0) > 1e-9 or min(slices.values()) <= 0):
        mend = "Give each slice its share of the hours; the shares sum to 1."
        reader.bad("slices", slices, "do not make up the period", mend)
    return slices or {"all": 1.0}


def _provenance(reader: _Reader, row: dict[str, Any], path: str) -> tuple[str, str, date]:
    basis = reader.take(row, "basis", str, path)
    if basis and basis not in BASES:
        reader.bad(f"{path}basis", basis, "is not an allowed value", f"Use one of {', '.join(BASES)}.")
    source = reader.take(row, "source", str, path)
    return basis, source, reader.take(row, "as_of", date, path)


def _fx(reader: _Reader, row: dict[str, Any]) -> FxRow:
    path = "fx."
    currency = reader.take(row, "currency", str, path)
    year = reader.take(row, "year", int, path)
    rate = reader.number(row, "rate", path, 1e-9, 1e9)
    buffer = reader.number(row, "buffer", path, 0.0, 1.0)
    basis, source, as_of = _provenance(reader, row, path)
    reader.left(row, path)
    return FxRow(currency, year, rate, buffer, basis, source, as_of)


def _opening(reader: _Reader, row: dict[str, Any]) -> Opening:
    path = "opening."
    region = reader.take(row, "region", str, path)
    period = reader.take(row, "from", str, path)
    basis, source, as_of = _provenance(reader, row, path)
    reader.left(row, path)
    return Opening(region, period, basis, source, as_of)
