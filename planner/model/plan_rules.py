"""Hard rules that bind a plan as a whole: the regions that they select and the periods that they bind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.eligibility import binds
from planner.inputs import Case
from planner.policy.rules import Rule
from planner.policy.select import regions_of


@dataclass(frozen=True)
class PlanRule:
    """A hard rule with its regions (region,) and periods (period,), both boolean."""

    rule: Rule
    regions: np.ndarray
    periods: np.ndarray


def plan_rules(case: Case, kind: str) -> tuple[PlanRule, ...]:
    """The hard rules of a kind, in the order of the rules."""
    return tuple(
        PlanRule(rule, regions_of(rule, case.regions), binds(rule, case.periods))
        for rule in case.rules
        if rule.kind == kind and rule.severity == "hard"
    )
