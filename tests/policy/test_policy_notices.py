"""Notices: what is not law is never shown as law, restricts nothing, and is refused where half stated."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from planner.errors import BadInput
from planner.policy.alone import read_alone
from planner.policy.compare import compare_packs
from planner.policy.notices import STATUSES

ROOT = Path(__file__).parents[2]
PACK = """schema = 1
title = "A pack"

[[rule]]
id = "R-1"
kind = "residency"
title = "Stays in the country."
severity = "hard"
confidence = "B"
instrument = "A law"
clause = "s.1"
date = "2026-01-01"
valid_from = 2026-01-01
waivable = false
fix = "Choose a region in the country."
parameters.countries = ["XX", "YY"]
parameters.roles = ["primary"]

[[notice]]
id = "N-1"
title = "A bill was tabled."
status = "bill"
bearing = "May narrow R-1."
confidence = "C"
instrument = "A bill"
date = "2026-06"
"""


def planner(*args):
    return subprocess.run(
        [sys.executable, "cli.py", "policy", *args], cwd=ROOT, capture_output=True, text=True, check=False
    )


def _pack(tmp_path, text=PACK, name="one"):
    path = tmp_path / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_notice_is_no_rule_and_shows_its_status(tmp_path):
    pack = read_alone(_pack(tmp_path))
    assert [rule.id for rule in pack.rules] == ["R-1"]
    assert [notice.label() for notice in pack.notices] == ["N-1 [bill, not law; C, to be verified]"]
    run = planner("show", _pack(tmp_path))
    lines = run.stdout.splitlines()
    told = lines.index("To know; none of these is a rule, and nothing is held to them:")
    assert lines[told + 1] == "N-1 [bill, not law; C, to be verified] A bill was tabled."
    assert all("N-1" not in line for line in lines[:told])


@pytest.mark.parametrize(
    ("old", "new", "column", "problem"),
    [
        ('status = "bill"', 'status = "in force"', "N-1.status", "is not an allowed value"),
        ('status = "bill"\n', "", "N-1.status", "is missing"),
        ('date = "2026-06"', 'date = "June"', "N-1.date", "is not a date"),
        ('bearing = "May', 'severity = "hard"\nbearing = "May', "N-1.severity", "is unknown"),
        ('id = "N-1"', 'id = "R-1"', "R-1.id", "is the id of something else too"),
    ],
)
def test_a_notice_that_is_wrong(tmp_path, old, new, column, problem):
    assert old in PACK
    with pytest.raises(BadInput) as wrong:
        read_alone(_pack(tmp_path, PACK.replace(old, new)))
    assert (column, problem) in {(p.column, p.problem) for p in wrong.value.problems}


def test_what_the_sources_say_of_2026_is_in_the_packs_and_is_called_what_it_is():
    notices = {n.id: n for name in ("malaysia-2026", "malaysia-states") for n in read_alone(name).notices}
    assert {n.id for n in notices.values() if n.status == "bill"} == {"MY-BILL-CYBERCRIMES", "MY-WATCH-02"}
    assert notices["MY-DSA-01"].status == "law"
    assert notices["MY-AI-01"].status == "guideline"
    assert notices["MY-PDP-01"].status == "not applicable"
    for notice in notices.values():
        assert notice.url.startswith("https://")
        assert notice.date
        if notice.status not in ("law", "not applicable"):
            assert "not law" in STATUSES[notice.status]
    rules = {rule.id for name in ("malaysia-2026", "malaysia-states") for rule in read_alone(name).rules}
    assert not rules & set(notices)


def test_packs_that_are_equal_do_not_differ(tmp_path):
    pack = read_alone(_pack(tmp_path))
    again = read_alone(_pack(tmp_path, name="two"))
    assert compare_packs((pack.rules, pack.notices), (again.rules, again.notices)) == []


def test_diff_tells_what_is_added_gone_stricter_and_looser(tmp_path):
    stricter = PACK.replace('["XX", "YY"]', '["XX"]').replace('id = "N-1"', 'id = "N-2"')
    one, two = _pack(tmp_path), _pack(tmp_path, stricter, "two")
    found = json.loads(planner("diff", one, two, "--json").stdout)
    assert [(c["what"], c["change"], c["id"], c["effect"]) for c in found] == [
        ("rule", "changed", "R-1", "not looser"),
        ("notice", "gone", "N-1", ""),
        ("notice", "added", "N-2", ""),
    ]
    assert found[0]["details"] == [
        ["parameters", "countries = XX, YY; roles = primary", "countries = XX; roles = primary"]
    ]
    back = planner("diff", two, one).stdout
    assert "looser: parameters.countries is looser than XX" in back
    words = _pack(tmp_path, PACK.replace("Stays in", "Remains in"), "three")
    (change,) = json.loads(planner("diff", one, words, "--json").stdout)
    assert (change["change"], change["effect"]) == ("changed", "")
