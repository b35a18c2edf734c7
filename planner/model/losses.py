"""What must survive which loss: of a vendor group, or of a region, one at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.eligibility import binds
from planner.inputs import Case
from planner.policy.rules import Rule
from planner.policy.select import workloads_of

NOBODY, THE_CASE = -1, 0


@dataclass(frozen=True)
class Losses:
    """Events, and who asks that a workload survives them.

    Attributes
    ----------
    events
        Groups, then regions, of the market. The government's own places are outside the market: what
        may run nowhere else is not asked to survive them.
    asked_by
        Whole numbers (event, workload, period): -1 if nobody asks, 0 if ``[survival]`` of the case does,
        otherwise one more than the position in ``rules`` of the first that does.
    rules
        Hard rules of kind ``survival``.
    """

    events: tuple[str, ...]
    asked_by: np.ndarray
    rules: tuple[Rule, ...]

    @property
    def asked(self) -> np.ndarray:
        """Boolean (event, workload, period)."""
        return np.asarray(self.asked_by != NOBODY)

    def rule(self, e: int, w: int, t: int) -> Rule | None:
        """The rule that asks; ``None`` where the case does, or nobody."""
        number = int(self.asked_by[e, w, t])
        return self.rules[number - 1] if number > THE_CASE else None


def read_losses(case: Case, groups: tuple[str, ...]) -> Losses:
    """The losses that a case and its rules ask to survive."""
    survive = case.settings.survive
    rules = tuple(r for r in case.rules if r.kind == "survival" and r.severity == "hard")
    wanted = {*survive, *(of for rule in rules for of in rule.parameters["of"])}
    market = case.regions.loc[case.regions["market"], "region"].tolist()
    named = {"vendor_groups": groups if "vendor_groups" in wanted else (),
             "regions": tuple(market) if "regions" in wanted else ()}  # fmt: skip
    kinds = np.array([of for of, names in named.items() for _ in names], dtype=object)
    asked_by = np.full((len(kinds), *case.alive.shape), NOBODY, dtype=np.int64)
    critical = case.workloads["critical"].to_numpy(dtype=bool)
    asked_by[np.ix_(np.isin(kinds, survive), critical)] = THE_CASE
    for number, rule in enumerate(rules, start=1):
        who = workloads_of(rule, case.workloads, case.agencies)
        where = np.ix_(np.isin(kinds, rule.parameters["of"]), who, binds(rule, case.periods))
        mine = asked_by[where]
        asked_by[where] = np.where(mine == NOBODY, number, mine)
    return Losses((*named["vendor_groups"], *named["regions"]), asked_by, rules)
