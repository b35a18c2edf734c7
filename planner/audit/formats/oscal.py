"""An audit as OSCAL assessment results (NIST, version 1.0.6 of the model)."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from planner import __version__
from planner.audit.findings import Audit, Finding
from planner.audit.formats.decision import blocked, judged, part, told

VERSION = "1.0.6"
NAMESPACE = uuid.UUID("6f5c3c1e-0d7b-5b52-9a0f-2d4b3c1a7e11")
"""Names are turned into ids under this constant, so the same audit gives the same ids."""

OURS = "https://planner.invalid/ns/audit"
"""Namespace of our own properties; ``.invalid`` is never a real address (RFC 2606)."""


def oscal(audit: Audit, when: datetime) -> str:
    """One result with an observation and a finding for each of ours; rules are the controls reviewed."""
    stamp = when.strftime("%Y-%m-%dT%H:%M:%SZ")
    observations, findings = [], []
    for number, finding in enumerate(audit.findings):
        observation = _id(audit, f"observation {number}")
        observations.append(_observation(finding, observation, stamp))
        findings.append(_finding(audit, finding, number, observation))
    for record in audit.decisions:
        observations.append(_decision(record, _id(audit, f"decision {record['workload']}"), stamp))
    controls = sorted({_token(f.rule or f.check) for f in audit.findings})
    title = _line(f"Audit of {audit.plan} at stage {audit.stage}")
    result = {
        "uuid": _id(audit, "result"),
        "title": title,
        "description": _line(audit.summary()),
        "start": stamp,
        "end": stamp,
        "reviewed-controls": {
            "control-selections": [{"include-controls": [{"control-id": control} for control in controls]}]
        },
        "observations": observations,
        "findings": findings,
    }
    document = {
        "assessment-results": {
            "uuid": _id(audit, f"results {stamp}"),
            "metadata": {
                "title": title,
                "last-modified": stamp,
                "version": __version__,
                "oscal-version": VERSION,
                **({"remarks": _line(audit.marking)} if audit.marking else {}),
            },
            "import-ap": {"href": "#assessment-plan", "remarks": "The packs of rules stand for a plan."},
            "results": [result],
        }
    }
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _observation(finding: Finding, name: str, stamp: str) -> dict[str, Any]:
    numbers = [_property(key, value) for key, value in finding.numbers.items() if _line(value)]
    return {
        "uuid": name,
        "title": _line(f"{finding.rule or finding.check}: {finding.subject}"),
        "description": _line(finding.message) or "none",
        "methods": ["TEST"],
        "collected": stamp,
        **({"props": numbers} if numbers else {}),
        **({"remarks": _line(finding.source)} if finding.source else {}),
    }


def _decision(record: Mapping[str, Any], name: str, stamp: str) -> dict[str, Any]:
    """An observation by examination: where a workload is, each rule's verdict, what forbids other places."""
    props = [_property("placed", p["region"], part(p)) for p in record["placed"]]
    props += [_property("open", region) for region in record["open"]]
    props += [
        _property("verdict", r["verdict"], f"{r['rule']} on {r['subject']}: {judged(r)}", r["rule"])
        for r in record["rules"]
    ]
    props += [
        _property("first-blocking-rule", r["rule"], f"{r['region']}: {blocked(r)}", r["rule"])
        for r in record["rejected"]
    ]
    return {
        "uuid": name,
        "title": _line(f"decision: {record['workload']}"),
        "description": _line("; ".join(told(record)[: 3 + len(record["placed"])])),
        "methods": ["EXAMINE"],
        "collected": stamp,
        "props": [p for p in props if p["value"]],
    }


def _finding(audit: Audit, finding: Finding, number: int, observation: str) -> dict[str, Any]:
    satisfied = finding.status in ("pass", "report")
    reason = {"pass": "pass", "report": "other", "not checked": "other", "exception": "other"}
    status: Mapping[str, str] = {
        "state": "satisfied" if satisfied else "not-satisfied",
        "reason": reason.get(finding.status, "fail"),
        "remarks": finding.status,
    }
    return {
        "uuid": _id(audit, f"finding {number}"),
        "title": _line(f"{finding.rule or finding.check}: {finding.subject}"),
        "description": _line(finding.message) or "none",
        "props": [_property("status", finding.status.replace(" ", "-"))]
        + ([_property("confidence", finding.confidence)] if finding.confidence else []),
        "target": {
            "type": "objective-id",
            "target-id": _token(finding.rule or finding.check),
            "status": dict(status),
        },
        "related-observations": [{"observation-uuid": observation}],
    }


def _property(name: str, value: str, remarks: str = "", kind: str = "") -> dict[str, str]:
    return {
        "name": _token(name),
        "ns": OURS,
        "value": _line(value),
        **({"class": _token(kind)} if kind else {}),
        **({"remarks": _line(remarks)} if _line(remarks) else {}),
    }


def _id(audit: Audit, name: str) -> str:
    return str(uuid.uuid5(NAMESPACE, f"{audit.plan}\n{audit.stage}\n{', '.join(audit.packs)}\n{name}"))


def _token(name: str) -> str:
    """A name as OSCAL's token: a letter or underscore, then letters, digits, dots, hyphens, underscores."""
    token = re.sub(r"[^\w.-]", "-", name, flags=re.ASCII)
    return token if re.match(r"[A-Za-z_]", token) else f"_{token}"


def _line(text: str) -> str:
    """Text on one line, without white space at its ends."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
