"""What every check is handed: the folder, the question, the claims, the rules to judge by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar, cast

from planner.audit.case import Case
from planner.audit.claims import Claims
from planner.audit.findings import Finding
from planner.audit.places import Places
from planner.audit.reading import Folder
from planner.policy.rules import Rule

Found = TypeVar("Found")
TOLERANCE = Decimal("0.000001")
"""Shares closer than this are equal; a plan's files hold twelve digits of a float."""


@dataclass(frozen=True)
class Context:
    """One audit.

    Attributes
    ----------
    rules
        The rules the plan is judged by.
    places
        Verdicts on places under the rules of the case itself: they decide what is contestable and
        which excuses are due, whatever other pack is asked for.
    judged
        Verdicts on places under ``rules``.
    made_by_planner
        Whether the folder claims to come whole from the planner; then a table that is missing is a
        fault. A public part of a plan claims that tables were left out: they are not checked.
    in_part
        Names of input tables from which a public part of a plan claims that rows were taken.
    found
        What several checks need and only one works out (:meth:`once`).
    """

    folder: Folder
    case: Case
    claims: Claims
    rules: tuple[Rule, ...]
    own_rules: tuple[Rule, ...]
    places: Places
    judged: Places
    stage: str
    made_by_planner: bool
    in_part: frozenset[str] = frozenset()
    found: dict[object, object] = field(default_factory=dict)

    def once(self, work: Callable[[Context], Found]) -> Found:
        """What a function finds in this audit; it is called the first time only."""
        if work not in self.found:
            self.found[work] = work(self)
        return cast(Found, self.found[work])

    def holds(self, tables: Iterable[str]) -> bool:
        """Are these tables of the inputs whole?"""
        return self.in_part.isdisjoint(tables)

    def missing(self, check: str, table: str) -> Finding:
        """The finding on a table that the folder lacks."""
        status = "fail" if self.made_by_planner else "not checked"
        message = f"{table} is missing, so this was not checked"
        return Finding(check, "fail" if status == "fail" else "not checked", table, message)


Check = Callable[[Context], Iterable[Finding]]
RuleCheck = Callable[[Context, Rule], Iterable[Finding]]


def listed(parts: Sequence[str], most: int = 5) -> str:
    """The first few sentences of a list, and how many more."""
    more = f"; and {len(parts) - most} more" if len(parts) > most else ""
    return "; ".join(parts[:most]) + more
