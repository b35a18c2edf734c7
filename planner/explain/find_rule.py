"""Rules by the names that people give them."""

from __future__ import annotations

from planner.errors import UnknownName
from planner.inputs import Case
from planner.policy.rules import Rule


def find_rule(case: Case, name: str, kinds: tuple[str, ...] = ()) -> Rule:
    """A rule by its id, or by its kind where the case has one rule of that kind (``vendor-share``).

    Parameters
    ----------
    kinds
        Only rules of these kinds; any by default.

    Raises
    ------
    UnknownName
        If no rule, or more than one, answers to the name.
    """
    rules = [r for r in case.rules if not kinds or r.kind in kinds]
    by_id = [r for r in rules if r.id == name]
    by_kind = [r for r in rules if r.kind.replace("_", "-") == name.replace("_", "-")]
    if len(by_id or by_kind) == 1:
        return (by_id or by_kind)[0]
    raise UnknownName("rule", name, [r.id for r in rules])
