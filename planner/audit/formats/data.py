"""An audit as JSON, and as JUnit XML for a build server."""

from __future__ import annotations

import json
import re
from datetime import datetime
from xml.etree import ElementTree

from planner.audit.findings import Audit, Finding
from planner.audit.formats.decision import told

DECISIONS = "decisions"
"""Name of the suite of decision records."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_json(audit: Audit, when: datetime) -> str:
    """JSON with sorted keys."""
    return json.dumps(audit.document(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def junit(audit: Audit, when: datetime) -> str:
    """One test suite a check, one test case a finding; what was waived or not checked is skipped."""
    root = ElementTree.Element("testsuites", name=_clean(f"audit of {audit.plan}"))
    suites: dict[str, list[Finding]] = {}
    for finding in audit.findings:
        suites.setdefault(finding.check, []).append(finding)
    for check, findings in sorted(suites.items()):
        failures = sum(f.status == "fail" for f in findings)
        skipped = sum(f.status in ("exception", "not checked") for f in findings)
        suite = ElementTree.SubElement(
            root, "testsuite", name=check, tests=str(len(findings)), failures=str(failures), errors="0",
            skipped=str(skipped),
        )  # fmt: skip
        for finding in findings:
            name = f"{finding.rule} {finding.subject}".strip()
            case = ElementTree.SubElement(suite, "testcase", classname=check, name=_clean(name))
            if finding.status == "fail":
                ElementTree.SubElement(case, "failure", message=_clean(finding.message)).text = _clean(
                    finding.source
                )
            elif finding.status in ("exception", "not checked"):
                ElementTree.SubElement(
                    case, "skipped", message=_clean(f"{finding.status}: {finding.message}")
                )
            else:
                ElementTree.SubElement(case, "system-out").text = _clean(
                    f"{finding.status}: {finding.message}"
                )
    _decisions(root, audit)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _decisions(root: ElementTree.Element, audit: Audit) -> None:
    """A suite of its own: one test case a workload that says what was decided and never fails.

    What fails is a finding, and counted once.
    """
    if not audit.decisions:
        return
    count = str(len(audit.decisions))
    suite = ElementTree.SubElement(
        root, "testsuite", name=DECISIONS, tests=count, failures="0", errors="0", skipped="0"
    )
    for record in audit.decisions:
        case = ElementTree.SubElement(suite, "testcase", classname=DECISIONS, name=_clean(record["workload"]))
        ElementTree.SubElement(case, "system-out").text = _clean("\n".join(told(record)))


def _clean(value: str) -> str:
    """Text without the characters that XML cannot hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", value)
