"""Money: conversion at stated rates, and amounts as people read them.

Inside the linear program money is a float in the case's currency; whatever is printed or
recomputed from price rows goes through this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CENT = 0.005
"""Half a cent: amounts closer than this are the same money."""


@dataclass(frozen=True)
class Rates:
    """Exchange rates of a case: what one unit of a currency costs in the case's, by year.

    Parameters
    ----------
    home
        The case's currency; it needs no rate.
    by_year
        (currency, year) to rate, the buffer already added.
    """

    home: str
    by_year: Mapping[tuple[str, int], float]

    def rate(self, currency: str, year: int) -> float:
        """Units of the case's currency for one unit of ``currency`` in ``year``.

        Raises
        ------
        KeyError
            If the case states no rate; loading checks that it does.
        """
        return 1.0 if currency == self.home else self.by_year[currency, year]

    def latest(self, currency: str, year: int, since: int) -> float:
        """As :meth:`rate`; of the latest year with a rate where the case states none for ``year``.

        ``since`` is an earlier year that has one: for what falls due after the horizon.
        """
        if currency == self.home:
            return 1.0
        return self.by_year[currency, max(y for c, y in self.by_year if c == currency and since <= y <= year)]


def words(amount: float, currency: str) -> str:
    """An amount as people read it: ``MYR 12.3 million``, ``MYR 4,210``, ``MYR 0.35``.

    >>> words(12_345_678, "MYR")
    'MYR 12.3 million'
    """
    size = abs(amount)
    if size >= 1e9:
        return f"{currency} {amount / 1e9:,.2f} billion"
    if size >= 1e6:
        return f"{currency} {amount / 1e6:,.1f} million"
    if size >= 100:
        return f"{currency} {amount:,.0f}"
    return f"{currency} {amount:,.2f}"
