"""The record of a constraint family: all that the planner knows of it, beside the function that states it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from planner.errors import PlannerError
from planner.model.block import Block, no_rows
from planner.model.context import Context
from planner.model.index import Index
from planner.model.lever import Lever
from planner.model.names import decode
from planner.model.statement import Group, Kind, Loosened
from planner.policy.rules import Rule

MONEY = "money"
"""Unit of rows in money: stated in the case's currency, and in the program in its own unit of money."""


@dataclass(frozen=True)
class Row:
    """One row of a program: number ``number`` of its block; ``names`` are its keys as people know them."""

    family: Family
    context: Context
    block: Block
    number: int
    names: Mapping[str, Any]

    def key(self, name: str) -> Any:
        """A column of its key, as it is in the block."""
        return self.block.keys[name].iloc[self.number]

    @property
    def scale(self) -> float:
        """Size, in the program, of one unit of its bound as people state it."""
        return float(self.block.scale[self.number]) / self.family.size(self.context)

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


def rule_named(row: Row) -> str:
    """The rule that the row's key names; without one the name of the family, as rules are written."""
    return str(row.names.get("rule") or row.family.name.replace("_", "-"))


def rule_by_id(context: Context, name: object) -> Rule | None:
    """The rule of the case with this id, if there is one."""
    return next((rule for rule in context.index.case.rules if rule.id == name), None)


def by_key(row: Row) -> Group:
    """The statement of all rows of a rule; without a rule of those of one key, whatever period and slice."""
    rule = rule_by_id(row.context, row.names.get("rule"))
    shown = [v for k, v in row.names.items() if k not in ("period", "slice", "rule", "ceiling") and str(v)]
    words = " ".join(f"{v:g}" if isinstance(v, float) else str(v) for v in shown)
    name = f"{row.family.name.replace('_', ' ')} of {words}".removesuffix(" of ")
    return Group("other", rule.id if rule else name, rule, words)


def bound_said(row: Row, period: int, open_now: np.ndarray) -> str:
    """What a limit is, and the rule behind it."""
    group, money = row.family.group(row), row.family.unit == MONEY
    amount = f"{row.block.upper[row.number] / row.scale:,.6g}{f' {row.unit}' if money else ''}"
    if group is None or group.rule is None:
        return f"{group.id if group else row.subject} is {amount}"
    return f"{group.rule.label()}: {group.rule.title}{f' The cap is {amount}.' if money else ''}"


@dataclass(frozen=True)
class Number:
    """The number that a user stated of a family, and which a lever moves.

    Attributes
    ----------
    lever
        Of a rule whose rows in the block are given; its rows are counted within the block.
    unit
        Of the number: blank for a share, :data:`MONEY`, or a unit in words.
    most
        Largest value that has a meaning; ``None`` without end.
    coefficients
        Does it stand in coefficients, so that loosening moves it and not the bound of a row?
    swept
        Is it the cap or floor of a rule, which a frontier sweeps?
    """

    lever: Callable[[Context, Block, np.ndarray, Rule], Lever]
    unit: str = ""
    most: float | None = 1.0
    coefficients: bool = False
    swept: bool = True


@dataclass(frozen=True)
class Holders:
    """Whose amounts a family of shares holds against a cap or floor.

    Attributes
    ----------
    key
        Column of the key that names them: ``g`` of a vendor group, ``r`` of a region.
    together
        Boolean (group,): those whose amounts are added up; ``None``: each has a row of its own.
    subject
        What those together are called.
    floor
        Is it a floor, which they must reach?
    """

    key: Literal["g", "r"] = "g"
    together: Callable[[Index], np.ndarray] | None = None
    subject: str = ""
    floor: bool = False


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
    states, group
        What kind of statement of the user a row is, ``None`` for rows that state nothing; and which
        statement a row belongs to, ``None`` for one that states nothing.
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
    said
        What the statement says with its numbers when it collides with others: as of a period (its number),
        where facts and filters leave room (boolean: workload, region, period).
    loosened
        What has to be done to loosen it so far.
    slack
        What one whole unit of slack loosens in each row, in units of the program before scaling: all of
        what it is a part of. By default its bound.
    missed
        Subject and unit of what is missed, where loosening tells that and no new bound.
    number
        The number that a lever moves, if there is one.
    holders
        Whose amounts it holds against a cap or floor, of a family of shares.
    """

    name: str
    build: Callable[[Context], Block | None]
    keys: Sequence[str]
    role: Literal["ties", "structure", "limit", "flight"] = "ties"
    applies: Callable[[Context], bool] = lambda context: True
    states: Kind | None = None
    group: Callable[[Row], Group | None] = by_key
    of_machines: bool = False
    unit: str = "share"
    subject: Callable[[Row], str] = lambda row: next(map(str, row.names.values()))
    rule: Callable[[Row], str] = rule_named
    per: str = "one more {unit}"
    binds: str = "{per} of {subject} would save"
    point: bool = False
    whole: Callable[[Context, Block, np.ndarray], np.ndarray] | None = None
    broken: tuple[str, str] | None = None
    said: Callable[[Row, int, np.ndarray], str] = bound_said
    loosened: Callable[[Loosened], str] = lambda by: (
        f"{by.verb} {by.id} from {by.now:,.6g} to {by.needed:,.6g} {by.unit}{by.when}"
    )
    slack: Callable[[Context, Block], np.ndarray] | None = None
    missed: tuple[str, str] | None = None
    number: Number | None = None
    holders: Holders | None = None

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

    def rows(self, context: Context, block: Block, numbers: np.ndarray) -> Iterable[Row]:
        """Some rows of a block of it, with the names that people know."""
        names = decode(context, block.keys.iloc[numbers]).to_dict("records")
        for number, row in zip(numbers.tolist(), names, strict=True):
            yield Row(self, context, block, number, {str(k): v for k, v in row.items()})

    def lever(self, context: Context, block: Block, rule: Rule) -> Lever:
        """The lever of a rule's number; its rows are counted within the block.

        Raises
        ------
        PlannerError
            If the family has no such number, or the rule no rows in the program.
        """
        rows = self.rows(context, block, np.arange(len(block.keys)))
        own = np.array([row.number for row in rows if row.rule == rule.id], dtype=np.int64)
        if self.number is None or not len(own):
            raise PlannerError(f"rule {rule.id} limits nothing in this case")
        return self.number.lever(context, block, own, rule)
