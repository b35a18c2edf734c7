"""Irreducible sets of colliding statements: take any one away and the rest can be obeyed.

The duals of the least-breach program name a set that cannot be obeyed together (a certificate of
Farkas); a deletion filter over whole groups then makes it irreducible (J. W. Chinneck, Feasibility
and Infeasibility in Optimization, 2008, chapter 6).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.explain.elastic import Elastic, Program
from planner.explain.groups import ORDER
from planner.lp.outcome import Outcome
from planner.model.statement import Group
from planner.tolerances import BREACH, SUM

MOST = 5
"""Independent conflicts looked for; a case with more is better mended one by one."""


@dataclass(frozen=True)
class Conflict:
    """An irreducible set.

    Attributes
    ----------
    members
        Numbers of the groups, in the order of the program.
    periods
        Numbers of the periods in which a placement falls short when the members are breached least.
    """

    members: tuple[int, ...]
    periods: tuple[int, ...]

    @property
    def first_period(self) -> int:
        """Number of the first period in which it happens; 0 if it happens in none alone."""
        return self.periods[0] if self.periods else 0

    def groups(self, program: Program) -> list[Group]:
        return [program.groups[g] for g in self.members]


def conflicts(elastic: Elastic) -> list[Conflict]:
    """Disjoint irreducible sets, found one after the other; empty when the case has a plan.

    The rules of each set are set aside before the next is looked for, so that sets share nothing
    but workloads.
    """
    program = elastic.program
    enforced = np.ones(len(program.groups), dtype=bool)
    found: list[Conflict] = []
    while len(found) < MOST:
        outcome = elastic.breach(enforced)
        if not outcome.objective > BREACH:
            break
        # Whole-number choices have no duals to read a certificate from.
        candidates = enforced if elastic.whole else _certificate(program, outcome, enforced)
        conflict = _irreducible(elastic, candidates, enforced)
        found.append(conflict)
        rules = [g for g in conflict.members if program.groups[g].kind != "workload"]
        enforced[rules or list(conflict.members)] = False
    return found


def _certificate(program: Program, outcome: Outcome, enforced: np.ndarray) -> np.ndarray:
    """Groups that the duals prove to collide: boolean array (group,)."""
    named = np.zeros(len(program.groups), dtype=bool)
    held = np.abs(outcome.dual[program.slack_row]) > SUM
    named[program.slack_group[held]] = True
    # A forbidden placement costs 1. It counts unless it would not be wanted even for nothing.
    wanted = outcome.reduced_cost[program.at] < 1.0 - SUM
    named[program.first_filter :] = (program.forbidden & wanted[None, :]).any(axis=1)
    return np.asarray(named & enforced)


def _irreducible(elastic: Elastic, candidates: np.ndarray, enforced: np.ndarray) -> Conflict:
    program = elastic.program
    if not elastic.breach(candidates).objective > BREACH:
        candidates = enforced.copy()  # the certificate was too faint to read: begin with everything
    keep = candidates.copy()
    order = sorted(
        np.flatnonzero(candidates).tolist(),
        key=lambda g: (ORDER.index(program.groups[g].kind), program.groups[g].id),
    )
    _do_without(elastic, keep, order, False)
    return Conflict(tuple(np.flatnonzero(keep).tolist()), _periods(elastic, keep))


def _do_without(elastic: Elastic, keep: np.ndarray, order: list[int], needed: bool) -> bool:
    """Take out of ``keep``, one after the other, each group without which the rest still collides.

    Many go at once where all of them may: what collides without all of them collides without each.
    So the set found is that of the groups tried one by one, for a few tests a member.

    Parameters
    ----------
    needed
        Whether it is known that the rest does not collide without all of ``order``.

    Returns
    -------
    bool
        Whether all of them went.
    """
    if not needed:
        keep[order] = False
        if elastic.breach(keep).objective > BREACH:
            return True
        keep[order] = True
    if len(order) > 1:
        half = len(order) // 2
        first = _do_without(elastic, keep, order[:half], False)
        _do_without(elastic, keep, order[half:], first)
    return False


def _periods(elastic: Elastic, members: np.ndarray) -> tuple[int, ...]:
    """Periods in which the least breach of the members happens."""
    program = elastic.program
    outcome = elastic.breach(members)
    period_of_row = np.concatenate(
        [
            b.keys["t"].to_numpy(dtype=np.int64) if "t" in b.keys else np.full(len(b.keys), -1)
            for b in program.model.blocks
        ]
    )
    slack = outcome.x[program.columns :]
    breached = (slack > SUM) & members[program.slack_group]
    forced = program.forbidden[members[program.first_filter :]].any(axis=0)
    forced &= outcome.x[program.at] > SUM
    found = {
        *period_of_row[program.slack_row[breached]].tolist(),
        *program.closable["t"].to_numpy()[forced].tolist(),
    }
    return tuple(sorted(t for t in found if t >= 0))
