"""What a user stated, as groups of the program: a workload to place, a rule, a limit.

An explanation never names a row: it names what the user wrote, and all rows of it stand or fall
together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from planner.eligibility import BUILT_IN, Eligibility
from planner.inputs import Case
from planner.model.build import Model
from planner.model.statement import Group, Kind

ORDER: tuple[Kind, ...] = ("other", "share", "capacity", "latency", "filter", "workload")
"""The order in which a deletion filter tries to do without a group: rules over everything first, so
that what stays is close to the workloads."""


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
        family = model.family(block)
        if family.states is None:
            continue
        for row in family.rows(model, block, np.arange(len(block.keys))):
            group = family.group(row)
            if group is None:
                continue
            if group.id not in number:
                number[group.id] = len(groups)
                groups.append(replace(group, family=family))
            of_row[model.starts[block.family] + row.number] = number[group.id]
    return groups, of_row


def filter_groups(case: Case, names: Iterable[str]) -> list[Group]:
    """One group for each filter rule among the names of what blocks anything."""
    rules = {rule.id: rule for rule in case.rules}
    return [Group("filter", rule, rules.get(rule)) for rule in sorted(set(names)) if rule not in BUILT_IN]
