"""The same case with something changed: a rule's number, a rule taken away."""

from __future__ import annotations

from dataclasses import replace

from planner.inputs import Case
from planner.policy.rules import Rule


def enforced(case: Case, rule: Rule) -> Case:
    """The case with a rule held hard, whatever its standing."""
    changed = replace(rule, severity="hard")
    return replace(case, rules=tuple(changed if r.id == rule.id else r for r in case.rules))


def with_parameter(case: Case, rule: Rule, parameter: str, value: float) -> Case:
    """The case with one number of a rule set, and the rule held hard."""
    changed = replace(rule, parameters={**rule.parameters, parameter: value})
    return enforced(case, changed)
