"""What a new case is asked for, and what follows from the answers: catalogs, packs, exchange rates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

from planner import tables
from planner.catalog.load import NETWORK_FILE, shipped, shipped_names
from planner.catalog.schema import PRICES, RATES, REGIONS, SKUS, VENDORS
from planner.errors import BadInput, Issue, UnknownName
from planner.policy.pack import read_pack
from planner.policy.rules import Rule

_MONTH = re.compile(r"(20|21)\d{2}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Answers:
    """The answers behind a new case.

    Attributes
    ----------
    country, currency
        ISO 3166 code of the country, ISO 4217 code of its money.
    start, months, count
        First month (``YYYY-MM``), months of a period, number of periods.
    decided
        Date of the decision: prices and rules are taken as of that day.
    vendors
        Vendors allowed; empty for all shipped that sell in the country.
    packs
        Packs of rules, shipped or ``./file.toml``.
    cap, floor
        Largest share of spend of a vendor group, least share of domestic groups; ``None`` for no limit.
    adopted_by, reference
        Who adopts the rules that need adoption, and under which reference; empty to adopt none.
    rates
        Currency to its price in ``currency``, where no rate ships.
    """

    country: str
    currency: str
    start: str
    decided: date
    months: int = 3
    count: int = 12
    vendors: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    cap: float | None = None
    floor: float | None = None
    adopted_by: str = ""
    reference: str = ""
    title: str = "A first case"
    rates: Mapping[str, float] = field(default_factory=dict)


CLASSES = ("secret", "open")
"""Classes of a case none of whose packs states a scheme."""


@dataclass(frozen=True)
class Offer:
    """What the shipped catalogs hold for a set of answers.

    Attributes
    ----------
    packages
        Packages to name under ``catalogs``, sorted.
    regions
        Regions of their vendors.
    outside_market
        Regions of vendors outside the market, whose capacity a case has to state.
    currencies
        Currencies of their prices other than the case's.
    """

    packages: tuple[str, ...]
    regions: pd.DataFrame
    outside_market: tuple[str, ...]
    currencies: tuple[str, ...]


@dataclass(frozen=True)
class Rate:
    """Price of a currency, with its source and date."""

    currency: str
    rate: float
    basis: str
    source: str
    as_of: str


def check_answers(answers: Answers) -> None:
    """Refuse answers that cannot be meant.

    Raises
    ------
    BadInput
        With everything wrong with them.
    """
    wrong = [
        ("country", answers.country, re.fullmatch("[A-Z]{2}", answers.country), "Write e.g. MY."),
        ("currency", answers.currency, re.fullmatch("[A-Z]{3}", answers.currency), "Write e.g. MYR."),
        ("start", answers.start, _MONTH.fullmatch(answers.start), 'Write a month as "YYYY-MM".'),
        ("months", answers.months, answers.months in (1, 3, 6, 12), "Use 1, 3, 6 or 12."),
        ("count", answers.count, 1 <= answers.count <= 240, "Use 1 to 240 periods."),
        ("cap", answers.cap, answers.cap is None or 0 < answers.cap <= 1, "Write a share, e.g. 0.4."),
        ("floor", answers.floor, answers.floor is None or 0 <= answers.floor <= 1, "Write e.g. 0.15."),
        ("adopted_by", answers.adopted_by, bool(answers.adopted_by) == bool(answers.reference),
         "Say both who adopts the rules and under which reference."),
    ]  # fmt: skip
    problems = [
        Issue("answers", 0, name, "" if value is None else str(value), "is not what is asked for", mend)
        for name, value, good, mend in wrong
        if not good
    ]
    if problems:
        raise BadInput(problems)


def offer(answers: Answers) -> Offer:
    """What the shipped catalogs hold for the vendors allowed, or for all that sell in the country.

    Raises
    ------
    UnknownName
        If a vendor is in no shipped catalog.
    BadInput
        If no vendor allowed sells anything.
    """
    vendors: dict[str, str] = {}
    chosen: dict[str, pd.DataFrame] = {}
    outside: list[str] = []
    shared = [name for name in shipped_names() if not (shipped() / name / VENDORS.file).is_file()]
    for name in shipped_names():
        folder = shipped() / name
        if name in shared:
            continue
        sellers, _ = tables.read(folder / VENDORS.file, VENDORS)
        vendors.update(dict.fromkeys(sellers["vendor"], name))
        regions = _priced_regions(folder, answers.decided)
        market = set(sellers.loc[sellers["market"], "vendor"])
        if answers.vendors:
            wanted = regions[regions["vendor"].isin(answers.vendors)]
        else:
            at_home = set(regions.loc[regions["country"] == answers.country, "vendor"])
            # Rooms that serve one agency alone are no offer to all.
            wanted = regions[regions["vendor"].isin(at_home) & (regions["serves_agency"] == "")]
        if len(wanted):
            chosen[name] = wanted
            outside += sorted(wanted.loc[~wanted["vendor"].isin(market), "region"])
    for vendor in answers.vendors:
        if vendor not in vendors:
            raise UnknownName("vendor", vendor, sorted(vendors))
    if not chosen:
        mend = f"Name vendors that sell elsewhere (--vendor): {', '.join(sorted(vendors))}."
        raise BadInput(
            [Issue("answers", 0, "country", answers.country, "no shipped vendor sells there", mend)]
        )
    currencies: set[str] = set()
    for name in chosen:
        prices, _ = tables.read(shipped() / name / PRICES.file, PRICES)
        currencies |= set(prices["PricingCurrency"])
    network = [name for name in shared if (shipped() / name / NETWORK_FILE).is_file()]
    common = [name for name in shared if name not in network and name != "tokens"]
    return Offer(
        tuple(sorted([*chosen, *common])) + tuple(network),
        pd.concat(list(chosen.values()), ignore_index=True),
        tuple(outside),
        tuple(sorted(currencies - {answers.currency})),
    )


def _priced_regions(folder: Path, decided: date) -> pd.DataFrame:
    """Regions of a package that serve and have a price on a day."""
    regions, _ = tables.read(folder / REGIONS.file, REGIONS)
    skus, _ = tables.read(folder / SKUS.file, SKUS)
    prices, _ = tables.read(folder / PRICES.file, PRICES)
    day = str(decided)
    valid = (prices["valid_from"] <= day) & ((prices["valid_to"] == "") | (day < prices["valid_to"]))
    priced = set(prices.loc[valid, "SkuId"])
    selling = set(skus.loc[skus["SkuId"].isin(priced), "region"])
    return regions[regions["region"].isin(selling) & (regions["status"] == "live")]


def rates(answers: Answers, currencies: Sequence[str]) -> tuple[Rate, ...]:
    """The price of each currency: as answered, else the latest that ships, directly or through a third.

    Raises
    ------
    BadInput
        Naming the currencies for which neither is there.
    """
    known, _ = tables.read(shipped() / "fx" / RATES.file, RATES)
    known = known[known["date"] <= str(answers.decided)].sort_values("date")
    pairs: dict[tuple[str, str], tuple[float, str]] = {
        (row["currency"], row["quote"]): (row["rate"], row["date"]) for row in known.to_dict("records")
    }
    rates_found: list[Rate] = []
    problems: list[Issue] = []
    for currency in currencies:
        if currency in answers.rates:
            source = f"stated when the case was made, {answers.decided}"
            rates_found.append(
                Rate(currency, answers.rates[currency], "assumed", source, str(answers.decided))
            )
        elif (currency, answers.currency) in pairs:
            rate, day = pairs[currency, answers.currency]
            source = f"rate of {day} (catalogs/fx), held flat"
            rates_found.append(Rate(currency, rate, "assumed", source, day))
        elif through := _through(pairs, currency, answers.currency):
            rates_found.append(through)
        else:
            mend = f"Say what one {currency} costs in {answers.currency}: --rate {currency}=…"
            problems.append(Issue("answers", 0, "rates", currency, "has no rate that ships", mend))
    if problems:
        raise BadInput(problems)
    return tuple(rates_found)


def _through(pairs: Mapping[tuple[str, str], tuple[float, str]], currency: str, quote: str) -> Rate | None:
    """A rate through a third currency that is priced in both."""
    for third, of in sorted(pairs):
        if of == quote and (third, currency) in pairs:
            (first, first_day), (second, second_day) = pairs[third, quote], pairs[third, currency]
            day = min(first_day, second_day)
            source = f"through {third}, rates of {day} (catalogs/fx), held flat"
            return Rate(currency, round(first / second, 6), "assumed", source, day)
    return None


def classes_of(packs: Sequence[str], folder: Path) -> tuple[str, ...]:
    """The scheme of classification that packs state, the most secret class first; one of two without any."""
    from planner.policy.load import place_of, scheme_of

    places = (place_of(name, folder) for name in packs)
    return scheme_of([place for place in places if not isinstance(place, Issue)], ())[0] or CLASSES


def rules_of(packs: Sequence[str], folder: Path) -> list[Rule]:
    """The rules that packs state, those of packs that they extend not included.

    Raises
    ------
    BadInput
        If a pack is unknown or cannot be read.
    """
    from planner.policy.load import place_of

    rules: list[Rule] = []
    problems: list[Issue] = []
    for name in packs:
        place = place_of(name, folder)
        if isinstance(place, Issue):
            problems.append(place)
            continue
        shown, path = place
        read, more = read_pack(path, shown, name)
        rules += read
        problems += more
    if problems:
        raise BadInput(problems)
    return rules
