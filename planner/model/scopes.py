"""Scopes of shares: whose amounts a rule on shares adds up, by which basis.

Two rules with the same selection and basis share one scope and so one set of ``amount`` columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.case.schema import RESOURCES
from planner.eligibility import Eligibility, binds
from planner.inputs import Case
from planner.policy.kinds import KINDS
from planner.policy.rules import Rule
from planner.policy.select import workloads_of


@dataclass(frozen=True)
class Scope:
    """One set of amounts by vendor group and period.

    Attributes
    ----------
    name
        Shown to people, e.g. ``contestable spend``.
    basis
        ``spend``, ``reference_spend``, ``resource`` or ``critical``.
    resource
        The resource of basis ``resource``; otherwise empty.
    member
        Boolean (workload, period): contestable and selected by the rule.
    """

    name: str
    basis: str
    resource: str
    member: np.ndarray


@dataclass(frozen=True)
class ShareRule:
    """A hard rule on shares with its scope (a position in the list of scopes) and periods."""

    rule: Rule
    scope: int
    periods: np.ndarray


def share_rules(case: Case, eligibility: Eligibility) -> tuple[tuple[Scope, ...], tuple[ShareRule, ...]]:
    """The scopes and share rules of a case, in the order of the rules."""
    scopes: list[Scope] = []
    rules: list[ShareRule] = []
    for rule in case.rules:
        if rule.severity != "hard" or not KINDS[rule.kind].of_shares:
            continue
        selected = workloads_of(rule, case.workloads, case.agencies)
        basis = rule.parameters["basis"]
        if basis == "critical":
            selected = selected & case.workloads["critical"].to_numpy()
        member = eligibility.contestable & selected[:, None]
        resource = rule.parameters.get("resource", "") if basis == "resource" else ""
        at = _position(scopes, basis, resource, member)
        if at == len(scopes):
            what = {"resource": resource, "critical": "critical vcpu"}.get(basis, basis.replace("_", " "))
            part = "" if selected.all() else f" of {rule.id}"
            scopes.append(Scope(f"contestable {what}{part}", basis, resource, member))
        rules.append(ShareRule(rule, at, binds(rule, case.periods)))
    return tuple(scopes), tuple(rules)


def _position(scopes: list[Scope], basis: str, resource: str, member: np.ndarray) -> int:
    for i, scope in enumerate(scopes):
        if (scope.basis, scope.resource) == (basis, resource) and np.array_equal(scope.member, member):
            return i
    return len(scopes)


def constant_weight(case: Case, scope: Scope, reference: np.ndarray) -> np.ndarray | None:
    """Weight (workload, period) of one whole placement for bases that do not depend on the place.

    ``None`` for basis ``spend``, whose weight depends on where and what is bought. ``reference``
    is the reference spend (workload, period).
    """
    if scope.basis == "spend":
        return None
    if scope.basis == "reference_spend":
        return reference
    resource = scope.resource if scope.basis == "resource" else "vcpu"
    return np.asarray(case.demand[:, RESOURCES.index(resource), :])
