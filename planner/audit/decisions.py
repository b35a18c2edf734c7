"""The decision record of each workload: where, under which rules, and why not elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from planner.audit.case import PLACES
from planner.audit.checks.shares import SHARE_KINDS
from planner.audit.context import Context
from planner.audit.filters import Facts, selected
from planner.audit.findings import Finding, spans, text
from planner.audit.places import PRICED
from planner.policy.rules import Rule

WHOLE = ("budget", "carbon")
"""Kinds of rules judged on all that is bought, by year or period."""

_LABELS = {"domestic", "foreign"}


def decisions(context: Context, findings: Iterable[Finding]) -> tuple[Mapping[str, Any], ...]:
    """One record a workload.

    A record holds where the workload is (``placed``) and ``why``, which regions were open to it
    (``open``), each rule that was evaluated on it, on a region or vendor group that carries it or, of
    rules on carbon and cash, on the plan with it, with verdict, slack and the figures used (``rules``), and
    for each other region the first rule that forbids it (``rejected``). Why one open region was taken
    and not another is a matter of cost over the whole plan, which the audit does not solve again.
    """
    rules = {rule.id: rule for rule in context.rules}
    by_subject: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.rule in rules:
            by_subject.setdefault(finding.subject, []).append(finding)
    return tuple(_record(context, rules, by_subject, workload) for workload in sorted(context.case.workloads))


def _record(
    context: Context, rules: Mapping[str, Rule], by_subject: Mapping[str, list[Finding]], workload: str
) -> dict[str, Any]:
    names = context.case.names
    placed: dict[tuple[str, str, str], list[int]] = {}
    for p in context.claims.placements:
        if p.workload == workload:
            placed.setdefault((p.region, p.role, text(p.share)), []).append(p.t)
    at = {region for region, _, _ in placed}
    mine = list(by_subject.get(workload, ()))
    for subject in sorted(at | {context.case.regions[r]["vendor_group"] for r in at} | _LABELS):
        mine += [f for f in by_subject.get(subject, ()) if f.check in (*SHARE_KINDS, "exit")]
    for found in by_subject.values():
        mine += [f for f in found if f.check in WHOLE and _concerns(context, rules[f.rule], workload, at)]
    alive = context.places.alive[workload]
    open_to, rejected = [], []
    for region in sorted(context.case.regions):
        blocks = context.places.blocks(workload, region)
        if not context.holds(PLACES):
            blocks = tuple(b for b in blocks if b.by not in PRICED)
        shut = 0
        for block in blocks:
            shut |= block.periods
        if alive & ~shut:
            open_to.append(region)
        if blocks:
            first = blocks[0]
            periods = [p.t for p in context.case.periods if first.periods >> p.t & 1]
            rejected.append(
                {"region": region, "rule": first.by, "reason": first.reason, "periods": spans(names, periods)}
            )
    row = context.case.workloads[workload]
    return {
        "workload": workload,
        "agency": row["agency"],
        "classification": row["classification"],
        "nccp_tier": row.get("nccp_tier", ""),
        "placed": [
            {"region": region, "role": role, "share": share, "periods": spans(names, periods)}
            for (region, role, share), periods in placed.items()
        ],
        "why": _why(len(open_to)),
        "open": open_to,
        "rules": [_evaluated(rules[f.rule], f) for f in mine],
        "rejected": rejected,
    }


def _concerns(context: Context, rule: Rule, workload: str, at: Iterable[str]) -> bool:
    """Does a rule on the whole plan count what is bought for the workload where it is placed?"""
    case = context.case
    payer = case.agencies.get(case.payer(workload), {}) if rule.kind == "budget" else {}
    return any(selected(rule, Facts({}, payer, case.regions[region])) for region in at)


def _why(choices: int) -> str:
    if choices < 2:
        return "no other region is open to it" if choices else "no region is open to it"
    return f"one of {choices} regions open to it, a choice of cost over the whole plan"


def _evaluated(rule: Rule, finding: Finding) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "pack": rule.pack,
        "kind": rule.kind,
        "source_date": rule.date,
        "clause": rule.clause,
        "confidence": rule.confidence,
        "verified_by": rule.verified_by,
        "subject": finding.subject,
        "verdict": finding.status,
        "slack": finding.numbers.get("slack", ""),
        "numbers": dict(finding.numbers),
        "message": finding.message,
    }
