"""What is asked of a case: limits set anew, prices, exchange rates and demand moved, things taken away.

A question is a query string, so that each state of the page has a link.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from urllib.parse import urlencode

from planner.errors import UnknownName
from planner.inputs import Case
from planner.model.families import family, swept_kinds
from planner.model.family import MONEY
from planner.study.stressors import usual

LIMIT, PRICE, EXCHANGE, GROWTH, GONE = "limit.", "price.", "exchange.", "growth", "gone"
_LOWEST, _HIGHEST = -90.0, 300.0
"""Changes in per cent that have a meaning here."""
_TAKEN_AWAY = ("vendor-gone", "region-gone", "cable-cut", "cut-off")


@dataclass(frozen=True)
class Control:
    """One number that can be moved: its name in a query, words, what the case states, and its range."""

    name: str
    words: str
    stated: float
    lowest: float
    highest: float
    step: float
    unit: str = ""


@dataclass(frozen=True)
class Choice:
    """One thing that can be taken away: a line of stressors, and words."""

    line: str
    words: str


@dataclass(frozen=True)
class Controls:
    """Everything that can be asked of a case."""

    numbers: tuple[Control, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Question:
    """The numbers that differ from the case, by name, and what is taken away."""

    numbers: Mapping[str, float] = field(default_factory=dict)
    gone: tuple[str, ...] = ()

    @property
    def limits(self) -> dict[str, float]:
        """Rule to the value of its cap or floor."""
        return {n.removeprefix(LIMIT): v for n, v in self.numbers.items() if n.startswith(LIMIT)}

    @property
    def stressors(self) -> tuple[str, ...]:
        """The other changes as lines of :mod:`planner.study.stressors`."""
        lines = []
        for name, value in self.numbers.items():
            if name.startswith(PRICE):
                lines.append(f"price:{name.removeprefix(PRICE)}:{value:+g}%")
            elif name.startswith(EXCHANGE):
                lines.append(f"currency:{name.removeprefix(EXCHANGE)}:{value:+g}%")
            elif name == GROWTH:
                lines.append(f"demand:*:{value:+g}%")
        return (*lines, *self.gone)

    def query(self) -> str:
        """The query string of the question; the same for the same question."""
        return urlencode(
            [*((n, f"{v:g}") for n, v in sorted(self.numbers.items())), *((GONE, line) for line in self.gone)]
        )


def controls_of(case: Case, used: Iterable[str]) -> Controls:
    """What can be moved in a case; ``used`` are the regions of its plan."""
    numbers = []
    for rule in case.rules:
        if rule.severity != "hard" or rule.kind not in swept_kinds() or not rule.figure:
            continue
        number = family(rule.kind).number
        unit = number.unit if number else ""
        share = rule.limit <= 1.0 and not unit
        highest, step = (1.0, 0.01) if share else (rule.limit * 2.0, rule.limit / 50.0)
        words = f"{'Cap' if rule.figure == 'cap' else 'Floor'}: {rule.title.rstrip('.')}"
        unit = "" if share else case.settings.currency if unit in ("", MONEY) else unit
        numbers.append(Control(f"{LIMIT}{rule.id}", words, rule.limit, 0.0, highest, step, unit))
    names = names_of(case)
    market = case.regions[case.regions["market"]]
    for group in sorted(set(market["vendor_group"])):
        words = f"Prices of {names.get(group, group)}"
        numbers.append(Control(f"{PRICE}{group}", words, 0.0, -50.0, 100.0, 1.0, "%"))
    for currency in sorted({currency for currency, _ in case.rates.by_year}):
        numbers.append(Control(f"{EXCHANGE}{currency}", f"Price of {currency}", 0.0, -30.0, 50.0, 1.0, "%"))
    numbers.append(Control(GROWTH, "Demand", 0.0, -50.0, 100.0, 1.0, "%"))
    choices = [
        Choice(line, _told(line, names))
        for line in usual(case, set(used))
        if line.split(":")[0] in _TAKEN_AWAY
    ]
    return Controls(tuple(numbers), tuple(choices))


def asked(pairs: Iterable[tuple[str, str]], controls: Controls) -> Question:
    """The question of a query's pairs; what says what the case says is left out.

    Raises
    ------
    UnknownName
        If a name is none of the controls, or a value is no number of its range.
    """
    known = {control.name: control for control in controls.numbers}
    lines = [choice.line for choice in controls.choices]
    numbers: dict[str, float] = {}
    gone: set[str] = set()
    for name, text in pairs:
        if name == GONE:
            if text not in lines:
                raise UnknownName("thing to take away", text[:80], lines)
            gone.add(text)
            continue
        if name not in known:
            raise UnknownName("control", name[:80], list(known))
        control = known[name]
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not isfinite(value) or not control.lowest <= value <= control.highest:
            raise UnknownName(
                f"value of {name} within {control.lowest:g} and {control.highest:g}:", text[:80], []
            )
        if value != control.stated:
            numbers[name] = value
    return Question(dict(sorted(numbers.items())), tuple(line for line in lines if line in gone))


def names_of(case: Case) -> dict[str, str]:
    """Vendor groups and regions as people know them."""
    vendors = case.catalog.vendors
    names = {
        str(group): " / ".join(sorted(set(rows["name"]))) for group, rows in vendors.groupby("vendor_group")
    }
    return names | dict(zip(case.regions["region"], case.regions["name"], strict=True))


def _told(line: str, names: Mapping[str, str]) -> str:
    kind, _, subject = line.partition(":")
    words = {
        "vendor-gone": "is gone",
        "region-gone": f"({subject}) closes",
        "cable-cut": "is cut",
        "cut-off": "takes its vendors away",
    }
    return f"{names.get(subject, subject)} {words[kind]}"
