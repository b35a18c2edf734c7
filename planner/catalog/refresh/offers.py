"""What is read from a price list: offers that are understood, and a count of the rest with reasons."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from planner.cells import is_name

HOURS_OF_A_YEAR = 8760
"""Vendors state a term's price for 365 days a year."""

_SMALLEST, _LARGEST = Decimal("1e-12"), Decimal("1e9")
"""Between these lies every price of an hour, a GiB or a term in a currency that a vendor lists."""
_LONGEST_NAME = 80
"""So that it fits behind vendor and region into an id of a table."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A machine as its vendor's list describes it."""

    vcpu: str
    memory_gib: str
    architecture: str
    cards: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """One price, in the words of the catalog.

    Attributes
    ----------
    region
        The vendor's id of the region.
    name
        Name of the SKU within the region; ``internet`` for egress to it.
    kind
        ``machine``, ``storage``, ``egress`` or ``savings_plan``.
    term
        As in :data:`planner.catalog.schema.TERMS`; months for a savings plan; where the tier begins, in
        GiB, for egress.
    price
        Exact decimal text for one unit (hour, GiB-month, GiB).
    """

    region: str
    name: str
    kind: str
    term: str
    price: str
    currency: str
    shape: Shape | None = None


@dataclass
class Reading:
    """What came of the documents of one refresh.

    Every price of a region that the catalog asks for is an offer or is refused with a reason, so
    ``read == len(offers) + sum(refused.values())``. What the list sells elsewhere is only counted.

    Attributes
    ----------
    stated
        Day for which the documents state their prices (YYYY-MM-DD), blank if they do not say.
    documents
        What was read, for the sources of rows.
    """

    offers: list[Offer] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    elsewhere: int = 0
    stated: str = ""
    documents: list[str] = field(default_factory=list)

    def take(self, offer: Offer) -> None:
        """Keep an offer, unless its name or currency could not stand in a table."""
        if not is_name(offer.name) or len(offer.name) > _LONGEST_NAME:
            self.refuse("a name that is none", offer.name)
        elif not re.fullmatch("[A-Z]{3}", offer.currency):
            self.refuse("a currency that is none", f"{offer.region} {offer.name} {offer.currency}")
        else:
            self.offers.append(offer)

    def refuse(self, reason: str, example: str) -> None:
        """Count a price that is not taken, and keep the first of its reason as an example."""
        self.refused[reason] += 1
        self.examples.setdefault(reason, printable(example)[:120])

    def state(self, day: str) -> bool:
        """Take note of the day (YYYY-MM-DD) of a document; the oldest of several is that of all.

        False if it is none.
        """
        try:
            date.fromisoformat(day)
        except ValueError:
            return False
        self.stated = min(self.stated, day) if self.stated else day
        return True

    def name(self, document: str) -> None:
        """Add a document's name to the sources of rows."""
        self.documents.append(printable(document)[:200])


@dataclass(frozen=True)
class Wanted:
    """What a refresh looks for: the vendor's ids of regions, and the shapes the catalog knows.

    Attributes
    ----------
    machines
        (region, name) to the vCPU, GiB of memory, cards of one kind and family of machines of the catalog.
    """

    vendor: str
    regions: frozenset[str]
    machines: Mapping[tuple[str, str], Mapping[str, str]]


def text(value: object) -> str:
    """A value of a document as text; blank for what is neither text nor a number."""
    return str(value) if isinstance(value, str | int | float | Decimal) and value is not True else ""


def fields(value: object) -> Mapping[str, Any]:
    """A value of a document as an object; an empty one for what is none."""
    return value if isinstance(value, dict) else {}


def rows(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list of a document; nothing for what is no list."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def printable(words: str) -> str:
    """Text of a document without what would command a terminal or could not be written as UTF-8."""
    return "".join(c if c.isprintable() else "?" for c in words)


def exact(value: object, over: int | Decimal = 1) -> str | None:
    """A price as decimal text, divided by ``over`` and kept to twelve significant digits if need be.

    ``None`` for what is no price: no number, not finite, negative, or of a size that no price has.
    """
    try:
        number = Decimal(text(value)) / over
    except ArithmeticError:
        return None
    if not number.is_finite() or number < 0 or number >= _LARGEST or 0 < number < _SMALLEST:
        return None
    rounded = number if over == 1 else number.quantize(Decimal(1).scaleb(number.adjusted() - 11))
    shown = format(rounded, "f")
    return (shown.rstrip("0").rstrip(".") or "0") if "." in shown else shown
