"""What a case makes of its packs: parameters, adoption, dates, successors."""

from datetime import date, datetime

import pytest
from test_policy_packs import DAY, SHARE, pack

from planner.policy.load import read_packs

ADOPTED = {"adopted_by": "Board", "adopted_on": date(2026, 10, 1), "reference": "B-1"}
WEAK = {"confidence": '"C"'}
PARAMETER = {**SHARE, "confidence": '"D"', "is_parameter": "true", "benchmark": '"another country: 0.3"'}


def load(folder, text, rules=None, as_of=DAY, decided=DAY):
    (folder / "p.toml").write_text(text, encoding="utf-8")
    made, problems, _ = read_packs(["./p.toml"], folder, rules or {}, as_of, decided)
    return {rule.id: rule for rule in made}, problems


@pytest.mark.parametrize("confidence", ["C", "D"])
def test_a_weak_source_restricts_nothing_until_it_is_adopted(tmp_path, confidence):
    text = pack({"confidence": f'"{confidence}"'})
    rules, problems = load(tmp_path, text)
    assert problems == []
    assert (rules["keep-home"].severity, rules["keep-home"].declared_severity) == ("report", "hard")
    assert rules["keep-home"].label() == f"keep-home ({confidence}, not adopted)"
    rules, problems = load(tmp_path, text, {"keep-home": ADOPTED})
    assert problems == []
    assert rules["keep-home"].severity == "hard"
    assert rules["keep-home"].label() == f"keep-home ({confidence}, adopted, to be verified)"
    assert rules["keep-home"].source_line().endswith("; adopted by Board on 2026-10-01, B-1")


@pytest.mark.parametrize("confidence", ["A", "B"])
def test_a_good_source_needs_no_adoption(tmp_path, confidence):
    rules, _ = load(tmp_path, pack({"confidence": f'"{confidence}"'}))
    assert (rules["keep-home"].severity, rules["keep-home"].standing) == ("hard", "in force")


@pytest.mark.parametrize("missing", ADOPTED)
def test_half_an_adoption_is_a_problem(tmp_path, missing):
    given = {k: v for k, v in ADOPTED.items() if k != missing}
    rules, problems = load(tmp_path, pack(WEAK), {"keep-home": given})
    assert [p.column for p in problems] == [f"rules.keep-home.{missing}"]
    assert rules["keep-home"].severity == "report"


@pytest.mark.parametrize(
    "change",
    [
        {"adopted_by": ""},
        {"adopted_by": 3},
        {"adopted_on": "2026-10-01"},
        {"adopted_on": datetime(2026, 10, 1, 12, 0)},
        {"adopted_on": date(2026, 12, 1)},
        {"reference": ""},
    ],
)
def test_an_adoption_is_typed_and_lies_before_the_decision(tmp_path, change):
    _, problems = load(tmp_path, pack(WEAK), {"keep-home": {**ADOPTED, **change}})
    assert [p.column for p in problems] == [f"rules.keep-home.{next(iter(change))}"]


def test_a_parameter_is_set_by_the_case_and_never_reads_like_a_law(tmp_path):
    rules, problems = load(tmp_path, pack(PARAMETER), {"keep-home": {"cap": 0.3, **ADOPTED}})
    assert problems == []
    rule = rules["keep-home"]
    assert rule.parameters["cap"] == 0.3
    assert rule.label() == "keep-home (parameter, adopted)"
    assert rule.source_line().startswith(
        "parameter, not required by any law found; benchmark: another country"
    )


def test_setting_a_parameter_without_adopting_it_is_a_problem(tmp_path):
    _, problems = load(tmp_path, pack(PARAMETER), {"keep-home": {"cap": 0.3}})
    assert {p.column for p in problems} == {f"rules.keep-home.{k}" for k in ADOPTED}


def test_a_rule_that_is_no_parameter_cannot_be_changed(tmp_path):
    rules, problems = load(tmp_path, pack({}), {"keep-home": {"countries": ["MY", "SG"]}})
    assert [p.problem for p in problems] == ["cannot be changed by a case"]
    assert rules["keep-home"].parameters["countries"] == ("MY",)


@pytest.mark.parametrize(
    ("given", "column"), [({"cap": 2}, "cap"), ({"cpa": 0.3}, "cpa"), ({"basis": "resource"}, "resource")]
)
def test_a_parameter_of_a_case_is_checked_like_that_of_a_pack(tmp_path, given, column):
    _, problems = load(tmp_path, pack(PARAMETER), {"keep-home": {**given, **ADOPTED}})
    assert [p.column for p in problems] == [f"rules.keep-home.{column}"]


def test_a_rule_that_no_pack_has_is_named_with_the_nearest(tmp_path):
    _, problems = load(tmp_path, pack({}), {"keep-hom": ADOPTED})
    assert [(p.column, p.mend) for p in problems] == [("rules.keep-hom", "Did you mean 'keep-home'?")]


@pytest.mark.parametrize(
    ("as_of", "decided", "known"),
    [
        (date(2025, 2, 28), DAY, False),
        (DAY, date(2025, 2, 28), False),
        (date(2025, 3, 1), DAY, True),
    ],
)
def test_a_rule_counts_only_if_its_source_was_known(tmp_path, as_of, decided, known):
    rules, problems = load(tmp_path, pack({}), as_of=as_of, decided=decided)
    assert problems == []
    rule = rules["keep-home"]
    assert (rule.severity == "hard") is known
    assert ("not known yet" in rule.label()) is not known


def test_a_successor_in_force_ends_its_predecessor_where_it_begins(tmp_path):
    newer = {"id": '"newer"', "supersedes": '["keep-home"]', "valid_from": "2027-07-01"}
    rules, problems = load(tmp_path, pack({}, newer))
    assert problems == []
    assert rules["keep-home"].valid_to == date(2027, 7, 1)
    assert rules["keep-home"].severity == "hard"
    assert rules["keep-home"].label() == "keep-home (A, superseded by newer)"
    assert rules["newer"].valid_to is None


def test_a_successor_that_nobody_adopted_leaves_its_predecessor_alone(tmp_path):
    newer = {"id": '"newer"', "supersedes": '["keep-home"]', "confidence": '"D"'}
    rules, _ = load(tmp_path, pack({}, newer))
    assert rules["keep-home"].valid_to is None
    rules, _ = load(tmp_path, pack({}, newer), {"newer": ADOPTED})
    assert rules["keep-home"].superseded_by == "newer"


def test_a_successor_never_prolongs_its_predecessor(tmp_path):
    newer = {"id": '"newer"', "supersedes": '["keep-home"]', "valid_from": "2028-01-01"}
    rules, _ = load(tmp_path, pack({"valid_to": "2026-01-01"}, newer))
    assert rules["keep-home"].valid_to == date(2026, 1, 1)


def test_a_later_pack_loosens_nothing_both_rules_stay(tmp_path):
    (tmp_path / "q.toml").write_text(
        pack({**SHARE, "id": '"loose"', "parameters.cap": "0.9"}), encoding="utf-8"
    )
    (tmp_path / "p.toml").write_text(pack({**SHARE, "id": '"tight"'}), encoding="utf-8")
    rules, problems, files = read_packs(["./p.toml", "./q.toml"], tmp_path, {}, DAY, DAY)
    assert problems == []
    assert [(r.id, r.severity, r.parameters["cap"]) for r in rules] == [
        ("loose", "hard", 0.9),
        ("tight", "hard", 0.4),
    ]
    assert [name for name, _ in files] == ["p.toml", "q.toml"]
