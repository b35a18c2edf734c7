"""A pack that extends another may make rules stricter and add its own; it may loosen nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from planner.policy.kinds import KINDS
from planner.policy.parameters import Parameter
from planner.policy.rules import Rule

_STRENGTH = {"report": 0, "evidence": 1, "warn": 1, "hard": 2}


def loosened(base: Rule, new: Rule) -> list[tuple[str, str]]:
    """What ``new`` would loosen of ``base``, which it restates or supersedes: (column, problem).

    Empty when every (workload, region, period) and figure that ``base`` forbids stays forbidden.
    """
    if new.kind != base.kind:
        return [("kind", f"is {new.kind}; the rule it restates is {base.kind}")]
    faults = []
    if _STRENGTH[new.declared_severity] < _STRENGTH[base.declared_severity]:
        faults.append(("severity", f"is weaker than {base.declared_severity}"))
    if new.waivable and not base.waivable:
        faults.append(("waivable", "lets a rule be waived that could not be"))
    if new.is_parameter and not base.is_parameter:
        faults.append(("is_parameter", "lets a case change what it could not change"))
    if new.confidence > base.confidence and new.confidence in "CD" and base.confidence in "AB":
        faults.append(("confidence", "makes a rule that binds at once wait for its adoption"))
    if new.valid_from > base.valid_from:
        faults.append(("valid_from", f"is later than {base.valid_from}"))
    if (new.valid_to or date.max) < (base.valid_to or date.max):
        faults.append(("valid_to", f"is earlier than {base.valid_to or 'never'}"))
    faults += _selection(base.select, new.select)
    for parameter in KINDS[base.kind].parameters:
        before, after = base.parameters.get(parameter.name), new.parameters.get(parameter.name)
        if not _as_strict(parameter, before, after):
            faults.append((f"parameters.{parameter.name}", f"is looser than {_shown(before)}"))
    return faults


def _selection(
    base: Mapping[str, Mapping[str, tuple[str, ...]]], new: Mapping[str, Mapping[str, tuple[str, ...]]]
) -> list[tuple[str, str]]:
    faults = []
    for table, columns in new.items():
        for column, values in columns.items():
            held = base.get(table, {}).get(column)
            if held is None or not set(held) <= set(values):
                faults.append((f"select.{table}.{column}", "leaves out what the rule it restates selects"))
    return faults


def _as_strict(parameter: Parameter, before: Any, after: Any) -> bool:
    if before == after:
        return True
    if after is None:
        return parameter.stricter == "true" and not before
    if before is None:
        return parameter.stricter != "same"
    if parameter.stricter == "lower":
        return bool(after <= before)
    if parameter.stricter == "higher":
        return bool(after >= before)
    if parameter.stricter == "fewer":
        return set(after) <= set(before)
    if parameter.stricter == "more":
        return set(after) >= set(before)
    return parameter.stricter == "true" and bool(after)


def _shown(value: Any) -> str:
    if value is None:
        return "nothing stated"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
