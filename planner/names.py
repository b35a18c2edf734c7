"""Names: what a person may have meant, and what vendor groups are called."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def group_names(vendors: pd.DataFrame) -> dict[str, str]:
    """Name of each vendor group for people: its vendor's if it has one vendor, else its own id.

    Parameters
    ----------
    vendors
        With vendor_group and name, one row a vendor.
    """
    return {
        str(group): str(rows["name"].iloc[0]) if len(rows) == 1 else str(group)
        for group, rows in vendors.groupby("vendor_group", sort=True)
    }


def nearest(name: str, known: Iterable[str], count: int = 1) -> tuple[str, ...]:
    """The known names most like ``name``, nearest first; upper and lower case count as equal.

    >>> nearest("Worklaod", ["workload", "agency"])
    ('workload',)
    """
    folded: dict[str, str] = {}
    for candidate in sorted(known):
        folded.setdefault(candidate.casefold(), candidate)
    close = difflib.get_close_matches(name[:200].casefold(), folded, n=count, cutoff=0.6)
    return tuple(folded[key] for key in close)


def did_you_mean(name: str, known: Iterable[str], count: int = 1) -> str:
    """``did you mean 'x'?``, or nothing where no known name is near.

    >>> did_you_mean("worklaod", ["workload"])
    "did you mean 'workload'?"
    >>> did_you_mean("zebra", ["workload"])
    ''
    """
    near = nearest(name, known, count)
    return f"did you mean {' or '.join(repr(n) for n in near)}?" if near else ""


def mend(name: str, known: Iterable[str], otherwise: str | None = None) -> str:
    """How to mend a name that is not among the known: the nearest, else ``otherwise`` (by default all).

    >>> mend("rmo", ["arm", "x86"])
    'Use one of arm, x86.'
    >>> mend("x68", ["arm", "x86"], "Take it out.")
    "Did you mean 'x86'?"
    """
    names = list(known)
    near = did_you_mean(name, names)
    if near:
        return near[:1].upper() + near[1:]
    return f"Use one of {', '.join(names)}." if otherwise is None else otherwise
