"""A table of the report as plain data, so that one macro writes every table alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from planner.report.texts import tr


@dataclass(frozen=True)
class Cell:
    """Text with what it says beside its words.

    Attributes
    ----------
    below
        A second, smaller line.
    links
        Web addresses, shown by their number in the list of addresses.
    strong
        Something to look at: a limit met, a change.
    more
        What the cell unfolds to when its text is opened; without a script too.
    """

    text: str
    below: str = ""
    links: tuple[str, ...] = ()
    strong: bool = False
    more: str = ""

    @property
    def breaks(self) -> bool:
        """Whether a word is so long that it has to be broken to keep a printed table on its page."""
        return any(len(word) > 26 for word in f"{self.text} {self.below}".split())


@dataclass(frozen=True)
class Grid:
    """A table: the first column names the row; ``numeric`` columns are set to the right.

    ``note`` stands below it; ``empty`` is what the report says when there are no rows. ``chosen`` is the
    number of a column that is the answer; a ``folded`` table is shown when asked for.
    """

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numeric: frozenset[int] = frozenset()
    note: str = ""
    empty: str = ""
    chosen: int = -1
    folded: bool = False


def folded(table: Grid) -> Grid:
    """The table, shown when asked for."""
    return replace(table, folded=True)


def grid(
    caption: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str | Cell]],
    numeric: Sequence[int] = (),
    note: str = "",
    empty: str = "",
) -> Grid:
    """A :class:`Grid` from cells that are mostly plain text."""
    cells = [[cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in rows]
    return Grid(caption, tuple(heads), cells, frozenset(numeric), note, empty or tr("Nothing to list."))


def links_of(text: str) -> tuple[str, ...]:
    """The web addresses in a field that may hold several, parted by ``|`` or spaces.

    Anything but http and https is no address to follow and is left out.
    """
    parts = text.replace("|", " ").split()
    return tuple(p for p in parts if p.startswith(("https://", "http://")))
