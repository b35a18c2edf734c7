"""Worths that the objective weighs although nobody is paid them: ``[carbon]`` and ``[latency]``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from planner.case.reader import Reader
from planner.errors import Issue


@dataclass(frozen=True)
class CarbonPrice:
    """What the case says a tonne of CO2e is worth; nobody is paid it."""

    price: float
    currency: str
    basis: str
    source: str
    as_of: date


@dataclass(frozen=True)
class LatencyWorth:
    """What the case says a millisecond less of round trip is worth to 1,000 users in a month."""

    worth: float
    currency: str
    basis: str
    source: str
    as_of: date


def read_carbon_price(reader: Reader, tree: dict[str, Any]) -> CarbonPrice | None:
    """The section ``[carbon]``; ``None`` without it."""
    found = _read(reader, tree, "carbon", "price")
    return None if found is None else CarbonPrice(*found)


def read_latency_worth(reader: Reader, tree: dict[str, Any]) -> LatencyWorth | None:
    """The section ``[latency]``; ``None`` without it."""
    found = _read(reader, tree, "latency", "worth")
    return None if found is None else LatencyWorth(*found)


def _read(
    reader: Reader, tree: dict[str, Any], section: str, key: str
) -> tuple[float, str, str, str, date] | None:
    if section not in tree:
        return None
    row, path = reader.table(tree, section), f"{section}."
    amount = reader.number(row, key, path, 0.0, 1e9)
    currency = reader.take(row, "currency", str, path)
    basis, source, as_of = reader.provenance(row, path)
    reader.left(row, path)
    return amount, currency, basis, source, as_of


def weighed_words(carbon: CarbonPrice | None, latency: LatencyWorth | None) -> str:
    """What figures of cost include although nobody pays it; empty when they include nothing of the kind."""
    named = [name for name, worth in (("carbon", carbon), ("latency", latency)) if worth is not None]
    return f"costs include the worth of {' and '.join(named)}, which nobody pays" if named else ""


def check_latency_worth(worth: LatencyWorth | None, users: pd.DataFrame, file: str) -> list[Issue]:
    """A worth of latency weighs nothing in a case without users."""
    if worth is None or (users["users"] > 0).any():
        return []
    mend = "Add users.csv, or take [latency] out of case.toml."
    return [
        Issue(file, 0, "users", "", "[latency] gives milliseconds a worth and nobody uses anything", mend)
    ]


__all__ = [
    "CarbonPrice",
    "LatencyWorth",
    "check_latency_worth",
    "read_carbon_price",
    "read_latency_worth",
    "weighed_words",
]
