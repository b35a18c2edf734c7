"""What a user stated, as groups of the program: a workload to place, a rule, a limit.

An explanation never names a row: it names what the user wrote, and all rows of it stand or fall
together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from planner.eligibility import BUILT_IN, Eligibility
from planner.inputs import Case
from planner.model.build import Model
from planner.model.names import decode
from planner.model.scopes import SHARE_KINDS
from planner.policy.rules import Rule

Kind = Literal["workload", "filter", "share", "latency", "capacity", "other"]
ORDER: tuple[Kind, ...] = ("other", "share", "capacity", "latency", "filter", "workload")
"""The order in which a deletion filter tries to do without a group: rules over everything first, so
that what stays is close to the workloads."""


WHOLE = ("demand", "backup")
"""Families whose equations say that the whole of a workload is served or backed up."""


ROOM = ("capacity", "refuge")
"""Families that a row of ``capacity.csv`` limits: what runs in a region, and what would flee there."""


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
    """

    kind: Kind
    id: str
    rule: Rule | None = None
    subject: str = ""

    @property
    def by_parameter(self) -> bool:
        """Does its cap or floor give, and not the bound of a row?"""
        return self.kind == "share" or (self.rule is not None and self.rule.kind == "exit")

    @property
    def legal(self) -> bool:
        """Does a legal source stand behind it? Then nobody who plans may let it give."""
        return self.rule is not None and not self.rule.is_parameter


def blocked_by(case: Case, eligibility: Eligibility) -> dict[str, np.ndarray]:
    """Where each filter blocks: rule id to a boolean array (workload, region, period)."""
    shape = eligibility.allowed.shape
    w = {name: i for i, name in enumerate(case.workloads["workload"])}
    r = {name: i for i, name in enumerate(case.regions["region"])}
    t = {name: i for i, name in enumerate(case.periods["period"])}
    out: dict[str, np.ndarray] = {}
    for row in eligibility.excuses.itertuples(index=False):
        blocks = out.setdefault(str(row.rule), np.zeros(shape, dtype=bool))
        blocks[
            w[str(row.workload)], r[str(row.region)], t[str(row.period_from)] : t[str(row.period_to)] + 1
        ] = True
    return out


def opened(case: Case, blocks: dict[str, np.ndarray], allowed: np.ndarray) -> np.ndarray:
    """What would be allowed were there no filter rules: facts (no price, not open yet) still hold.

    ``blocks`` and ``allowed`` are those of one role: of work, or of a copy kept ready.
    """
    wider = np.repeat(case.alive[:, None, :], len(case.regions), axis=1)
    for rule, where in blocks.items():
        if rule in BUILT_IN:
            wider &= ~where
    return np.asarray(wider | allowed)


def row_groups(model: Model) -> tuple[list[Group], np.ndarray]:
    """The groups that rows belong to.

    Returns
    -------
    (groups, of_row)
        ``of_row`` gives the group of each row of the program, -1 for rows that only tie columns
        together and so state nothing that could give.
    """
    groups: list[Group] = []
    number: dict[str, int] = {}
    of_row = np.full(model.rows, -1, dtype=np.int64)
    for block in model.blocks:
        if model.family(block).states is None:
            continue
        start = model.starts[block.family]
        for i, group in enumerate(_groups_of(model, block.family)):
            if group is None:
                continue
            if group.id not in number:
                number[group.id] = len(groups)
                groups.append(group)
            of_row[start + i] = number[group.id]
    return groups, of_row


def filter_groups(case: Case, names: Iterable[str]) -> list[Group]:
    """One group for each filter rule among the names of what blocks anything."""
    rules = {rule.id: rule for rule in case.rules}
    return [Group("filter", rule, rules.get(rule)) for rule in sorted(set(names)) if rule not in BUILT_IN]


def _groups_of(model: Model, family: str) -> list[Group | None]:
    """The group of each row of a family; None for rows that only tie columns together."""
    rules = {rule.id: rule for rule in model.index.case.rules}
    block = model.block(family)
    keys = decode(model, block.keys)
    if family in WHOLE:
        # Of a backup the rows that add up to one state something; the others keep it apart.
        states = block.lower == block.upper
        return [
            Group("workload", str(w), None, str(w)) if whole else None
            for w, whole in zip(keys["workload"], states, strict=True)
        ]
    if family == "latency":
        named = model.index.wanted_coverage["rule"]
        return [
            Group("latency", f"{rule} for {w}", rules.get(str(rule)), str(w))
            for rule, w in zip(named, keys["workload"], strict=True)
        ]
    if family == "survival":
        # What [survival] of the case asks is the question; what a rule asks could give.
        return [_survival(model, *key) for key in block.keys[["e", "w", "t"]].to_numpy(dtype=int).tolist()]
    if family in ROOM:
        return [_capacity({str(k): v for k, v in row.items()}) for row in keys.to_dict("records")]
    if family in SHARE_KINDS:
        return [Group("share", str(name), rules.get(str(name))) for name in keys["rule"]]
    shown = [c for c in keys.columns if c not in ("period", "slice", "rule", "ceiling")]
    out: list[Group | None] = []
    for row in keys.to_dict("records"):
        rule = rules.get(str(row.get("rule", "")))
        words = " ".join(_plain(row[c]) for c in shown if str(row[c]))
        name = rule.id if rule else f"{family.replace('_', ' ')} of {words}".removesuffix(" of ")
        out.append(Group("other", name, rule, words))
    return out


def _survival(model: Model, e: int, w: int, t: int) -> Group | None:
    rule = model.index.losses.rule(e, w, t)
    return None if rule is None else Group("other", rule.id, rule)


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _capacity(key: dict[str, object]) -> Group:
    payer = f" for {key['payer']}" if key.get("payer") else ""
    return Group(
        "capacity", f"capacity of {key['subject']} ({key['resource']}){payer}", None, str(key["subject"])
    )
