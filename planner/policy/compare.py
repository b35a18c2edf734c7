"""What differs between two packs of rules, and whether it makes them stricter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from planner.policy.extend import loosened
from planner.policy.notices import Notice
from planner.policy.rules import Rule

ADDED, GONE, CHANGED = "added", "gone", "changed"
_NOT_COMPARED = ("pack",)
Named = TypeVar("Named", Rule, Notice)


@dataclass(frozen=True)
class Change:
    """One rule or notice that differs.

    Attributes
    ----------
    what
        ``rule`` or ``notice``.
    change
        ``added``, ``gone`` or ``changed``.
    details
        (field, before, after) of what changed.
    effect
        Of a changed rule: ``not looser`` if whatever the first forbids the second forbids too, ``looser``
        with what is loosened otherwise; blank where only words changed.
    """

    what: str
    change: str
    id: str
    title: str
    details: tuple[tuple[str, str, str], ...] = ()
    effect: str = ""


def compare_packs(
    before: tuple[Sequence[Rule], Sequence[Notice]], after: tuple[Sequence[Rule], Sequence[Notice]]
) -> list[Change]:
    """All differences between the rules and notices of two packs, rules first, by id."""
    return [
        *_changes("rule", before[0], after[0]),
        *_changes("notice", before[1], after[1]),
    ]


def _changes(what: str, before: Iterable[Named], after: Iterable[Named]) -> list[Change]:
    old, new = ({one.id: one for one in side} for side in (before, after))
    found = []
    for name in sorted(old.keys() | new.keys()):
        if name not in old:
            found.append(Change(what, ADDED, name, new[name].title))
        elif name not in new:
            found.append(Change(what, GONE, name, old[name].title))
        elif details := _details(old[name], new[name]):
            effect = _effect(old[name], new[name], details)
            found.append(Change(what, CHANGED, name, new[name].title, details, effect))
    return found


def _details(before: Any, after: Any) -> tuple[tuple[str, str, str], ...]:
    names = [field.name for field in fields(before) if field.name not in _NOT_COMPARED]
    pairs = ((name, _words(getattr(before, name)), _words(getattr(after, name))) for name in names)
    return tuple((name, one, other) for name, one, other in pairs if one != other)


def _effect(before: Any, after: Any, details: Iterable[tuple[str, str, str]]) -> str:
    binding = {"kind", "declared_severity", "confidence", "select", "parameters", "valid_from", "valid_to"}
    if not isinstance(before, Rule) or not binding & {name for name, _, _ in details}:
        return ""
    faults = loosened(before, after)
    told = "; ".join(f"{column} {problem}" for column, problem in faults)
    return f"looser: {told}" if faults else "not looser"


def _words(value: Any) -> str:
    if hasattr(value, "items"):
        return "; ".join(f"{key} = {_words(one)}" for key, one in sorted(value.items()))
    return ", ".join(_words(one) for one in value) if isinstance(value, (tuple, list)) else str(value)
