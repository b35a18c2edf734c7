"""Reading a plan folder that nobody vouches for: sizes bounded, links refused, nothing guessed.

A table is a list of rows of text; numbers become :class:`~decimal.Decimal` where they are used.
Columns may be added to a table, never taken away.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from planner.audit.findings import Finding

LARGEST = 64 * 2**20
"""Bytes of the largest file that is read."""

_NUMBER = re.compile(r"[-+]?(\d{1,30}(\.\d{0,40})?|\.\d{1,40})([eE][-+]?\d{1,2})?")
_BOUND = Decimal(10) ** 18

Row = Mapping[str, str]


class Unreadable(Exception):
    """A file or cell cannot be used; the message says why, in words."""


@dataclass
class Folder:
    """A plan folder, and what went wrong while it was read."""

    root: Path
    problems: list[Finding] = field(default_factory=list)

    def files(self) -> Iterator[str]:
        """Relative names of all files, sorted. Links and special files are problems, not followed."""
        waiting = [self.root]
        while waiting:
            for path in sorted(waiting.pop().iterdir()):
                name = path.relative_to(self.root).as_posix()
                if path.is_symlink() or not (path.is_file() or path.is_dir()):
                    self.bad(name, "is a link or no plain file; a plan holds plain files only")
                elif path.is_dir():
                    waiting.append(path)
                else:
                    yield name

    def bad(self, name: str, message: str, **numbers: object) -> None:
        """Note a problem with a file."""
        shown = {k: str(v)[:80] for k, v in numbers.items()}
        self.problems.append(Finding("readable", "fail", name[:200], message, shown))

    def bytes(self, name: str) -> bytes:
        """Content of a file of the folder.

        Raises
        ------
        Unreadable
            If it is missing, a link, outside the folder or too large.
        """
        path = self.root / name
        try:
            inside = path.resolve().is_relative_to(self.root.resolve())
            if not inside or path.is_symlink():
                raise Unreadable("leads out of the plan folder")
            if not path.is_file():
                raise Unreadable("is missing")
            if path.stat().st_size > LARGEST:
                raise Unreadable(f"is larger than {LARGEST // 2**20} MiB")
            return path.read_bytes()
        except (OSError, ValueError) as error:
            raise Unreadable(f"cannot be read ({type(error).__name__})") from error

    def has(self, name: str) -> bool:
        try:
            return (self.root / name).is_file()
        except (OSError, ValueError):
            return False

    def table(self, name: str, columns: Sequence[str]) -> list[Row] | None:
        """Rows of a CSV file that must have ``columns``; ``None``, and a problem, if it cannot be read."""
        try:
            rows = parse_csv(self.bytes(name), columns)
        except Unreadable as reason:
            self.bad(name, str(reason))
            return None
        return rows

    def header(self, name: str) -> list[str] | None:
        """Columns of a CSV file; ``None`` if it is absent or cannot be read."""
        try:
            text = self.bytes(name).decode("utf-8")
            return next(csv.reader(io.StringIO(text, newline=""), strict=True), None)
        except (Unreadable, UnicodeDecodeError, csv.Error):
            return None

    def optional(self, name: str, columns: Sequence[str]) -> list[Row] | None:
        """As :meth:`table`; a file that is absent is ``None`` without a problem."""
        return self.table(name, columns) if self.has(name) else None

    def json(self, name: str) -> dict[str, Any] | None:
        """A JSON object with decimals for numbers; ``None``, and a problem, if it cannot be read."""
        try:
            return parse_json(self.bytes(name))
        except Unreadable as reason:
            self.bad(name, str(reason))
            return None


def parse_csv(raw: bytes, columns: Sequence[str]) -> list[Row]:
    """Rows of CSV text.

    Raises
    ------
    Unreadable
        If it is not UTF-8 CSV with these columns and even rows.
    """
    try:
        lines = list(csv.reader(io.StringIO(raw.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unreadable(f"is not valid CSV ({type(error).__name__})") from error
    if not lines:
        raise Unreadable("is empty")
    header = lines[0]
    missing = [c for c in columns if c not in header]
    if missing or len(set(header)) != len(header):
        raise Unreadable(f"lacks the columns {', '.join(missing)}" if missing else "has a column twice")
    for number, cells in enumerate(lines[1:], start=2):
        if len(cells) != len(header):
            raise Unreadable(f"has {len(cells)} cells in row {number}, the header has {len(header)}")
    return [dict(zip(header, cells, strict=True)) for cells in lines[1:]]


def parse_json(raw: bytes) -> dict[str, Any]:
    """A JSON object.

    Raises
    ------
    Unreadable
        If it is not one, names a key twice or is nested too deeply.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in pairs}) != len(pairs):
            raise Unreadable("names a key twice")
        return dict(pairs)

    try:
        value = json.loads(raw.decode("utf-8"), parse_float=decimal, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"is not valid JSON ({type(error).__name__})") from error
    if not isinstance(value, dict):
        raise Unreadable("is no JSON object")
    return value


def decimal(cell: str) -> Decimal:
    """The number in a cell.

    Raises
    ------
    Unreadable
        If it is no plain number of at most 30 digits below 1e18.

    >>> decimal("0.25")
    Decimal('0.25')
    """
    if not _NUMBER.fullmatch(cell):
        raise Unreadable(f"{cell[:40]!r} is not a plain number")
    value = Decimal(cell)
    if not abs(value) < _BOUND:
        raise Unreadable(f"{cell[:40]!r} is larger than any figure of a plan")
    return value


def number(row: Row, column: str, default: Decimal | None = None) -> Decimal:
    """The number in a row's column; ``default`` where the cell is blank or the column is absent."""
    cell = row.get(column, "")
    if cell == "" and default is not None:
        return default
    try:
        return decimal(cell)
    except Unreadable as reason:
        raise Unreadable(f"column {column}: {reason}") from None
