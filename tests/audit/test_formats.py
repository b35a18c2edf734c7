"""Every format: valid against its official schema, and safe whatever a plan says."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from audit.small_plan import edit

from planner.audit.audit import audit
from planner.audit.findings import Audit
from planner.audit.formats import FORMATS
from planner.audit.formats.table import with_decisions
from planner.plan.folder import write_manifest

SCHEMAS = Path(__file__).parent / "schemas"
WHEN = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
EVIL = "<script>alert(1)</script>\x1b[2J]]>&\u2028"


@pytest.fixture
def mixed(plan: Path) -> Audit:
    """An audit with findings of every status, and with hostile text in names."""
    edit(plan / "excuses.csv", lambda rows: [*rows, {**rows[0], "workload": EVIL, "rule": "NONE"}])
    (plan / "latency.csv").unlink()
    (plan / "inputs" / "evidence.csv").write_text("subject,kind,reference,date\n", encoding="utf-8")
    write_manifest(plan)
    return audit(plan)


def oscal_schema() -> dict[str, object]:
    """NIST's schema, its Unicode classes written as this language's regular expressions know them."""
    text = (SCHEMAS / "oscal_assessment-results_schema_1.0.6.json").read_text(encoding="utf-8")
    known = text.replace(r"[\\p{L}", r"[^\\W\\d_").replace(r"\\p{L}", r"[^\\W\\d_]")
    loaded: dict[str, object] = json.loads(known.replace(r"\\p{N}", r"\\d"))
    return loaded


def test_sarif_is_valid_against_the_schema_of_oasis(mixed: Audit, plan: Path) -> None:
    schema = json.loads((SCHEMAS / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
    for found in (mixed, audit(plan)):
        log = json.loads(FORMATS["sarif"](found, WHEN))
        jsonschema.Draft7Validator(schema).validate(log)
        assert len(log["runs"][0]["results"]) == len(found.findings)


def test_a_waiver_is_a_suppression_in_sarif(plan: Path) -> None:
    results = json.loads(FORMATS["sarif"](audit(plan), WHEN))["runs"][0]["results"]
    waived = [r for r in results if r["properties"]["status"] == "exception"]
    assert waived
    assert all(r["suppressions"][0]["status"] == "accepted" for r in waived)


def test_oscal_is_valid_against_the_schema_of_nist(mixed: Audit, plan: Path) -> None:
    validator = jsonschema.Draft7Validator(oscal_schema())
    for found in (mixed, audit(plan)):
        document = json.loads(FORMATS["oscal"](found, WHEN))
        validator.validate(document)
        result = document["assessment-results"]["results"][0]
        assert len(result["findings"]) == len(found.findings)
        unmet = [f for f in result["findings"] if f["target"]["status"]["state"] == "not-satisfied"]
        assert len(unmet) == sum(f.status not in ("pass", "report") for f in found.findings)


def test_the_schemas_can_refuse(plan: Path) -> None:
    document = json.loads(FORMATS["oscal"](audit(plan), WHEN))
    document["assessment-results"]["results"][0]["findings"][0]["uuid"] = "no uuid"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(oscal_schema()).validate(document)


def test_junit_counts_what_failed(mixed: Audit) -> None:
    root = ElementTree.fromstring(FORMATS["junit"](mixed, WHEN))
    assert len(root.findall(".//testcase")) == len(mixed.findings) + len(mixed.decisions)
    for suite in root.findall("testsuite"):
        for tag, count in (("testcase", "tests"), ("failure", "failures"), ("skipped", "skipped")):
            assert len(suite.findall(f".//{tag}")) == int(suite.get(count, "")), suite.get("name")
    assert len(root.findall(".//failure")) == mixed.counts()["fail"]
    assert len(root.findall(".//skipped")) == mixed.counts()["exception"] + mixed.counts()["not checked"]


def test_the_page_runs_nothing_that_a_plan_says(mixed: Audit) -> None:
    page = FORMATS["html"](mixed, WHEN)
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_table_sends_no_control_character_to_a_terminal(mixed: Audit) -> None:
    table = FORMATS["table"](mixed, WHEN)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", table)
    assert table.splitlines()[-1] == mixed.summary()


def test_the_table_shows_decisions_when_asked(mixed: Audit) -> None:
    plain, shown = FORMATS["table"](mixed, WHEN), with_decisions(mixed, WHEN)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", shown)
    *same, summary = plain.splitlines()
    assert shown.splitlines()[: len(same)] == same
    assert shown.splitlines()[-1] == summary
    new = shown.splitlines()[len(same) : -1]
    assert new[0] == "decisions:"
    assert [line.split(" ")[2] for line in new[1:] if line[2] != " "] == sorted(
        ["secret", "portal", "store", "forms", "clinic"]
    )
    assert [line for line in new if line.startswith("    rule QUICK on clinic: pass; slack 0.1; ")]
    assert [line for line in new if line.startswith("    rejected: north:a: SECRET in 2027-01 to ")]


def test_json_holds_findings_and_a_decision_for_each_workload(plan: Path) -> None:
    document = json.loads(FORMATS["json"](audit(plan), WHEN))
    decisions = {d["workload"]: d for d in document["decisions"]}
    assert set(decisions) == {"secret", "portal", "store", "forms", "clinic"}
    secret = decisions["secret"]
    assert secret["placed"] == [
        {"region": "own:room", "role": "primary", "share": "1", "periods": "2027-01 to 2027-04"}
    ]
    assert secret["open"] == ["own:room"]
    assert secret["why"] == "no other region is open to it"
    assert decisions["portal"]["why"].startswith("one of 4 regions open to it")
    assert {(r["region"], r["rule"]) for r in secret["rejected"]} == {
        (region, "SECRET") for region in ("north:a", "north:b", "south:a", "east:a")
    }
    evaluated = {r["rule"]: r for r in decisions["clinic"]["rules"]}
    assert evaluated["QUICK"]["verdict"] == "pass"
    assert evaluated["QUICK"]["slack"] == "0.1"
    assert evaluated["AT-HOME"]["numbers"] == {"regions": "2"}


def test_junit_holds_a_decision_for_each_workload(plan: Path) -> None:
    root = ElementTree.fromstring(FORMATS["junit"](audit(plan), WHEN))
    suite = root.find("testsuite[@name='decisions']")
    assert suite is not None
    said = {case.get("name"): str(case.findtext("system-out")).splitlines() for case in suite}
    assert set(said) == {"secret", "portal", "store", "forms", "clinic"}
    assert "placed: own:room: primary, 1, 2027-01 to 2027-04" in said["secret"]
    assert "open to it: own:room" in said["secret"]
    assert [line for line in said["secret"] if line.startswith("rejected: north:a: SECRET in 2027-01 to ")]
    assert [line for line in said["clinic"] if line.startswith("rule QUICK on clinic: pass; slack 0.1; ")]


def test_oscal_holds_a_decision_for_each_workload(plan: Path) -> None:
    found = audit(plan)
    result = json.loads(FORMATS["oscal"](found, WHEN))["assessment-results"]["results"][0]
    examined = {o["title"]: o for o in result["observations"] if o["methods"] == ["EXAMINE"]}
    assert len(result["observations"]) == len(found.findings) + len(examined)
    assert set(examined) == {f"decision: {w}" for w in ("secret", "portal", "store", "forms", "clinic")}
    secret = examined["decision: secret"]
    props = [(p["name"], p["value"], p.get("class", ""), p.get("remarks", "")) for p in secret["props"]]
    assert ("placed", "own:room", "", "primary, 1, 2027-01 to 2027-04") in props
    assert ("open", "own:room", "", "") in props
    blocked = {
        p[3].split(": SECRET")[0] for p in props if p[:3] == ("first-blocking-rule", "SECRET", "SECRET")
    }
    assert blocked == {"north:a", "north:b", "south:a", "east:a"}
    clinic = [p for p in examined["decision: clinic"]["props"] if p.get("class") == "QUICK"]
    assert [(p["name"], p["value"]) for p in clinic] == [("verdict", "pass")]
    assert clinic[0]["remarks"].startswith("QUICK on clinic: slack 0.1; ")


def test_the_page_holds_each_rule_of_a_decision(plan: Path) -> None:
    page = FORMATS["html"](audit(plan), WHEN)
    assert "<p>No other region is open to it. Open to it: own:room.</p>" in page
    assert re.search(r"<td>QUICK</td><td>clinic</td><td>pass</td><td>0\.1</td>", page)


def test_the_same_plan_gives_the_same_bytes(plan: Path) -> None:
    for name, write in FORMATS.items():
        assert write(audit(plan), WHEN) == write(audit(plan), WHEN), name
