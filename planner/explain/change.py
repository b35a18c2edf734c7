"""The same case with something changed: a rule's number, a rule taken away."""

from __future__ import annotations

from dataclasses import replace

from planner.inputs import Inputs
from planner.policy.rules import Rule


def enforced(inputs: Inputs, rule: Rule) -> Inputs:
    """The case with a rule held hard, whatever its standing."""
    changed = replace(rule, severity="hard")
    return replace(inputs, rules=tuple(changed if r.id == rule.id else r for r in inputs.rules))


def with_parameter(inputs: Inputs, rule: Rule, parameter: str, value: float) -> Inputs:
    """The case with one number of a rule set, and the rule held hard."""
    changed = replace(rule, parameters={**rule.parameters, parameter: value})
    return enforced(inputs, changed)


def without_rule(inputs: Inputs, rule_id: str) -> Inputs:
    """The case as if a rule did not exist."""
    return replace(inputs, rules=tuple(r for r in inputs.rules if r.id != rule_id))
