"""An audit as lines of text."""

from __future__ import annotations

from datetime import datetime

from planner.audit.findings import Audit, Finding
from planner.audit.formats.decision import told


def table(audit: Audit, when: datetime) -> str:
    """What failed, was waived, warns or was not checked, one a line; what passed by check; the summary."""
    return _written(audit, [])


def with_decisions(audit: Audit, when: datetime) -> str:
    """As :func:`table`, with the decision record of each workload before the summary."""
    lines = ["decisions:"] if audit.decisions else []
    for record in audit.decisions:
        first, *rest = told(record)
        lines += [f"  {_printable(first)}", *(f"    {_printable(line)}" for line in rest)]
    return _written(audit, lines)


def _written(audit: Audit, decisions: list[str]) -> str:
    lines = [line for line in (audit.marking, audit.title) if line]
    lines.append(f"audit of {audit.plan} at stage {audit.stage}; rules: {', '.join(audit.packs)}")
    shown = [f for f in audit.findings if f.status not in ("pass", "report")]
    lines += [_line(f) for f in shown]
    reported = [f for f in audit.findings if f.status == "report"]
    if reported:
        lines.append("reported only:")
        lines += [f"  {_printable(f'{f.label or f.check}: {f.subject}: {f.message}')}" for f in reported]
    passed: dict[str, int] = {}
    for finding in audit.findings:
        if finding.status == "pass":
            name = finding.rule or finding.check
            passed[name] = passed.get(name, 0) + 1
    lines.append("passed: " + ", ".join(f"{name} {count}" for name, count in sorted(passed.items())))
    return "\n".join([*lines, *decisions, audit.summary()]) + "\n"


def _line(finding: Finding) -> str:
    name = finding.label or finding.check
    line = f"{finding.status.upper()}  {name}: {finding.subject}: {finding.message}"
    if finding.status == "fail" and finding.fix:
        line += f" To mend: {finding.fix}"
    return _printable(line)


def _printable(line: str) -> str:
    """A line without control characters, which a terminal would obey."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)
