"""Words that a plan's tables hold, as reports say them: limits, steps, scopes, roles, the source of duals."""

from __future__ import annotations

import re

from planner.report.texts import tr, tr_noop

ROLES = {"primary": tr_noop("primary"), "standby": tr_noop("standby"), "backup": tr_noop("backup")}
_FAMILIES = {
    "vendor_share": tr_noop("vendor share"),
    "minimum_share": tr_noop("minimum share"),
    "region_share": tr_noop("region share"),
    "jurisdiction_share": tr_noop("jurisdiction share"),
    "capacity": tr_noop("capacity"),
    "latency": tr_noop("latency"),
    "budget": tr_noop("budget"),
    "ceiling": tr_noop("ceiling"),
    "carbon": tr_noop("carbon"),
    "exit": tr_noop("exit"),
    "move_limit": tr_noop("move limit"),
    "refuge": tr_noop("refuge"),
    "survival": tr_noop("survival"),
}
_STEPS = (tr_noop("one point of cap"), tr_noop("one point of floor"), tr_noop("one point of users"),
          tr_noop("one more tonne"), tr_noop("one more move"))  # fmt: skip
_ONE_MORE = re.compile(r"one more (\S+)")
_SCOPES = (
    tr_noop("all market spend"), tr_noop("contestable spend"), tr_noop("contestable reference spend"),
    tr_noop("contestable critical vcpu"),
)  # fmt: skip
_PART = re.compile(r"(contestable .*) of (\S+)")
_DUALS = (
    tr_noop("of the linear program that bounds the plan: choices and whole machines in parts"),
    tr_noop("of the program re-solved with its integers fixed"),
    tr_noop("none, because strong duality did not hold"),
)


def family(name: str) -> str:
    """A family of limits.

    >>> family("vendor_share")
    'vendor share'
    """
    return tr(_FAMILIES[name]) if name in _FAMILIES else name.replace("_", " ")


def step(words: str) -> str:
    """One step of a limit: ``one point of cap``, ``one more vcpu``."""
    resource = _ONE_MORE.fullmatch(words)
    if resource and words not in _STEPS:
        return tr("one more {resource}", resource=resource[1])
    return tr(words) if words in _STEPS else words


def scope(words: str) -> str:
    """What shares are of: ``contestable spend``, or a part of it that a rule selects."""
    part = _PART.fullmatch(words)
    if part:
        return tr("{scope} of {rule}", scope=scope(part[1]), rule=part[2])
    return tr(words) if words in _SCOPES else words


def duals(words: str) -> str:
    """Of which program prices at the margin are, or why there are none."""
    return tr(words) if words in _DUALS else words


def role(name: str) -> str:
    return tr(ROLES[name]) if name in ROLES else name
