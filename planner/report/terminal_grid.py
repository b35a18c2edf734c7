"""Tables that fit a terminal: words fold, figures stay whole, columns that find no room are named below.

What a table cannot show is never cut: the column that can best be spared goes first, and a line says which
went and where they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

_GAP = 2
_UNIT = re.compile(r"(?<=\d) (?=%)")
_TIED = "\ue000"
"""Stands for a space at which no line ends, which rich does not know."""
_LONGEST_WORD = 14
"""A column of words is at least as wide as its longest word, or this; longer ones are folded."""


@dataclass(frozen=True)
class Column:
    """A column: ``figures`` stay on one line, to the right; the highest ``spare`` is left out first."""

    head: str
    figures: bool = True
    spare: int = 0


def fit(
    to: Console,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    elsewhere: str,
    emphasised: Sequence[int] = (),
) -> None:
    """Print rows of texts, a cell a column, in the width of ``to``.

    ``elsewhere`` holds what is left out; ``emphasised`` are the numbers of rows set in bold. Where not even
    the columns that cannot be spared find room, each row is printed as lines ``head: text``.
    """
    widths = [_least(column, [row[i] for row in rows]) for i, column in enumerate(columns)]
    shown = list(range(len(columns)))
    while _total(widths, shown) > to.width and (gone := _next_to_go(columns, shown)) is not None:
        shown.remove(gone)
    say(to, title, bold=True)
    if _total(widths, shown) > to.width:
        for row in rows:
            say(to, "; ".join(f"{columns[i].head}: {row[i]}" for i in shown if row[i]))
    else:
        table = Table(header_style="bold", box=None, pad_edge=False, padding=(0, _GAP, 0, 0))
        for i in shown:
            table.add_column(
                Text(_folded(columns[i].head, widths[i]) if columns[i].figures else columns[i].head),
                justify="right" if columns[i].figures else "left",
                no_wrap=columns[i].figures,
                overflow="fold",
                min_width=widths[i],
            )
        for number, row in enumerate(rows):
            table.add_row(*(Text(row[i]) for i in shown), style="bold" if number in emphasised else None)
        to.print(table)
    left = [column.head for i, column in enumerate(columns) if i not in shown]
    if left:
        say(to, f"left out at {to.width} columns: {', '.join(left)} ({elsewhere})")


def say(to: Console, words: str, bold: bool = False) -> None:
    """Print a sentence folded at words; what goes on stands two further in than its beginning."""
    body = _UNIT.sub(_TIED, words.lstrip(" ").replace("\u00a0", _TIED))
    indent = len(words) - len(body)
    fits = cell_len(body) <= to.width - indent
    lines = [Text(body)] if fits else list(Text(body).wrap(to, max(to.width - indent - 2, 1)))
    for number, line in enumerate(lines):
        line.rstrip()
        line.plain = line.plain.replace(_TIED, " ")
        to.print(Text(" " * (indent + 2 * (number > 0))) + line, style="bold" if bold else None)


def _least(column: Column, cells: Sequence[str]) -> int:
    """The width that a column needs: of its longest cell, or of the longest word where words fold."""
    words = max(map(cell_len, column.head.split()), default=0)
    if column.figures:
        return max(words, *map(cell_len, cells), 0)
    longest = max((cell_len(word) for cell in cells for word in cell.split()), default=0)
    return max(words, min(longest, _LONGEST_WORD))


def _folded(head: str, width: int) -> str:
    """A head over as many lines as it needs at the width of its column."""
    lines = [""]
    for word in head.split():
        longer = f"{lines[-1]} {word}".strip()
        lines = [*lines[:-1], longer] if cell_len(longer) <= width or not lines[-1] else [*lines, word]
    return "\n".join(lines)


def _total(widths: Sequence[int], shown: Sequence[int]) -> int:
    return sum(widths[i] for i in shown) + _GAP * (len(shown) - 1)


def _next_to_go(columns: Sequence[Column], shown: Sequence[int]) -> int | None:
    spare = max((columns[i].spare for i in shown), default=0)
    return max(i for i in shown if columns[i].spare == spare) if spare else None
