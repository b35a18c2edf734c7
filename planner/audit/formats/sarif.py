"""An audit as SARIF 2.1.0, which code review tools show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from planner import __version__
from planner.audit.findings import Audit, Finding, Status

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_KINDS: Mapping[Status, tuple[str, str]] = {
    "fail": ("fail", "error"),
    "warn": ("fail", "warning"),
    "exception": ("fail", "note"),
    "not checked": ("open", "none"),
    "report": ("informational", "none"),
    "pass": ("pass", "none"),
}
"""Status to SARIF's kind and level."""


def sarif(audit: Audit, when: datetime) -> str:
    """One result a finding; a waiver is an accepted suppression."""
    names = sorted({f.rule or f.check for f in audit.findings})
    rules = {r.id: r for r in audit.rules}
    described = []
    for name in names:
        rule = rules.get(name)
        entry: dict[str, Any] = {"id": name, "shortDescription": {"text": rule.title if rule else name}}
        if rule:
            entry["fullDescription"] = {"text": rule.source_line()}
            entry["help"] = {"text": rule.fix}
            entry["properties"] = {"kind": rule.kind, "confidence": rule.confidence, "clause": rule.clause}
        described.append(entry)
    run = {
        "tool": {"driver": {"name": "planner audit", "version": __version__, "rules": described}},
        "results": [_result(f, names) for f in audit.findings],
        "columnKind": "unicodeCodePoints",
        "properties": {
            "plan": audit.plan,
            "stage": audit.stage,
            "summary": audit.summary(),
            "decisions": list(audit.decisions),
        },
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _result(finding: Finding, names: list[str]) -> dict[str, Any]:
    kind, level = _KINDS[finding.status]
    name = finding.rule or finding.check
    result: dict[str, Any] = {
        "ruleId": name,
        "ruleIndex": names.index(name),
        "kind": kind,
        "level": level,
        "message": {"text": f"{finding.subject}: {finding.message}"},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": "placements.csv"}},
                "logicalLocations": [{"fullyQualifiedName": finding.subject or finding.check}],
            }
        ],
        "properties": {"check": finding.check, "status": finding.status, "numbers": dict(finding.numbers)},
    }
    if finding.status == "exception":
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": finding.message}
        ]
    return result
