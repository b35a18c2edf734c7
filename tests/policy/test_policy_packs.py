"""Packs are read strictly: every mistake in a file is reported at once, with its row and a mend."""

from datetime import date
from pathlib import Path

import pytest

from planner.policy.load import read_packs
from planner.policy.pack import read_pack

DAY = date(2026, 11, 23)
GOOD = {
    "id": '"keep-home"',
    "kind": '"residency"',
    "title": '"Data stay at home."',
    "severity": '"hard"',
    "confidence": '"A"',
    "instrument": '"Act 1"',
    "clause": '"s.2"',
    "url": '"https://example.org/act"',
    "date": '"2025-03"',
    "valid_from": "2025-04-01",
    "waivable": "false",
    "fix": '"Choose a region at home."',
    "select.workload.classification": '["rasmi"]',
    "parameters.countries": '["MY"]',
    "parameters.roles": '["primary"]',
}


def pack(*rules):
    """TOML of a pack whose rules are GOOD with changes; ``None`` takes a key out."""
    text = 'schema = 1\ntitle = "Test"\n'
    for changes in rules:
        keys = {k: v for k, v in {**GOOD, **changes}.items() if v is not None}
        text += "\n[[rule]]\n" + "".join(f"{k} = {v}\n" for k, v in keys.items())
    return text


def problems_of(folder: Path, text: str):
    (folder / "p.toml").write_text(text, encoding="utf-8")
    rules, problems, _ = read_packs(["./p.toml"], folder, {}, DAY, DAY)
    return rules, problems


def test_a_good_rule_is_read_with_all_that_it_says(tmp_path):
    rules, problems = problems_of(tmp_path, pack({}))
    assert problems == []
    (rule,) = rules
    assert (rule.id, rule.kind, rule.severity, rule.standing) == (
        "keep-home",
        "residency",
        "hard",
        "in force",
    )
    assert rule.select == {"workload": {"classification": ("rasmi",)}}
    assert rule.parameters == {"countries": ("MY",), "roles": ("primary",)}
    assert (rule.valid_from, rule.valid_to) == (date(2025, 4, 1), None)
    assert rule.label() == "keep-home (A)"
    assert rule.source_line() == "Act 1, s.2, 2025-03, https://example.org/act"
    assert rule.selects() == "workload.classification in rasmi"


BROKEN = {
    "unknown kind": ({"kind": '"residence"'}, "kind", "Did you mean 'residency'?"),
    "unknown key": ({"titel": '"x"'}, "titel", "Did you mean 'title'?"),
    "missing key": ({"fix": None}, "fix", "Add it"),
    "missing id": ({"id": None}, "id", "Add it"),
    "blank title": ({"title": '""'}, "title", ""),
    "line break": ({"title": '"a\\nb"'}, "title", "Take it out"),
    "wrong type": ({"waivable": '"no"'}, "waivable", ""),
    "unsafe id": ({"id": '"a b"'}, "id", ""),
    "unknown severity": ({"severity": '"must"'}, "severity", "hard"),
    "unknown confidence": ({"confidence": '"E"'}, "confidence", "A"),
    "date in words": ({"date": '"March 2025"'}, "date", "YYYY"),
    "impossible date": ({"date": '"2025-02-30"'}, "date", "YYYY"),
    "date and time": ({"valid_from": "2025-04-01T00:00:00"}, "valid_from", ""),
    "text for a date": ({"valid_from": '"2025-04-01"'}, "valid_from", ""),
    "ends before it begins": ({"valid_to": "2025-01-01"}, "valid_to", ""),
    "unknown parameter": ({"parameters.cities": '["KL"]'}, "parameters.cities", "countries"),
    "missing parameter": ({"parameters.roles": None}, "parameters.roles", ""),
    "parameter out of its choices": ({"parameters.roles": '["main"]'}, "parameters.roles", ""),
    "empty list": ({"parameters.countries": "[]"}, "parameters.countries", ""),
    "list with a repeat": ({"parameters.countries": '["MY", "MY"]'}, "parameters.countries", ""),
    "number among names": ({"parameters.countries": "[1]"}, "parameters.countries", ""),
    "boolean as text": ({"parameters.sovereign": '"true"'}, "parameters.sovereign", ""),
    "unknown table": ({"select.site.state": '["Johor"]'}, "select.site", ""),
    "unknown column": (
        {"select.workload.clasification": '["rasmi"]'},
        "select.workload.clasification",
        "classification",
    ),
    "unknown value": ({"select.workload.nccp_tier": '["secret"]'}, "select.workload.nccp_tier", ""),
    "number column": ({"select.workload.min_units": '["1"]'}, "select.workload.min_units", ""),
    "TOML boolean": ({"select.workload.critical": "[true]"}, "select.workload.critical", '"true"'),
    "boolean in words": ({"select.workload.critical": '["yes"]'}, "select.workload.critical", "true"),
    "text for a list": ({"select.region.country": '"MY"'}, "select.region.country", ""),
    "parameter without benchmark": ({"is_parameter": "true"}, "benchmark", ""),
    "supersedes nothing known": ({"supersedes": '["other"]'}, "supersedes", ""),
    "supersedes itself": ({"supersedes": '["keep-home"]'}, "supersedes", ""),
    "supersedes a number": ({"supersedes": "[1]"}, "supersedes", ""),
    "severity of another kind": ({"severity": '"evidence"'}, "severity", ""),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_named_with_its_column_and_a_mend(tmp_path, name):
    changes, column, hint = BROKEN[name]
    _, problems = problems_of(tmp_path, pack(changes))
    hits = [p for p in problems if p.column.endswith(column)]
    assert hits, problems
    assert all(p.problem and p.mend for p in hits)
    assert any(hint in p.mend for p in hits), hits


SHARE = {
    "kind": '"vendor_share"',
    "parameters.countries": None,
    "parameters.roles": None,
    "parameters.cap": "0.4",
    "parameters.basis": '"spend"',
}


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"parameters.cap": "0.0"}, "cap"),
        ({"parameters.cap": "1.01"}, "cap"),
        ({"parameters.cap": "nan"}, "cap"),
        ({"parameters.cap": "true"}, "cap"),
        ({"parameters.cap": '"0.4"'}, "cap"),
        ({"parameters.basis": '"resource"'}, "resource"),
        ({"parameters.resource": '"vcpu"'}, "resource"),
        ({"parameters.basis": '"money"'}, "basis"),
    ],
)
def test_numbers_and_bases_are_bounded(tmp_path, change, column):
    _, problems = problems_of(tmp_path, pack({**SHARE, **change}))
    assert [p.column for p in problems] == [f"keep-home.parameters.{column}"]


def test_a_share_of_a_resource_is_read(tmp_path):
    rules, problems = problems_of(
        tmp_path, pack({**SHARE, "parameters.basis": '"resource"', "parameters.resource": '"vcpu"'})
    )
    assert problems == []
    assert rules[0].parameters == {"cap": 0.4, "basis": "resource", "resource": "vcpu"}


def test_all_problems_are_reported_at_once_with_the_row_of_each_rule(tmp_path):
    text = pack({"kind": '"residence"'}, {"id": '"second"', "severity": '"must"', "confidence": '"E"'})
    _, problems = problems_of(tmp_path, text)
    lines = text.splitlines()
    rows = {p.column: p.row for p in problems}
    assert set(rows) == {"keep-home.kind", "second.severity", "second.confidence"}
    assert lines[rows["keep-home.kind"] - 1] == 'id = "keep-home"'
    assert lines[rows["second.severity"] - 1] == 'id = "second"'


def test_one_id_in_two_packs_is_refused(tmp_path):
    (tmp_path / "p.toml").write_text(pack({}), encoding="utf-8")
    (tmp_path / "q.toml").write_text(pack({}), encoding="utf-8")
    _, problems, _ = read_packs(["./p.toml", "./q.toml"], tmp_path, {}, DAY, DAY)
    assert [(p.file, p.value, p.problem) for p in problems] == [("q.toml", "keep-home", "appears twice")]


@pytest.mark.parametrize(
    "name",
    ["../p.toml", "./../p.toml", "./sub/p.toml", "/p.toml", "./p.csv", "p.toml", "Malaysia", "", "./..toml"],
)
def test_a_pack_is_shipped_or_lies_in_the_case_folder(tmp_path, name):
    case = tmp_path / "case"
    (case / "sub").mkdir(parents=True)
    for place in (tmp_path, case / "sub"):
        (place / "p.toml").write_text(pack({}), encoding="utf-8")
    rules, problems, files = read_packs([name], case, {}, DAY, DAY)
    assert rules == ()
    assert files == ()
    assert len(problems) == 1
    assert problems[0].column == "packs"


def test_a_link_out_of_the_case_folder_is_refused(tmp_path):
    (tmp_path / "p.toml").write_text(pack({}), encoding="utf-8")
    case = tmp_path / "case"
    case.mkdir()
    (case / "p.toml").symlink_to(tmp_path / "p.toml")
    _, problems, _ = read_packs(["./p.toml"], case, {}, DAY, DAY)
    assert [p.column for p in problems] == ["packs"]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"schema = 1\ntitle = \n", "not valid TOML"),
        (b'schema = 1\ntitle = "\xff"\n', "not UTF-8"),
        (b'schema = 2\ntitle = "x"\n', "version"),
        (b'schema = 1\ntitle = "x"\n', "not a list of sections"),
        (b'schema = 1\ntitle = "x"\nrule = 3\n', "not a list of sections"),
        (b'schema = 1\ntitle = "x"\nrules = []\n', "unknown"),
        (b"schema = 1\n[[rule]]\n", "missing"),
        (b"", "version"),
    ],
)
def test_a_file_that_is_no_pack_is_a_problem_not_a_traceback(tmp_path, content, word):
    (tmp_path / "p.toml").write_bytes(content)
    rules, problems = read_pack(tmp_path / "p.toml", "p.toml", "./p.toml")
    assert rules == []
    assert any(word in p.problem for p in problems), problems


def test_a_pack_that_is_absent_is_a_problem(tmp_path):
    for name in ("./p.toml", "no-such-pack"):
        _, problems, _ = read_packs([name], tmp_path, {}, DAY, DAY)
        assert [p.problem for p in problems] == ["the pack is missing"]


ODD = ("[]", "{}", '""', "1", "-1.5", "true", "1979-05-27", "07:32:00", "nan", "[[1]]", "[{}]", '"\\u0007"')


@pytest.mark.parametrize("key", [*GOOD, "supersedes", "review_by", "select.agency", "parameters", "select"])
def test_no_value_of_any_key_raises(tmp_path, key):
    for odd in ODD:
        base = {k: None for k in GOOD if k.startswith(f"{key}.")}
        rules, problems = problems_of(tmp_path, pack({**base, key: odd}))
        assert len(rules) == 1 or problems, (key, odd)
