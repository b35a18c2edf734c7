"""Numbers as people write them: separators of thousands and decimals, read only where they mean one thing.

``1,234,567`` and ``1 234.5`` can be read in one way, ``4,000`` in two: four thousand, or four with three
decimals. What the other numbers of the same file show decides; where they show nothing it is asked, never
guessed. A comma-separated file whose numbers have points alone is in the form of the reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

Mark = Literal[".", ","]


class Unsettled(str):
    """Text of a number that cannot be read without a guess."""

    __slots__ = ()


_SPACE = "[ \u00a0\u2009\u202f'’]"
_EXPONENT = r"(?:[eE][-+]?\d+)?"
_PLAIN = re.compile(rf"[-+]?(?:\d+\.?\d*|\.\d+){_EXPONENT}")


def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    whole = rf"(?:\d+|[1-9]\d{{0,2}}(?:({thousands})\d{{3}})(?:\1\d{{3}})*)"
    return re.compile(rf"[-+]?(?:{whole}(?:{decimal}\d*)?|{decimal}\d+){_EXPONENT}", re.ASCII)


_READINGS: dict[Mark, re.Pattern[str]] = {
    ".": _pattern(r"\.", rf",|{_SPACE}"),
    ",": _pattern(",", rf"\.|{_SPACE}"),
}


def is_plain(cell: str) -> bool:
    """Whether the text is a number in the form of the reference: digits and at most one point."""
    return cell.isascii() and _PLAIN.fullmatch(cell) is not None


def reading(cell: str, mark: Mark) -> str | None:
    """The number as plain text if ``mark`` parts its decimals; ``None`` if it cannot be read so.

    >>> reading("1,234.5", "."), reading("1.234,5", ","), reading("1,5", "."), reading("1,5", ",")
    ('1234.5', '1234.5', None, '1.5')
    """
    if not _READINGS[mark].fullmatch(cell):
        return None
    kept = re.sub(rf"{_SPACE}|{re.escape(',' if mark == '.' else '.')}", "", cell)
    return kept.replace(",", ".")


def evidence(cells: Iterable[str]) -> set[Mark]:
    """Which marks of decimals the numbers of a file prove: those under which alone some can be read.

    >>> evidence(["4,000", "12"]), evidence(["4,000", "0.5"]), evidence(["4,000", "1,234,567"])
    (set(), {'.'}, {'.'})
    """
    marks: set[Mark] = set()
    for cell in cells:
        readable: list[Mark] = [m for m in _READINGS if reading(cell, m) is not None]
        if len(readable) == 1:
            marks.add(readable[0])
    return marks
