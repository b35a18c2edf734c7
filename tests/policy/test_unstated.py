"""What a case leaves unstated although it moves the answer: told first with its remedy, or refused."""

import json
from datetime import date

import pytest
from support.audit_plan import audited
from support.cases import World
from support.cli import call
from support.plans import cost, plan_of, read

from planner.errors import BadInput


def world(**more):
    """A system of a class above the lowest; abroad costs 1.00 an hour, home 2.00."""
    made = World(**more).vendor("aa").vendor("bb")
    made.region("aa:x", country="XX").machine("aa:x", "m4", 4, 16, 1.0)
    made.region("bb:x", country="MY").machine("bb:x", "m4", 4, 16, 2.0)
    return made.workload("tax", classification="sulit")


def at_home(made, confidence="C", **select):
    return made.rule(
        "STAY", "residency", {"countries": ["MY"], "roles": ["primary"]}, confidence=confidence,
        select={"workload": {"classification": ["sulit"], **select}},
    )  # fmt: skip


ADOPTION = {"adopted_by": "the committee", "adopted_on": date(2026, 11, 1), "reference": "minute 1"}


def about(plan):
    left = plan.head["unstated"]
    assert left["count"] == len(left["left"])
    return [one["about"] for one in left["left"]]


def test_a_class_that_no_adopted_rule_governs_is_told():
    plan = plan_of(world().capacity("aa:x", "vcpu", 100).capacity("bb:x", "vcpu", 100))
    assert about(plan) == ["classification"]
    assert "class sulit" in plan.head["unstated"]["left"][0]["text"]


EVERY = ["classification", "capacity", "moves", "terms"]
SPOILT = {
    "silence": lambda told: told.update(count=0, left=[]),
    "another class": lambda told: told["left"][0].update(text="where class rahsia may be: tax anywhere"),
    "a wrong count": lambda told: told.update(count=9),
    "something invented": lambda told: told["left"].append({"about": "moves", "text": "x", "remedy": "y"}),
    "no remedy": lambda told: told["left"][0].update(remedy=" "),
}


@pytest.mark.parametrize("wrong", SPOILT)
def test_the_audit_finds_it_again(tmp_path, wrong):
    """A class that no rule governs, two markets without limits, work of today without a price of moving."""
    made = world().today("tax", "bb:x").committed("aa:x:m4", 0.5)

    def spoil(folder):
        record = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
        assert [one["about"] for one in record["unstated"]["left"]] == EVERY
        SPOILT[wrong](record["unstated"])
        (folder / "plan.json").write_text(json.dumps(record), encoding="utf-8")

    told = {f.status for f in audited(made, tmp_path / "good") if f.check == "unstated"}
    assert told == {"pass"}
    assert "fail" in {f.status for f in audited(made, tmp_path / "bad", spoil) if f.check == "unstated"}


def test_the_lowest_class_needs_no_rule():
    made = world().capacity("aa:x", "vcpu", 100).capacity("bb:x", "vcpu", 100)
    made.tables["workloads"][0]["classification"] = "terbuka"
    assert about(plan_of(made)) == []


def test_a_rule_that_nobody_adopted_is_refused_not_ignored():
    made = at_home(world())
    with pytest.raises(BadInput) as error:
        plan_of(made)
    assert [p.column for p in error.value.problems] == ["rules.STAY"]
    assert "unadopted" in error.value.problems[0].mend


def test_it_is_reported_only_where_the_case_says_so():
    """2,160 hours of the first quarter at 1.00."""
    made = at_home(world())
    made.unadopted = "report"
    plan = plan_of(made)
    assert cost(plan) == pytest.approx(2_160.00)
    assert about(plan) == ["classification", "capacity"]


def test_it_does_not_matter_where_it_closes_nothing():
    made = at_home(world())
    made.tables["regions"][0]["country"] = "MY"
    assert cost(plan_of(made)) == pytest.approx(2_160.00)


def test_a_pack_is_adopted_in_one_entry():
    """At home: 2,160 hours at 2.00."""
    made = at_home(world())
    made.adopt = {"pack": "./rules.toml", **ADOPTION}
    assert cost(plan_of(made)) == pytest.approx(4_320.00)


def test_adopting_a_pack_that_the_case_does_not_name_is_bad_input():
    made = at_home(world())
    made.adopt = {"pack": "./rule.toml", **ADOPTION}
    with pytest.raises(BadInput) as error:
        read(made)
    assert "./rules.toml" in error.value.problems[0].mend


def test_a_class_outside_the_scheme_is_bad_input():
    made = world()
    made.tables["workloads"][0]["classification"] = "sulti"
    with pytest.raises(BadInput) as error:
        read(made)
    assert (error.value.problems[0].row, error.value.problems[0].mend) == (2, "Did you mean 'sulit'?")


def test_classes_are_words_of_the_country():
    made = world(classes=("top secret", "restricted", "open"))
    made.tables["workloads"][0]["classification"] = "restricted"
    assert about(plan_of(made)) == ["classification", "capacity"]


def test_without_a_scheme_every_class_is_told():
    made = world(classes=())
    made.tables["workloads"][0]["classification"] = "siri"
    assert about(plan_of(made))[0] == "classification"


def test_a_place_outside_the_market_needs_its_capacity():
    made = world().vendor("own", market=False).region("own:x").machine("own:x", "m4", 4, 16, 0.5)
    with pytest.raises(BadInput) as error:
        plan_of(made)
    assert [(p.file, p.value) for p in error.value.problems] == [("capacity.csv", "own:x")]
    made.capacity("own:x", "vcpu", 2)
    assert cost(plan_of(made)) == pytest.approx(2_160 * (0.25 + 0.5))


def test_a_market_without_limits_is_told_with_its_regions():
    text = plan_of(world()).head["unstated"]["left"][1]
    assert "aa:x, bb:x" in text["text"]
    assert "capacity.csv" in text["remedy"]


def test_moves_without_a_price_are_told():
    made = world().today("tax", "bb:x")
    assert "moves" in about(plan_of(made))
    assert "moves" not in about(plan_of(world().today("tax", "bb:x").labour(0)))


def test_terms_that_nobody_chose_are_told():
    made = world().committed("aa:x:m4", 0.5)
    assert "terms" in about(plan_of(made))
    assert "terms" not in about(plan_of(world().committed("aa:x:m4", 0.5).offer()))


def test_a_place_of_today_that_is_no_region_is_bad_input():
    made = world().today("tax", "bb:y")
    made.outside = ()
    with pytest.raises(BadInput) as error:
        read(made)
    assert error.value.problems[0].column == "region"
    assert "did you mean 'bb:x'?" in error.value.problems[0].mend
    made.outside = ("bb:y",)
    assert read(made).settings.outside == ("bb:y",)


def test_a_tier_that_nobody_describes_is_bad_input():
    made = world().workload("pay", resilience="warm")
    with pytest.raises(BadInput) as error:
        read(made)
    assert [(p.column, p.value) for p in error.value.problems] == [("resilience", "warm")]


def test_plan_check_and_report_say_so_before_any_figure(tmp_path):
    case = world().write(tmp_path / "case")
    for arguments in (["check", case], ["plan", case, "--out", tmp_path / "plan"]):
        shown = call(*arguments)
        assert shown.code == 0
        assert shown.out.index("NOT STATED: where class sulit may be") < shown.out.index("workloads")
    page = (tmp_path / "plan" / "report.html").read_text(encoding="utf-8")
    assert page.index("NOT STATED: where class sulit") < page.index("Cost over the horizon")
    head = json.loads((tmp_path / "plan" / "plan.json").read_text(encoding="utf-8"))
    assert head["unstated"]["count"] == 2
