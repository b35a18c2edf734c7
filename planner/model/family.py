"""The record of a constraint family: all that the planner knows of it, beside the function that states it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from planner.model.block import Block, no_rows
from planner.model.context import Context
from planner.model.names import decode

MONEY = "money"
"""Unit of rows in money: stated in the case's currency, and in the program in its own unit of money."""


@dataclass(frozen=True)
class Row:
    """One row of a program: ``names`` are its keys as people know them."""

    family: Family
    context: Context
    block: Block
    at: int
    names: Mapping[str, Any]

    @property
    def subject(self) -> str:
        """Whom or what it is about."""
        return self.family.subject(self)

    @property
    def rule(self) -> str:
        """Id of the rule behind it, else what the user's table states, e.g. ``move-limit``."""
        return self.family.rule(self)

    @property
    def unit(self) -> str:
        """Unit of its bound in words."""
        currency = self.context.index.case.settings.currency
        return currency if self.family.unit == MONEY else self.family.unit.format(**self.names)

    @property
    def period(self) -> str:
        """The period, year or span that it binds; empty if it binds all of them."""
        return next((str(self.names[k]) for k in ("period", "year", "span") if k in self.names), "")

    def words(self, template: str, **figures: float | str) -> str:
        """A template filled in with its names, its subject, rule and unit, and figures."""
        own = {"subject": self.subject, "rule": self.rule, "unit": self.unit}
        return template.format(**{**self.names, **own, **figures})


def _always(context: Context) -> bool:
    return True


def rule_named(row: Row) -> str:
    """The rule that the row's key names; without one the name of the family, as rules are written."""
    return str(row.names.get("rule") or row.family.name.replace("_", "-"))


@dataclass(frozen=True)
class Family:
    """A constraint family. Templates are filled in by :meth:`Row.words`.

    Attributes
    ----------
    name
        Its name in the program and in every report; that of its file, and of the kind of its rules.
    build
        States its rows; ``None`` where it has nothing to say.
    keys
        Names of the columns of its keys.
    role
        ``ties``: ties columns together. ``structure``: says where work, copies and backups are. ``limit``: a
        limit that a user can loosen. ``flight``: room to flee to when something is lost.
    applies
        Is it part of a program at all?
    states
        What kind of statement of the user a row is; ``None`` for rows that state nothing.
    of_machines
        May machines that are rounded up break it?
    unit
        Unit of its bound: a template of the key's names, or :data:`MONEY`.
    subject, rule
        Of a row, in words.
    per, binds
        What one more of its limit is called, and what is said when it binds.
    point, whole
        Is one more a point, a hundredth of ``whole`` (by default 1) of each row at a solution?
    broken
        Who or what breaks it, and by how much, with figures ``value``, ``bound`` and ``by``; ``None`` if that
        is told in another way.
    """

    name: str
    build: Callable[[Context], Block | None]
    keys: Sequence[str]
    role: Literal["ties", "structure", "limit", "flight"] = "ties"
    applies: Callable[[Context], bool] = _always
    states: Literal["workload", "share", "latency", "capacity", "other"] | None = None
    of_machines: bool = False
    unit: str = "share"
    subject: Callable[[Row], str] = lambda row: next(map(str, row.names.values()))
    rule: Callable[[Row], str] = rule_named
    per: str = "one more {unit}"
    binds: str = "{per} of {subject} would save"
    point: bool = False
    whole: Callable[[Context, Block, np.ndarray], np.ndarray] | None = None
    broken: tuple[str, str] | None = None

    @property
    def is_room(self) -> bool:
        """Does it promise room to flee to?"""
        return self.role == "flight" and self.states == "capacity"

    def block(self, context: Context) -> Block:
        """Its rows in a program."""
        rows = self.build(context)
        return replace(rows if rows is not None else no_rows(self.keys), family=self.name)

    def size(self, context: Context) -> float:
        """How many of the units that people use one unit of its rows, before scaling, is."""
        return context.unit if self.unit == MONEY else 1.0

    def rows(self, context: Context, block: Block, at: np.ndarray) -> Iterable[Row]:
        """Some rows of a block of it, with the names that people know."""
        names = decode(context, block.keys.iloc[at]).to_dict("records")
        for number, row in zip(at.tolist(), names, strict=True):
            yield Row(self, context, block, number, {str(k): v for k, v in row.items()})
