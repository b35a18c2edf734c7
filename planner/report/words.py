"""Numbers as people read them, the same in the report and the figures."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from planner import money
from planner.report.texts import tr, tr_noop

_COMMITTED = re.compile(r"commit_(\d+)y")
_TERMS = {"on_demand": tr_noop("on demand"), "spot": tr_noop("spot")}
_UNITS = (tr_noop("machines"), tr_noop("units"))
_SCALES = (tr_noop("billion"), tr_noop("million"), tr_noop("thousand"))


def amount(value: float, currency: str) -> str:
    """Money: ``MYR 12.3 million``; never ``-0``."""
    words = money.words(0.0 if abs(value) < money.CENT else float(value), currency)
    number, _, scale = words.rpartition(" ")
    return f"{number} {tr(scale)}" if scale in _SCALES else words


def term(name: str) -> str:
    """A term of payment for people.

    >>> term("on_demand"), term("commit_3y")
    ('on demand', 'commit 3y')
    """
    years = _COMMITTED.fullmatch(name)
    if years:
        return tr("commit {years}y", years=years[1])
    return tr(_TERMS[name]) if name in _TERMS else name.replace("_", " ")


def unit(name: str) -> str:
    """What units of a purchase are called; a unit of measurement is called so everywhere."""
    return tr(name) if name in _UNITS else name


def financial_years(periods: pd.Series, head: Mapping[str, Any]) -> pd.Series:
    """The financial year of each period (YYYY-MM): ``2027``, or ``2027/28`` where it begins within a year."""
    begins = int(head.get("year_begins", 1))
    year = periods.str[:4].astype(int) - (periods.str[5:7].astype(int) < begins)
    return year.astype(str) if begins == 1 else year.map(lambda y: f"{y}/{(y + 1) % 100:02d}")


def percent(share: float, digits: int = 1) -> str:
    """A share of 0–1: ``39.9 %``; blank when it is not known, never 0 for what is more than 0.

    >>> percent(0.4), percent(0.0001)
    ('40 %', '< 0.1 %')
    """
    if not math.isfinite(share):
        return ""
    if 1e-9 < share < 0.5 * 10.0 ** -(digits + 2):
        return f"< {10.0**-digits:g} %"
    text = f"{100 * share:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{'0' if text == '-0' else text} %"


def limit(value: float, unit: str, digits: int = 1) -> str:
    """A cap or floor with its unit; a share where the unit is empty.

    >>> limit(0.4, ""), limit(1250.0, "t CO2e"), limit(0.5, "t CO2e")
    ('40 %', '1,250 t CO2e', '0.5 t CO2e')
    """
    return (
        f"{value:,.{0 if abs(value) >= 1000 else 3}f} {unit}".replace(".000 ", " ")
        if unit
        else percent(value, digits)
    )


def count(value: float) -> str:
    """A number of persons or things: ``4,210`` or ``1.2 million``."""
    if abs(value) >= 1e6:
        return tr("{number} million", number=f"{value / 1e6:,.1f}")
    return f"{value:,.0f}"


def spans(periods: Sequence[str], order: Sequence[str]) -> str:
    """Periods as ranges: ``2027-01 to 2027-10, 2028-04``; ``all periods`` where that holds."""
    numbers = sorted({order.index(p) for p in periods})
    if len(numbers) == len(order):
        return tr("all periods")
    parts, i = [], 0
    while i < len(numbers):
        j = i
        while j + 1 < len(numbers) and numbers[j + 1] == numbers[j] + 1:
            j += 1
        first, last = order[numbers[i]], order[numbers[j]]
        parts.append(first if i == j else tr("{first} to {last}", first=first, last=last))
        i = j + 1
    return ", ".join(parts)


def scale_of(largest: float) -> tuple[float, str]:
    """Divisor and its name for an axis of money, so that numbers stay short."""
    for divisor, name in ((1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if largest >= divisor:
            return divisor, tr(name)
    return 1.0, ""


def nice_steps(top: float, most: int = 5) -> list[float]:
    """Round numbers from 0 up to at most ``top``, at most ``most`` steps of 1, 2 or 5 × 10ⁿ."""
    if not top > 0:
        return [0.0]
    raw = top / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= raw * (1 - 1e-9))
    return [i * step for i in range(int(top / step + 1e-9) + 1)]


def last_month(periods: pd.DataFrame) -> str:
    """The last month of a horizon: ``2029-12`` where its last quarter begins in 2029-10."""
    last = date.fromisoformat(str(periods["end"].iloc[-1])) - timedelta(days=1)
    return f"{last:%Y-%m}"


def round_numbers(low: float, high: float, most: int = 5) -> list[float]:
    """Multiples of 1, 2 or 5 × 10ⁿ from ``low`` to ``high``, ``most`` + 1 at most; ``low`` if there is none.

    >>> round_numbers(0.3, 1.0, 4)
    [0.4, 0.6, 0.8, 1.0]
    """
    if not high > low:
        return [low]
    raw = (high - low) / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= raw * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(i * step, 12) for i in range(first, last + 1)] or [low]
