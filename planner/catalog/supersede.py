"""Taking prices over into a table: what ends gets ``valid_to``, nothing is overwritten.

Rows are dictionaries of the text of their cells, so that what does not change keeps its bytes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

from planner.errors import BadInput, Issue

Row = dict[str, str]
Kind = Literal["added", "repriced", "confirmed"]

CONFIRMED = "confirmed"
_SAME = ("PricingUnit", "PricingCurrency", "upfront")
_GUESSED = ("assumed", "derived")
_ROUNDING = Decimal("1e-7")
"""Copies of a price list round to seven or more digits; what differs less is the same price."""


@dataclass(frozen=True)
class Change:
    """What became of one price: the open row before, if any, and the row that was offered."""

    kind: Kind
    before: Row | None
    after: Row


def read_rows(path: Path) -> list[Row]:
    """The rows of a CSV file that :func:`planner.tables.read` finds without fault."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def text_of(rows: Iterable[Mapping[str, str]], columns: Sequence[str]) -> str:
    """CSV of rows under a header; a column that a row lacks is blank."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def supersede(
    rows: Sequence[Row], offered: Iterable[Row], key: Sequence[str], day: str, where: str
) -> tuple[list[Row], list[Change]]:
    """Rows with what is offered taken over on a day.

    Parameters
    ----------
    rows
        A table with ``valid_from`` and ``valid_to``.
    offered
        New rows; their ``valid_from`` is set to ``day``.
    key
        The columns that name a price, without ``valid_from``.
    day
        YYYY-MM-DD, the first day on which the catalog gives the new prices.
    where
        The file, for messages.

    Returns
    -------
    (rows, changes)
        A price that is the same as the open one is *confirmed*: the open row keeps everything and tells
        in ``confirmed`` for which day it was last stated. One that is published where the open one was
        derived or assumed counts as repriced even if it is equal, because its basis changes.

    Raises
    ------
    BadInput
        If an open row begins on ``day`` or later and would have to end before it began.
    """
    result = [dict(row) for row in rows]
    live = {tuple(row[k] for k in key): row for row in result if not row["valid_to"]}
    changes: list[Change] = []
    problems: list[Issue] = []
    for row in offered:
        new = {**row, "valid_from": day, "valid_to": ""}
        name = tuple(new[k] for k in key)
        old = live.get(name)
        if old is None:
            changes.append(Change("added", None, new))
        elif _same(old, new):
            old[CONFIRMED] = max(old.get(CONFIRMED, ""), old["as_of"], new["as_of"])
            changes.append(Change("confirmed", old, new))
            continue
        elif old["valid_from"] >= day:
            mend = "Take it over with a later day, or mend the row by hand."
            problem = f"holds from {old['valid_from']}; a price cannot end before it began"
            problems.append(Issue(where, 0, key[0], ", ".join(name), problem, mend))
            continue
        else:
            changes.append(Change("repriced", dict(old), new))
            old["valid_to"] = day
        live[name] = new
        result.append(new)
    if problems:
        raise BadInput(problems)
    result.sort(key=lambda row: (*(_sortable(row[k]) for k in key), row["valid_from"]))
    return result, changes


def end(rows: Sequence[Row], names: Iterable[tuple[str, ...]], key: Sequence[str], day: str) -> list[Row]:
    """Rows with the open prices of ``names`` ended on a day, because they are no longer offered."""
    gone = set(names)
    return [
        {**row, "valid_to": day}
        if not row["valid_to"] and row["valid_from"] < day and tuple(row[k] for k in key) in gone
        else dict(row)
        for row in rows
    ]


def _same(old: Row, new: Row) -> bool:
    better = old["basis"] in _GUESSED and new["basis"] not in _GUESSED
    alike = all(old.get(c, "") == new.get(c, "") for c in _SAME)
    before, after = Decimal(old["ListUnitPrice"]), Decimal(new["ListUnitPrice"])
    return alike and not better and abs(after - before) <= _ROUNDING * before


def _sortable(cell: str) -> tuple[float, str]:
    """Numbers by size and before text, so that tiers stand in their order."""
    try:
        return (float(cell), "")
    except ValueError:
        return (float("inf"), cell)
