"""What is read from a price list: offers that are understood, and a count of the rest with reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

HOURS_OF_A_YEAR = 8760
"""Vendors state a term's price for 365 days a year."""


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

    def refuse(self, reason: str, example: str) -> None:
        """Count a price that is not taken, and keep the first of its reason as an example."""
        self.refused[reason] += 1
        self.examples.setdefault(reason, example[:120])

    def state(self, day: str) -> None:
        """The oldest day of several documents is that of all."""
        self.stated = min(self.stated, day) if self.stated else day


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


Reader = Callable[..., None]


def exact(value: object, over: int | Decimal = 1) -> str | None:
    """A price as decimal text, divided by ``over`` and kept to twelve significant digits if need be.

    ``None`` for what is no price: text that is no number, not finite, negative.
    """
    try:
        number = Decimal(str(value)) / over
        if not number.is_finite() or number < 0 or number >= Decimal("1e9"):
            return None
        rounded = number if over == 1 else number.quantize(Decimal(1).scaleb(number.adjusted() - 11))
        text = format(rounded, "f")
    except (InvalidOperation, ValueError, ZeroDivisionError):
        return None
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
