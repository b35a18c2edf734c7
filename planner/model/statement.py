"""What a user stated, as a group of the program: a workload to place, a rule, a limit.

An explanation never names a row: it names what the user wrote, and all rows of it stand or fall
together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from planner.policy.rules import Rule

if TYPE_CHECKING:
    from planner.model.family import Family

Kind = Literal["workload", "filter", "share", "latency", "capacity", "other"]


@dataclass(frozen=True)
class Group:
    """One statement of the user.

    Attributes
    ----------
    id
        Name shown to people and unique among the groups: a rule id, ``tax`` for a workload,
        ``capacity of region (vcpu)``, ``latency-target for tax``.
    rule
        The rule behind it, if one is.
    subject
        The workload, or the subject of a capacity; empty for rules over everything.
    family
        That of its rows, or of the first of them; ``None`` of a filter, which has none.
    """

    kind: Kind
    id: str
    rule: Rule | None = None
    subject: str = ""
    family: Family | None = None

    @property
    def by_parameter(self) -> bool:
        """Does its cap or floor give, and not the bound of a row?"""
        return self.family is not None and self.family.number is not None and self.family.number.coefficients

    @property
    def legal(self) -> bool:
        """Does a legal source stand behind it? Then nobody who plans may let it give."""
        return self.rule is not None and not self.rule.is_parameter


@dataclass(frozen=True)
class Loosened:
    """How far a statement gives: from ``now`` to ``needed`` of ``unit``; ``when`` is "" or " in 2027-01"."""

    id: str
    subject: str
    now: float
    needed: float
    unit: str
    when: str = ""

    @property
    def verb(self) -> str:
        return "raise" if self.needed > self.now else "lower"


def share_loosened(by: Loosened) -> str:
    """Of a cap or floor that is a share; its unit is what it is called."""
    return f"{by.verb} the {by.unit} of {by.id} from {by.now:.2%} to {by.needed:.2%}"
