"""What falls due after the horizon, month by month of the calendar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.case.load import Tables


@dataclass(frozen=True)
class After:
    """The months after the horizon, added up from its end.

    Attributes
    ----------
    hours
        Hours of the first m months after the horizon (m,), m = 0, 1, ….
    converted, weighed
        By currency, the same hours at the exchange rate of the year of each month (of the latest year
        that the case states a rate for), relative to the rate of the horizon's last period; and that
        discounted over the hours in which it falls due.
    """

    hours: np.ndarray
    converted: dict[str, np.ndarray]
    weighed: dict[str, np.ndarray]


def after_horizon(case: Tables, currencies: list[str], most: int) -> After:
    """Add up the first ``most`` months after the horizon of a case."""
    end = pd.Period(case.settings.start, freq="M") + case.settings.months * case.settings.count
    months = [end + i for i in range(most)]
    hours = np.array([m.days_in_month * 24.0 for m in months])
    from_start = float(case.periods["hours"].sum()) + np.concatenate([[0.0], np.cumsum(hours)])
    growth = float(np.log1p(case.settings.discount_rate)) / 8760.0
    weight = np.ones(most)
    if growth:
        falls = np.exp(-growth * from_start)
        weight = (falls[:-1] - falls[1:]) / (growth * hours)
    last = int(case.periods["year"].iloc[-1])

    def relative(currency: str) -> np.ndarray:
        now = case.rates.rate(currency, last)
        return np.array([case.rates.latest(currency, m.year, last) / now for m in months])

    def summed(each: np.ndarray) -> np.ndarray:
        return np.concatenate([[0.0], np.cumsum(each)])

    rates = {currency: relative(currency) for currency in currencies}
    return After(
        summed(hours),
        {currency: summed(hours * rate) for currency, rate in rates.items()},
        {currency: summed(hours * rate * weight) for currency, rate in rates.items()},
    )
