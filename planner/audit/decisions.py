"""The decision record of each workload: where, under which rules, and why not elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from planner.audit.case import PLACES
from planner.audit.checks.shares import SHARE_KINDS
from planner.audit.context import Context
from planner.audit.findings import Finding, spans, text
from planner.audit.places import PRICED
from planner.policy.rules import Rule


def decisions(context: Context, findings: Iterable[Finding]) -> tuple[Mapping[str, Any], ...]:
    """One record a workload.

    A record holds where the workload is (``placed``), which regions were open to it (``open``), each
    rule that was evaluated on it or on a vendor group that carries it, with verdict, slack and the
    figures used (``rules``), and for each other region the first rule that forbids it (``rejected``).
    Why one open region was taken and not another is a matter of cost over the whole plan, which the
    audit does not solve again.
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
    groups = {context.case.regions[region]["vendor_group"] for region, _, _ in placed}
    mine = list(by_subject.get(workload, ()))
    for subject in sorted(groups | {"domestic"}):
        mine += [f for f in by_subject.get(subject, ()) if f.check in (*SHARE_KINDS, "exit")]
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
        "open": open_to,
        "rules": [_evaluated(rules[f.rule], f) for f in mine],
        "rejected": rejected,
    }


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
